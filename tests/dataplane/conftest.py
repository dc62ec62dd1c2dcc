"""Tier dataplane: items and access patterns through the real clients, on moto and DynamoDB Local on loopback.

With TABLEKIT_TEST_OUTPUTS, a file of `pulumi stack output --json`, what can runs on that stage as well, with the
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
from tests.dataplane import stages

ON_AWS = "TABLEKIT_TEST_OUTPUTS"
"""Names a file of a deployed stage's outputs: the tests that can then run there, with the caller's credentials."""
OUTPUTS = os.environ.get(ON_AWS)
ENGINES = ("moto", "dynamodb-local", *(("outputs",) if OUTPUTS else ()))


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    if not OUTPUTS:
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture
def moto() -> Iterator[str]:
    """The endpoint of a moto server with nothing in it."""
    with stages.moto() as endpoint:
        yield endpoint


@pytest.fixture(params=["moto", "dynamodb"])
def endpoint(request: pytest.FixtureRequest) -> str:
    """Each server in turn."""
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module", params=ENGINES)
def stage(request: pytest.FixtureRequest) -> Iterator[stages.Stage]:
    """All families' tables, on each engine."""
    if request.param == "outputs":
        assert OUTPUTS
        contract = read_file(Path(OUTPUTS))
        config = StageConfig(stage=contract.stage, region="eu-west-2", families=tuple(contract.families))
        yield stages.Stage(contract, catalogue(), config, Clients(), None)
        return
    if request.param == "moto":
        with stages.moto() as endpoint:
            yield stages.made(endpoint, catalogue())
    else:
        yield stages.made(request.getfixturevalue("dynamodb"), catalogue())
