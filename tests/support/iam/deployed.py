"""What a stage deploys, as the components register it: tables and indexes, and the documents of its roles."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import families
from tablekit.model import Catalogue, Family, Role
from tests.components.mocked import ACCOUNT
from tests.policies.program import stack
from tests.support.iam.actions import Kind
from tests.support.iam.evaluate import Policy
from tests.support.iam.rights import rights

KEPT: tuple[Kind, ...] = ("backup", "export", "import")
BACKS_UP: Final = ("backup", "restore")
COUNTS: Final = "item-counts-"
READS: Final = ("events", "archive")
OTHER_ACCOUNT: Final = "999988887777"
HOME: Final = "eu-west-2"
REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
_TABLE = "aws:dynamodb/table:Table"
HANDED_ON: Final = Policy.read(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "*", "Resource": "*"},
    },
    "attached",
)
"""A policy that hands on to this account, as a key's is by default."""
Registered = Mapping[tuple[str, str], Mapping[str, Any]]
"""Inputs by type and Pulumi name."""


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
    """A role with its documents as registered. family, role: as declared; None for a role that no family declares.

    backs_up: `backup` or `restore` of the two that AWS Backup has for a family; they have no role.
    counts: the region whose tables a function counts with it; it has no family.
    reads: of a pipe's the table whose stream it reads, and its use; it has no role either.
    archives: whether it is of the function that writes the family's archive.
    """

    family: Family | None
    role: Role | None
    arn: str
    policies: tuple[Policy, ...]
    trust: Policy | None
    backs_up: str = ""
    counts: str = ""
    reads: tuple[str, str] | None = None
    archives: bool = False

    @property
    def is_known(self) -> bool:
        """Whether somebody says what it is for."""
        return bool(self.role or self.backs_up or self.reads or self.counts or self.archives)

    def pipe(self, stage: str) -> str:
        """The name of the pipe whose role it is."""
        assert self.family
        assert self.reads
        return "-".join((stage, self.family.key, *self.reads))


@dataclass(frozen=True)
class Deployment:
    """One stage. settings: what changes its file's. unjudged: what gives rights, or may, and can't be read."""

    stage: str
    settings: Mapping[str, Any]
    resources: tuple[Resource, ...]
    roles: tuple[Deployed, ...]
    table_policies: dict[str, Policy]
    topic_policies: dict[str, Policy]
    bucket_policies: dict[str, Policy]
    documents: dict[str, str]
    unjudged: tuple[str, ...]

    def arn(self, family: str, table: str, index: str | None = None) -> str:
        """The ARN of a table, or of an index of it."""
        return self.arns(family, table, index)[0]

    def arns(self, family: str, table: str, index: str | None = None) -> list[str]:
        """The same, and those of its replicas."""
        wanted = (family, table, "index" if index else "table", index)
        found = [each.arn for each in self.resources if (each.family, each.table, each.kind, each.index) == wanted]
        if not found:
            raise KeyError((family, table, index))
        return found

    def regions(self, family: Family) -> list[str]:
        """Those that have the family's tables."""
        return [family.region or HOME, *self.settings.get("replicas", {}).get(family.key, ())]

    def own_key(self, family: Family, region: str) -> tuple[str, str] | None:
        """An ARN that the family's own key may have there, and its alias; None where the stage makes none."""
        if self.settings.get("encryption") != "family-keys":
            return None
        return f"arn:aws:kms:{region}:{ACCOUNT}:key/of-{family.key}", f"alias/dynamodb/{self.stage}/{family.key}"

    @property
    def published(self) -> bool:
        """Whether roles read their family's parameters."""
        return bool(self.settings.get("publishParameters"))

    def attached(self, arn: str) -> list[Policy]:
        """The policies of the table that the ARN is, or stands under; another account's is taken to allow us all."""
        parts = arn.split(":")
        if len(parts) > 4 and parts[4] == OTHER_ACCOUNT:
            return [HANDED_ON]
        policy = self.table_policies.get("/".join(arn.split("/")[:2]))
        return [policy] if policy else []

    def role(self, family: str, name: str) -> Deployed:
        """One role; AWS Backup's are `aws-backup` and `aws-restore`."""
        return next(
            each
            for each in self.roles
            if each.family
            and each.family.key == family
            and name == (each.role.name if each.role else "-".join(each.reads or ("aws", each.backs_up)))
        )


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
    return read(stage, settings, {key: sent.inputs for key, sent in stack(stage, **settings)[1].items()})


def read(stage: str, settings: Mapping[str, Any], registered: Registered) -> Deployment:
    """What a stage is by the inputs of what is registered."""
    resources: list[Resource] = []
    declared: dict[str, tuple[Family | None, Role | None]] = {}
    pipes: dict[str, tuple[str, str]] = {}
    for family in catalogue():
        declared |= {f"{family.key}-{role.name}": (family, role) for role in family.roles}
        declared |= {f"{family.key}-aws-{does}": (family, None) for does in BACKS_UP}
        pipes |= {f"{family.key}-{table.name}-{use}": (table.name, use) for table in family.tables for use in READS}
        declared |= {key: (family, None) for key in (*pipes, f"{family.key}-archive") if key not in declared}
        for table in family.tables:
            made_of = registered[_TABLE, f"{family.key}-{table.name}"]
            arn = f"arn:aws:dynamodb:{made_of['region']}:{ACCOUNT}:table/{made_of['name']}"
            indexes = [*made_of.get("globalSecondaryIndexes", ()), *made_of.get("localSecondaryIndexes", ())]
            names = [index["name"] for index in indexes]
            resources += under_table(family.key, table.name, arn, names)
            for kind, key in registered:
                if kind == REPLICA and registered[kind, key]["globalTableArn"] == arn:
                    copied = arn.replace(made_of["region"], registered[kind, key]["region"])
                    resources += under_table(family.key, table.name, copied, names)
    found = rights(registered)
    roles = [
        Deployed(
            family,
            role,
            each.arn,
            tuple(each.policies),
            each.trust,
            each.key.rpartition("-")[2] if family and not role and each.key and "-aws-" in each.key else "",
            each.key.removeprefix(COUNTS) if each.key and each.key.startswith(COUNTS) else "",
            pipes.get(each.key or ""),
            family is not None and role is None and each.key == f"{family.key}-archive",
        )
        for each in found.holders.values()
        for family, role in [declared.get(each.key or "", (None, None))]
    ]
    return Deployment(
        stage,
        settings,
        tuple(resources),
        tuple(roles),
        found.on_tables,
        found.on_topics,
        found.on_buckets,
        found.documents,
        tuple(found.unjudged),
    )


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
