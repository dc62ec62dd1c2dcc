"""Another team's stack: it finds tables by family and logical name, never by a name typed by hand."""

import pulumi

from tablekit.contract import Contract, family_of, read

config = pulumi.Config()
source, family = config.require("tables"), config.require("family")
stack = pulumi.StackReference(source)


def contract(outputs: dict[str, object]) -> Contract:
    """The outputs as the contract's types; one message where the stack exports something else."""
    return read(outputs, f"stack {source}")


tables = pulumi.Output.all(
    contractVersion=stack.get_output("contractVersion"),
    stage=stack.get_output("stage"),
    families=stack.get_output("families"),
).apply(contract)

pulumi.export("env", tables.apply(lambda found: family_of(found, family).env))
pulumi.export("role", tables.apply(lambda found: family_of(found, family).roles["readonly"].arn))
pulumi.export("queries", tables.apply(lambda found: sorted(family_of(found, family).access_patterns)))
