"""Tier dataplane: items through the real clients, on moto and DynamoDB Local, all of it on loopback."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer
from pytest_socket import enable_socket, socket_allow_hosts

from tests.support import dynamodb_local

ON_AWS = "TABLEKIT_TEST_OUTPUTS"
"""Names a file of a deployed stage's outputs: the tests that can then run there, with the caller's credentials."""


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    if ON_AWS not in os.environ:
        socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """A moto server's endpoint."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def dynamodb() -> Iterator[str]:
    """DynamoDB Local's endpoint."""
    if why := dynamodb_local.missing():
        pytest.skip(why)
    with dynamodb_local.server() as endpoint:
        yield endpoint


@pytest.fixture(params=["moto", "dynamodb"])
def endpoint(request: pytest.FixtureRequest) -> str:
    """Each server in turn."""
    found: str = request.getfixturevalue(request.param)
    return found
