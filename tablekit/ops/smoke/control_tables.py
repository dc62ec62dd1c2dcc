"""A deployed table against its declaration; each difference is one line: what, found, expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.attributes import Key
from tablekit.model.staged import StagedFamily, StagedTable
from tablekit.model.table import Index, Table
from tablekit.ops.drift import REFRESH, RUNBOOK, Problem, by_hand, deployment, difference
from tablekit.ops.smoke.outcomes import missing_table
from tablekit.ops.smoke.settings import StageSettings

_NOTHING = f"; no deployment changes that, see {RUNBOOK}"


def table_problems(
    clients: Clients, family: StagedFamily, table: StagedTable, settings: StageSettings
) -> list[Problem]:
    """Every difference of one table. Raises what the calls raise."""
    declared, name, region = table.declared, table.name, family.region
    client = clients.get("dynamodb", region)
    try:
        with translated(f"table {name!r}"):
            found = client.describe_table(TableName=name)["Table"]
            ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
            tags = _tags(clients, region, found["TableArn"])
    except ResourceNotFoundError:
        return [Problem(missing_table(name, f"{family.key}/{declared.name}", family.stage.stage, region))]
    problems = _unrepaired("status", found["TableStatus"], "ACTIVE")
    problems += _unrepaired("keys", _keys(found, found), _text(declared.keys))
    problems += _index_problems(family, declared, found, settings)
    problems += _ttl_problems(declared, name, ttl, region, settings)
    problems += _setting_problems(family, table, found, settings)
    problems += _backup_problems(backups, settings)
    for key, value in table.tags.items():
        problems += difference(f"tag {key!r}", tags.get(key), value)
    return problems


def _unrepaired(what: str, found: Any, expected: Any) -> list[Problem]:
    return [Problem(f"{each.text}{_NOTHING}", ()) for each in difference(what, found, expected)]


def _tags(clients: Clients, region: str, arn: str) -> dict[str, str]:
    pages = clients.pages("dynamodb", region, "list_tags_of_resource", ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", ())}


def _keys(described: dict[str, Any], table: dict[str, Any]) -> str:
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    ordered = sorted(described["KeySchema"], key=lambda each: each["KeyType"] != "HASH")
    return " ".join(f"{each['AttributeName']}:{types.get(each['AttributeName'], '?')}" for each in ordered)


def _text(keys: Iterable[Key]) -> str:
    return " ".join(f"{key.name}:{key.type}" for key in keys)


def _index_problems(
    family: StagedFamily, table: Table, found: dict[str, Any], settings: StageSettings
) -> list[Problem]:
    problems = []
    there = {
        each["IndexName"]: (each, kind == "Local")
        for kind in ("Global", "Local")
        for each in found.get(f"{kind}SecondaryIndexes") or ()
    }
    for index in table.indexes:
        if index.name not in there:
            text = (
                f"index {index.name!r}: missing, expected ACTIVE with keys {_text(index.keys)}; "
                f"family {family.key!r} declares it on table {table.name!r}"
            )
            problems.append(
                Problem(f"{text}{_NOTHING}", ())
                if index.local
                else Problem(f"{text}; deploy it: {deployment(settings.config.stage)}")
            )
            continue
        made, local = there.pop(index.name)
        where = f"index {index.name!r}"
        problems += difference(f"{where}: kind", "local" if local else "global", "local" if index.local else "global")
        problems += [] if local else difference(f"{where}: status", made.get("IndexStatus", "ACTIVE"), "ACTIVE")
        problems += difference(f"{where}: keys", _keys(made, found), _text(index.keys))
        problems += difference(f"{where}: projection", _projection(made), _declared(index))
    return problems + [_undeclared(table, found, name, local, settings) for name, (_, local) in there.items()]


def _undeclared(table: Table, found: dict[str, Any], name: str, local: bool, settings: StageSettings) -> Problem:
    text = f"index {name!r}: found, expected none: it is declared nowhere"
    if local:
        return Problem(f"{text}{_NOTHING}", ())
    if any(not index.local for index in table.indexes):
        return Problem(text)
    # The AWS plugin takes no indexes at all for "as they are", so that it never drops the last one.
    region = found["TableArn"].split(":")[3]
    updates = [{"Delete": {"IndexName": name}}]
    drop = by_hand(
        settings.endpoint,
        region,
        "dynamodb",
        "update-table",
        table_name=found["TableName"],
        global_secondary_index_updates=updates,
    )
    return Problem(text, (drop, REFRESH))


def _projection(made: dict[str, Any]) -> str:
    projection = made["Projection"]
    return " ".join([projection["ProjectionType"], *sorted(projection.get("NonKeyAttributes") or ())])


def _declared(index: Index) -> str:
    return " ".join([index.projection, *sorted(index.include)])


def _ttl_problems(
    table: Table, name: str, described: dict[str, Any], region: str, settings: StageSettings
) -> list[Problem]:
    found = _ttl(described)
    if found == "off":
        return difference("TTL", found, f"on {table.ttl!r}" if table.ttl else found)
    # The AWS plugin switches no TTL off that is not declared, and DynamoDB moves none that is on.
    off = by_hand(
        settings.endpoint,
        region,
        "dynamodb",
        "update-time-to-live",
        table_name=name,
        time_to_live_specification={"Enabled": False, "AttributeName": described.get("AttributeName", "")},
    )
    return difference("TTL", found, f"on {table.ttl!r}" if table.ttl else "off", off, REFRESH)


def _ttl(described: dict[str, Any]) -> str:
    status, attribute = described.get("TimeToLiveStatus"), described.get("AttributeName")
    if status in ("ENABLED", "ENABLING"):
        return f"on {attribute!r}"
    return "off"


def _setting_problems(
    family: StagedFamily, table: StagedTable, found: dict[str, Any], settings: StageSettings
) -> list[Problem]:
    encryption = found.get("SSEDescription") or {}
    problems = difference("encryption with KMS", encryption.get("Status") in ("ENABLED", "UPDATING"), True)
    stream = (found.get("StreamSpecification") or {}).get("StreamViewType")
    if not settings.from_file:
        return problems + (difference("stream", stream, table.declared.stream) if table.declared.stream else [])
    if key := family.kms_key:
        problems += difference("encryption key", encryption.get("KMSMasterKeyArn"), key)
    problems += difference("stream", stream, table.stream)
    protected = found.get("DeletionProtectionEnabled", False)
    problems += difference("deletion protection", _on(protected), _on(family.stage.deletion_protection))
    billing = (found.get("BillingModeSummary") or {}).get("BillingMode", "PROVISIONED")
    capacity = table.capacity
    problems += difference("billing mode", billing, "PROVISIONED" if capacity else "PAY_PER_REQUEST")
    if capacity and billing == "PROVISIONED":
        units = found["ProvisionedThroughput"]
        given = f"{units['ReadCapacityUnits']} read, {units['WriteCapacityUnits']} write"
        problems += difference("capacity", given, f"{capacity.read} read, {capacity.write} write")
    return problems


def _backup_problems(backups: dict[str, Any], settings: StageSettings) -> list[Problem]:
    recovery = backups.get("PointInTimeRecoveryDescription") or {}
    problems = difference("point-in-time recovery", _on(recovery.get("PointInTimeRecoveryStatus") == "ENABLED"), "on")
    if not problems and settings.from_file:
        days = settings.config.point_in_time_recovery_days
        window = difference("window of point-in-time recovery", recovery.get("RecoveryPeriodInDays"), days)
        problems += [Problem(f"{each.text} days") for each in window]
    return problems


def _on(value: bool) -> str:
    return "on" if value else "off"
