"""The two sides of a copy, as they are written on the command line, and what is there.

family/table@stage      a declared table of a stage; its outputs say what it is called
family@stage            all tables of a family: a transform says which item goes to which
name@region             a table by its own name, declared or not
items.jsonl             a file of items, as `tablekit seed` reads them; only to copy from
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import boto3
from pydantic import ValidationError

from tablekit.client.aws import Clients, translated
from tablekit.contract import Contract, read_file
from tablekit.model import Index, Key, Retention, Table, installed
from tablekit.model.explain import explain
from tablekit.model.naming import PROD
from tablekit.ops import sources, stages
from tablekit.ops.errors import CopyError
from tablekit.ops.files import input_file
from tablekit.ops.seed.bulk import ANOTHER
from tablekit.ops.seed.target import check_keys, describe, id_of, is_on_aws, targets
from tablekit.ops.signed_http import SignedHttpClient

GRAMMAR: Final = "family/table@stage, family@stage, name@region, or a file of items"
_REGION: Final = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_STAGE: Final = re.compile(r"[a-z][a-z0-9]{1,9}")


@dataclass(frozen=True)
class CopiedTable:
    """A table as it is there. table: as it is declared; as it is described where `declared` is False.

    ttl: the attribute whose time DynamoDB deletes an item after.
    """

    name: str
    table: Table
    described: dict[str, Any]
    declared: bool
    ttl: str | None = None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names of the hash key and the range key."""
        return tuple(key.name for key in self.table.keys)

    @property
    def id(self) -> str:
        """Another one for another table, and for one made anew."""
        return f"{self.described['TableArn']} {id_of(self.described)}"


@dataclass(frozen=True)
class Side:
    """Tables of one region, by their logical names; or a file. stage: None where a table is named by its own name."""

    spelled: str
    region: str = ""
    stage: str | None = None
    clients: Clients = field(default_factory=Clients)
    tables: dict[str, CopiedTable] = field(default_factory=dict)
    file: Path | None = None

    @cached_property
    def client(self) -> SignedHttpClient:
        """What its items are read and written by."""
        return SignedHttpClient(self.clients, self.region)

    @property
    def only(self) -> CopiedTable:
        """Its one table. Raises CopyError where it has several."""
        if len(self.tables) == 1:
            return next(iter(self.tables.values()))
        raise CopyError(f"{self.spelled}: is {len(self.tables)} tables, not one; name one, as family/table@stage")

    @property
    def id(self) -> str:
        """What a checkpoint is bound to."""
        if self.file:
            found = self.file.stat()
            return f"{self.file.resolve()} {found.st_size} {found.st_mtime_ns}"
        return " ".join(table.id for table in self.tables.values())

    def ensure_allowed(self, yes: bool) -> None:
        """Raise CopyError where prod, or a table of which nobody can tell, would be written to by accident."""
        named = self.stage is None and is_on_aws(self.clients, self.region)
        if not yes and (self.stage == PROD or named):
            what = "a table named by its own name" if named else f"stage {PROD!r}"
            raise CopyError(f"{self.spelled}: nothing is written into {what} without --yes; give it if you mean it")


@dataclass(frozen=True)
class Access:
    """How a side's tables are reached. outputs: files, of any stages. profile: of the AWS configuration."""

    outputs: Sequence[Path] = ()
    profile: str | None = None
    endpoint: str | None = None

    def clients(self, stage: str | None) -> Clients:
        """AWS clients; of stage local on this machine. Raises TablekitError."""
        session = None
        if self.profile:
            with translated(f"profile {self.profile!r}"):
                session = boto3.Session(profile_name=self.profile)
        if stage:
            folders = stages.places(next(iter(self.outputs), None))
            return stages.clients(stage, folders, endpoint=self.endpoint, session=session)
        return Clients(self.endpoint, session, capacity=True)

    def contract(self, stage: str) -> Contract:
        """The stage's outputs: in one of the files, else of the stack of that name. Raises ContractError."""
        for file in self.outputs:
            if (found := read_file(file)).stage == stage:
                return found
        return sources.outputs(None, stage)


def side(spelled: str, access: Access) -> Side:
    """What is written on the command line, as it is there. Raises TablekitError."""
    name, at, place = spelled.rpartition("@")
    if not at or spelled.startswith(("/", "./", "../")):
        path = Path(spelled)
        input_file(path, f"{ANOTHER}, or name a table: {GRAMMAR}")
        return Side(spelled, file=path)
    if _REGION.fullmatch(place):
        return _own(spelled, name, place, access)
    if not name or not _STAGE.fullmatch(place):
        raise CopyError(f"{spelled}: what stands behind @ is a stage or a region; write {GRAMMAR}")
    return _declared(spelled, name, place, access)


def _own(spelled: str, name: str, region: str, access: Access) -> Side:
    clients = access.clients(None)
    with translated(f"table {name!r} in {region}"):
        described = describe(clients, region, name)
        ttl = clients.get("dynamodb", region).describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    tables = {name: CopiedTable(name, layout(described), described, declared=False, ttl=ttl.get("AttributeName"))}
    return Side(spelled, region, None, clients, tables)


def _declared(spelled: str, name: str, stage: str, access: Access) -> Side:
    family, _, table = name.partition("/")
    found = targets(access.contract(stage), installed(), [family], table or None)
    made = Side(spelled, found[0].region, stage, access.clients(stage))
    tables = {}
    for each in found:
        with translated(each.subject):
            described = describe(made.clients, each.region, each.exported.name)
        check_keys(described, each.table)
        tables[each.table.name] = CopiedTable(each.exported.name, each.table, described, True, each.table.ttl)
    return replace(made, tables=tables)


def layout(described: dict[str, Any]) -> Table:
    """A table that is declared nowhere: its keys, and those of its indexes. Raises CopyError."""
    types = {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]}

    def keys(schema: list[dict[str, str]]) -> dict[str, Key]:
        fields = {"HASH": "hash_key", "RANGE": "range_key"}
        return {
            fields[each["KeyType"]]: Key(name=each["AttributeName"], type=types[each["AttributeName"]])
            for each in schema
        }

    try:
        return Table(
            name=described["TableName"],
            purpose="As it is there",
            classification="internal",
            retention=Retention(reason="Not known"),
            indexes=tuple(
                Index(name=each["IndexName"], purpose="As it is there", local=local, **keys(each["KeySchema"]))
                for local in (False, True)
                for each in described.get("LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes") or ()
            ),
            **keys(described["KeySchema"]),
        )
    except ValidationError as error:
        raise CopyError(explain(f"table {described['TableName']!r} as it is there", error)) from None
