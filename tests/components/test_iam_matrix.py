"""What each role may do, over every table and index of every stage: as declared, no cell more and none less."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import botocore.session
import pytest

from families import catalogue
from tests.support.iam import Policy
from tests.support.iam.actions import ACTIONS
from tests.support.iam.deployed import EVERYTHING, STAGES, Resource, deployment
from tests.support.iam.matrix import Report, report, world

CELLS = 390_000
"""At least so many are asked in each stage; a matrix that has shrunk proves less than it says."""


@pytest.fixture(scope="module")
def resources() -> tuple[Resource, ...]:
    return world()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[Report], None]:
    """Prints the figures, for -s, and keeps them for a report of the run."""

    def line(found: Report) -> None:
        print(f"IAM matrix, {found.line()}")
        record_property("iam_matrix", found.line())

    return line


@pytest.mark.parametrize("stage", STAGES)
def test_no_cell_more_and_none_less(
    stage: str, resources: tuple[Resource, ...], tell: Callable[[Report], None]
) -> None:
    found = report(deployment(stage), resources)
    tell(found)
    assert (found.leaks, found.missing) == ([], [])
    assert found.roles == sum(len(family.roles) for family in catalogue())
    assert found.cells > CELLS
    assert found.allowed > 350


def test_nor_with_every_option_on(resources: tuple[Resource, ...], tell: Callable[[Report], None]) -> None:
    found = report(deployment("prod", **EVERYTHING), resources)
    tell(replace(found, stage="prod with every option"))
    assert (found.leaks, found.missing) == ([], [])
    without = report(deployment("prod"), resources)
    assert found.allowed == without.allowed + 2, "PSE gets and puts Content-AI's responses, and nothing else"


def test_the_stages_tables_are_apart() -> None:
    arns = [each.arn for stage in STAGES for each in deployment(stage).resources if each.kind in ("table", "index")]
    tables = [table for family in catalogue() for table in family.tables]
    assert len(arns) == len(set(arns)) == 3 * sum(1 + len(table.indexes) for table in tables)


def test_the_actions_are_those_that_there_are() -> None:
    """Every operation of the service's own model, or the actions that it is checked by."""
    session = botocore.session.Session()
    operations = {
        name for api in ("dynamodb", "dynamodbstreams") for name in session.get_service_model(api).operation_names
    }
    by_parts = {"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction", "TransactGetItems"}
    assert operations - by_parts - {"TransactWriteItems"} <= {name.removeprefix("dynamodb:") for name in ACTIONS}


Change = tuple[str, str, dict[str, Any], str]
MUTATIONS: tuple[Change, ...] = (
    ("pse", "app", {"Action": ["dynamodb:Scan"]}, "leaks"),
    ("pse", "app", {"Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/*"}, "leaks"),
    ("pse", "app", {"Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/pse*"}, "leaks"),
    ("pse", "readonly", {"Action": ["dynamodb:PutItem"]}, "leaks"),
    ("acs", "app", {"Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/acsd2p-*"}, "leaks"),
    ("acs", "readonly", {"Resource": "arn:aws:dynamodb:*:111122223333:table/acsd2p-prod-*"}, "leaks"),
    ("content-ai", "app", {"Resource": "arn:aws:dynamodb:eu-west-2:111122223333:table/Project*"}, "leaks"),
    ("marketbrewer", "app", {"Action": ["dynamodb:deleteitem"]}, "leaks"),
    ("cloudstro", "app", {"Action": ["dynamodb:*"]}, "leaks"),
    ("formbridge", "tenant", {"Action": ["dynamodb:BatchGetItem"], "Condition": {}}, "leaks"),
    ("pse", "app", {"Effect": "Deny"}, "missing"),
    ("cloudstro", "readonly", {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}, "missing"),
    ("formbridge", "tenant", {"Condition": {"Null": {"dynamodb:LeadingKeys": "true"}}}, "missing"),
)


@pytest.mark.parametrize(("family", "role", "change", "kind"), MUTATIONS)
def test_a_broken_policy_shows(
    family: str, role: str, change: dict[str, Any], kind: str, resources: tuple[Resource, ...]
) -> None:
    """Only the first statement is changed, and only the role's own cells are asked."""
    prod = deployment("prod")
    document = json.loads(prod.documents[f"{family}-{role} policy"])
    document["Statement"][0] |= change
    broken = replace(prod.role(family, role), policy=Policy.read(document))
    found = report(replace(prod, roles=(broken,)), resources)
    assert getattr(found, kind)
