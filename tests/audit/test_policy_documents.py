"""parliament on every policy document that a stage registers: valid, and no finding that is not accepted by name."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.audit.accepted import PARLIAMENT
from tests.policies.program import EVERYTHING, STAGES
from tests.support.iam.actions import ACTIONS, NEWER, PARAMETERS, PARAMETERS_ON_NOTHING
from tests.support.iam.deployed import deployment

SECONDS = 300
PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
from parliament import analyze_policy_string, iam_definition
given = json.load(sys.stdin)
findings = [
    {"document": name, "issue": found.issue, "detail": str(found.detail), "severity": found.severity}
    for name, text in given.items()
    for found in analyze_policy_string(text, include_community_auditors=True).findings
]
(service,) = [each for each in iam_definition if each["prefix"] == "dynamodb"]
actions = {
    "dynamodb:" + each["privilege"]: sorted({kind["resource_type"].rstrip("*") for kind in each["resource_types"]})
    for each in service["privileges"]
}
(service,) = [each for each in iam_definition if each["prefix"] == "ssm"]
parameters = {
    "ssm:" + each["privilege"]: any(kind["resource_type"].rstrip("*") == "parameter" for kind in each["resource_types"])
    for each in service["privileges"]
}
json.dump({"findings": findings, "actions": actions, "parameters": parameters}, sys.stdout)
"""
"""Runs in the checkers' own environment."""


def parliament(checkers: Path, documents: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [str(checkers / "python"), "-c", PROGRAM],
        input=json.dumps(documents),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def documents() -> dict[str, str]:
    found = {f"{stage}: {name}": text for stage in STAGES for name, text in deployment(stage).documents.items()}
    full = deployment("prod", **EVERYTHING).documents
    found |= {f"prod with every option: {name}": text for name, text in full.items()}
    return {name: with_resource(text) if name.endswith(" trust") else text for name, text in found.items()}


def with_resource(text: str) -> str:
    """Who may assume a role is a policy without Resource, which parliament doesn't know: it gets the role's."""
    document = json.loads(text)
    for statement in document["Statement"]:
        statement["Resource"] = "arn:aws:iam::111122223333:role/any"
    return json.dumps(document)


def test_every_document_is_valid(checkers: Path) -> None:
    given = documents()
    assert len(given) == 4 * 28 + 3 * 8 + 19, "of roles; of topics, which dev has none of; of tables that deny writers"
    found = parliament(checkers, given)["findings"]
    trusts = [each for each in found if each["issue"] in PARLIAMENT and each["document"].endswith(" trust")]
    assert [each for each in found if each not in trusts] == []
    assert {each["issue"] for each in found} == set(PARLIAMENT), "what is no longer found is no longer accepted"
    print(f"parliament: {len(given)} documents, 0 findings that are not accepted")


@pytest.mark.parametrize(
    ("change", "issue"),
    [
        ({"Action": "dynamodb:GetItems"}, "UNKNOWN_ACTION"),
        ({"Effect": "Permit"}, "MALFORMED"),
        ({"Resource": "arn:aws:dynamodb:table/x"}, "INVALID_ARN"),
        ({"Condition": {"StringLikes": {"aws:PrincipalTag/tenant": "a"}}}, "UNKNOWN_OPERATOR"),
    ],
)
def test_it_would_say_so(checkers: Path, change: dict[str, Any], issue: str) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/x",
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement | change]})
    assert issue in {each["issue"] for each in parliament(checkers, {"broken": text})["findings"]}


def test_the_actions_and_their_resources_are_the_references(checkers: Path) -> None:
    """The matrix asks only what AWS has: each action on the kinds of resource that the reference gives it."""
    known = parliament(checkers, {})["actions"]
    ours = {
        action: sorted("" if kind == "none" else kind for kind in kinds)
        for action, kinds in ACTIONS.items()
        if action not in NEWER
    }
    assert ours == {action: [kind for kind in kinds if kind or kinds == [""]] for action, kinds in known.items()}


def test_the_actions_on_parameters_are_the_references(checkers: Path) -> None:
    known = parliament(checkers, {})["parameters"]
    assert {action for action, on_parameters in known.items() if on_parameters} == set(PARAMETERS)
    assert known[PARAMETERS_ON_NOTHING] is False
