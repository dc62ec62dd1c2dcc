"""One table, as its declaration and the stage want it."""

from __future__ import annotations

import json
from typing import Final

import pulumi
import pulumi_aws as aws

from components.naming import child, token
from tablekit.model.layout import Index
from tablekit.model.naming import PROJECT
from tablekit.model.permissions import deny_writes_policy
from tablekit.model.stage import Capacity
from tablekit.model.staged import StagedFamily, StagedTable
from tablekit.model.table import Table

UPDATE_TIMEOUT: Final = "24h"
"""The longest that a step of a table's update may take. Building an index on a large table takes hours, and the AWS
plugin gives up after 60 minutes by default; it then waits this long for each index, as `tablekit index-steps` does."""

RUNBOOK: Final = "docs/runbooks/existing-tables.md"


class FamilyTable(pulumi.ComponentResource):
    """A DynamoDB table with its indexes, TTL, backups, encryption, protection and tags.

    Outputs: name, arn, stream_arn (None without a stream). Indexes and attributes are given in name order, so that
    moving one in the source changes nothing. The table is retained on delete, and protected as the stage says.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str | None]

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        table: StagedTable,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("FamilyTable"), name, None, opts)
        declared, stage, capacity = table.declared, family.stage, table.capacity
        indexes = sorted(declared.indexes, key=lambda index: index.name)
        resource = aws.dynamodb.Table(
            name,
            name=table.name,
            region=family.region,
            hash_key=declared.hash_key.name,
            range_key=declared.range_key.name if declared.range_key else None,
            attributes=[
                aws.dynamodb.TableAttributeArgs(name=key.name, type=key.type) for key in declared.all_keys.values()
            ],
            global_secondary_indexes=[_global(index, capacity) for index in indexes if not index.local] or None,
            local_secondary_indexes=[_local(index) for index in indexes if index.local] or None,
            billing_mode="PROVISIONED" if capacity else "PAY_PER_REQUEST",
            read_capacity=capacity.read if capacity else None,
            write_capacity=capacity.write if capacity else None,
            ttl=_ttl(declared),
            stream_enabled=True if table.stream else None,
            stream_view_type=table.stream,
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(
                enabled=True, recovery_period_in_days=stage.point_in_time_recovery_days
            ),
            server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=family.kms_key),
            deletion_protection_enabled=stage.deletion_protection,
            tags=table.tags,
            opts=child(
                self,
                protect=stage.protect,
                retain_on_delete=stage.retain_on_delete,
                # A changed key is a new table of the same name: its creation is to fail while the old one is still in
                # the state, not after the state has let go of it.
                delete_before_replace=False,
                custom_timeouts=pulumi.CustomTimeouts(update=UPDATE_TIMEOUT),
                hooks=_never_created(name, table.name, family),
            ),
        )
        if denied := stage.deny_writes.get(family.key):
            aws.dynamodb.ResourcePolicy(
                f"{name}-deny-writes",
                resource_arn=resource.arn,
                policy=resource.arn.apply(lambda arn: json.dumps(deny_writes_policy(denied, arn))),
                region=family.region,
                opts=child(self),
            )
        self.name = resource.name
        self.arn = resource.arn
        self.stream_arn = resource.stream_arn if table.stream else pulumi.Output.from_input(None)
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})


def _ttl(table: Table) -> aws.dynamodb.TableTtlArgs | None:
    """Off has to be sent, with the attribute that TTL was on: nothing at all leaves it as it is on AWS."""
    if table.ttl:
        return aws.dynamodb.TableTtlArgs(attribute_name=table.ttl, enabled=True)
    if table.ttl_was:
        return aws.dynamodb.TableTtlArgs(attribute_name=table.ttl_was, enabled=False)
    return None


def _global(index: Index, capacity: Capacity | None) -> aws.dynamodb.TableGlobalSecondaryIndexArgs:
    return aws.dynamodb.TableGlobalSecondaryIndexArgs(
        name=index.name,
        key_schemas=[
            aws.dynamodb.TableGlobalSecondaryIndexKeySchemaArgs(attribute_name=key.name, key_type=kind)
            for key, kind in zip(index.keys, ("HASH", "RANGE"), strict=False)
        ],
        projection_type=index.projection,
        non_key_attributes=sorted(index.include) or None,
        read_capacity=capacity.read if capacity else None,
        write_capacity=capacity.write if capacity else None,
    )


def _local(index: Index) -> aws.dynamodb.TableLocalSecondaryIndexArgs:
    assert index.range_key is not None, "the model refuses a local index without a range key"
    return aws.dynamodb.TableLocalSecondaryIndexArgs(
        name=index.name,
        range_key=index.range_key.name,
        projection_type=index.projection,
        non_key_attributes=sorted(index.include) or None,
    )


def _never_created(resource: str, table: str, family: StagedFamily) -> pulumi.ResourceHookBinding | None:
    """What refuses to create a table of a family that was on AWS before this project; None for any other family.

    resource: the table's resource name. table: its name on AWS. A program can't see the state, so it can't know what
    would be created. The engine does, and calls this hook before it creates the table, and never for one that the
    state has. A preview only warns: the import is made from it.
    """
    if not family.exists_already:
        return None

    def refuse(_: pulumi.ResourceHookArgs) -> None:
        if pulumi.runtime.is_dry_run():
            pulumi.warn(
                f"table {table!r} of the existing family {family.key!r} would be created, or replaced, which "
                f"`pulumi up` refuses; where it is not in the state yet, import it ({RUNBOOK})"
            )
            return
        raise RuntimeError(
            f"table {table!r} is not created: {PROJECT}:existingFamilies in Pulumi.{family.stage.stage}.yaml has its "
            f"family {family.key!r}; where it is not in the state yet, import it ({RUNBOOK}); if a new and empty table "
            f"is wanted, remove {family.key!r} there"
        )

    hook = pulumi.ResourceHook(f"{resource}-is-imported", refuse, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_create=[hook])
