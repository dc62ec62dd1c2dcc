"""Tier stand-in: the plugin behind its real protocol, on an emulator of its own on a free loopback port."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable, Iterator

import pytest
from pytest_socket import enable_socket, socket_allow_hosts

from local import emulator
from local.standin.values import Props

from .harness import Plugin


@pytest.fixture(autouse=True)
def _loopback_only() -> Iterator[None]:
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with emulator.throw_away(tmp_path_factory.mktemp("emulator")) as served:
        yield served.endpoint


@pytest.fixture
def empty(endpoint: str) -> str:
    """The emulator, emptied."""
    request = urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        assert answer.status == 200
    return endpoint


@pytest.fixture
def start(empty: str) -> Iterator[Callable[..., Plugin]]:
    """Starts plugins on the emptied emulator."""
    started: list[Plugin] = []

    def make(configure: bool = True, **config: object) -> Plugin:
        settings: Props = dict(config)
        started.append(Plugin(empty, settings).start(configure))
        return started[-1]

    yield make
    for plugin in started:
        plugin.stop()


@pytest.fixture(scope="session")
def running(endpoint: str) -> Iterator[Plugin]:
    plugin = Plugin(endpoint).start()
    yield plugin
    plugin.stop()


@pytest.fixture
def plugin(running: Plugin, empty: str) -> Plugin:
    """The plugin as most tests want it, with an empty emulator and an empty state."""
    running.state.clear()
    running.warnings.clear()
    return running
