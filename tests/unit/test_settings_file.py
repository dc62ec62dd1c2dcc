"""A project's or a stage's file: what can't be read, or in more ways than one, is one message with its file."""

from __future__ import annotations

import os
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
REFUSED: dict[str, tuple[bytes, str]] = {
    "a name that is set twice": (
        GOOD + b"  dynamodb-tables:alarms: all\n",
        "'dynamodb-tables:alarms' is set twice in the mapping that begins at line 2; keep one of them",
    ),
    "a tab": (GOOD + b"\talarms: all\n", "is not YAML at line 4: found character '\\t' that cannot start any token"),
    "another encoding": (GOOD + b"  # \xe9\n", "is not UTF-8 at line 4; save it as UTF-8"),
    "a NUL byte": (
        GOOD + b"  a: \0\n",
        "is not YAML: unacceptable character #x0000: special characters are not allowed",
    ),
    "a list": (b"- a\n", "is not a mapping of settings; write each as name: value"),
    "a list of settings": (b"config:\n- a\n", "config: is not a mapping of settings; write each as name: value"),
    "a number for a name": (b"config:\n  1: a\n", "config: is not a mapping of settings; write each as name: value"),
    "aliases of aliases": (
        _BOMB.encode(),
        "more than 10000 values, by aliases of aliases, at line 5; write the values out",
    ),
    "an alias of what it stands in": (
        b"config: &a\n  x: *a\n",
        "an alias names what it stands in, at line 1; write the value out",
    ),
    "lists in lists": (
        b"config: " + b"[" * 1000,
        "lists or mappings lie too deep in each other; write settings as name: value",
    ),
    "an object of Python's": (
        b"config: !!python/object/apply:os.getcwd []\n",
        "is not YAML at line 1: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/object/apply:os.getcwd'",
    ),
    "a day that is none": (
        b"config:\n  a: 2021-99-99\n",
        "a value can't be read: month must be in 1..12; put a text in quotes",
    ),
    "a name that is a list": (b"config:\n  ? [a]\n  : b\n", "is not YAML at line 2: found unhashable key"),
}
Reader = Callable[[Path], object]


def _smoked(file: Path) -> object:
    contract = Contract(contract_version="1.0", stage="dev", families={})
    return load(contract, Catalogue([family()]), file, None, ())


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize(
    ("reader", "error"), [(read_settings, StageError), (_smoked, StageError), (read_yaml, ProjectError)]
)
def test_each_reader_refuses_it_with_the_same_message(
    reader: Reader, error: type[Exception], case: str, tmp_path: Path
) -> None:
    text, says = REFUSED[case]
    file = tmp_path / "Pulumi.dev.yaml"
    file.write_bytes(text)
    with pytest.raises(error) as found:
        reader(file)
    assert str(found.value) == f"{file}: {says}"


@pytest.mark.parametrize(
    ("put", "says"),
    [
        (Path.mkdir, "is not a file; move it away, and write a stage's settings there"),
        (os.mkfifo, "is not a file; move it away, and write a stage's settings there"),
        (lambda file: file.symlink_to(file), "can't be read: Too many levels of symbolic links"),
        (lambda file: file.symlink_to("gone"), "can't be read: No such file or directory"),
    ],
    ids=["a directory", "a pipe", "a link to itself", "a link to nothing"],
)
def test_what_is_no_file_is_one_message(put: Reader, says: str, tmp_path: Path) -> None:
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
