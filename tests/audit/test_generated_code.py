"""mypy, ruff and tsc on the generated code of all six families, and on programs that use it rightly and wrongly."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from families import catalogue
from local.project import ROOT
from tests.audit.misuses import (
    PYTHON,
    PYTHON_HEAD,
    PYTHON_RIGHT,
    TYPESCRIPT,
    TYPESCRIPT_HEAD,
    TYPESCRIPT_RIGHT,
)
from tests.support import declare
from tests.support.consumer_code import odd, write
from tests.support.typescript import TypeScript

BIN = Path(sys.executable).parent
PAGE = ROOT / "docs" / "consume" / "codegen.md"
Findings = dict[str, list[tuple[int, str, str]]]
"""By file: line, error code, message."""
CHECKERS = {"mypy": (PYTHON_HEAD, PYTHON), "tsc": (TYPESCRIPT_HEAD, TYPESCRIPT)}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the six families in both languages, of one with odd names, and of four that a method could hide."""
    folder = tmp_path_factory.mktemp("generated")
    write(folder, catalogue())
    write(folder, catalogue(), "acs_tables", only="acs")
    write(folder, [odd()], "odd")
    hidden = ("table", "environment", "name", "parameters")
    write(folder, [declare.family(key=key, table_name=f"{key}-{{table}}") for key in hidden], "hidden")
    return folder


def documented(language: str) -> str:
    """The program that docs/consume/codegen.md shows."""
    (program,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert isinstance(program, str)
    return program


def _name(kind: str) -> str:
    return "wrong_" + re.sub(r"\W", "_", kind)


@pytest.fixture(scope="module")
def mypy(generated: Path) -> Findings:
    """What `mypy --strict` finds in the families' module and in each program, with no setting of this project's."""
    programs = {"right": PYTHON_RIGHT, **{_name(kind): line for kind, (line, _, _) in PYTHON.items()}}
    for name, program in programs.items():
        (generated / f"{name}.py").write_text(PYTHON_HEAD + program)
    (generated / "documented.py").write_text(documented("python"))
    files = ["families.py", "odd.py", "documented.py", *(f"{name}.py" for name in programs)]
    done = subprocess.run(
        [str(BIN / "mypy"), "--strict", "--config-file=", "--no-pretty", "--follow-imports=silent",
         "--python-version=3.11", "--cache-dir=cache", *files],
        cwd=generated, env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    found: Findings = defaultdict(list)
    for line in done.stdout.splitlines()[:-1]:
        if parsed := re.fullmatch(r"(\S+)\.py:(\d+): error: (.*)  \[([a-z-]+)\]", line):
            found[parsed[1]].append((int(parsed[2]), parsed[4], parsed[3]))
        else:
            assert ": note: " in line, line
    assert done.stdout.splitlines()[-1].endswith(f"(checked {len(files)} source files)")
    return found


@pytest.mark.parametrize("name", ["families", "odd"])
def test_ruff_would_leave_it_as_it_is(generated: Path, name: str) -> None:
    """Its format with lines of 120; and no import without use, once the line that silences the linter is gone."""
    text = (generated / f"{name}.py").read_text()
    assert text.startswith("# ruff: noqa\n")
    file = generated / "linted.py"
    file.write_text(text.removeprefix("# ruff: noqa\n"))
    for words in (["format", "--check"], ["check", "--select", "E4,E5,E7,E9,F,I,UP,B"]):
        done = subprocess.run(
            [str(BIN / "ruff"), *words, "--isolated", "--no-cache", "--line-length", "120", str(file)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-2000:]


@pytest.fixture(scope="module")
def tsc(generated: Path, typescript: TypeScript) -> Findings:
    """What the compiler finds with every strict check on."""
    programs = {"right": TYPESCRIPT_RIGHT, **{_name(kind): line for kind, (line, _, _) in TYPESCRIPT.items()}}
    for name, program in programs.items():
        (generated / f"{name}.ts").write_text(TYPESCRIPT_HEAD + program)
    (generated / "documented.ts").write_text(documented("typescript"))
    found: Findings = defaultdict(list)
    for line in typescript.compile(
        generated, "families.ts", "odd.ts", "hidden.ts", "documented.ts", *(f"{name}.ts" for name in programs)
    ):
        if parsed := re.fullmatch(r"(?:.*/)?(\w+)\.ts\((\d+),\d+\): error (TS\d+): (.*)", line):
            found[parsed[1]].append((int(parsed[2]), parsed[3], parsed[4]))
        else:
            assert line.startswith("  "), line
            last = found[list(found)[-1]]
            last[-1] = (*last[-1][:2], last[-1][2] + line)
    return found


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_families_and_right_use_pass(request: pytest.FixtureRequest, checker: str) -> None:
    found: Findings = request.getfixturevalue(checker)
    assert [found[name] for name in ("families", "odd", "hidden", "right", "documented")] == [[]] * 5


@pytest.mark.parametrize(
    ("checker", "kind"), [(checker, kind) for checker, (_, misuses) in CHECKERS.items() for kind in misuses]
)
def test_what_is_wrong_is_found(request: pytest.FixtureRequest, checker: str, kind: str) -> None:
    head, misuses = CHECKERS[checker]
    _, code, part = misuses[kind]
    ((line, found, says),) = request.getfixturevalue(checker)[_name(kind)]
    assert (line, found) == (head.count("\n") + 1, code)
    assert part in says
