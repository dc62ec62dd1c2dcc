"""Tier data plane: access patterns run for real, on moto and DynamoDB Local on loopback.

With TABLEKIT_TEST_OUTPUTS, a file of `pulumi stack output --json`, the same tests run on that stage as well, with the
credentials that boto3 finds; then, and only then, other addresses are open. It takes a stage of its own: items are
written and deleted.
"""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_socket import enable_socket, socket_allow_hosts

from families import catalogue
from tablekit.client import Clients
from tablekit.contract import Contract, read_file
from tablekit.model import Catalogue, StageConfig
from tests.support import dynamodb_local, tables

OUTPUTS = os.environ.get("TABLEKIT_TEST_OUTPUTS")
ENGINES = ("moto", "dynamodb-local", *(("outputs",) if OUTPUTS else ()))


@dataclass(frozen=True)
class Stage:
    """Tables to run patterns on. endpoint: None on AWS."""

    contract: Contract
    catalogue: Catalogue
    config: StageConfig
    clients: Clients
    endpoint: str | None


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    if not OUTPUTS:
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


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
    clients = Clients(endpoint, boto3.Session("test", "test"))
    for family in families:
        for table in family.tables if create else ():
            tables.create(clients.get("dynamodb", config.region_of(family)), family, table, config.stage)
    return Stage(tables.outputs(families, config), families, config, clients, endpoint)


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """All families' tables, on each engine."""
    if request.param == "outputs":
        assert OUTPUTS
        contract = read_file(Path(OUTPUTS))
        config = StageConfig(stage=contract.stage, region="eu-west-2", families=tuple(contract.families))
        yield Stage(contract, catalogue(), config, Clients(), None)
        return
    if request.param == "dynamodb-local" and (why := dynamodb_local.missing()):
        pytest.skip(why)
    with moto() if request.param == "moto" else dynamodb_local.server() as endpoint:
        yield made(endpoint, catalogue())


@pytest.fixture
def empty() -> Iterator[str]:
    """A moto server of the test's own."""
    with moto() as endpoint:
        yield endpoint
