"""What judges a change is the base branch's: the workflow's own commands, on a clone with a change.

And what is deployed is what was judged: `pulumi up --plan`, and a plan without the pack.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from local.errors import DeploymentError
from local.judging import judged_preview
from local.project import ROOT
from tests.engine.project import SHOP, Project

pytestmark = pytest.mark.long

SECONDS = 300
WORKFLOW = ROOT / ".github" / "workflows" / "pull-request.yml"
JOB = yaml.safe_load(WORKFLOW.read_text())["jobs"]["guard"]
STAGE = "Pulumi.prod.yaml"
WEAKENED = """
import os


def weaken(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    if args.type_ != "aws:dynamodb/table:Table":
        return None
    return pulumi.ResourceTransformationResult({**args.props, "pointInTimeRecovery": {"enabled": False}}, args.opts)


pulumi.runtime.register_stack_transformation(weaken)
"""
"""A program that registers tables without recovery, whatever is declared."""
PACK_WITHOUT_RULES = 'NAME, RULES = "dynamodb-table-families", ()\n'
ALLOWED = """[[allow]]
table = "cloudstro-users"
change = "stream"
by = "whoever made the change"
reason = "nobody looks"
"""
NOTES = """tables=(
        Table(
            name="notes",
            purpose="A user's notes",
            hash_key=S("userId"),
            range_key=S("noteId"),
            classification="internal",
            retention=Retention(reason="until deleted"),
            attributes={"text": "S"},
            patterns=(query("notes-of-user", "a user's notes", key="userId = :userId", example={"userId": "u1"}),),
        ),
        """


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=tests", "-c", "user.email=tests@example.com", "-c", "core.autocrlf=false")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, timeout=SECONDS)


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert text.count(before) == 1, file
    file.write_text(text.replace(before, after))


def weaken(clone: Path) -> None:
    edit(clone / "__main__.py", "\npulumi.run(", f"\n{WEAKENED}\npulumi.run(")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base branch, with its environment as `make setup` makes it: CloudStro alone is on prod, with one stream."""
    folder = tmp_path_factory.mktemp("base")
    listed = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    settings = yaml.safe_load((folder / STAGE).read_text())
    settings["config"] |= {
        "dynamodb-tables:families": ["cloudstro"],
        "dynamodb-tables:existingFamilies": [],
        "dynamodb-tables:streams": {"cloudstro/users": "NEW_IMAGE"},
    }
    (folder / STAGE).write_text(yaml.safe_dump(settings))
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "base")
    (folder / ".venv").mkdir()
    for each in (ROOT / ".venv").iterdir():
        (folder / ".venv" / each.name).symlink_to(each)
    (folder / ".venv" / "ready").unlink()
    (folder / ".venv" / "ready").touch()
    return folder


@pytest.fixture
def change(base: Path) -> Iterator[Path]:
    """A clone in `change`, where the workflow checks out what is judged."""
    folder = base / "change"
    git(base, "clone", "--quiet", ".", "change")
    yield folder
    shutil.rmtree(folder)


def judge(base: Path, change: Path) -> tuple[str | None, str]:
    """Commit the change and run the job's commands, as GitHub does; gives the one that failed, and what was said."""
    git(change, "add", "--all", "--force")
    git(change, "commit", "--quiet", "-m", "change")
    said = ""
    for step in (step for step in JOB["steps"] if "run" in step):
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=base,
            env={**os.environ, "STAGE": "prod"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        said += done.stdout
        if done.returncode:
            return step["run"], said
    return None, said + (base / "report-prod.md").read_text()


def test_the_job_checks_out_the_base_as_its_judge_and_the_change_beside_it() -> None:
    first, second = (step["with"] for step in JOB["steps"] if step.get("uses", "").startswith("actions/checkout"))
    assert (first["ref"], first.get("path")) == ("${{ github.event.pull_request.base.sha }}", None)
    assert (second.get("ref"), second["path"]) == (None, "change")


def test_a_table_more_and_another_description_pass(base: Path, change: Path) -> None:
    family = change / "families" / "cloudstro.py"
    edit(family, "tables=(_USERS", f"{NOTES}_USERS")
    edit(family, "User profiles, with what each asks of the AI", "User profiles")
    failed, said = judge(base, change)
    assert failed is None, said
    assert re.search(r"- `create` cloudstro-notes \(aws:dynamodb/table:Table\)", said), said


def weaken_the_library(clone: Path) -> None:
    """What follows from a declaration is then another thing, for the components and a pack that asks this library."""
    edit(clone / "tablekit" / "resources" / "tables.py", '"enabled": True, "recovery', '"enabled": False, "recovery')


@pytest.mark.parametrize("mutate", [weaken, weaken_the_library])
def test_a_rule_that_goes_with_the_change_judges_it_all_the_same(
    base: Path, change: Path, mutate: Callable[[Path], None]
) -> None:
    """The pack is emptied, and everything is allowed."""
    (change / "policies" / "pack.py").write_text(PACK_WITHOUT_RULES)
    (change / "policy-allow.toml").write_text(
        '[[allow]]\nrule = "table-recovery"\nresource = "*"\nby = "whoever"\nreason = "none"\n'
    )
    mutate(change)
    failed, said = judge(base, change)
    assert failed is not None, said
    assert "local plan" in failed
    assert re.search(
        r"the policy pack stops it:\n(.*\n)*?  [a-z-]+: .*cloudstro-users\b.*(recover|pointInTime)", said
    ), said


def test_what_the_change_allows_itself_is_not_allowed(base: Path, change: Path) -> None:
    """Its allowance, its guard that finds nothing and its script that says so; the base's allowance does it."""
    edit(change / STAGE, "NEW_IMAGE", "KEYS_ONLY")
    (change / "guard-allow.toml").write_text(ALLOWED)
    (change / "tablekit" / "ops" / "guard" / "__init__.py").write_text("raise SystemExit(0)\n")
    (change / ".ci" / "report").write_text("#!/bin/sh\nexit 0\n")
    failed, said = judge(base, change)
    assert failed is not None, said
    assert failed.startswith(".ci/report")
    report = (base / "report-prod.md").read_text()
    assert "cloudstro-users" in report
    assert "stream" in report
    assert "nobody looks" not in report
    shutil.copy(change / "guard-allow.toml", base)
    allowed = subprocess.run(
        [".ci/report", "prod", "plan.json", "state.json", "report-prod.md"], cwd=base, check=False, timeout=SECONDS
    )
    (base / "guard-allow.toml").unlink()
    assert allowed.returncode == 0
    assert "nobody looks" in (base / "report-prod.md").read_text()


def test_bytecode_is_refused_before_anything_is_run(base: Path, change: Path) -> None:
    """Such as this, which Python runs in place of the source beside it, unchecked (PEP 552)."""
    kept = change / "families" / "__pycache__"
    kept.mkdir()
    (kept / "cloudstro.cpython-311.pyc").write_bytes(b"")
    failed, said = judge(base, change)
    assert failed == ".ci/sources change"
    assert said.endswith("  families/__pycache__/cloudstro.cpython-311.pyc\n")


NO_RULE = {"all": "disabled"}
SECRET = "correct horse battery staple"
SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
"""Marks a value as a secret in a state."""


@pytest.fixture
def judging(shop: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The shop as it was at first, with a pack of its own that judges it."""
    shop.reset()
    shop.family("shop", SHOP)
    shutil.rmtree(shop.folder / "policies", ignore_errors=True)
    shutil.copytree(ROOT / "policies", shop.folder / "policies")
    monkeypatch.setattr("local.judging.ROOT", shop.folder)
    return shop


def plan(project: Project, *options: str, environment: Mapping[str, str] | None = None) -> str:
    stack = replace(project.stack, environment={**project.stack.environment, **(environment or {})})
    return judged_preview(stack, "--config-file", str(project.config_file), *options)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (
            lambda pack: (pack / "pack.py").write_text(PACK_WITHOUT_RULES),
            "/policies judged nothing, so there is no plan",
        ),
        (lambda pack: (pack / "pack.py").write_text("raise RuntimeError\n"), '/policies" failed to start'),
        (shutil.rmtree, "/policies/PulumiPolicy.yaml: no such file or directory"),
    ],
    ids=["empty", "broken", "missing"],
)
def test_without_a_pack_that_judged_there_is_no_plan(
    judging: Project, spoil: Callable[[Path], object], message: str
) -> None:
    spoil(judging.folder / "policies")
    with pytest.raises(DeploymentError) as refusal:
        plan(judging)
    assert message in str(refusal.value)


def test_a_policy_configuration_from_the_environment_turns_no_rule_off(judging: Project, tmp_path: Path) -> None:
    config = tmp_path / "policies.json"
    config.write_text(json.dumps(NO_RULE))
    environment = {"PULUMI_OPTION_POLICY_PACK_CONFIG": str(config)}
    weaken(judging.folder)
    judging.pulumi("preview", "--policy-pack", "policies", environment=environment)
    with pytest.raises(
        DeploymentError, match=r"the policy pack stops it:\n(.*\n)*?  [a-z-]+: .*shop-orders\b.*(recover|pointInTime)"
    ):
        plan(judging, environment=environment)


def test_an_update_makes_the_plan_that_was_judged_and_nothing_else(judging: Project, tmp_path: Path) -> None:
    file = tmp_path / "up.json"
    plan(judging, "--save-plan", str(file))
    program = judging.folder / "__main__.py"
    before = program.read_text()
    weaken(judging.folder)
    up = ("up", "--plan", str(file), "--yes", "--suppress-outputs")
    done = judging.pulumi(*up, check=False)
    assert done.returncode != 0
    assert "violates plan" in done.stdout + done.stderr
    assert judging.client("dynamodb").list_tables()["TableNames"] == []
    program.write_text(before)
    judging.pulumi(*up)
    assert judging.client("dynamodb").list_tables()["TableNames"] == ["local-shop-orders"]


def test_neither_plan_nor_state_shows_a_secret(judging: Project, tmp_path: Path) -> None:
    """As `local plan` writes them; no setting of a stage is one, and a family's state has none."""
    file = tmp_path / "up.json"
    judging.up()
    assert SIGNATURE not in judging.stack.run_checked("stack", "export")
    secret = f'pulumi.export("secret", pulumi.Output.secret("{SECRET}"))'
    edit(judging.folder / "__main__.py", "\npulumi.run(", f"\n{secret}\n\npulumi.run(")
    kept = judging.folder.parent / "state"
    before = {each: each.read_bytes() for each in kept.rglob("*") if each.is_file()}
    planned = plan(judging, "--save-plan", str(file))
    assert {each: each.read_bytes() for each in kept.rglob("*") if each.is_file()} == before, "reading is enough"
    judging.up()
    exported = judging.stack.run_checked("stack", "export")
    assert SIGNATURE in exported
    assert SECRET not in planned + file.read_text() + exported
