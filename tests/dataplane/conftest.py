"""Tier data plane: access patterns run for real, on moto and DynamoDB Local on loopback.

With TABLEKIT_TEST_OUTPUTS, a file of `pulumi stack output --json`, the same tests run on that stage as well, with the
credentials that boto3 finds; then, and only then, other addresses are open. It takes a stage of its own: items are
written and deleted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from families import catalogue
from tablekit.client import Clients
from tablekit.contract import read_file
from tablekit.model import StageConfig
from tests.dataplane.stages import Stage, made, moto
from tests.support import dynamodb_local

OUTPUTS = os.environ.get("TABLEKIT_TEST_OUTPUTS")
ENGINES = ("moto", "dynamodb-local", *(("outputs",) if OUTPUTS else ()))


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    if not OUTPUTS:
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


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
