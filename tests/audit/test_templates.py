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

from tests.audit.accepted import CFN_LINT, CHECKOV, CHECKOV_ALWAYS
from tests.policies.program import COPIED, EVERYTHING, stack
from tests.support.cloudformation import PARTS, Template, templates

pytestmark = pytest.mark.long

SECONDS = 600
CHECKED: dict[str, tuple[str, dict[str, Any]]] = {
    "prod-full": (
        "eu-west-2",
        {**EVERYTHING, "provisioned": {**EVERYTHING["provisioned"], "acs/Users": {"read": 5, "write": 5}}},
    ),
    "prod": ("us-east-1", {}),
    "prod-copies": ("eu-west-1", COPIED),
}
"""What is shown to the checkers: a name, with the region, and the settings that prod's own file has not. Every option
is on in one region, none in another, and each table is in one of them; the third has what stands beside replicas."""


def converted(settings: dict[str, Any]) -> dict[str, Template]:
    """Prod's templates by region."""
    config, resources = stack("prod", **settings)
    return templates(resources, config["aws:region"], config.get("dynamodb-tables:retainOnDelete", "true") == "true")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(scope="module")
def made(folder: Path) -> dict[str, Template]:
    """Each template that is checked; it is in a file of its name as well."""
    found = {name: converted(settings)[region] for name, (region, settings) in CHECKED.items()}
    for name, template in found.items():
        (folder / f"{name}.json").write_text(json.dumps(template, indent=1))
    return found


def names_of(template: Template, kind: str) -> set[str]:
    return {name for name, resource in template["Resources"].items() if resource["Type"] == kind}


def test_nothing_is_left_out(made: dict[str, Template]) -> None:
    """What is not converted is not checked: each table is in one of the two, and each type of prod's."""
    _, resources = stack("prod")
    tables = [name for kind, name in resources if kind == "aws:dynamodb/table:Table"]
    assert sum(len(names_of(template, "AWS::DynamoDB::Table")) for template in made.values()) == len(tables)
    whole = [resource for template in converted({}).values() for resource in template["Resources"].values()]
    of_topics = sum(resource["Type"] == "AWS::SNS::TopicPolicy" for resource in whole)
    assert len(whole) - of_topics == sum(kind.startswith("aws:") and kind not in PARTS for kind, _ in resources)
    kinds = {resource["Type"] for resource in whole}
    assert kinds - {"AWS::Budgets::Budget"} == {  # the families that have one are in the other region
        resource["Type"] for resource in made["prod"]["Resources"].values()
    }
    assert kinds < {resource["Type"] for resource in made["prod-full"]["Resources"].values()}
    assert all(len(template["Resources"]) <= 500 for template in made.values()), "CloudFormation's limit"


def test_cfn_lint_finds_nothing_but_what_is_wrong(made: dict[str, Template], folder: Path, tmp_path: Path) -> None:
    """It has AWS's own resource schemas with it, and asks nobody. The findings are a property that they lack, an
    unknown action, a principal where a role's own policy has none, and a resource where a trust has none."""
    _, resources = stack("dev")
    table, role, policy = (
        resources[kind, name].inputs
        for kind, name in (
            ("aws:dynamodb/table:Table", "acs-Users"),
            ("aws:iam/role:Role", "acs-app"),
            ("aws:iam/rolePolicy:RolePolicy", "acs-app"),
        )
    )
    table["tabelClass"] = "STANDARD"
    policy["policy"] = changed(policy["policy"], Action="dynamodb:GetItems", Principal="*")
    role["assumeRolePolicy"] = changed(role["assumeRolePolicy"], Resource="*")
    some = {key: sent for key, sent in resources.items() if sent.inputs in (table, role, policy)}
    wrong = templates(some, "eu-west-2", True)["eu-west-2"]
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    files = [*(str(folder / f"{name}.json") for name in made), str(tmp_path / "wrong.json")]
    regions = [region for region, _ in CHECKED.values()]
    command = [str(Path(sys.executable).parent / "cfn-lint"), "--format", "json", "--regions", *regions, "--"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=SECONDS, check=False)
    found = [each for each in json.loads(done.stdout) if each["Rule"]["Id"] not in CFN_LINT]
    shown = sorted(f"{Path(each['Filename']).name}: {each['Rule']['Id']} {each['Message'][:300]}" for each in found)
    said = {"E3002": "'TabelClass' was unexpected", "E3510": "'Principal' was unexpected"}
    said |= {"E3530": "'Resource' was unexpected", "W3037": "'getitems' is not one of"}
    assert len(shown) == len(said), shown
    for text, (rule, words) in zip(shown, said.items(), strict=True):
        assert text.startswith(f"wrong.json: {rule} ")
        assert words in text


def changed(document: str, **elements: Any) -> str:
    """A policy with these elements in its first statement."""
    policy = json.loads(document)
    policy["Statement"][0].update(elements)
    return json.dumps(policy)


def test_checkov_finds_what_is_accepted(made: dict[str, Template], folder: Path, checkers: Path) -> None:
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
    assert report["summary"]["passed"] > 200
    expected: dict[str, dict[str, set[str]]] = {}
    of_records = {"CKV_AWS_35": CHECKOV["CKV_AWS_35"]}  # which are no family's
    for name in made:
        own = {"prod-full": {}, "prod": CHECKOV, "prod-copies": of_records}[name]
        accepted = {**own, **CHECKOV_ALWAYS}
        has = {check: names_of(made[name], kind) for check, (kind, _) in accepted.items()}
        expected[name] = {check: names for check, names in has.items() if names}
    assert found == expected
    failed, known = report["summary"]["failed"], len(CHECKOV) + len(CHECKOV_ALWAYS)
    print(f"checkov: {report['summary']['passed']} passed, {failed} findings of {known} accepted checks")
