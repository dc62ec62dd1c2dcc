"""What tests fetch is there before the first of them, is fetched once, and is done without where it can't be had."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.project import ROOT
from tests.support import tools
from tests.support.fetched import NotFetchedError, fetched


def test_a_tiers_tools_are_installed_before_any_of_its_fixtures_makes_something() -> None:
    files = [f"tests/{name}.py" for name in ("engine/test_consumers", "audit/test_installed", "dataplane/test_lambda")]
    plan = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "--setup-plan", *files],
        cwd=ROOT, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    set_up = re.findall(r"^\s*SETUP\s+\S (\w+)", plan.stdout, re.MULTILINE)
    assert {"tables", "library", "acs"} <= set(set_up), plan.stdout
    assert set_up[0] == "_tools"
    assert set_up.count("_tools") == 1


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "dynamodb-tables"


def write(text: str) -> list[list[str]]:
    """A command that counts how often it ran, and writes a file into the folder that it runs in."""
    program = f"open('../../runs', 'a').write('.'); open('file', 'w').write({text!r})"
    return [[sys.executable, "-c", program]]


def test_a_tool_is_fetched_once_and_anew_where_what_pins_it_has_changed(cache: Path, tmp_path: Path) -> None:
    pinned = tmp_path / "lock"
    pinned.write_text("version 1")
    first = fetched("tool", "a tool", [pinned], lambda _: write("one"))
    assert fetched("tool", "a tool", [pinned], lambda _: write("two")) == first
    assert (first / "file").read_text() == "one"
    pinned.write_text("version 2")
    second = fetched("tool", "a tool", [pinned], lambda _: write("two"))
    assert (second / "file").read_text() == "two"
    assert (first / "file").read_text() == "one"
    assert (cache / "runs").read_text() == ".."


def test_what_a_fetch_that_failed_left_is_gone_at_the_next(cache: Path) -> None:
    broken = [[sys.executable, "-c", "open('half', 'w'); raise SystemExit('no such version')"]]
    with pytest.raises(NotFetchedError) as failed:
        fetched("tool", "a tool", [], lambda _: broken)
    (log,) = cache.glob("tool-*/log")
    assert str(failed.value) == f"could not fetch a tool: no such version; its log is {log}"
    folder = fetched("tool", "a tool", [], lambda _: write("whole"))
    assert sorted(file.name for file in folder.iterdir()) == [".ready", "file"]


def test_a_tool_that_cannot_be_had_is_reported_and_skips_the_tests_that_need_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise NotFetchedError("no npm on PATH")

    monkeypatch.setattr(tools, "TOOLS", {"audit": (missing,), "engine": (pytest.fail,)})
    tools.install(["audit", "unit"])
    assert capsys.readouterr().err == "Tests of tier audit go without: no npm on PATH\n"
    with pytest.raises(pytest.skip.Exception, match=r"^no npm on PATH$"):
        tools.need(missing)
