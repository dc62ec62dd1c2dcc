"""What a pull request is judged by: the base's stage on an emulator, and there the plan of what this clone changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from families import catalogue
from local.project import ROOT
from tests.engine.project import PROGRAM

pytestmark = pytest.mark.long  # a pull request's whole judgement
SECONDS = 240


def clone(folder: Path) -> Path:
    """A clone as it was: CloudStro alone is deployed, and its cost centre has another name."""
    for name in (*PROGRAM, "Pulumi.prod.yaml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    module = folder / "families" / "cloudstro.py"
    text = module.read_text()
    assert text.count('cost_centre="cloudstro"') == 1
    module.write_text(text.replace('cost_centre="cloudstro"', 'cost_centre="before"'))
    stage = folder / "Pulumi.prod.yaml"
    settings = yaml.safe_load(stage.read_text())
    settings["config"] |= {"dynamodb-tables:families": ["cloudstro"], "dynamodb-tables:existingFamilies": []}
    stage.write_text(yaml.safe_dump(settings))
    return folder


def test_a_plan_is_made_against_the_base(tmp_path: Path) -> None:
    base = tmp_path / "base"
    base.mkdir()
    plan, state = tmp_path / "plan.json", tmp_path / "state.json"
    command = [sys.executable, "-m", "local", "plan", "prod", "--base", str(clone(base))]
    done = subprocess.run(
        [*command, "--plan", str(plan), "--state", str(state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before = json.loads(state.read_text())["deployment"]["resources"]
    tables = [each for each in before if each["type"] == "aws:dynamodb/table:Table"]
    assert {each["inputs"]["tags"]["cost-centre"] for each in tables} == {"before"}
    assert all(each["protect"] and each["retainOnDelete"] for each in tables)
    steps = [
        each
        for each in json.loads(plan.read_text())["steps"]
        if each["urn"].split("::")[2].endswith("aws:dynamodb/table:Table")
    ]
    made = [each["urn"].split("::")[-1] for each in steps if each["op"] == "create"]
    changed = [each for each in steps if each["op"] == "update"]
    counts = {key: len(family.tables) for key, family in catalogue().families.items()}
    assert len(changed) == counts.pop("cloudstro")
    assert len(made) == len(steps) - len(changed) == sum(counts.values())
    assert {tuple(each["diffReasons"]) for each in changed} == {("tags",)}
