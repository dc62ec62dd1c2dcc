"""tablekit on its own, installed by pip from a git path as another team does it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from families import catalogue
from local.project import ROOT
from tests.support import consumer, declare, tables, tools

pytestmark = pytest.mark.long

NEITHER = ("pulumi", "families", "components", "policies", "local", "tests")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return consumer.repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def library(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`pip install "git+file://…#subdirectory=tablekit"`: the environment's programs."""
    return _installed(address, tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def command(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the extra `cli`."""
    return _installed(address, tmp_path_factory.mktemp("command"), "cli")


def _installed(address: str, folder: Path, *extras: str) -> Path:
    consumer.install(address, folder / "venv", tools.need(lambda: consumer.dependencies(*extras)))
    return folder / "venv" / "bin"


def said(folder: Path, *words: str, inside: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the folder, there or inside another one."""
    return subprocess.run(
        [str(folder / words[0]), *words[1:]],
        cwd=inside or folder, env={**consumer.clean(), "COLUMNS": "100"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def test_the_package_holds_every_file_of_the_library(library: Path) -> None:
    """The package list in tablekit/pyproject.toml is written by hand; a room left out of it shows here."""
    shown = said(
        library, "python", "-c",
        "from importlib.metadata import files; print(*sorted(str(f) for f in files('tablekit')), sep='\\n')",
    )  # fmt: skip
    there = {Path(line) for line in shown.stdout.splitlines() if line.startswith("tablekit/")}
    suffixes = (".py", ".typed", ".json", ".ts", ".md")
    wanted = {
        file.relative_to(ROOT)
        for file in (ROOT / "tablekit").rglob("*")
        if file.suffix in suffixes or file.name == "py.typed"
        if "build" not in file.relative_to(ROOT).parts
    }
    assert {file for file in there if "__pycache__" not in file.parts} == wanted
    assert Path("tablekit/py.typed") in there


def test_nothing_else_of_the_project_comes_with_it(library: Path) -> None:
    for name in NEITHER:
        shown = said(library, "python", "-c", f"import {name}")
        assert f"No module named '{name}'" in shown.stderr, name


def test_the_client_needs_what_is_declared_and_not_the_commands_libraries(library: Path) -> None:
    program = (
        "import sys, tablekit.client, tablekit.contract; print(tablekit.__file__); "
        "print(*sorted({'boto3', 'pydantic', 'lark', 'typer', 'rich', 'yaml', 'click', 'pulumi'} & set(sys.modules)))"
    )
    shown = said(library, "python", "-c", program)
    assert shown.returncode == 0, shown.stderr
    place, loaded = shown.stdout.splitlines()
    assert Path(place).is_relative_to(library.parent)
    assert loaded == "boto3 lark pydantic", "what the library itself depends on"


def test_the_command_without_its_extra_says_what_to_install(library: Path) -> None:
    shown = said(library, "tablekit", "list")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr == (
        "tablekit: the command needs typer, which is not installed; install tablekit with its extra `cli`: "
        "pip install 'tablekit[cli] @ …'. The library itself (tablekit.client) works without\n"
    )


def test_the_command_works_without_families(command: Path, tmp_path: Path) -> None:
    assert said(command, "tablekit", "--help").returncode == 0
    assert json.loads(said(command, "tablekit", "schema").stdout)["title"] == "dynamodb-tables contract 1.3"
    nothing = said(command, "tablekit", "list")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith("tablekit: no families found: no installed package names any")
    assert "read a stack's outputs with --outputs FILE or --stack NAME" in nothing.stderr
    outputs = _outputs(tmp_path)
    shown = said(command, "tablekit", "list", "--json", "--outputs", str(outputs))
    assert {row["family"]: row["tables"] for row in json.loads(shown.stdout)}["acs"] == 13


def test_a_consumers_program_is_checked_against_it_and_runs(command: Path, library: Path, tmp_path: Path) -> None:
    """Made by `tablekit codegen` there, typed by mypy from the installed package alone, and run."""
    outputs = _outputs(tmp_path)
    made = said(command, "tablekit", "codegen", "python", "--family", "acs", "--outputs", str(outputs), "--output",
                str(tmp_path / "acs_tables.py"))  # fmt: skip
    assert made.returncode == 0, made.stderr
    (tmp_path / "program.py").write_text(
        "from pathlib import Path\n"
        "from acs_tables import Acs\n"
        "from tablekit.client import PatternError, connect\n\n"
        'acs = Acs(connect(Path("outputs.json")))\n'
        "try:\n"
        '    acs.tables.run("messages-in-conversatoin")\n'
        "except PatternError as error:\n"
        "    print(error)\n"
        'print(acs.tables.exported.tables["Users"].name)\n'
    )
    strict = ("--strict", "--config-file=", "--cache-dir=cache", "--python-executable", str(library / "python"))
    checked = said(Path(sys.executable).parent, "mypy", *strict, "program.py", inside=tmp_path)
    assert checked.stdout == "Success: no issues found in 1 source file\n", checked.stdout + checked.stderr
    ran = said(library, "python", "program.py", inside=tmp_path)
    says, name = ran.stdout.splitlines()
    assert "no access pattern 'messages-in-conversatoin'; did you mean 'messages-in-conversation'?" in says
    assert name == "acsd2p-dev-Users"


def _outputs(folder: Path) -> Path:
    known = catalogue()
    file = folder / "outputs.json"
    file.write_text(tables.outputs(known, declare.stage("dev", known)).model_dump_json(by_alias=True))
    return file
