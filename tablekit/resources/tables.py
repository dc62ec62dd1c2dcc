"""Tables, and the policies that are attached to them."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

from tablekit.model import limits
from tablekit.model.capacity import SIDES, Caps, IndexCapacity, Warm
from tablekit.model.errors import StageError
from tablekit.model.layout import Index
from tablekit.model.naming import partition
from tablekit.model.own_policies import table_policy
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.model.table import Table
from tablekit.resources.copies import own_key
from tablekit.resources.expected import RESOURCE_POLICY, TABLE, Expected, document, given

INDEXES: Final = "globalSecondaryIndexes"


def table(name: str, family: StagedFamily, staged: StagedTable) -> Expected:
    """A table with its indexes, TTL, backups, encryption, protection and tags.

    Indexes and attributes are in name order, so that moving one in the source changes nothing. Replicas are resources
    of their own, and the AWS plugin deletes those that a table has and does not list, whoever made them: they are
    ignored here.
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
        of_aws=own_key(family, family.region, "serverSideEncryption.kmsKeyArn"),
        ignored=("replicas",),
        moves=_moves(staged),
    )


def resource_policy(name: str, family: StagedFamily, staged: StagedTable, account: Account) -> Expected | None:
    """The table's own policy; None where the stage has none.

    name: the table's resource name. The policy's stays what it was when there were denied writes alone: under another
    one it would be another resource, and the deletion of the old takes the table's policy away.
    """
    policy = table_policy(family, staged.name, account)
    if policy is None:
        return None
    arn = family.table_arn(account, staged.name)
    inputs = {"resourceArn": arn, "policy": document(policy), "region": family.region}
    name = f"{name}-{family.region}" if family.place else name
    return Expected(RESOURCE_POLICY, f"{name}-deny-writes", inputs, {"policy": "policy"})


def check_policies(family: StagedFamily) -> None:
    """Raise StageError where a table's own policy is longer than DynamoDB takes."""
    most = limits.MAX_RESOURCE_POLICY_BYTES
    for staged, place in product(family.tables.values(), (family, *family.elsewhere)):
        policy = table_policy(place, staged.name, Account("0" * 12, partition(place.region)))
        if policy and (size := len(document(policy).encode())) > most:
            raise StageError(
                f"table {staged.name!r}: its policy has {size} bytes, and DynamoDB takes {most}: name fewer of family "
                f"{family.key!r} in denyWrites and onlyPrincipals"
            )


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
