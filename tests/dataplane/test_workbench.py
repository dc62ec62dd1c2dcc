"""A family module made of a data model file: it deploys, its sample items are stored, its access patterns find them."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tablekit.client import connect
from tablekit.model import Catalogue, load_package
from tablekit.ops.command import app
from tablekit.ops.examples import arguments
from tablekit.ops.samples import plain, sample_items
from tests.dataplane import stages
from tests.support.deployed import Deployed, deploy
from tests.support.music import FIRST, MUSIC, OPENING, PLAY, SECOND

ALBUM = {name: value for name, value in FIRST.items() if name != "Genres"}  # what the index projects
FOUND = {
    "get-albums": [FIRST],
    "query-albums": [FIRST, OPENING],
    "query-albums-by-artist-year": [ALBUM, SECOND],
    "get-plays": [PLAY],
    "query-plays-by-user": [PLAY],
    "query-plays-by-size": [{name: PLAY[name] for name in ("play-id", "size")}],
}
"""Each pattern of the music library with the items that it finds."""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Catalogue, Path]]:
    """The package that the command's module lies in, loaded, and its folder."""
    (tmp_path / "music.json").write_text(json.dumps(MUSIC))
    folder = tmp_path / "music_families"
    module = folder / "music_library.py"
    words = ("import", "nosql-workbench", str(tmp_path / "music.json"), "--output", str(module))
    assert CliRunner().invoke(app, words).exit_code == 0
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield load_package(importlib.import_module("music_families")), folder
    for name in [name for name in sys.modules if name.split(".")[0] == "music_families"]:
        del sys.modules[name]


@pytest.fixture
def deployed(endpoint: str, made: tuple[Catalogue, Path], tmp_path: Path) -> Iterator[Deployed]:
    """Its tables on each engine, empty."""
    catalogue, folder = made
    found = deploy(endpoint, catalogue, tmp_path)
    found.package = folder
    yield found
    client = found.client("music-library")
    for table in catalogue.family("music-library").tables:
        client.delete_table(TableName=f"dev-{table.name}")


def test_each_pattern_finds_the_sample_items(deployed: Deployed) -> None:
    seeded = deployed.tablekit("seed")
    assert seeded.exit_code == 0, seeded.stderr
    family = deployed.catalogue.family("music-library")
    tables = connect(deployed.outputs, deployed.client(family.key)).family(family.key)
    assert list(family.patterns) == list(FOUND)
    assert deployed.package is not None
    items = sample_items(family, deployed.package)
    for name, pattern in family.patterns.items():
        table = family.table(pattern.table)
        given = arguments(pattern, table, map(plain, items[table.name]))
        assert list(tables.run(name, **given).items) == list(map(plain, FOUND[name])), name


def test_the_smoke_test_passes_on_it(deployed: Deployed) -> None:
    stage = stages.made(deployed.endpoint, deployed.catalogue, create=False)
    report = stages.smoke(stage)
    assert {outcome.name for outcome in report.outcomes} == set(FOUND)
    assert {(outcome.status, outcome.problems) for outcome in report.outcomes} == {("passed", ())}
    assert not report.failed
