"""What tests fetch is there before the first of them, and is done without where it can't be had."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from local.project import ROOT
from tests.support import tools
from tests.support.fetched import NotFetchedError


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
