"""Whatever stands in a family's module, it loads or is refused by one message with file and line."""

from __future__ import annotations

import ast
import itertools
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tablekit.model import CatalogueError, FamilyError, installed
from tests.support.shops import PART, load


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (PART.encode() + b"\0", "source code string cannot contain null bytes"),
        (PART.replace("An order", "Ein Bestellgröße").encode("latin-1"), "(unicode error) 'utf-8' codec can't decode"),
        (f"from shops.shop import FAMILY\n{PART}", "ImportError: cannot import name 'FAMILY' from partially init"),
        ("[" * 5000, "too many nested parentheses"),
        (f"{PART}X = {'+'.join('1' * 2000)} + S(1).name\n", ""),
    ],
    ids=["NUL bytes", "another encoding", "a circle of imports", "too deep", "a long sum"],
)
def test_a_module_that_python_refuses_is_one_message_with_its_own_file(text: str | bytes, says: str) -> None:
    with pytest.raises(FamilyError) as error:
        load(text)
    assert str(error.value).startswith("shops/")
    assert says in str(error.value)


def test_ctrl_c_is_nothing_of_the_modules() -> None:
    with pytest.raises(KeyboardInterrupt):
        load("raise KeyboardInterrupt\n")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("catalogue = ", "SyntaxError: invalid syntax (shelves.py, line 1)"),
        ("", "AttributeError: module 'shelves' has no attribute 'catalogue'"),
        ("def catalogue():\n    return 7\n", "TypeError: 'int' object is not iterable"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
    ],
)
def test_an_installed_package_whose_families_cannot_be_loaded_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    (tmp_path / "shelves.py").write_text(text)
    information = tmp_path / "shelves-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: shelves\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[tablekit.families]\nshelves = shelves:catalogue\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "shelves", raising=False)
    with pytest.raises(CatalogueError) as error:
        installed()
    assert str(error.value) == (
        f"entry point 'shelves' of 'tablekit.families': shelves:catalogue can't be loaded: {says}; "
        "fix it, or uninstall the package that names it"
    )


def _places(text: str) -> list[tuple[int, int]]:
    """Where a keyword's value begins and ends in the text, of each keyword."""
    starts = [0, *itertools.accumulate(len(one.encode()) for one in text.splitlines(keepends=True))]
    values = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword)]
    return [
        (starts[v.lineno - 1] + v.col_offset, starts[(v.end_lineno or 0) - 1] + (v.end_col_offset or 0)) for v in values
    ]


@settings(max_examples=80, deadline=None)
@given(
    place=st.sampled_from(_places(PART)),
    value=st.sampled_from(
        ["None", "7", "-1.5", "True", "''", "'x'", "('x')", "('x',)", "{}", "{'a':1}", "object()", "S", "S('x')", "b''"]
    ),
)
def test_any_value_in_any_place_loads_or_is_refused_with_file_and_line(place: tuple[int, int], value: str) -> None:
    raw = PART.encode()
    try:
        load(raw[: place[0]] + value.encode() + raw[place[1] :])
    except (FamilyError, CatalogueError) as error:
        for said in str(error).splitlines():
            file, number, *rest = said.split(":", 2)
            assert file in ("shops/_parts.py", "shops/shop.py")
            assert (number.isdigit() and rest) or number.startswith(" … and ")
