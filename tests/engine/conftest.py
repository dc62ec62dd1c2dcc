"""Tier engine: the real engine on the emulator, all of it on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.project import SHOP, Project, project


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The five systems, deployed once. Tests read it and leave it as it is."""
    with project(tmp_path_factory.mktemp("deployed")) as whole:
        whole.up()
        yield whole


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Project]:
    """One small family, not yet deployed: the test's to change."""
    with project(tmp_path, families=("shop",)) as small:
        small.family("shop", SHOP)
        yield small
