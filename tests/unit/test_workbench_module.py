"""The module that an import writes: it loads, is the declaration, and is laid out as the project's own code."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.model import Family
from tablekit.model.loading import load_package
from tablekit.ops.workbench.declare import declared
from tablekit.ops.workbench.format import read
from tablekit.ops.workbench.module import module_source
from tablekit.ops.workbench.source import Call, flat, text, written
from tests.support.music import MUSIC
from tests.support.samples import samples
from tests.unit.test_workbench_round_trip import KEYS, evaluated, through

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def music() -> Family:
    model, _ = read(json.dumps(MUSIC).encode(), "music.json")
    return declared(model, "music.json").family


@pytest.fixture(scope="module")
def made(music: Family) -> dict[str, Family]:
    """Module's name -> the family of a file: each of the project's, and the music library."""
    found = {"music_library": music}
    for key in KEYS:
        family = catalogue().family(key)
        items = {table.name: samples(family, table.name) for table in family.tables}
        found[key.replace("-", "_")] = through(family, items)[1].family
    return found


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


def test_a_module_is_the_declaration_laid_out_and_linted_as_the_project_is(made: dict[str, Family]) -> None:
    for family in made.values():
        source = module_source(family)
        assert evaluated(source) == family
        assert ruff("format", given=source) == source
        ruff("check", given=source)


def test_modules_are_typed_strictly_and_load_as_a_package(made: dict[str, Family], tmp_path: Path) -> None:
    package = tmp_path / "made_families"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for name, family in made.items():
        (package / f"{name}.py").write_text(module_source(family), encoding="utf-8")
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
    spec = importlib.util.spec_from_file_location(
        "made_families", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_families"] = module
    try:
        loaded = load_package(module)
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "made_families"]:
            del sys.modules[name]
    assert {family.key: family for family in loaded} == {family.key: family for family in made.values()}


def test_the_docstring_says_what_is_to_be_settled(music: Family) -> None:
    source = module_source(music)
    head = source.split('"""')[1]
    assert head.startswith("Music Library: from a NoSQL Workbench data model, by `tablekit import nosql-workbench`.")
    for part in ("TTL", "`classification`", "access patterns", "roles", "`table_name`"):
        assert part in head
    assert "TODO" not in source
    assert max(map(len, source.splitlines())) <= 120


def test_long_texts_go_on_in_the_next_lines() -> None:
    description = "A very long description, with 'both' \"quotes\" and \\ in it. " * 8
    content = {**MUSIC, "ModelMetadata": {**MUSIC["ModelMetadata"], "Description": description}}
    model, _ = read(json.dumps(content).encode(), "music.json")
    source = module_source(declared(model, "music.json").family)
    assert evaluated(source).document == description
    assert max(map(len, source.splitlines())) <= 120
    assert ruff("format", given=source) == source


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
