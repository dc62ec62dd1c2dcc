"""A family's IAM roles."""

from __future__ import annotations

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from components.naming import child, token
from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family
from tablekit.model.permissions import POLICY_NAME, Account, Policy, role_policy, trust_policy
from tablekit.model.resource_tags import family_tags
from tablekit.model.stage import StageConfig


class AccessRoles(pulumi.ComponentResource):
    """One role with one inline policy for each role that the family declares.

    prefix: what the names of its resources begin with.
    Outputs: arns, by the role's name in the declaration.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        prefix: str,
        family: Family,
        catalogue: Catalogue,
        stage: StageConfig,
        account: pulumi.Output[Account],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("AccessRoles"), name, None, opts)
        self.arns = {}
        made: dict[str | None, aws.iam.Role] = {}
        # AWS refuses a trust in a role that isn't there yet.
        for role in sorted(family.roles, key=lambda role: role.assumed_by is not None):
            resource = aws.iam.Role(
                f"{prefix}-{role.name}",
                name=family.role_name(role, stage.stage),
                description=role.purpose,
                assume_role_policy=account.apply(_Document(trust_policy, role, family, stage)),
                tags=family_tags(family, stage),
                opts=child(self, depends_on=[made[role.assumed_by]] if role.assumed_by in made else None),
            )
            made[role.name] = resource
            aws.iam.RolePolicy(
                f"{prefix}-{role.name}",
                name=POLICY_NAME,
                role=resource.id,
                policy=account.apply(_Document(role_policy, role, family, catalogue, stage)),
                opts=child(self),
            )
            self.arns[role.name] = resource.arn
        self.register_outputs({"arns": self.arns})


def current_account() -> pulumi.Output[Account]:
    """The account that the program's credentials belong to."""
    identity, partition = aws.get_caller_identity_output(), aws.get_partition_output()
    return pulumi.Output.all(identity.account_id, partition.partition).apply(lambda found: Account(*found))


class _Document:
    """A policy as JSON text, once the account is known. A class, as a closure in a loop would see the last role."""

    def __init__(self, make: Callable[..., Policy], *parts: object) -> None:
        self.make, self.parts = make, parts

    def __call__(self, account: Account) -> str:
        return json.dumps(self.make(*self.parts, account))
