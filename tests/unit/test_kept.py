"""What is kept of a package beside its bytecode: used while the source is the same, and never otherwise."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import tablekit.model
from tablekit.model.errors import FamilyError
from tablekit.model.kept import kept
from tablekit.model.loading import load_package

FAMILY = """
from tablekit.model import Family, Retention, Role, S, Table

FAMILY = Family(
    key="{key}",
    title="Shelves",
    table_name="shelf-{{table}}",
    document="000",
    owner="books",
    cost_centre="books",
    roles=(Role(name="app", purpose="reads", access="read-only"),),
    tables=(
        Table(
            name="Shelves",
            purpose="One item a shelf.",
            classification="internal",
            retention=Retention(reason="for good"),
            hash_key=S("shelf"),
        ),
    ),
)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "shelves"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "shelf.py").write_text("NUMBER = 1\n")
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], str]:
    """Asks for what is kept, where Python keeps bytecode; says `made` or `kept`."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)

    def asked(folder: Path, version: str = "1") -> str:
        calls: list[str] = []

        def make() -> dict[str, str]:
            calls.append("made")
            return {"of": (folder / "shelf.py").read_text()}

        assert kept(folder, (version,), make) == {"of": (folder / "shelf.py").read_text()}
        return "made" if calls else "kept"

    return asked


def test_it_is_made_once(package: Path, made: Callable[[Path], str]) -> None:
    assert [made(package), made(package), made(package)] == ["made", "kept", "kept"]


@pytest.mark.parametrize("name", ["shelf.py", "__init__.py", "_another.py"])
def test_a_changed_or_new_module_has_it_made_anew(package: Path, made: Callable[[Path], str], name: str) -> None:
    made(package)
    before = (package / "shelf.py").stat()
    (package / name).write_text("NUMBER = 2\n")
    assert (package / "shelf.py").stat().st_size == before.st_size, "a change that size and name do not tell"
    assert [made(package), made(package)] == ["made", "kept"]


def test_a_module_that_is_gone_has_it_made_anew(package: Path, made: Callable[[Path], str]) -> None:
    (package / "_another.py").write_text("")
    made(package)
    (package / "_another.py").unlink()
    assert made(package) == "made"


def test_another_version_has_it_made_anew(package: Path, made: Callable[..., str]) -> None:
    made(package, "1")
    assert [made(package, "2"), made(package, "2")] == ["made", "kept"]


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b"", lambda b: b[:70] + b"x" + b[71:], lambda b: b[:64]]
)
def test_a_damaged_file_has_it_made_anew(
    package: Path, made: Callable[[Path], str], damage: Callable[[bytes], bytes]
) -> None:
    made(package)
    (file,) = (package / "__pycache__").glob("*.kept")
    file.write_bytes(damage(file.read_bytes()))
    assert [made(package), made(package)] == ["made", "kept"]


def test_nothing_is_kept_where_bytecode_is_not(
    package: Path, made: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert [made(package), made(package)] == ["made", "made"]
    assert not (package / "__pycache__").exists()


def test_a_family_is_loaded_from_it_and_its_fault_is_told_each_time(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.syspath_prepend(str(package.parent))
    (package / "shelf.py").write_text(FAMILY.format(key="shelf"))
    module = importlib.import_module("shelves")
    first = load_package(module, pure=True)
    again = load_package(module, pure=True)
    assert [family.key for family in again] == ["shelf"]
    assert again.family("shelf") == first.family("shelf")
    assert again.family("shelf") is not first.family("shelf"), "the second is what was kept"
    (package / "shelf.py").write_text(FAMILY.format(key="shelf").replace("Family(", "Family(colour='red',"))
    for _ in range(2):
        monkeypatch.delitem(sys.modules, "shelves.shelf", raising=False)
        with pytest.raises(FamilyError, match="colour"):
            load_package(module, pure=True)


def test_every_name_of_the_model_is_found_where_it_is_said_to_be() -> None:
    assert {name: getattr(tablekit.model, name).__name__ for name in tablekit.model.__all__ if name not in "SNB"} == {
        name: name for name in tablekit.model.__all__ if name not in "SNB"
    }
    assert [getattr(tablekit.model, name)("a").type for name in "SNB"] == ["S", "N", "B"]
    with pytest.raises(AttributeError, match="'Famly'"):
        _ = tablekit.model.Famly  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", ["policies.pack", "tablekit.model.limits", "tablekit.model.errors"])
def test_what_is_waited_for_comes_without_the_declarations_types(module: str) -> None:
    """The engine waits for the pack's rules; see ADR 0042."""
    code = f"import sys, {module}; print(sorted({{'pydantic', 'lark'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
