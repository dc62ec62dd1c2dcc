"""cfn-lint and checkov on the whole stack of each stage: no finding that is not accepted by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from tests.audit.accepted import CFN_LINT, CHECKOV, CHECKOV_WITH_CUSTOMER_KEY
from tests.audit.stacks import REGIONS, STAGES, written
from tests.policies.program import stack
from tests.support.cloudformation import ConversionError, Template, templates

SECONDS = 600
Stacks = dict[str, dict[str, Template]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="module")
def stacks(folder: Path) -> Stacks:
    return written(folder)


def names_of(template: Template, kind: str) -> set[str]:
    return {name for name, resource in template["Resources"].items() if resource["Type"] == kind}


def test_nothing_is_left_out(stacks: Stacks) -> None:
    """So many of each type in prod's regions together: what is not converted is not checked."""
    counts: dict[str, int] = defaultdict(int)
    for region in REGIONS:
        for resource in stacks["prod"][region]["Resources"].values():
            counts[resource["Type"]] += 1
    assert counts == {
        "AWS::DynamoDB::Table": 37,
        "AWS::CloudWatch::Alarm": 201,
        "AWS::IAM::Role": 14,
        "AWS::IAM::RolePolicy": 14,
        "AWS::SNS::Topic": 8,
    }
    assert all(len(template["Resources"]) <= 500 for made in stacks.values() for template in made.values())


def test_what_has_no_translation_is_an_error() -> None:
    _, resources = stack("dev")
    key = ("aws:dynamodb/table:Table", "acs-Users")
    resources[key].inputs["tableClass"] = "STANDARD"
    with pytest.raises(ConversionError, match="acs-Users: tableClass has no translation"):
        templates(resources, "eu-west-2", True)


def test_cfn_lint_finds_nothing(stacks: Stacks, folder: Path) -> None:
    """It has AWS's own resource schemas with it, and asks nobody."""
    files = [str(folder / f"{name}.{region}.json") for name in stacks for region in stacks[name]]
    assert len(files) == 2 * len(STAGES)
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", "--regions", *REGIONS, "--"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=SECONDS, check=False)
    found = [each for each in json.loads(done.stdout or "[]") if each["Rule"]["Id"] not in CFN_LINT]
    shown = [f"{each['Filename']}: {each['Rule']['Id']} {each['Message'][:300]}" for each in found]
    assert shown == [], done.stderr
    assert done.returncode == 0, done.stderr
    print(f"cfn-lint: {len(files)} templates, 0 findings")


def test_checkov_finds_what_is_accepted(stacks: Stacks, folder: Path, checkers: Path) -> None:
    """It gets no address to ask, and needs none."""
    command = [str(checkers / "checkov"), "--framework", "cloudformation", "--skip-download", "--compact", "--quiet"]
    environment = {**os.environ, "NO_COLOR": "1", "CHECKOV_RUN_SECRETS": "false"}
    done = subprocess.run(
        [*command, "-d", str(folder), "-o", "json"],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        env=environment,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for check in report["results"]["failed_checks"]:
        name = Path(check["file_path"]).name.removesuffix(".json")
        found[name][check["check_id"]].add(check["resource"].split(".")[-1])
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 500
    expected = {
        f"{name}.{region}": {
            check: accepted
            for check, (kind, _) in CHECKOV.items()
            if (name != "prod-full" or check in CHECKOV_WITH_CUSTOMER_KEY) and (accepted := names_of(template, kind))
        }
        for name, made in stacks.items()
        for region, template in made.items()
    }
    assert {name: dict(checks) for name, checks in found.items()} == {n: c for n, c in expected.items() if c}
    failed = report["summary"]["failed"]
    print(f"checkov: {report['summary']['passed']} passed, {failed} findings of {len(CHECKOV)} accepted checks")
