"""A family's IAM roles."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.naming import child, family_tags, token
from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family
from tablekit.model.permissions import Account, role_policy, trust_policy
from tablekit.model.roles import Role
from tablekit.model.stage import StageConfig


class AccessRoles(pulumi.ComponentResource):
    """One role with one inline policy for each role that the family declares.

    Outputs: arns, by the role's name in the declaration.
    """

    arns: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        family: Family,
        catalogue: Catalogue,
        stage: StageConfig,
        account: pulumi.Output[Account],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("AccessRoles"), name, None, opts)
        self.arns = {}
        for role in family.roles:
            resource = aws.iam.Role(
                f"{family.key}-{role.name}",
                name=family.role_name(role, stage.stage),
                description=role.purpose,
                assume_role_policy=json.dumps(trust_policy(role, family, stage)),
                tags=family_tags(family, stage),
                opts=child(self),
            )
            aws.iam.RolePolicy(
                f"{family.key}-{role.name}",
                name="access-patterns",
                role=resource.id,
                policy=account.apply(_Policy(role, family, catalogue, stage)),
                opts=child(self),
            )
            self.arns[role.name] = resource.arn
        self.register_outputs({"arns": self.arns})


class _Policy:
    """The role's policy as JSON text, once the account is known. A class, as a closure in a loop would see the last."""

    def __init__(self, role: Role, family: Family, catalogue: Catalogue, stage: StageConfig) -> None:
        self.parts = role, family, catalogue, stage

    def __call__(self, account: Account) -> str:
        return json.dumps(role_policy(*self.parts, account))
