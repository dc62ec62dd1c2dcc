"""Tables, and the policies that are attached to them."""

from __future__ import annotations

from typing import Any, Final

from tablekit.model.capacity import SIDES, Caps, IndexCapacity, Warm
from tablekit.model.layout import Index
from tablekit.model.permissions import deny_writes_policy
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.model.table import Table
from tablekit.resources.expected import RESOURCE_POLICY, TABLE, Expected, document, given

INDEXES: Final = "globalSecondaryIndexes"


def table(name: str, family: StagedFamily, staged: StagedTable) -> Expected:
    """A table with its indexes, TTL, backups, encryption, protection and tags.

    Indexes and attributes are in name order, so that moving one in the source changes nothing.
    """
    declared, stage = staged.declared, family.stage
    indexes = sorted(declared.indexes, key=lambda index: index.name)
    return Expected(
        TABLE,
        name,
        given(
            name=staged.name,
            region=family.region,
            hashKey=declared.hash_key.name,
            rangeKey=declared.range_key.name if declared.range_key else None,
            attributes=[{"name": key.name, "type": key.type} for key in declared.all_keys.values()],
            globalSecondaryIndexes=[_global(index, staged) for index in indexes if not index.local] or None,
            localSecondaryIndexes=[_local(index) for index in indexes if index.local] or None,
            billingMode="PROVISIONED" if staged.capacity else "PAY_PER_REQUEST",
            **_throughput(staged, None),
            tableClass=staged.table_class,
            ttl=_ttl(declared),
            streamEnabled=True if staged.stream else None,
            streamViewType=staged.stream,
            pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": stage.point_in_time_recovery_days},
            serverSideEncryption=given(enabled=True, kmsKeyArn=family.kms_key),
            deletionProtectionEnabled=stage.deletion_protection,
            tags=staged.tags,
        ),
        protect=stage.protect,
        moves=_moves(staged),
    )


def denied_writes(name: str, family: StagedFamily, staged: StagedTable, account: Account) -> Expected | None:
    """The table's policy against those whose writes the stage denies; None where it denies nobody's.

    name: the table's resource name.
    """
    denied = family.stage.deny_writes.get(family.key)
    if not denied:
        return None
    arn = family.table_arn(account, staged.name)
    inputs = {"resourceArn": arn, "policy": document(deny_writes_policy(denied, arn)), "region": family.region}
    return Expected(RESOURCE_POLICY, f"{name}-deny-writes", inputs, {"policy": "policy"})


def _ttl(table: Table) -> dict[str, Any] | None:
    """Off has to be sent, with the attribute that TTL was on: nothing at all leaves it as it is on AWS."""
    if table.ttl:
        return {"attributeName": table.ttl, "enabled": True}
    return {"attributeName": table.ttl_was, "enabled": False} if table.ttl_was else None


def _throughput(staged: StagedTable, index: str | None) -> dict[str, Any]:
    """What the table, or an index, takes: units, or a maximum, and what it takes at once."""
    found: dict[str, Any] = {}
    if staged.capacity:
        own: IndexCapacity = staged.capacity.of(index)
        found |= {"readCapacity": own.read, "writeCapacity": own.write}
    if staged.on_demand:
        caps: Caps = staged.on_demand.of(index)
        found["onDemandThroughput"] = given(maxReadRequestUnits=caps.max_read, maxWriteRequestUnits=caps.max_write)
    if staged.warm:
        warm: Warm = staged.warm.of(index)
        found["warmThroughput"] = {"readUnitsPerSecond": warm.read, "writeUnitsPerSecond": warm.write}
    return found


def _moves(staged: StagedTable) -> dict[str, tuple[int, int] | None]:
    """Autoscaling moves capacity between floor and ceiling, and what DynamoDB takes at once grows with use."""
    found: dict[str, tuple[int, int] | None] = {}
    for index in staged.owners:
        within = f"{INDEXES}.{index}." if index else ""
        for side, _ in SIDES:
            if staged.capacity and (ceiling := staged.ceiling(index, side)):
                found[f"{within}{side}Capacity"] = (getattr(staged.capacity.of(index), side), ceiling)
        if staged.warm:
            found[f"{within}warmThroughput"] = None
    return found


def _global(index: Index, staged: StagedTable) -> dict[str, Any]:
    return given(
        name=index.name,
        keySchemas=[
            {"attributeName": key.name, "keyType": kind}
            for key, kind in zip(index.keys, ("HASH", "RANGE"), strict=False)
        ],
        projectionType=index.projection,
        nonKeyAttributes=sorted(index.include) or None,
        **_throughput(staged, index.name),
    )


def _local(index: Index) -> dict[str, Any]:
    assert index.range_key is not None, "the model refuses a local index without a range key"
    return given(
        name=index.name,
        rangeKey=index.range_key.name,
        projectionType=index.projection,
        nonKeyAttributes=sorted(index.include) or None,
    )
