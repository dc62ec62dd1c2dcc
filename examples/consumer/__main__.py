"""Another team's stack: it finds tables by family and logical name, never by a name typed by hand."""

import pulumi

from tablekit.contract import Contract, ContractError, family_of, read

config = pulumi.Config()
source, family = config.require("tables"), config.require("family")
stack = pulumi.StackReference(source)


def used(outputs: dict[str, object]) -> dict[str, object]:
    """What this project uses of the outputs; one message where the stack exports something else."""
    try:
        found: Contract = read(outputs, f"stack {source}")
        chosen = family_of(found, family)
    except ContractError as error:
        raise pulumi.RunError(str(error)) from None
    return {
        "env": chosen.env,
        "role": chosen.roles["readonly"].arn,
        "queries": sorted(chosen.access_patterns),
    }


tables = pulumi.Output.all(
    contractVersion=stack.get_output("contractVersion"),
    stage=stack.get_output("stage"),
    families=stack.get_output("families"),
).apply(used)

for name in ("env", "role", "queries"):
    pulumi.export(name, tables[name])
