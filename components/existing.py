"""Tables that were on AWS before this project: they come into the stack by `pulumi import`, and are never created."""

from __future__ import annotations

import pulumi

from tablekit.model.naming import PROJECT
from tablekit.model.staged import StagedFamily

RUNBOOK = "docs/runbooks/existing-tables.md"


def never_created(resource: str, table: str, family: StagedFamily) -> pulumi.ResourceHookBinding | None:
    """What refuses to create a table of a family that the stage marks as existing; None for any other family.

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
