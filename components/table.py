"""One table, as its declaration and the stage want it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.resource import class_of, register, token
from tablekit.model.naming import PROJECT
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.resources import SCALING_TARGET, audit, capacity, copies, tables
from tablekit.resources.capacity import Present, PresentIndex, caps_of, shape_of

TIMEOUT: Final = "24h"
"""The longest that a step of a table's update, or the making of a replica, may take: building an index on a large
table, or filling its replica, takes hours. The AWS plugin gives up after 60 minutes by default, and on a replica after
30, which is then on AWS and in no state. It waits this long for each index, as `tablekit index-steps` does."""

RUNBOOK: Final = "docs/runbooks/existing-tables.md"


class FamilyTable(pulumi.ComponentResource):
    """A DynamoDB table with its indexes, TTL, backups, encryption, protection, tags, what moves its capacity, and its
    replicas.

    keys: the ARN of the family's own key in each region, where the stage has such keys.
    Outputs: name, arn, stream_arn (None without a stream). The table is retained on delete, and protected as the stage
    says, and so are replicas.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str | None]

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        table: StagedTable,
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
        keys: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> None:
        super().__init__(token("FamilyTable"), name, None, opts)
        keys, retain = keys or {}, family.stage.retain_on_delete
        expected = tables.table(name, family, table)
        present = _present(family, table, self) if expected.moves else None
        resource = register(
            aws.dynamodb.Table,
            capacity.kept(expected, present),
            self,
            keys.get(family.region),
            ignore_changes=capacity.left_alone(expected, present),
            protect=expected.protect,
            retain_on_delete=retain,
            # A changed key is a new table of the same name: its creation is to fail while the old one is still in the
            # state, not after the state has let go of it.
            delete_before_replace=False,
            custom_timeouts=pulumi.CustomTimeouts(update=TIMEOUT),
            hooks=_never_created(name, table.name, family),
        )
        made: list[pulumi.Resource] = [resource]
        # What moves capacity comes first: a table whose capacity is fixed gets no replica.
        made += self._scaling(name, family, table, resource)
        for replica in copies.replicas(name, family, table, account):
            key = keys.get(replica.inputs["region"])
            kept = {
                "protect": replica.protect,
                "retain_on_delete": retain,
                "depends_on": list(made),
                "custom_timeouts": pulumi.CustomTimeouts(create=TIMEOUT, update=TIMEOUT),
            }
            # One after the other: DynamoDB makes one replica of a table at a time.
            made.append(register(aws.dynamodb.TableReplica, replica, self, key, **kept))
        for there in family.elsewhere:
            self._scaling(f"{name}-{there.region}", there, table, made[-1])
        for place in (family, *family.elsewhere):
            if policy := tables.resource_policy(name, place, table, account):
                register(aws.dynamodb.ResourcePolicy, policy, self, depends_on=made)
        for insights in audit.insights(name, family, table):
            register(aws.dynamodb.ContributorInsights, insights, self, depends_on=[resource])
        self.name = resource.name
        self.arn = resource.arn
        self.stream_arn = resource.stream_arn if table.stream else pulumi.Output.from_input(None)
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})

    def _scaling(
        self, name: str, family: StagedFamily, table: StagedTable, owner: pulumi.Resource
    ) -> list[pulumi.Resource]:
        """What moves capacity where the family is looked at. owner: the table or replica there."""
        before: list[pulumi.Resource] = [owner]
        made: list[pulumi.Resource] = []
        for each in capacity.autoscaling(name, family, table):
            options = {"depends_on": before, "ignore_changes": list(each.moves)}
            scaled = register(class_of(each.type), each, self, **options)
            made.append(scaled)
            if each.type == SCALING_TARGET:
                before = [owner, scaled]
        return made


_NOT_THERE: Final = ("ResourceNotFoundException", "couldn't find resource")
"""What the AWS plugin says of a table that is not there."""


def _present(family: StagedFamily, table: StagedTable, parent: pulumi.Resource) -> Present | None:
    """The table as it is on AWS, by the provider of its parent; None where it is not there yet."""
    try:
        asked = pulumi.InvokeOptions(parent=parent)
        found = aws.dynamodb.get_table(name=table.name, region=family.region, opts=asked)
    except Exception as error:
        if any(text in str(error) for text in _NOT_THERE):
            return None
        raise
    return Present(
        found.billing_mode,
        _warm(found.warm_throughputs),
        {
            index.name: PresentIndex(
                shape_of(
                    ((key.attribute_name, key.key_type) for key in index.key_schemas),
                    index.projection_type,
                    index.non_key_attributes,
                ),
                index.read_capacity,
                index.write_capacity,
                caps_of(
                    {
                        "maxReadRequestUnits": caps.max_read_request_units,
                        "maxWriteRequestUnits": caps.max_write_request_units,
                    }
                    if (caps := next(iter(index.on_demand_throughputs or ()), None))
                    else None
                ),
                _warm(index.warm_throughputs),
            )
            for index in found.global_secondary_indexes
        },
        found.tags or {},
    )


def _warm(given: Sequence[Any] | None) -> dict[str, int]:
    units = next(iter(given or ()), None)
    read, write = (units.read_units_per_second, units.write_units_per_second) if units else (0, 0)
    return {"readUnitsPerSecond": read or 0, "writeUnitsPerSecond": write or 0}


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
