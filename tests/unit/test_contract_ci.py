"""What CI makes of the contract in a pull request: `.ci/contract`, and the workflow's job."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tablekit.contract.schema import SCHEMA_FILE
from tests.support.contracts import ALLOW, WITHOUT_INDEX, changed, golden

ROOT = Path(__file__).parents[2]
TABLEKIT = Path(sys.executable).with_name("tablekit")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of the base branch, with the pull request's in `change`, and prod's golden file in each."""
    for place in (tmp_path / "change", tmp_path):
        (place / "docs" / "contract").mkdir(parents=True)
        (place / "tablekit" / "contract").mkdir(parents=True)
        shutil.copy(SCHEMA_FILE, place / "tablekit" / "contract")
        (place / "docs" / "contract" / "prod.json").write_text(json.dumps(golden()))
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    return tmp_path


def ci(clone: Path) -> tuple[int, str]:
    """CI's exit code, and its report."""
    command = [str(ROOT / ".ci" / "contract"), "change", "report.md"]
    done = subprocess.run(command, cwd=clone, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, (clone / "report.md").read_text() + done.stderr


def stand_in(clone: Path, script: str) -> None:
    """For the command, to be fast: what it is given is passed on."""
    file = clone / ".venv" / "bin" / "tablekit"
    file.unlink(missing_ok=True)
    file.write_text(f"#!/bin/sh\n{script}")
    file.chmod(0o755)


def test_ci_fails_a_breaking_change_without_a_major_version(clone: Path) -> None:
    (clone / ".venv" / "bin" / "tablekit").symlink_to(TABLEKIT)
    (clone / "change" / "docs" / "contract" / "prod.json").write_text(json.dumps(changed(WITHOUT_INDEX)))
    (clone / "change" / "contract-allow.toml").write_text(ALLOW)
    code, report = ci(clone)
    assert code == 3, "what the change allows itself is not allowed"
    assert "### ⛔ Contract, stage prod: breaking without a major version" in report
    assert "### ✅ Contract's JSON Schema: no change" in report


ECHO = 'echo "said: $*"; '


def test_ci_compares_every_stage_and_the_schema(clone: Path) -> None:
    stand_in(clone, ECHO)
    (clone / "contract-allow.toml").write_text(ALLOW)
    kept = clone / "change" / "docs" / "contract"
    shutil.copy(kept / "prod.json", kept / "dev.json")
    (clone / "change" / "tablekit" / "contract" / "contract-1.10.schema.json").write_text("{}")
    prod = (
        "said: contract diff docs/contract/prod.json change/docs/contract/prod.json --allow-file contract-allow.toml "
        "--format markdown\n"
    )
    others = (
        "### ✅ Contract, stage dev: the base branch has no golden file\n\n"
        f"said: contract diff ./tablekit/contract/{SCHEMA_FILE.name} "
        "change/tablekit/contract/contract-1.10.schema.json --format markdown\n"
    )
    assert ci(clone) == (0, prod + others)
    (kept / "prod.json").unlink()
    (clone / "contract-allow.toml").unlink()
    code, report = ci(clone)
    assert code == 3
    assert report.startswith("### ⛔ Contract, stage prod: its golden file is gone\n")
    assert report.endswith(others)


def test_ci_fails_with_the_worst_exit_code(clone: Path) -> None:
    stand_in(clone, 'case "$*" in *prod*) exit 2;; *schema.json*) exit 3;; esac\n')
    assert ci(clone)[0] == 3
    stand_in(clone, 'case "$*" in *prod*) echo cannot >&2; exit 1;; esac\n')
    assert ci(clone) == (1, "cannot\n")


def test_the_pull_request_waits_for_the_contract() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "pull-request.yml").read_text())["jobs"]
    assert any(step.get("run") == ".ci/contract change report-contract.md" for step in jobs["contract"]["steps"])
    assert "contract" in jobs["comment"]["needs"]
    deployed = yaml.safe_load((ROOT / ".github" / "workflows" / "stage.yml").read_text())["jobs"]["deploy"]["steps"]
    assert '.venv/bin/tablekit contract diff "docs/contract/$STAGE.json" outputs.json' in [
        step.get("run") for step in deployed
    ]
    checked = [step["run"] for step in jobs["rehearse"]["steps"] if "--check" in step.get("run", "")]
    assert checked == ['.venv/bin/tablekit contract golden outputs.json --check "docs/contract/$STAGE.json"']
