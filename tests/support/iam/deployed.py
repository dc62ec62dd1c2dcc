"""What a stage deploys, as the components register it: tables and indexes, and the documents of its roles."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import families
from tablekit.model import Catalogue, Family, Role
from tests.components.mocked import ACCOUNT
from tests.policies.program import stack
from tests.support.iam.actions import Kind
from tests.support.iam.evaluate import Policy

KEPT: tuple[Kind, ...] = ("backup", "export", "import")
_TABLE = "aws:dynamodb/table:Table"
_ROLE = "aws:iam/role:Role"
_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
_RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"


@dataclass(frozen=True)
class Resource:
    """A table, an index of it, or what else AWS keeps under a table's ARN. family: None for nobody's."""

    family: str | None
    table: str
    kind: Kind
    arn: str
    index: str | None = None


@dataclass(frozen=True)
class Deployed:
    """One role with its documents as registered."""

    family: Family
    role: Role
    arn: str
    policy: Policy
    trust: Policy


@dataclass(frozen=True)
class Deployment:
    """One stage."""

    stage: str
    options: tuple[str, ...]
    resources: tuple[Resource, ...]
    roles: tuple[Deployed, ...]
    table_policies: dict[str, Policy]
    documents: dict[str, str]

    def arn(self, family: str, table: str, index: str | None = None) -> str:
        """The ARN of a table, or of an index of it."""
        kind = "index" if index else "table"
        for each in self.resources:
            if (each.family, each.table, each.kind, each.index) == (family, table, kind, index):
                return each.arn
        raise KeyError((family, table, index))

    def attached(self, arn: str) -> list[Policy]:
        """The policies of the table that the ARN is, or stands under."""
        policy = self.table_policies.get("/".join(arn.split("/")[:2]))
        return [policy] if policy else []

    def role(self, family: str, name: str) -> Deployed:
        """One role."""
        return next(each for each in self.roles if (each.family.key, each.role.name) == (family, name))


@cache
def catalogue() -> Catalogue:
    """The families, once."""
    return families.catalogue()


def deployment(stage: str, **settings: Any) -> Deployment:
    """A stage as its file says, but for these settings."""
    return _deployment(stage, json.dumps(settings, sort_keys=True))


@cache
def _deployment(stage: str, changed: str) -> Deployment:
    settings = json.loads(changed)
    _, made = stack(stage, **settings)
    inputs = {key: sent.inputs for key, sent in made.items()}
    resources: list[Resource] = []
    roles: list[Deployed] = []
    documents: dict[str, str] = {}
    for family in catalogue():
        for table in family.tables:
            made_of = inputs[_TABLE, f"{family.key}-{table.name}"]
            arn = f"arn:aws:dynamodb:{made_of['region']}:{ACCOUNT}:table/{made_of['name']}"
            indexes = [*made_of.get("globalSecondaryIndexes", ()), *made_of.get("localSecondaryIndexes", ())]
            resources += under_table(family.key, table.name, arn, [index["name"] for index in indexes])
        for role in family.roles:
            name = f"{family.key}-{role.name}"
            own, trust = inputs[_ROLE_POLICY, name]["policy"], inputs[_ROLE, name]["assumeRolePolicy"]
            documents |= {f"{name} policy": own, f"{name} trust": trust}
            arn = f"arn:aws:iam::{ACCOUNT}:role/{inputs[_ROLE, name]['name']}"
            roles.append(Deployed(family, role, arn, Policy.read(own), Policy.read(trust)))
    attached = {
        given["resourceArn"]: given["policy"] for (kind, _), given in inputs.items() if kind == _RESOURCE_POLICY
    }
    documents |= {f"{arn} policy": policy for arn, policy in attached.items()}
    options = tuple(settings.get("options", ()))
    policies = {arn: Policy.read(policy) for arn, policy in attached.items()}
    return Deployment(stage, options, tuple(resources), tuple(roles), policies, documents)


def under_table(family: str | None, table: str, arn: str, indexes: Iterable[str]) -> list[Resource]:
    """The table, its indexes, and one of each kind that AWS names by it."""
    below: dict[Kind, str] = {
        "table": arn,
        "stream": f"{arn}/stream/2026-01-31T10:00:00.000",
        **{kind: f"{arn}/{kind}/01489173575360-b308cd7d" for kind in KEPT},
        "global-table": f"arn:aws:dynamodb::{ACCOUNT}:global-table/{arn.split('/')[-1]}",
    }
    return [
        *(Resource(family, table, kind, each) for kind, each in below.items()),
        *(Resource(family, table, "index", f"{arn}/index/{index}", index) for index in indexes),
    ]
