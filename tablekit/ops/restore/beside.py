"""A table restored beside its source: made by DynamoDB, set as it is declared, deleted again.

It is called `restored.<source>.<time or backup>`. No stage's name has a dot, so no prefix that a role is granted is the
beginning of it, and no application reaches it. Of one source and one time there is one: the same command finds it.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import typer

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.addresses import is_loopback
from tablekit.model.naming import RESTORED
from tablekit.ops.errors import RestoreError
from tablekit.ops.live.stage import table_problems
from tablekit.ops.restore.source import Source
from tablekit.resources import tables

TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
STAMP: Final = "%Y%m%dT%H%M%SZ"
"""A moment of UTC: for people, and in a name."""
POLL_SECONDS = 10.0
"""Between two looks at a table that is being made, changed or deleted; the first are sooner."""
_BACKUP: Final = re.compile(
    r"arn:aws[\w-]*:dynamodb:(?P<place>[\w-]+:\d{12}):table/(?P<table>[\w.-]+)/backup/(?P<id>[\w-]+)"
)


def time_of(text: str) -> datetime:
    """A moment, to the second, as DynamoDB restores to. Raises RestoreError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise RestoreError(f"--at {text}: write a time with its zone, as 2026-11-27T10:15:00Z or …T10:15:00+01:00")
    return found.astimezone(UTC).replace(microsecond=0)


def name_of(source: Source, at: datetime | None, backup: str | None) -> str:
    """What the restored table is called. Raises RestoreError where the backup is another table's."""
    if at:
        return f"{RESTORED}{source.name}.{at:{STAMP}}"
    found = _BACKUP.fullmatch(backup or "")
    if found is None:
        raise RestoreError(f"--backup {backup}: is not the ARN of a backup of DynamoDB; `tablekit backups` has them")
    if found["table"] != source.name:
        raise RestoreError(f"--backup {backup}: is of table {found['table']!r}, not of {source.name!r}")
    if found["place"] != (place := f"{source.target.region}:{source.account.id}"):
        raise RestoreError(f"--backup {backup}: is in {found['place']}, and {source.name!r} is in {place}")
    return f"{RESTORED}{source.name}.{found['id']}"


def table_names(clients: Clients, region: str) -> list[str]:
    """Of all tables in a region. Raises CallError."""
    with translated(f"tables in {region}"):
        return [name for page in clients.pages("dynamodb", region, "list_tables") for name in page["TableNames"]]


def described(source: Source, name: str) -> dict[str, Any] | None:
    """The table, None where there is none. Raises CallError."""
    try:
        with translated(f"table {name!r}"):
            found: dict[str, Any] = source.client.describe_table(TableName=name)["Table"]
    except ResourceNotFoundError:
        return None
    return found


def begin(source: Source, name: str, at: datetime | None, backup: str | None) -> None:
    """See that the table of that name is being restored from then, or was: begun now, or found as it was begun before.

    Raises RestoreError where the name is taken, or the time can't be restored to; CallError.
    """
    if there := described(source, name):
        summary = there.get("RestoreSummary") or {}
        same = summary.get("SourceTableArn", "").endswith(f":table/{source.name}")
        if not same or (backup and summary.get("SourceBackupArn") != backup):
            fix = "restore beside it, without --own-name" if name == source.name else "delete it, and run this again"
            raise RestoreError(f"table {name!r}: is there, and was not restored from that; {fix}")
        return
    if at:
        _check_window(source, at)
    # As the stage has it; what else a restored table has is its source's.
    key = {"KMSMasterKeyId": source.family.kms_key} if source.family.kms_key else {}
    given = {"TargetTableName": name, "SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", **key}}
    try:
        with translated(f"restoring {source.target.subject}"):
            if at:
                source.client.restore_table_to_point_in_time(SourceTableName=source.name, RestoreDateTime=at, **given)
            else:
                source.client.restore_table_from_backup(BackupArn=backup, **given)
    except ResourceNotFoundError:
        if at:
            raise
        raise RestoreError(f"--backup {backup}: is not there; `tablekit backups` has those that are") from None
    typer.echo(f"{source.name} is being restored as {name}, in minutes to hours; cut off, run this again", err=True)


def window(source: Source) -> tuple[datetime, datetime] | None:
    """The first and the last moment that can be restored to; None without point-in-time recovery. Raises CallError."""
    with translated(source.target.subject):
        answer = source.client.describe_continuous_backups(TableName=source.name)["ContinuousBackupsDescription"]
    found = answer.get("PointInTimeRecoveryDescription") or {}
    if found.get("PointInTimeRecoveryStatus") != "ENABLED":
        return None
    first, last = found["EarliestRestorableDateTime"], found["LatestRestorableDateTime"]
    return first.astimezone(UTC).replace(microsecond=0), last.astimezone(UTC).replace(microsecond=0)


def _check_window(source: Source, at: datetime) -> None:
    try:
        found = window(source)
    except ResourceNotFoundError:
        raise RestoreError(
            f"table {source.name!r} is not there, and DynamoDB restores to a time only from a table that is; "
            "restore its last backup under its own name: --backup ARN --own-name (docs/runbooks/deleted-table.md)"
        ) from None
    if found is None:
        raise RestoreError(f"table {source.name!r} has no point-in-time recovery; restore a --backup")
    first, last = found
    if not first <= at <= last:
        late = "; later ones follow within minutes" if at > last else ""
        raise RestoreError(f"--at {at:{TIME}}: {source.name} can be restored to {first:{TIME}} … {last:{TIME}}{late}")


