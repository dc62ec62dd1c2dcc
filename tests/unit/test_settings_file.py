"""A project's or a stage's file: what can't be read, or in more ways than one, is one message with its file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from local.errors import ProjectError
from local.project import read_yaml
from tablekit.contract import Contract
from tablekit.model import Catalogue
from tablekit.model.errors import StageError
from tablekit.model.settings_file import read_settings
from tablekit.ops.smoke.settings import load
from tests.support.declare import family

GOOD = b"config:\n  aws:region: eu-west-2\n  dynamodb-tables:alarms: none\n"
_BOMB = "config:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
REFUSED: tuple[tuple[bytes, str], ...] = (
    (
        GOOD + b"  dynamodb-tables:alarms: all\n",
        "'dynamodb-tables:alarms' is set twice in the mapping that begins at line 2; keep one of them",
    ),
    (GOOD + b"\talarms: all\n", "is not YAML at line 4: found character '\\t' that cannot start any token"),
    (GOOD + b"  # \xe9\n", "is not UTF-8 at line 4; save it as UTF-8"),
    (GOOD + b"  a: \0\n", "is not YAML: unacceptable character #x0000: special characters are not allowed"),
    (b"- a\n", "is not a mapping of settings; write each as name: value"),
    (b"config:\n- a\n", "config: is not a mapping of settings; write each as name: value"),
    (b"config:\n  1: a\n", "config: is not a mapping of settings; write each as name: value"),
    (_BOMB.encode(), "more than 10000 values, by aliases of aliases, at line 5; write the values out"),
    (b"config: &a\n  x: *a\n", "an alias names what it stands in, at line 1; write the value out"),
    (b"config: " + b"[" * 1000, "lists or mappings lie too deep in each other; write settings as name: value"),
    (
        b"config: !!python/object/apply:os.getcwd []\n",
        "is not YAML at line 1: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/object/apply:os.getcwd'",
    ),
    (b"config:\n  a: 2021-99-99\n", "a value can't be read: month must be in 1..12; put a text in quotes"),
    (b"config:\n  ? [a]\n  : b\n", "is not YAML at line 2: found unhashable key"),
)


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_can_not_be_read_in_one_way_is_one_message(text: bytes, says: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_bytes(text)
    with pytest.raises(StageError) as error:
        read_settings(file)
    assert str(error.value) == f"{file}: {says}"


def test_the_smoke_test_and_the_local_stage_say_the_same(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_bytes(b"- a\n")
    says = f"{file}: is not a mapping of settings; write each as name: value"
    contract = Contract(contract_version="1.0", stage="dev", families={})
    with pytest.raises(StageError, match=re.escape(says)):
        load(contract, Catalogue([family()]), file, None, ())
    with pytest.raises(ProjectError, match=re.escape(says)):
        read_yaml(file)


@pytest.mark.parametrize(
    ("put", "says"),
    [
        (Path.mkdir, "is not a file; move it away, and write a stage's settings there"),
        (os.mkfifo, "is not a file; move it away, and write a stage's settings there"),
        (lambda file: file.symlink_to(file), "can't be read: Too many levels of symbolic links"),
    ],
    ids=["a directory", "a pipe", "a link to itself"],
)
def test_what_is_no_file_is_one_message(put: Callable[[Path], object], says: str, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    put(file)
    with pytest.raises(StageError) as error:
        read_settings(file)
    assert str(error.value) == f"{file}: {says}"


def test_a_byte_order_mark_and_an_alias_are_read(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_text("\ufeffconfig:\n  a: &a [x]\n  b: *a\n", encoding="utf-8")
    assert read_settings(file) == {"config": {"a": ["x"], "b": ["x"]}}


_TEXT = st.text(alphabet="abé:#-[]{}&*!|>'\"%@ 1\n", max_size=8)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXT, inner, max_size=3)),
    max_leaves=8,
)


@settings(deadline=None, max_examples=50)
@given(config=st.dictionaries(_TEXT, _VALUES, max_size=4))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, config: dict[str, Any]) -> None:
    file = tmp_path_factory.mktemp("of") / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"config": config}, allow_unicode=True), encoding="utf-8")
    assert read_settings(file) == {"config": config}


@settings(deadline=None, max_examples=50)
@given(
    text=st.one_of(st.binary(max_size=60), st.text(alphabet="ab:-[]{}&*!?|>'\"#%@\n\t ,1", max_size=40).map(str.encode))
)
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: bytes) -> None:
    file = tmp_path_factory.mktemp("of") / "Pulumi.dev.yaml"
    file.write_bytes(text)
    said = ""
    try:
        assert isinstance(read_settings(file), dict)
    except StageError as error:
        said = str(error)
    assert not said or said.startswith(f"{file}: ")
    assert "\n" not in said
