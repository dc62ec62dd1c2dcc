"""parliament on every policy document that a stage registers: valid, and no finding that is not accepted by name."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from tests.audit.accepted import PARLIAMENT
from tests.policies.program import COPIED, EVERYTHING, STAGES
from tests.support.iam.actions import ACTIONS, NEWER, PARAMETERS, PARAMETERS_ON_NOTHING
from tests.support.iam.deployed import deployment

pytestmark = pytest.mark.long

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


@pytest.fixture(scope="module")
def said(checkers: Path) -> dict[str, Any]:
    """What it says of the stages' documents and of those that are wrong, each of which it reads once."""
    documents = {**stages_documents(), **wrong_documents()}
    names: dict[str, list[str]] = defaultdict(list)
    for name, text in documents.items():
        names[text].append(name)
    found = parliament(checkers, {some[0]: text for text, some in names.items()})
    alike = {some[0]: some for some in names.values()}
    found["findings"] = [each | {"document": name} for each in found["findings"] for name in alike[each["document"]]]
    return found


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


_SETTINGS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (("as it is", {}), ("with every option", EVERYTHING))


def stages_documents() -> dict[str, str]:
    """Every document that a type of a stage's resources holds, as the stage's file says and with every option."""
    found = {
        f"{stage} {said}: {name}": text
        for stage, (said, settings) in [*product(STAGES, _SETTINGS), ("prod", ("with keys and replicas", COPIED))]
        for name, text in deployment(stage, **settings).documents.items()
    }
    return {name: with_resource(text) if name.endswith(" trust") else text for name, text in found.items()}


def with_resource(text: str) -> str:
    """Who may assume a role is a policy without Resource, which parliament doesn't know: it gets the role's."""
    document = json.loads(text)
    for statement in document["Statement"]:
        statement["Resource"] = "arn:aws:iam::111122223333:role/any"
    return json.dumps(document)


def test_every_document_is_valid(said: dict[str, Any]) -> None:
    given = stages_documents()
    backed_up = 4 * 12 * 2  # AWS Backup's roles, in prod and with every option
    piped = 4 * 3  # a pipe's role and the family's queue, in local and with every option
    archived = 4 * 12  # four pipes' roles, a function's, a queue and a bucket, with every option, with copies too
    counting = 5 * 2 * 2  # two regions' functions, but for dev as it is
    rest = "of roles; of topics, which dev alone has none of; of tables; of buckets"
    copied = 2 * 29 + 58 + 16 + 13 + 5 + 1  # roles; tables, replicas; keys; topics; buckets; a queue
    assert len(given) == backed_up + piped + archived + counting + 6 * 28 + 5 * 8 + 3 + 3 * 37 + 3 * 2 + copied, rest
    found = [each for each in said["findings"] if each["document"] in given]
    ends = {issue: f".*{end}" for issue, (end, _) in PARLIAMENT.items()}
    assert [each for each in found if not re.fullmatch(ends.get(each["issue"], ""), each["document"])] == []
    assert {each["issue"] for each in found} == set(PARLIAMENT), "what is no longer found is no longer accepted"
    print(f"parliament: {len(given)} documents, 0 findings that are not accepted")


WOULD_SAY: dict[str, tuple[dict[str, Any], ...]] = {
    "UNKNOWN_ACTION": ({"Action": "dynamodb:GetItems"},),
    "UNKNOWN_PREFIX": ({"Action": "dynamo:GetItem"},),
    "UNKNOWN_OPERATOR": ({"Condition": {"StringLikes": {"aws:PrincipalTag/tenant": "a"}}},),
    "UNKNOWN_CONDITION_FOR_ACTION": ({"Condition": {"StringEquals": {"s3:prefix": "a"}}},),
    "UNKNOWN_PRINCIPAL": ({"Principal": {"AWS": "x"}},),
    "UNKNOWN_FEDERATION_SOURCE": ({"Principal": {"Federated": "x"}},),
    "MISMATCHED_TYPE_OPERATION_TO_NULL": ({"Condition": {"Null": {"aws:PrincipalTag/tenant": "a"}}},),
    "SINGLE_VALUE_CONDITION_TOO_PERMISSIVE": (
        {"Condition": {"ForAllValues:StringEquals": {"aws:PrincipalTag/tenant": "a"}}},
    ),
    "MALFORMED": ({"Effect": "Permit"}, {"NotAction": "dynamodb:Scan"}),
    "INVALID_SID": ({"Sid": "a b"},),
    "INVALID_ARN": ({"Resource": "arn:aws:dynamodb:table/x"},),
    "RESOURCE_MISMATCH": ({"Resource": "arn:aws:sns:eu-west-2:111122223333:x"}, {"Resource": []}),
    "RESOURCE_STAR": ({"Resource": "*"},),
    "PERMISSIONS_MANAGEMENT_ACTIONS": (
        {"Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/x"},
        {"Action": "kms:CreateGrant", "Resource": "arn:aws:kms:eu-west-2:111122223333:key/1"},
    ),
    "PRIVILEGE_ESCALATION": (
        {"Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"},
    ),
    "CREDENTIALS_EXPOSURE": ({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::111122223333:role/*"},),
}
"""By issue: changes of a good statement. It says nothing of public access: the matrix takes any Allow of a table's own
policy for a leak, and a trust is asked by callers of every kind."""


NONE = "wrong in nothing"


def wrong_documents() -> dict[str, str]:
    """By issue and number: a good statement with the change; and one without."""
    statement = {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/x",
    }
    changes = {f"{issue} {place}": each for issue, some in WOULD_SAY.items() for place, each in enumerate(some)}
    return {
        name: json.dumps({"Version": "2012-10-17", "Statement": [statement | each]})
        for name, each in {**changes, NONE: {}}.items()
    }


def test_it_would_say_so(said: dict[str, Any]) -> None:
    found = {(each["document"], each["issue"]) for each in said["findings"]}
    assert {(name, name.split()[0]) for name in wrong_documents() if name != NONE} <= found
    assert NONE not in {name for name, _ in found}


def test_the_actions_and_their_resources_are_the_references(said: dict[str, Any]) -> None:
    """The matrix asks only what AWS has: each action on the kinds of resource that the reference gives it."""
    known = said["actions"]
    ours = {
        action: sorted("" if kind == "none" else kind for kind in kinds)
        for action, kinds in ACTIONS.items()
        if action not in NEWER
    }
    assert ours == {action: [kind for kind in kinds if kind or kinds == [""]] for action, kinds in known.items()}


def test_the_actions_on_parameters_are_the_references(said: dict[str, Any]) -> None:
    known = said["parameters"]
    assert {action for action, on_parameters in known.items() if on_parameters} == set(PARAMETERS)
    assert known[PARAMETERS_ON_NOTHING] is False
