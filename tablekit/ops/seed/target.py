"""What is asked for, and where items go: the tables of a stage, by its outputs and the declared families."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.config import Config

from tablekit.client.aws import Clients, translated
from tablekit.client.errors import ResourceNotFoundError
from tablekit.contract import Contract, ExportedTable, family_of, table_of
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import did_you_mean
from tablekit.model.family import Family
from tablekit.model.naming import PROD
from tablekit.model.table import Table
from tablekit.ops.drift import RUNBOOK, deployment
from tablekit.ops.errors import SeedError
from tablekit.ops.signed_http import SignedHttpClient

CONCURRENCY = 32
"""Batches at a time, at most: with 10 ms a call that is more than a process can make ready."""
IMPORT_ABOVE = 50.0
"""GiB of a file above which it is DynamoDB's own import that should carry it."""
_FEW = Config(retries={"mode": "standard", "total_max_attempts": 2})
"""For the first calls, which are to say within seconds that nothing answers."""


@dataclass(frozen=True)
class SeedRequest:
    """What a person asks for.

    file: None for the families' own items. families: empty for all. yes: into prod. overwrite: put every item, whatever
    is there. skip_existing: leave what is there, whatever its content. checkpoint: the default lies beside the file.
    concurrency: calls at a time, at most. import_above: GiB. stage_in: an address in S3.
    """

    file: Path | None = None
    families: tuple[str, ...] = ()
    table: str | None = None
    stage: str | None = None
    yes: bool = False
    format: str | None = None
    overwrite: bool = False
    skip_existing: bool = False
    rejects: Path | None = None
    checkpoint: Path | None = None
    concurrency: int = CONCURRENCY
    import_above: float = IMPORT_ABOVE
    stage_in: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Target:
    """One table of a stage."""

    family: Family
    table: Table
    exported: ExportedTable
    region: str
    stage: str

    @property
    def name(self) -> str:
        """As a person knows it."""
        return f"{self.family.key}/{self.table.name}"

    @property
    def subject(self) -> str:
        """As messages about a call name it."""
        return f"table {self.exported.name!r} in {self.region}"

    @property
    def keys(self) -> tuple[str, ...]:
        """The names of the hash key and the range key."""
        return tuple(key.name for key in self.table.keys)


def targets(
    contract: Contract, catalogue: Catalogue, families: Iterable[str] = (), table: str | None = None
) -> list[Target]:
    """The tables of these families (of all, if none is named), or the one that is named. Raises TablekitError."""
    chosen = list(families) or list(contract.families)
    if table is not None and len(chosen) != 1:
        raise SeedError(f"--table {table}: name its family as well, with --family")
    found = []
    for key in chosen:
        exported, family = family_of(contract, key), catalogue.family(key)
        declared = {each.name: each for each in family.tables}
        for name in [table] if table else exported.tables:
            if name not in declared:
                raise SeedError(
                    f"family {key!r} declares no table {name!r}{did_you_mean(name, declared)}; "
                    "install the families that the stage was deployed from"
                )
            found.append(Target(family, declared[name], table_of(contract, key, name), exported.region, contract.stage))
    return found


def ensure_stage_allowed(contract: Contract, stage: str | None, yes: bool) -> None:
    """Raise SeedError where a write would go to another stage than is meant, or to prod by accident."""
    if stage is not None and stage != contract.stage:
        raise SeedError(f"--stage {stage}: the outputs are of stage {contract.stage!r}; give those of {stage!r}")
    if contract.stage == PROD and not (stage == PROD and yes):
        raise SeedError("stage 'prod': nothing is written into it without --stage prod --yes; give both if you mean it")


@contextmanager
def calling(target: Target) -> Iterator[None]:
    """Errors of the calls within name the table, and what makes one anew that is gone. Raises CallError."""
    try:
        with translated(target.subject):
            yield
    except ResourceNotFoundError as error:
        repair = deployment(target.stage)
        raise ResourceNotFoundError(f"{error}; this makes it anew, empty: {repair} ({RUNBOOK})") from None


def describe_target(clients: Clients, target: Target) -> str:
    """See within seconds that the table is there with its keys; gives its id, another for a table made anew.

    Raises CallError, SeedError.
    """
    with calling(target):
        found = describe(clients, target.region, target.exported.name)
    check_keys(found, target.table)
    return id_of(found)


def describe(clients: Clients, region: str, name: str) -> dict[str, Any]:
    """What DescribeTable says of a table that can be used. Raises what boto3 raises, CallError."""
    found: dict[str, Any] = clients.get("dynamodb", region, _FEW).describe_table(TableName=name)["Table"]
    if found["TableStatus"] not in ("ACTIVE", "UPDATING"):
        raise ResourceNotFoundError(f"table {name!r} is {found['TableStatus']}; wait until it is ACTIVE")
    return found


def id_of(described: dict[str, Any]) -> str:
    """Another one for a table made anew; DynamoDB Local gives none but the time."""
    return str(described.get("TableId") or described.get("CreationDateTime", ""))


def check_keys(described: dict[str, Any], table: Table) -> None:
    """Raise SeedError where the table's keys are not the declared ones."""
    types = {each["AttributeName"]: each["AttributeType"] for each in described["AttributeDefinitions"]}
    keys = {key["AttributeName"]: types[key["AttributeName"]] for key in described["KeySchema"]}
    wanted = {key.name: str(key.type) for key in table.keys}
    if keys != wanted:
        raise SeedError(
            f"table {described['TableName']!r} has the keys {keys}, declared are {wanted}; deploy the stage again"
        )


def is_priced(clients: Clients, target: Target) -> bool:
    """Whether the table is on AWS, where writes cost."""
    return is_on_aws(clients, target.region)


def is_on_aws(clients: Clients, region: str) -> bool:
    """Whether DynamoDB is AWS's there; an emulator's address is none of AWS's."""
    host = urlsplit(clients.get("dynamodb", region).meta.endpoint_url).hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def is_empty(client: SignedHttpClient, target: Target) -> bool:
    """Whether the table has no item. Raises CallError."""
    request = {"TableName": target.exported.name, "Limit": 1, "ConsistentRead": True}
    with calling(target):
        return not client.call(target.subject, "Scan", request)["Items"]
