"""Tier policies: the pack's own process over its protocol, on loopback; the resources come from a mocked program."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.policies.analyzer import Pack, started


@pytest.fixture(scope="session")
def pack() -> Iterator[Pack]:
    """One process for the session: each test configures it."""
    with started() as running:
        yield running
