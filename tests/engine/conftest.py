"""Tier engine: the real engine on the emulator, all of it on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.project import SHOP, Project, project


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The five systems, deployed once. Tests leave it as it is, or as it was: `tests.conftest.TOGETHER`."""
    with project(tmp_path_factory.mktemp("deployed")) as whole:
        whole.up()
        yield whole


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project with one small family. Whoever takes it resets it first."""
    with project(tmp_path_factory.mktemp("small"), families=("shop",)) as found:
        yield found


@pytest.fixture(scope="module")
def shop(small: Project) -> Project:
    """One small family, not yet deployed: the module's to change."""
    small.reset()
    small.family("shop", SHOP)
    return small
