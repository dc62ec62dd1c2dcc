"""A family's IAM roles."""

from __future__ import annotations

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from components.naming import child, token
from tablekit.model.permissions import POLICY_NAME, Policy, role_policy, trust_policy
from tablekit.model.staged import Account, StagedFamily


class AccessRoles(pulumi.ComponentResource):
    """One role with one inline policy for each role that the family declares.

    name: what its resources' names begin with; its own is that with `-roles`.
    Outputs: arns, by the role's name in the declaration.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        account: pulumi.Output[Account],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("AccessRoles"), f"{name}-roles", None, opts)
        self.arns = {}
        made: dict[str | None, aws.iam.Role] = {}
        # AWS refuses a trust in a role that isn't there yet.
        for key, role in sorted(family.roles.items(), key=lambda entry: entry[1].declared.assumed_by is not None):
            assumed_by = role.declared.assumed_by
            made[key] = aws.iam.Role(
                f"{name}-{key}",
                name=role.name,
                description=role.declared.purpose,
                assume_role_policy=account.apply(_document(trust_policy, family, key)),
                tags=family.tags,
                opts=child(self, depends_on=[made[assumed_by]] if assumed_by in made else None),
            )
            aws.iam.RolePolicy(
                f"{name}-{key}",
                name=POLICY_NAME,
                role=made[key].id,
                policy=account.apply(_document(role_policy, family, key)),
                opts=child(self),
            )
            self.arns[key] = made[key].arn
        self.register_outputs({"arns": self.arns})


def current_account() -> pulumi.Output[Account]:
    """The account that the program's credentials belong to."""
    identity, partition = aws.get_caller_identity_output(), aws.get_partition_output()
    return pulumi.Output.all(identity.account_id, partition.partition).apply(lambda found: Account(*found))


def _document(
    make: Callable[[StagedFamily, str, Account], Policy], family: StagedFamily, role: str
) -> Callable[[Account], str]:
    """A role's policy as JSON text, once the account is known."""
    return lambda account: json.dumps(make(family, role, account))
