"""The workflows: what must hold on a machine, too, that has none of the programs that `.ci/workflows` runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.project import ROOT
from tablekit.ops.drift import Problem
from tablekit.ops.live.drift import Found
from tablekit.ops.live.drift import report as drift_report

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
TABLEKIT = Path(".venv", "bin", "tablekit")
SECONDS = 120


def stand_in(file: Path, script: str) -> None:
    """Write a program that is called in place of another."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def ci(folder: Path, name: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script of .ci in a folder, which is first on its PATH."""
    there = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", **environment}
    command = [str(ROOT / ".ci" / name), *words]
    return subprocess.run(command, cwd=folder, env=there, capture_output=True, text=True, timeout=SECONDS, check=False)


def jobs(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from yaml.safe_load(file.read_text())["jobs"].items()


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for _, job in jobs(file):
        yield from job.get("steps", ())


def test_there_are_five() -> None:
    names = [file.name for file in FILES]
    assert names == ["deploy.yml", "drift.yml", "fresh-machine.yml", "pull-request.yml", "stage.yml"]


@pytest.mark.parametrize("name", ["drift.yml", "fresh-machine.yml"])
def test_what_is_scheduled_only_reads(name: str) -> None:
    text = (FOLDER / name).read_text()
    assert set(yaml.safe_load(text)[True]) == {"schedule", "workflow_dispatch"}  # YAML 1.1 reads `on` as true
    assert " up " not in text
    assert all(job.get("environment", "preview-").startswith("preview-") for _, job in jobs(FOLDER / name))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_actions_are_pinned_to_a_commit(file: Path) -> None:
    """With the version that it is beside it; one commit an action over all files."""
    for line in file.read_text().splitlines():
        if "uses:" in line and "./.github/" not in line:
            assert re.search(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
    everywhere = [pin for each in FILES for pin in re.findall(r"uses: (\S+)@([0-9a-f]{40})", each.read_text())]
    assert len(dict(everywhere)) == len(set(everywhere))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_permitted_that_a_job_does_not_ask_for(file: Path) -> None:
    assert yaml.safe_load(file.read_text())["permissions"] == {}
    for name, job in jobs(file):
        assert job["permissions"] or name == "judged", name
        written = {scope for scope, level in job["permissions"].items() if level == "write"}
        assert written <= {"id-token", "pull-requests", "issues"}, name
        if "pull-requests" in written:
            assert not any(step.get("uses", "").startswith("actions/checkout") for step in job["steps"]), (
                "what may write runs no code of the pull request"
            )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_key_and_no_account_is_known_and_no_value_becomes_code(file: Path) -> None:
    text = file.read_text()
    assert "secrets." not in text
    assert not re.search(r"arn:aws|\b\d{12}\b|AKIA", text)
    for step in steps(file):
        assert "${{" not in step.get("run", ""), step
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_two_runs_meet_in_a_stage(file: Path) -> None:
    given = yaml.safe_load(file.read_text())["concurrency"]
    assert "${{" in given["group"]
    assert given["cancel-in-progress"] is (file.name == "pull-request.yml")


def test_every_stage_is_rehearsed() -> None:
    stages = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
    rehearsed = dict(jobs(FOLDER / "pull-request.yml"))["rehearse"]["strategy"]["matrix"]["stage"]
    assert sorted(rehearsed) == stages


def test_what_can_be_had_of_the_checkers_finds_nothing() -> None:
    """zizmor and actionlint; where one is missing, its reason is shown."""
    done = ci(ROOT, "workflows")
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("code", "plan"), [(0, "No resource changes."), (3, "1 to delete")])
def test_a_report_has_the_guards_verdict_and_its_exit_code(tmp_path: Path, code: int, plan: str) -> None:
    """With a stand-in for the guard, whose words it passes on."""
    stand_in(tmp_path / TABLEKIT, f'echo "guarded: $*"\nexit {code}')
    urn = "urn:pulumi:dev::dynamodb-tables::dynamodb-tables:index:FamilyTable$aws:dynamodb/table:Table::acs-Users"
    step = f'{{"op": "{"same" if code == 0 else "delete"}", "urn": "{urn}"}}'
    (tmp_path / "plan.json").write_text(f'{{"steps": [{step}]}}')
    done = ci(tmp_path, "report", "dev", "plan.json", "state.json", "report.md")
    assert done.returncode == code, done.stderr
    report = (tmp_path / "report.md").read_text()
    assert "guarded: guard --plan plan.json --state state.json --format markdown\n" in report
    assert plan in report
    assert ("- `delete` acs-Users (aws:dynamodb/table:Table)" in report) is (code == 3)


FOUND = Found("acs", "18 alarms", Problem("alarm 'a, 100%': threshold: found 1000, expected 1\na second line"))


@pytest.mark.parametrize("found", [[], [FOUND]], ids=["none", "one"])
def test_drift_is_annotated_and_reported_with_its_exit_code(tmp_path: Path, found: list[Found]) -> None:
    """With a stand-in for the command, whose JSON it reads."""
    report = drift_report("local", 2, found, ())
    (tmp_path / "drift.json").write_text(json.dumps(report.data))
    done = drifted(tmp_path, f'echo "$*" >words; cat drift.json; exit {len(found)}')
    assert done.returncode == len(found), done.stderr
    assert (tmp_path / "words").read_text() == "drift --stage local --format json --report drift.md\n"
    assert done.stdout == (
        "::error title=Drift in local%3A acs 18 alarms::alarm 'a, 100%25': threshold: found 1000, expected 1%0Aa "
        "second line\n" * len(found)
    )


def test_a_stage_that_can_not_be_compared_fails_and_is_no_drift(tmp_path: Path) -> None:
    done = drifted(tmp_path, "echo 'tablekit: no credentials' >&2; exit 2")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "tablekit: no credentials\n")
    assert (tmp_path / "drift.md").read_text() == "### Drift of stage local: could not be compared\n"


