"""Another team's stack: it finds tables by family and logical name, and its role's permissions by access pattern."""

import json

import pulumi
import pulumi_aws as aws

from tablekit.contract import ContractError, family_of, policy, read, table_of

config = pulumi.Config()
source, family, table = config.require("tables"), config.require("family"), config.require("table")
patterns = config.require_object("accessPatterns")
stack = pulumi.StackReference(source)


def used(outputs: dict[str, object]) -> dict[str, object]:
    """What this project uses of the outputs; one message where something isn't there."""
    try:
        contract = read(outputs, f"stack {source}")
        found = family_of(contract, family)
        return {
            "region": found.region,
            "env": found.env,
            "table": table_of(contract, family, table).name,
            "policy": json.dumps(policy(contract, family, patterns)),
        }
    except ContractError as error:
        raise pulumi.RunError(str(error)) from None


tables = pulumi.Output.all(
    contractVersion=stack.get_output("contractVersion"),
    stage=stack.get_output("stage"),
    families=stack.get_output("families"),
).apply(used)

role = aws.iam.Role(
    "function",
    description="A function that uses the family's tables",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com"]}, "Action": ["sts:AssumeRole"]}
            ],
        }
    ),
)
aws.iam.RolePolicy("function-tables", role=role.id, policy=tables["policy"])

pulumi.export("role", role.name)
for name in ("region", "env", "table"):
    pulumi.export(name, tables[name])
