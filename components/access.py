"""A family's IAM roles."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import access


class AccessRoles(pulumi.ComponentResource):
    """One role with one inline policy for each role that the family declares.

    name: what its resources' names begin with; its own is that with `-roles`.
    Outputs: arns, by the role's name in the declaration.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("AccessRoles"), f"{name}-roles", None, opts)
        self.arns = {}
        made: dict[str | None, aws.iam.Role] = {}
        # AWS refuses a trust in a role that isn't there yet.
        for key, role in sorted(family.roles.items(), key=lambda entry: entry[1].declared.assumed_by is not None):
            trusted = made.get(role.declared.assumed_by)
            made[key] = register(
                aws.iam.Role,
                access.role(name, family, key, account),
                self,
                depends_on=[trusted] if trusted else None,
            )
            register(aws.iam.RolePolicy, access.policy(name, family, key, account), self, depends_on=[made[key]])
            self.arns[key] = made[key].arn
        self.register_outputs({"arns": self.arns})


async def current_account() -> Account:
    """The account that the program's credentials belong to."""
    identity, partition = aws.get_caller_identity_output(), aws.get_partition_output()
    found = await pulumi.Output.all(identity.account_id, partition.partition).future()
    assert found is not None, "an invoke without inputs is answered in a preview too"
    return Account(*found)
