"""A family through the data model file and back, and the module that an import writes: nothing of it is lost."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.model import Family, Table, load_package
from tablekit.ops.workbench.declare import Imported, declared
from tablekit.ops.workbench.export import exported
from tablekit.ops.workbench.format import read, text_of
from tablekit.ops.workbench.module import Call, flat, module_source, text, written
from tests.support.generated import families
from tests.support.music import MUSIC, OPENING, changed
from tests.support.samples import samples

ROOT = Path(__file__).parents[2]
DAY = date(2026, 3, 9)
KEYS = list(catalogue().families)
LONG = "A very long description, with 'both' \"quotes\" and \\ in it. " * 8
Items = dict[str, list[dict[str, dict[str, Any]]]]


def through(family: Family, items: Items, stage: str | None = None) -> Imported:
    """The family after an export and an import; that a second export is the first is shown."""
    text = text_of(exported(family, items, stage, DAY))
    model, unknown = read(text.encode(), "family.json")
    assert unknown == []
    found = declared(model, "family.json", family.key)
    assert (found.family.title, found.family.document) == (family.title, family.document)
    assert found.family.unused_indexes() == ()
    for table, back in zip(family.tables, found.family.tables, strict=True):
        assert held(back) == held(table)
        types = {name: attribute.type for name, attribute in table.types.items()}
        assert {name: attribute.type for name, attribute in back.types.items() if name in types} == types
        one, other = (sorted(map(json.dumps, given)) for given in (found.items[back.name], items[table.name]))
        assert one == other
    assert text_of(exported(found.family, found.items, None, DAY)) == text
    return found


def held(table: Table) -> Any:
    """What of a table the format holds."""
    return (
        table.hash_key,
        table.range_key,
        [(i.name, i.hash_key, i.range_key, i.projection, i.include) for i in table.indexes],
        [
            (entity.name, {k.name: entity.keys[k.name] for k in table.keys if k.name in entity.keys})
            for entity in table.entities
        ],
    )


def imported(raw: bytes) -> Imported:
    return declared(read(raw, "music.json")[0], "music.json")


def evaluated(source: str) -> Family:
    """The family that a module defines."""
    names: dict[str, Any] = {}
    exec(compile(source, "made.py", "exec"), names)
    family: Family = names["FAMILY"]
    return family


def own(key: str) -> tuple[Family, Items]:
    """A family of this project with its sample items."""
    family = catalogue().family(key)
    return family, {table.name: samples(family, table.name) for table in family.tables}


@pytest.mark.parametrize("key", KEYS)
def test_a_family_of_this_project_comes_back_named_as_in_a_stage(key: str) -> None:
    family, items = own(key)
    found = through(family, items, "dev")
    assert found.notes == ()
    assert found.family.owner == family.owner
    assert list(found.items) == [family.table_name_for(table.name, "dev") for table in family.tables]


@given(families())
def test_any_family_comes_back_and_its_module_is_the_declaration(made: tuple[Family, Items]) -> None:
    found = through(*made)
    assert evaluated(module_source(found.family)) == found.family


def test_a_model_made_elsewhere_keeps_its_tables_indexes_and_items() -> None:
    found = imported(json.dumps(MUSIC).encode())
    again = json.loads(text_of(exported(found.family, found.items, None, DAY)))
    for table, back in zip(MUSIC["DataModel"], again["DataModel"], strict=True):
        for field in ("TableName", "KeyAttributes"):
            assert back[field] == table[field]
        assert sorted(map(str, back["NonKeyAttributes"])) == sorted(map(str, table["NonKeyAttributes"]))
    albums, plays = again["DataModel"]
    assert albums["TableFacets"][0] == MUSIC["DataModel"][0]["TableFacets"][0]
    assert albums["TableData"] == [OPENING]
    for field in ("GlobalSecondaryIndexes", "TableData"):
        assert plays[field] == MUSIC["DataModel"][1][field]


def ruff(*words: str, given: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *words, "--stdin-filename", str(ROOT / "families" / "made.py"), "-"],
        input=given.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def test_modules_are_laid_out_linted_and_typed_as_the_projects_own_and_load_as_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [through(*own(key)).family for key in KEYS]
    made.append(imported(changed("ModelMetadata", "Description", to=LONG)).family)
    package = tmp_path / "made_families"
    package.mkdir()
    (package / "__init__.py").touch()
    for family in made:
        source = module_source(family)
        assert ruff("format", given=source) == source
        ruff("check", given=source)
        (package / f"{family.key.replace('-', '_')}.py").write_text(source, encoding="utf-8")
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache")]
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *options, "made_families"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load_package(importlib.import_module("made_families"))
    assert {family.key: family for family in loaded} == {family.key: family for family in made}


def test_the_docstring_says_what_is_to_be_settled() -> None:
    source = module_source(imported(json.dumps(MUSIC).encode()).family)
    head = source.split('"""')[1]
    assert head.startswith("Music Library: from a NoSQL Workbench data model, by `tablekit import nosql-workbench`.")
    for part in ("TTL", "`classification`", "access patterns", "roles", "`table_name`"):
        assert part in head


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "so"', "'say \"so\"'"),
        ("'a' \"b\"", '"\'a\' \\"b\\""'),
        ('\'a\' "b" "', "'\\'a\\' \"b\" \"'"),
        ("\\'\"", '"\\\\\'\\""'),
        ("tab\tü\x00\u200b", '"tab\\tü\\x00\\u200b"'),
    ],
)
def test_texts_are_quoted_as_the_formatter_does(value: str, literal: str) -> None:
    assert text(value) == literal
    assert ruff("format", given=f"x = {literal}\n") == f"x = {literal}\n"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_a_literal_is_its_text(value: str) -> None:
    assert eval(text(value)) == value
    assert eval(flat(value.encode())) == value.encode()


@given(st.lists(st.text(st.sampled_from("abc 'é日\"\\"), max_size=60), max_size=6), st.integers(0, 40))
def test_what_does_not_fit_has_an_element_a_line(values: list[str], indent: int) -> None:
    names = {f"field_{number}": value for number, value in enumerate(values)}
    source = written(Call("dict", (), {"all": tuple(values), **names}), indent)
    assert eval(source) == {"all": tuple(values), **names}
    if len(source.splitlines()) > 1:
        assert source.splitlines()[1].startswith(" " * (indent + 4))
