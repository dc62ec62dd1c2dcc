"""A deployed table against its declaration; each difference is one line: what, found, expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.attributes import Key
from tablekit.model.layout import Index
from tablekit.model.staged import StagedFamily, StagedTable
from tablekit.ops.drift import REFRESH, RUNBOOK, Problem, by_hand, deployment, difference
from tablekit.ops.smoke.outcomes import missing_table
from tablekit.ops.smoke.settings import StageSettings

_NOTHING = f"; no deployment changes that, see {RUNBOOK}"


def table_problems(
    clients: Clients, family: StagedFamily, table: StagedTable, settings: StageSettings
) -> list[Problem]:
    """Every difference of one table. Raises what the calls raise."""
    name, region = table.name, family.region
    client = clients.get("dynamodb", region)
    try:
        with translated(f"table {name!r}"):
            found = client.describe_table(TableName=name)["Table"]
            ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            pages = clients.pages("dynamodb", region, "list_tags_of_resource", ResourceArn=found["TableArn"])
            tags = {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", ())}
    except ResourceNotFoundError:
        declared = f"{family.key}/{table.declared.name}"
        return [Problem(missing_table(name, declared, family.stage.stage, region))]
    unrepaired = difference("status", found["TableStatus"], "ACTIVE")
    unrepaired += difference("keys", _keys(found, found), _text(table.declared.keys))
    rows = [
        _ttl(table, ttl, region, settings),
        *_settings(family, table, found, settings),
        *_backups(backups, settings),
        *((f"tag {key!r}", tags.get(key), value) for key, value in table.tags.items()),
    ]
    return [
        *(Problem(f"{each.text}{_NOTHING}", ()) for each in unrepaired),
        *_index_problems(family, table, found, settings),
        *(problem for row in rows for problem in difference(*row)),
    ]


Row = tuple[Any, ...]
"""What is compared, as it was found and as it is expected, and the repairs where a deployment is not enough."""


def _keys(described: dict[str, Any], table: dict[str, Any]) -> str:
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    ordered = sorted(described["KeySchema"], key=lambda each: each["KeyType"] != "HASH")
    return " ".join(f"{each['AttributeName']}:{types.get(each['AttributeName'], '?')}" for each in ordered)


def _text(keys: Iterable[Key]) -> str:
    return " ".join(f"{key.name}:{key.type}" for key in keys)


def _index_problems(
    family: StagedFamily, table: StagedTable, found: dict[str, Any], settings: StageSettings
) -> Iterator[Problem]:
    there = {
        each["IndexName"]: (each, kind == "Local")
        for kind in ("Global", "Local")
        for each in found.get(f"{kind}SecondaryIndexes") or ()
    }
    for index in table.declared.indexes:
        if index.name not in there:
            yield _missing(family, table, index)
            continue
        made, local = there.pop(index.name)
        where = f"index {index.name!r}"
        yield from difference(f"{where}: kind", *("local" if each else "global" for each in (local, index.local)))
        if not local:
            yield from difference(f"{where}: status", made.get("IndexStatus", "ACTIVE"), "ACTIVE")
        yield from difference(f"{where}: keys", _keys(made, found), _text(index.keys))
        projection = made["Projection"]
        projected = [projection["ProjectionType"], *sorted(projection.get("NonKeyAttributes") or ())]
        expected = [index.projection, *sorted(index.include)]
        yield from difference(f"{where}: projection", " ".join(projected), " ".join(expected))
    for name, (_, local) in there.items():
        yield _undeclared(family, table, name, local, settings)


def _missing(family: StagedFamily, table: StagedTable, index: Index) -> Problem:
    text = (
        f"index {index.name!r}: missing, expected ACTIVE with keys {_text(index.keys)}; "
        f"family {family.key!r} declares it on table {table.declared.name!r}"
    )
    if index.local:
        return Problem(f"{text}{_NOTHING}", ())
    return Problem(f"{text}; deploy it: {deployment(family.stage.stage)}")


def _undeclared(family: StagedFamily, table: StagedTable, name: str, local: bool, settings: StageSettings) -> Problem:
    text = f"index {name!r}: found, expected none: it is declared nowhere"
    if local:
        return Problem(f"{text}{_NOTHING}", ())
    if any(not index.local for index in table.declared.indexes):
        return Problem(text)
    # The AWS plugin takes no indexes at all for "as they are", so that it never drops the last one.
    drop = {"table_name": table.name, "global_secondary_index_updates": [{"Delete": {"IndexName": name}}]}
    return Problem(text, (by_hand(settings.endpoint, family.region, "dynamodb", "update-table", **drop), REFRESH))


def _ttl(table: StagedTable, described: dict[str, Any], region: str, settings: StageSettings) -> Row:
    expected = f"on {table.declared.ttl!r}" if table.declared.ttl else "off"
    if described.get("TimeToLiveStatus") not in ("ENABLED", "ENABLING"):
        return ("TTL", "off", expected)
    attribute = described.get("AttributeName")
    # The AWS plugin switches no TTL off that is not declared, and DynamoDB moves none that is on.
    off = {"Enabled": False, "AttributeName": attribute or ""}
    words = {"table_name": table.name, "time_to_live_specification": off}
    switch = by_hand(settings.endpoint, region, "dynamodb", "update-time-to-live", **words)
    return ("TTL", f"on {attribute!r}", expected, switch, REFRESH)


def _settings(
    family: StagedFamily, table: StagedTable, found: dict[str, Any], settings: StageSettings
) -> Iterator[Row]:
    encryption = found.get("SSEDescription") or {}
    yield "encryption with KMS", encryption.get("Status") in ("ENABLED", "UPDATING"), True
    stream = (found.get("StreamSpecification") or {}).get("StreamViewType")
    if not settings.from_file:
        if table.declared.stream:
            yield "stream", stream, table.declared.stream
        return
    if key := family.kms_key:
        yield "encryption key", encryption.get("KMSMasterKeyArn"), key
    yield "stream", stream, table.stream
    protected = found.get("DeletionProtectionEnabled", False)
    yield "deletion protection", _on(protected), _on(family.stage.deletion_protection)
    billing = (found.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    capacity = table.capacity
    yield "billing mode", billing, "PROVISIONED" if capacity else "PAY_PER_REQUEST"
    if capacity and billing == "PROVISIONED":
        units = found["ProvisionedThroughput"]
        given = f"{units['ReadCapacityUnits']} read, {units['WriteCapacityUnits']} write"
        yield "capacity", given, f"{capacity.read} read, {capacity.write} write"


def _backups(backups: dict[str, Any], settings: StageSettings) -> Iterator[Row]:
    recovery = backups.get("PointInTimeRecoveryDescription") or {}
    on, days = recovery.get("PointInTimeRecoveryStatus") == "ENABLED", settings.config.point_in_time_recovery_days
    yield "point-in-time recovery", _on(on), "on"
    if on and settings.from_file and recovery.get("RecoveryPeriodInDays") != days:
        yield "window of point-in-time recovery", recovery.get("RecoveryPeriodInDays"), f"{days} days"


def _on(value: bool) -> str:
    return "on" if value else "off"
