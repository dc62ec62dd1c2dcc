"""What the workflows' gates rest on: who judges, in which order, whose review is needed, which engine runs."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from tests.audit.test_workflows import FILES, FOLDER, ci, jobs, stand_in

PULL_REQUEST = dict(jobs(FOLDER / "pull-request.yml"))
DEPLOY = dict(jobs(FOLDER / "stage.yml"))["deploy"]["steps"]
CHECKOUT = "actions/checkout"


def commands(steps: list[dict[str, Any]]) -> list[str]:
    return [step["run"] for step in steps if "run" in step]


@pytest.mark.parametrize("name", ["contract", "guard", "preview"])
def test_the_base_judges_and_the_change_lies_beside_it(name: str) -> None:
    steps = PULL_REQUEST[name]["steps"]
    base, change = (step["with"] for step in steps if step.get("uses", "").startswith(CHECKOUT))
    assert (base["ref"], base.get("path")) == ("${{ github.event.pull_request.base.sha }}", None)
    assert (change.get("ref"), change["path"]) == (None, "change")
    first, *others = commands(steps)
    assert first == ".ci/sources change"
    assert not any("cd " in command or "make -C" in command or "change/" in command for command in others)


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        (("success", "success", "success", "success", "success"), True),
        (("success", "success", "success", "success", "skipped"), True),
        (("success", "success", "success", "failure", "success"), False),
        (("success", "success", "skipped", "success", "success"), False),
        (("success", "success", "success", "success", "failure"), False),
        (("success", "success", "success", "success", "cancelled"), False),
    ],
)
def test_one_check_stands_for_all(results: tuple[str, ...], passes: bool) -> None:
    judged = PULL_REQUEST["judged"]
    assert {*judged["needs"], "judged", "comment"} == set(PULL_REQUEST)
    given = [f"${{{{ needs.{name}.result }}}}" for name in judged["needs"]]
    assert (judged["env"]["RESULTS"], judged["if"]) == (" ".join(given), "always()")
    assert judged["needs"][-1] == "preview", "the only one that may be left out"
    (command,) = commands(judged["steps"])
    done = subprocess.run(["bash", "-ec", command], env={"RESULTS": " ".join(results)}, check=False)
    assert (done.returncode == 0) is passes


def test_a_deployment_is_of_the_plan_that_was_judged_in_the_same_run() -> None:
    """Each step stops those after it, and there is no other `up` in any workflow."""
    in_order = [
        r"^\.ci/sources \.$",
        r"^\.ci/protected main$",
        r"^make setup$",
        r"^\.ci/plugin$",
        r"local plan .* --for-up up\.json$",
        r"^\s*code=0\n\s*\.ci/report .*\n(.*\n)*\s*exit \"\$code\"$",
        r"^\./pulumiw up .* --plan up\.json --policy-pack policies ",
    ]
    found = commands(DEPLOY)[: len(in_order)]
    for pattern, command in zip(in_order, found, strict=True):
        assert re.search(pattern, command.rstrip()), command
    assert not any("if" in step or "continue-on-error" in step for step in DEPLOY if "run" in step)
    ups = [command for file in FILES for _, job in jobs(file) for command in commands(job.get("steps", []))]
    assert (
        len([command for command in ups if re.search(r"pulumi\S* (up|update|destroy|refresh|import)\b", command)]) == 1
    )


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_has_a_role_runs_the_engine_of_the_pinned_modules_or_none(file: Path) -> None:
    for name, job in jobs(file):
        if job["permissions"].get("id-token") != "write" or "steps" not in job:
            continue
        if any(re.search(r"make setup|-m local|pulumi", command) for command in commands(job["steps"])):
            assert job["env"]["PULUMI_ENGINE"] == "built", name
            (go,) = (step["with"] for step in job["steps"] if step.get("uses", "").startswith("actions/setup-go"))
            assert go == {"go-version-file": "local/engine/go.mod", "cache": False}
            if any(re.search(r"local plan|pulumiw up", command) for command in commands(job["steps"])):
                assert ".ci/plugin" in commands(job["steps"])
                assert job["env"]["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] == "true"
                assert job["env"]["PULUMI_IGNORE_AMBIENT_PLUGINS"] == "true"


def tracked(*options: str) -> set[str]:
    done = subprocess.run(["git", "-C", str(ROOT), "ls-files", *options], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


def test_every_file_has_the_owners_whatever_comes_after() -> None:
    """GitHub takes the last line that matches; a line for a team of its own must keep those who own the gates."""
    lines = (FOLDER.parent / "CODEOWNERS").read_text().splitlines()
    owned = [line.split() for line in lines if line and not line.startswith("#")]
    (everything, *owners), *others = owned
    assert everything == "*"
    assert len(owners) >= 1
    assert all(re.fullmatch(r"@[\w-]+(/[\w-]+)?", owner) for owner in owners)
    for pattern, *theirs in others:
        assert tracked("--cached", "--ignored", "--exclude", pattern), f"{pattern} matches no file"
        assert set(owners) <= set(theirs), f"{pattern} is taken from {owners}"


NOT_SOURCES = [
    "families/__pycache__/acs.cpython-311.pyc",
    "policies/pack.pyc",
    "tablekit/model/limits.cpython-311-x86_64-linux-gnu.so",
    "tablekit/model/limits.pyd",
    ".venv/ready",
    ".local/outputs.json",
    "tablekit.egg-info/entry_points.txt",
    "hidden.pth",
]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "acs.py").write_text("")
    return tmp_path


def sources(repository: Path) -> subprocess.CompletedProcess[str]:
    subprocess.run(["git", "-C", str(repository), "add", "--all", "--force"], check=True)
    return ci(repository, "sources", ".")


def test_a_clone_of_sources_passes_with_what_git_does_not_have(repository: Path) -> None:
    assert sources(repository).returncode == 0
    (repository / "families" / "__pycache__").mkdir()
    (repository / "families" / "__pycache__" / "acs.cpython-311.pyc").write_text("")
    assert ci(repository, "sources", ".").returncode == 0
    assert ci(ROOT, "sources", ".").returncode == 0


@pytest.mark.parametrize("name", [*NOT_SOURCES, "link"])
def test_what_is_run_in_place_of_a_source_is_refused(repository: Path, name: str) -> None:
    file = repository / name
    file.parent.mkdir(parents=True, exist_ok=True)
    if name == "link":
        file.symlink_to("/etc")
    else:
        file.write_text("")
    done = sources(repository)
    assert (done.returncode, done.stderr) == (1, f".: refused: not a source; git rm --cached it:\n  {name}\n")


def test_what_is_no_repository_is_refused(tmp_path: Path) -> None:
    assert ci(tmp_path, "sources", ".", GIT_CEILING_DIRECTORIES=str(tmp_path.parent)).returncode != 0


REVIEWED = {"type": "pull_request", "parameters": {"require_code_owner_review": True}}
JUDGED = {
    "type": "required_status_checks",
    "parameters": {"strict_required_status_checks_policy": True, "required_status_checks": [{"context": "judged"}]},
}
NO_REVIEW = "no rule requires a review of the code owners"
NOT_JUDGED = 'no rule requires the status check "judged" of a branch that is up to date'
UNKNOWN = {
    "errors": [{"line": 5, "kind": "Unknown owner", "source": "* @OWNER/platform", "path": ".github/CODEOWNERS"}]
}


def but(rule: dict[str, Any], **parameters: object) -> dict[str, Any]:
    return {**rule, "parameters": {**rule["parameters"], **parameters}}


@pytest.mark.parametrize(
    ("owners", "rules", "missing"),
    [
        ({"errors": []}, [{"type": "deletion"}, REVIEWED, JUDGED], []),
        ({"errors": []}, [], [NO_REVIEW, NOT_JUDGED]),
        ({"errors": []}, [but(REVIEWED, require_code_owner_review=False), JUDGED], [NO_REVIEW]),
        ({"errors": []}, [REVIEWED, but(JUDGED, strict_required_status_checks_policy=False)], [NOT_JUDGED]),
        ({"errors": []}, [REVIEWED, but(JUDGED, required_status_checks=[{"context": "check"}])], [NOT_JUDGED]),
        (
            UNKNOWN,
            [REVIEWED, JUDGED],
            [".github/CODEOWNERS line 5: Unknown owner, so GitHub passes it over: * @OWNER/platform"],
        ),
    ],
    ids=["protected", "no rules", "no owner's review", "out of date", "another check", "no such owner"],
)
def test_an_unprotected_branch_is_not_deployed(
    tmp_path: Path, owners: dict[str, Any], rules: list[dict[str, Any]], missing: list[str]
) -> None:
    """With a stand-in for GitHub's answers."""
    (tmp_path / "owners.json").write_text(json.dumps(owners))
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    stand_in(
        tmp_path / "gh",
        'case "$*" in\n'
        '"api repos/o/r/codeowners/errors?ref=main") cat owners.json ;;\n'
        '"api repos/o/r/rules/branches/main") cat rules.json ;;\n'
        "*) exit 9 ;;\nesac",
    )
    done = ci(tmp_path, "protected", "main", GH_REPO="o/r")
    said = "".join(f"{line}\n" for line in ["Branch main is not protected:", *missing]) if missing else ""
    assert (done.returncode, done.stderr) == (1 if missing else 0, said)


