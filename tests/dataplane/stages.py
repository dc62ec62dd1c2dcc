"""Stages to run patterns on: tables made at an emulator, and runs of the smoke test on them."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from moto.server import ThreadedMotoServer

from tablekit.client import Clients
from tablekit.contract import Contract
from tablekit.model import Catalogue, StageConfig
from tablekit.model.staged import staged_families
from tablekit.ops.smoke.outcomes import SmokeReport
from tablekit.ops.smoke.run import Plan, run
from tablekit.ops.stages import StageSettings
from tests.support import aws, tables


@dataclass(frozen=True)
class Stage:
    """Tables to run patterns on. endpoint: None on AWS."""

    contract: Contract
    catalogue: Catalogue
    config: StageConfig
    clients: Clients
    endpoint: str | None


@contextmanager
def moto() -> Iterator[str]:
    """A moto server, emptied (one process has one set of tables, whatever its servers); gives its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        request = urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            assert answer.status == 200
        yield f"http://{host}:{port}"
    finally:
        server.stop()


def made(endpoint: str, families: Catalogue, create: bool = True) -> Stage:
    """The families' tables, made at an emulator; without `create`, as if they were there as declared."""
    config = StageConfig(stage="dev", region="eu-west-2", families=tuple(families.families))
    clients = aws.clients(endpoint)
    for family in staged_families(config, families).values():
        for table in family.declared.tables if create else ():
            tables.create(clients.get("dynamodb", family.region), family.declared, table, config.stage)
    return Stage(tables.outputs(families, config), families, config, clients, endpoint)


def smoke(stage: Stage, **changes: object) -> SmokeReport:
    """One run of the data plane."""
    settings = StageSettings(stage.config, False, (), stage.endpoint)
    plan = Plan(planes=frozenset({"data"}), **changes)  # type: ignore[arg-type]
    return run(stage.contract, stage.catalogue, settings, stage.clients, plan)


def items(stage: Stage) -> int:
    """How many items there are in all tables."""
    count = 0
    for exported in stage.contract.families.values():
        client = stage.clients.get("dynamodb", exported.region)
        count += sum(client.scan(TableName=table.name)["Count"] for table in exported.tables.values())
    return count
