"""Tables, and the policies that are attached to them."""

from __future__ import annotations

from typing import Any

from tablekit.model.layout import Index
from tablekit.model.permissions import deny_writes_policy
from tablekit.model.stage import Capacity
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.model.table import Table
from tablekit.resources.copies import own_key
from tablekit.resources.expected import RESOURCE_POLICY, TABLE, Expected, document, given


def table(name: str, family: StagedFamily, staged: StagedTable) -> Expected:
    """A table with its indexes, TTL, backups, encryption, protection and tags.

    Indexes and attributes are in name order, so that moving one in the source changes nothing. Replicas are resources
    of their own, and the AWS plugin deletes those that a table has and does not list, whoever made them: they are
    ignored here.
    """
    declared, stage, capacity = staged.declared, family.stage, staged.capacity
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
            globalSecondaryIndexes=[_global(index, capacity) for index in indexes if not index.local] or None,
            localSecondaryIndexes=[_local(index) for index in indexes if index.local] or None,
            billingMode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
            readCapacity=capacity.read if capacity else None,
            writeCapacity=capacity.write if capacity else None,
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
    name = f"{name}-{family.region}" if family.place else name
    return Expected(RESOURCE_POLICY, f"{name}-deny-writes", inputs, {"policy": "policy"})


def _ttl(table: Table) -> dict[str, Any] | None:
    """Off has to be sent, with the attribute that TTL was on: nothing at all leaves it as it is on AWS."""
    if table.ttl:
        return {"attributeName": table.ttl, "enabled": True}
    return {"attributeName": table.ttl_was, "enabled": False} if table.ttl_was else None


def _global(index: Index, capacity: Capacity | None) -> dict[str, Any]:
    return given(
        name=index.name,
        keySchemas=[
            {"attributeName": key.name, "keyType": kind}
            for key, kind in zip(index.keys, ("HASH", "RANGE"), strict=False)
        ],
        projectionType=index.projection,
        nonKeyAttributes=sorted(index.include) or None,
        readCapacity=capacity.read if capacity else None,
        writeCapacity=capacity.write if capacity else None,
    )


def _local(index: Index) -> dict[str, Any]:
    assert index.range_key is not None, "the model refuses a local index without a range key"
    return given(
        name=index.name,
        rangeKey=index.range_key.name,
        projectionType=index.projection,
        nonKeyAttributes=sorted(index.include) or None,
    )
