"""Who reads what is published in SSM: each role its own family's in its own stage, no cell more and none less."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import botocore.session
import pytest

from families import catalogue
from tests.support.iam import Policy
from tests.support.iam.deployed import EVERYTHING, STAGES, deployment
from tests.support.iam.parameters import ON_NOTHING, OTHERS, READS, report

ON: dict[str, Any] = {"publishParameters": True}
CELLS = 150_000
"""At least so many are asked in each stage."""


ROLES = [role for family in catalogue() for role in family.roles]
ALLOWED = sum(role.tenant is None for role in ROLES) * 3 * 9


@pytest.mark.parametrize("stage", STAGES)
def test_no_cell_more_and_none_less(stage: str, record_property: Callable[[str, object], None]) -> None:
    found = report(deployment(stage, **ON), published=True)
    print(f"IAM parameters, {found.line()}")
    record_property("iam_parameters", found.line())
    assert (found.leaks, found.missing) == ([], [])
    assert found.roles == len(ROLES)
    assert found.cells > CELLS
    assert found.allowed == ALLOWED, "all roles but the tenant's, three actions, nine names"


@pytest.mark.parametrize("stage", STAGES)
def test_none_where_nothing_is_published(stage: str) -> None:
    found = report(deployment(stage), published=False)
    assert (found.leaks, found.missing, found.allowed) == ([], [], 0)


def test_nor_with_every_option_on() -> None:
    assert EVERYTHING["publishParameters"] is True
    found = report(deployment("prod", **EVERYTHING), published=True)
    assert (found.leaks, found.missing, found.allowed) == ([], [], ALLOWED)


def test_the_actions_are_those_that_there_are() -> None:
    """Every operation on parameters of the service's own model."""
    operations = botocore.session.Session().get_service_model("ssm").operation_names
    ours = {action.removeprefix("ssm:") for action in (*READS, *OTHERS, ON_NOTHING)}
    assert {name for name in operations if "Parameter" in name} <= ours <= set(operations)


ROOT = "arn:aws:ssm:eu-west-2:111122223333:parameter/dynamodb"
MUTATIONS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("pse", {"Resource": f"{ROOT}/prod/*"}, "leaks"),
    ("pse", {"Resource": f"{ROOT}/*"}, "leaks"),
    ("pse", {"Resource": f"{ROOT}/prod/pse*"}, "leaks"),
    ("pse", {"Resource": f"{ROOT}/*/pse/*"}, "leaks"),
    ("acs", {"Resource": f"{ROOT}/prod/acs*"}, "leaks"),
    ("acs", {"Resource": f"{ROOT}/prod/pse/*"}, "leaks"),
    ("acs", {"Action": ["ssm:*"]}, "leaks"),
    ("acs", {"Action": ["ssm:GetParameter*"]}, "leaks"),
    ("acs", {"Resource": "*"}, "leaks"),
    ("acs", {"Resource": "arn:aws:ssm:*:111122223333:parameter/dynamodb/prod/acs/*"}, "leaks"),
    ("acs", {"Resource": f"{ROOT}/prod/acs/*"}, "missing"),
    ("acs", {"Resource": f"{ROOT}/prod/acs"}, "missing"),
    ("acs", {"Action": ["ssm:GetParameter", "ssm:GetParameters"]}, "missing"),
    ("pse", {"Effect": "Deny"}, "missing"),
)


@pytest.mark.parametrize(("family", "change", "kind"), MUTATIONS)
def test_a_broken_policy_shows(family: str, change: dict[str, Any], kind: str) -> None:
    prod = deployment("prod", **ON)
    document = json.loads(prod.documents[f"{family}-app policy"])
    (statement,) = [each for each in document["Statement"] if each["Sid"] == "Parameters"]
    statement |= change
    broken = replace(prod.role(family, "app"), policy=Policy.read(document))
    assert getattr(report(replace(prod, roles=(broken,)), published=True), kind)
