"""One table, as its declaration and the stage want it."""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.naming import PROJECT
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.resources import tables

UPDATE_TIMEOUT: Final = "24h"
"""The longest that a step of a table's update may take. Building an index on a large table takes hours, and the AWS
plugin gives up after 60 minutes by default; it then waits this long for each index, as `tablekit index-steps` does."""

RUNBOOK: Final = "docs/runbooks/existing-tables.md"


class FamilyTable(pulumi.ComponentResource):
    """A DynamoDB table with its indexes, TTL, backups, encryption, protection and tags.

    Outputs: name, arn, stream_arn (None without a stream). The table is retained on delete, and protected as the stage
    says.
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
    ) -> None:
        super().__init__(token("FamilyTable"), name, None, opts)
        expected = tables.table(name, family, table)
        resource = register(
            aws.dynamodb.Table,
            expected,
            self,
            protect=expected.protect,
            retain_on_delete=family.stage.retain_on_delete,
            # A changed key is a new table of the same name: its creation is to fail while the old one is still in the
            # state, not after the state has let go of it.
            delete_before_replace=False,
            custom_timeouts=pulumi.CustomTimeouts(update=UPDATE_TIMEOUT),
            hooks=_never_created(name, table.name, family),
        )
        if policy := tables.resource_policy(name, family, table, account):
            register(aws.dynamodb.ResourcePolicy, policy, self, depends_on=[resource])
        self.name = resource.name
        self.arn = resource.arn
        self.stream_arn = resource.stream_arn if table.stream else pulumi.Output.from_input(None)
        self.register_outputs({"name": self.name, "arn": self.arn, "streamArn": self.stream_arn})


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