def test_where_github_does_not_answer_nothing_is_deployed(tmp_path: Path) -> None:
    stand_in(tmp_path / "gh", "echo 'HTTP 403' >&2\nexit 1")
    assert ci(tmp_path, "protected", "main", GH_REPO="o/r").returncode != 0


ARCHIVE = "pulumi-resource-aws-v{}-linux-amd64.tar.gz"
SHA256 = hashlib.sha256(b"the plug-in\n").hexdigest()


@pytest.mark.parametrize(
    ("version", "fetched", "said"),
    [
        ("7.51.1", "the plug-in", f"{ARCHIVE.format('7.51.1')}: OK\nplugin install resource aws 7.51.1 --file "),
        ("7.51.1", "another plug-in", f"{ARCHIVE.format('7.51.1')}: FAILED\n"),
        ("7.51.2", "the plug-in", ""),
    ],
    ids=["as listed", "another archive", "not listed"],
)
def test_the_plugin_is_installed_by_its_checksum_or_not_at_all(
    tmp_path: Path, version: str, fetched: str, said: str
) -> None:
    """With stand-ins for GitHub and the engine."""
    (tmp_path / "requirements.txt").write_text(f"pulumi==3.258.0 \\\n    --hash=sha256:1\npulumi-aws=={version} \\\n")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "pulumi-aws.sha256").write_text(
        f"{'f' * 64}  pulumi-resource-aws-v7.51.1-darwin-arm64.tar.gz\n{SHA256}  {ARCHIVE.format('7.51.1')}\n"
    )
    stand_in(tmp_path / "gh", f"echo '{fetched}' >{ARCHIVE.format(version)}")
    stand_in(tmp_path / "pulumiw", 'echo "$*"')
    done = ci(tmp_path, "plugin")
    assert done.stdout.startswith(said)
    assert ("plugin install" in done.stdout, done.returncode == 0) == (("OK" in said), ("OK" in said))
    if not said:
        assert f"no checksum of {ARCHIVE.format(version)}" in done.stderr


def test_without_a_list_of_checksums_there_is_no_plugin(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pulumi-aws==7.51.1 \\\n")
    done = ci(tmp_path, "plugin")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "requirements/pulumi-aws.sha256: no checksum of pulumi-resource-aws-v7.51.1-linux-amd64"
    )


def test_the_plugins_version_is_read_off_the_projects_own_requirements() -> None:
    assert len(re.findall(r"^pulumi-aws==[0-9.]+ ", (ROOT / "requirements.txt").read_text(), re.MULTILINE)) == 1