def wait(source: Source, name: str) -> None:
    """Until the table is ACTIVE with its indexes. Raises RestoreError where it is gone, CallError."""
    begun, minutes = time.monotonic(), 0
    for pause in _pauses():
        table = described(source, name)
        if table is None:
            raise RestoreError(f"table {name!r} is gone; run the same command again")
        statuses = {table["TableStatus"], *(i["IndexStatus"] for i in table.get("GlobalSecondaryIndexes") or ())}
        if statuses <= {"ACTIVE"} and not (table.get("RestoreSummary") or {}).get("RestoreInProgress"):
            return
        if (now := int((time.monotonic() - begun) / 60)) > minutes:
            minutes = now
            typer.echo(f"{name}: {table['TableStatus']} for {minutes} min", err=True)
        time.sleep(pause)


def _pauses(most: int | None = None) -> Iterator[float]:
    for number in itertools.count() if most is None else range(most):
        yield min(POLL_SECONDS, 0.2 * 1.5 ** min(number, 20))


def put_back(source: Source, name: str) -> list[str]:
    """Set the table as it is declared in its stage; gives what is otherwise still, a line each. Raises CallError.

    A restored table has lost protection, stream, tags, point-in-time recovery, policy and TTL. Its alarms are not
    declared: they watch the source's name. Autoscaling is not made either: its targets are of the source's name, and
    outlive it; replicas are of the source too.
    """
    staged, client = source.called(name), source.client
    wanted = tables.table(name, source.family, staged).inputs
    with translated(f"table {name!r}"):
        found = client.describe_table(TableName=name)["Table"]
        for update in _updates(wanted, found):
            client.update_table(TableName=name, **update)
            wait(source, name)
        arn = found["TableArn"]
        pages = source.stage.clients.pages("dynamodb", source.target.region, "list_tags_of_resource", ResourceArn=arn)
        tagged = {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", ())}
        if missing := sorted(wanted["tags"].items() - tagged.items()):
            client.tag_resource(ResourceArn=arn, Tags=[{"Key": key, "Value": value} for key, value in missing])
        if policy := tables.resource_policy(name, source.family, staged, source.account):
            client.put_resource_policy(ResourceArn=arn, Policy=policy.inputs["policy"])
        _recover(source, name, wanted["pointInTimeRecovery"])
        # Last: what has expired by now goes from then on. DynamoDB refuses to switch on what is.
        ttl = wanted.get("ttl")
        there = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
        if ttl and ttl["enabled"] and there == "DISABLED":
            specification = {"Enabled": True, "AttributeName": ttl["attributeName"]}
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
    settings = source.stage.settings
    problems = table_problems(source.stage.clients, source.family, staged, settings, source.account, whole=False)
    emulated = is_loopback(str(client.meta.endpoint_url))
    # Its restored tables are on no key, and it takes none later.
    return [each.text for each in problems if not (emulated and each.text.startswith("encryption"))]


def _updates(wanted: dict[str, Any], found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What UpdateTable is to change, one call each. wanted: as the engine names it. found: as DescribeTable does."""
    if found.get("DeletionProtectionEnabled", False) != wanted["deletionProtectionEnabled"]:
        yield {"DeletionProtectionEnabled": wanted["deletionProtectionEnabled"]}
    mode = (found.get("BillingModeSummary") or {}).get("BillingMode")
    if wanted["billingMode"] == "PAY_PER_REQUEST" != mode:
        yield {"BillingMode": "PAY_PER_REQUEST"}
    if wanted.get("streamViewType") and not (found.get("StreamSpecification") or {}).get("StreamEnabled"):
        yield {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": wanted["streamViewType"]}}


def _recover(source: Source, name: str, recovery: dict[str, Any]) -> None:
    """Point-in-time recovery on, which a table that has just been made refuses for some minutes."""
    days = recovery["recoveryPeriodInDays"]
    specification = {"PointInTimeRecoveryEnabled": recovery["enabled"], "RecoveryPeriodInDays": days}
    for pause in _pauses(most=40):
        try:
            source.client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=specification)
            return
        except source.client.exceptions.ContinuousBackupsUnavailableException:
            time.sleep(pause)
    raise RestoreError(f"table {name!r}: takes no point-in-time recovery yet; run the same command again")


def delete(source: Source, name: str) -> None:
    """Delete a restored table, whose protection goes before; none that is not restored beside.

    Raises RestoreError where it is not there, CallError.
    """
    assert name.startswith(RESTORED), name
    found = described(source, name)
    if found is None:
        raise RestoreError(f"table {name!r} is not there; `tablekit backups` lists the restored tables that are")
    with translated(f"table {name!r}"):
        if found.get("DeletionProtectionEnabled"):
            source.client.update_table(TableName=name, DeletionProtectionEnabled=False)
            wait(source, name)
        source.client.delete_table(TableName=name)
        source.client.get_waiter("table_not_exists").wait(TableName=name)
