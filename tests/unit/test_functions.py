"""Functions of a stage, as they are derived: the same whenever and wherever, and no more than one needs."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pytest

import tablekit.functions
from families import catalogue
from tablekit.functions import item_counts as counter
from tablekit.model import Catalogue
from tablekit.model.staged import Account, staged_families
from tablekit.resources import (
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    LOG_GROUP,
    PERMISSION,
    ROLE,
    ROLE_POLICY,
    Expected,
    stack_resources,
)
from tablekit.resources.functions import item_counts, metrics_of
from tests.support import declare

ACCOUNT = Account("111122223333")
ALL = {"itemCounts": True, "growthLimits": {"acs": {"gigabytes": 10}}}
FOLDER = Path(tablekit.functions.__file__).parent


def made(region: str = "eu-west-1", families: Catalogue | None = None, **settings: Any) -> list[Expected]:
    families = families or Catalogue([declare.family()])
    stage = declare.stage("dev", families, **{"itemCounts": True, **settings})
    return list(item_counts(stage, staged_families(stage, families).values(), region, ACCOUNT))


def test_it_comes_with_all_that_it_needs_each_after_what_it_needs() -> None:
    kinds = [each.type for each in made()]
    assert kinds == [ROLE, ROLE_POLICY, LOG_GROUP, FUNCTION, EVENT_RULE, PERMISSION, EVENT_TARGET]
    assert {each.name for each in made()} == {"item-counts-eu-west-1"}


def test_a_stage_without_and_a_region_without_tables_have_none() -> None:
    assert made(itemCounts=False) == made("us-east-1") == []


def test_its_code_is_text_the_same_each_time_with_neither_a_path_nor_a_time_in_it() -> None:
    (one, other) = (next(each for each in made() if each.type == FUNCTION) for _ in range(2))
    assert one == other
    assert one.archives == ("code",)
    assert one.inputs["code"] == {
        "item_counts.py": (FOLDER / "item_counts.py").read_text(),
        "settings.json": json.dumps(
            {"namespace": "dynamodb-tables", "stage": "dev", "tables": ["dev-shop-orders"]}, indent=1
        ),
    }
    assert str(FOLDER.parents[1]) not in json.dumps(one.inputs)


def test_its_role_describes_our_tables_puts_our_metrics_and_writes_its_own_log() -> None:
    (policy,) = (each.inputs["policy"] for each in made(permissionsBoundary="") if each.type == ROLE_POLICY)
    statements = {each["Sid"]: each for each in json.loads(policy)["Statement"]}
    assert {sid: (each["Action"], each["Resource"]) for sid, each in statements.items()} == {
        "Tables": (["dynamodb:DescribeTable"], ["arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-*"]),
        "Metrics": (["cloudwatch:PutMetricData"], ["*"]),
        "Log": (
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            ["arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/dev-dynamodb-item-counts:*"],
        ),
    }
    assert statements["Metrics"]["Condition"] == {"StringEquals": {"cloudwatch:namespace": "dynamodb-tables"}}


def test_a_boundary_of_the_stage_holds_it_too() -> None:
    boundary = "arn:aws:iam::111122223333:policy/edge"
    (role,) = (each.inputs for each in made(permissionsBoundary=boundary) if each.type == ROLE)
    assert role["permissionsBoundary"] == boundary


def test_names_are_of_one_region_where_aws_has_them_by_account() -> None:
    families = catalogue()
    stage = declare.stage("dev", families, **ALL)
    found = [each for each in stack_resources(stage, families, ACCOUNT) if each.type in (ROLE, FUNCTION)]
    roles = [each.inputs["name"] for each in found if "item-counts" in each.name and each.type == ROLE]
    assert roles == ["dev-dynamodb-item-counts-eu-west-2", "dev-dynamodb-item-counts-us-east-1"]
    told = [json.loads(each.inputs["code"]["settings.json"])["tables"] for each in found if each.type == FUNCTION]
    assert sum(map(len, told)) == sum(len(family.tables) for family in families)
    assert not set(told[0]) & set(told[1])


def test_the_metrics_are_two_a_table_and_index_and_one_a_region() -> None:
    families = catalogue()
    owners = sum(1 + len(table.indexes) for family in families for table in family.tables)
    assert metrics_of(staged_families(declare.stage("dev", families, **ALL), families).values()) == 2 * owners + 2


def test_a_table_that_never_answers_leaves_time_to_publish_the_others() -> None:
    """Begun at the last moment, tried as often as it may be, with boto's longest waits between."""
    (function,) = (each for each in made() if each.type == FUNCTION)
    told: Any = counter._PATIENT
    tries = told.retries["total_max_attempts"]
    longest = tries * (told.connect_timeout + told.read_timeout) + sum(2**each for each in range(tries - 1))
    assert longest * 1000 + 10_000 <= counter.TO_PUBLISH <= function.inputs["timeout"] * 1000 / 2


@pytest.mark.parametrize("file", sorted(FOLDER.glob("[a-z]*.py")), ids=lambda file: file.name)
def test_what_is_sent_to_aws_needs_python_and_the_runtimes_boto3(file: Path) -> None:
    tree = ast.parse(file.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "." for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= {*sys.stdlib_module_names, "boto3", "botocore"}
    assert any(isinstance(node, ast.FunctionDef) and node.name == "handler" for node in tree.body)