def drifted(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    stand_in(folder / TABLEKIT, command)
    return ci(folder, "drift", "local", "drift.md")


TITLE = "Drift: stages on AWS are not as declared"
OURS = {"number": 7, "title": TITLE, "author": {"is_bot": True}}
SOMEBODYS = {"number": 3, "title": TITLE, "author": {"is_bot": False}}


@pytest.mark.parametrize(
    ("issues", "result", "code", "says"),
    [
        ([], "success", 0, ""),
        ([SOMEBODYS, OURS], "success", 0, "issue close 7 --comment Every stage is as declared.\n"),
        ([SOMEBODYS], "failure", 0, f"issue create --title {TITLE} --body-file issue.txt\n"),
        ([SOMEBODYS, OURS], "failure", 0, "issue edit 7 --body-file issue.txt\n"),
    ],
    ids=["nothing", "closed", "opened", "updated"],
)
def test_drift_is_one_issue(tmp_path: Path, issues: list[Any], result: str, code: int, says: str) -> None:
    """With a stand-in for gh; the reports of three stages, one of which is as declared."""
    reports = tmp_path / "reports"
    reports.mkdir()
    arn = Found("acs", "role app", Problem("attached policies: found arn:aws:iam::123456789012:policy/wide"))
    for stage, found in (("dev", [FOUND, arn]), ("qa", []), ("prod", [FOUND])):
        (reports / f"drift-{stage}.md").write_text(drift_report(stage, 2, found, ()).markdown())
    (tmp_path / "issues.json").write_text(json.dumps(issues))
    listed = f'[ "$2" = list ] && exec cat "{tmp_path}/issues.json"'
    stand_in(tmp_path / "gh", f'{listed}\necho "$*" >>"{tmp_path}/said"')
    done = ci(tmp_path, "drift-issue", "reports", result)
    assert done.returncode == code, done.stderr
    said = tmp_path / "said"
    assert (said.read_text() if said.exists() else "") == says
    if result == "failure":
        body = (reports / "issue.txt").read_text()
        assert re.findall(r"Drift of stage (\w+)", body) == ["dev", "prod"]
        assert "arn:aws:iam::<account>:policy/wide" in body


def test_a_comparison_without_a_report_leaves_the_issue(tmp_path: Path) -> None:
    (tmp_path / "reports").mkdir()
    stand_in(tmp_path / "gh", '[ "$2" = list ] && exec echo "[]"\nexit 9')
    done = ci(tmp_path, "drift-issue", "reports", "failure")
    assert (done.returncode, "left as it is" in done.stderr) == (1, True)
