"""What each role may do, on every table, index and parameter of every stage: as declared, no more and no less."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import botocore.session
import pytest

from families import catalogue
from tests.policies.program import COPIED, EVERYTHING, STAGES
from tests.support.iam import Policy
from tests.support.iam.actions import ACTIONS, PARAMETERS, PARAMETERS_ON_NOTHING
from tests.support.iam.deployed import Deployment, deployment
from tests.support.iam.matrix import Report, on_parameters, on_tables

ROLES = [role for family in catalogue() for role in family.roles]
READ = sum(role.tenant is None for role in ROLES) * 3 * 9
"""All roles but the tenant's, three actions, nine names."""


COUNTED = sum(len(family.tables) for family in catalogue())
"""Who counts items describes each table."""
BACKED_UP = 18 * COUNTED
"""AWS Backup's two roles of a family: of each table four actions on it, two and one on a backup of it, nine on a table
that is restored beside it, and two on an index of that."""
PIPES = [(table.events, table.archive) for family in catalogue() for table in family.tables]
EVENTS = sum(events is not None for events, _ in PIPES)
"""The roles of pipes: each has three actions on a stream, and one on no resource."""
ON: dict[str, tuple[int, int]] = {
    "dev": (0, 0),
    "local": (2 + EVENTS, COUNTED + 4 * EVENTS),
    "prod": (12 + 2, BACKED_UP + COUNTED),
}
"""What a stage's own file has on: roles beside the declared ones (one a region counts items, two of AWS Backup are a
family's), and the cells that they are allowed."""
STREAMED = EVENTS + sum(archive is not None for _, archive in PIPES)
ARCHIVES = sum(any(table.archive for table in family.tables) for family in catalogue())
ALL_ON = (12 + 2 + STREAMED + ARCHIVES, BACKED_UP + COUNTED + 4 * STREAMED)


def exact(found: Report, cells: int, more: int = ALL_ON[0]) -> int:
    """Nothing more is allowed and nothing less; the cells are many, as a smaller matrix proves less; the allowed."""
    print(f"IAM matrix, {found}")
    assert (found.leaks, found.missing) == ([], [])
    assert found.roles == len(ROLES) + more
    assert found.cells > cells
    return found.allowed


@pytest.mark.long
@pytest.mark.parametrize("stage", STAGES)
def test_no_cell_more_and_none_less(stage: str) -> None:
    """As the stage's file says, and with every option on."""
    plain, everything = deployment(stage), deployment(stage, **EVERYTHING)
    roles, on = ON[stage]
    allowed = exact(on_tables(plain), cells=390_000, more=roles) - on
    assert allowed > 340
    shared = 2  # PSE gets and puts Content-AI's responses
    assert exact(on_tables(everything), cells=390_000) == allowed + shared + ALL_ON[1]
    assert exact(on_parameters(plain), cells=150_000, more=roles) == 0
    assert exact(on_parameters(everything), cells=150_000) == READ


@pytest.mark.long
def test_replicas_and_own_keys_open_nothing_else() -> None:
    """What a role may do on a table it may do on its replicas, and with its family's keys alone."""
    copied = deployment("prod", **COPIED)
    at_home = [each for each in copied.resources if each.arn.split(":")[3] in ("eu-west-2", "us-east-1")]
    assert len(copied.resources) > len(at_home) + 100
    exact(on_tables(copied), cells=390_000)


def test_the_stages_tables_are_apart() -> None:
    arns = [each.arn for stage in STAGES for each in deployment(stage).resources if each.kind in ("table", "index")]
    tables = [table for family in catalogue() for table in family.tables]
    assert len(arns) == len(set(arns)) == 3 * sum(1 + len(table.indexes) for table in tables)


def test_the_actions_are_those_that_there_are() -> None:
    """Every operation of the services' own models, or the actions that it is checked by."""
    session = botocore.session.Session()
    names = {api: set(session.get_service_model(api).operation_names) for api in ("dynamodb", "dynamodbstreams", "ssm")}
    by_parts = {"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction", "TransactGetItems"}
    by_parts.add("TransactWriteItems")
    dynamodb = names["dynamodb"] | names["dynamodbstreams"]
    assert dynamodb - by_parts <= {action.removeprefix("dynamodb:") for action in ACTIONS}
    ours = {action.removeprefix("ssm:") for action in (*PARAMETERS, PARAMETERS_ON_NOTHING)}
    assert {name for name in names["ssm"] if "Parameter" in name} <= ours <= names["ssm"]


TABLES = "arn:aws:dynamodb:eu-west-2:111122223333:table"
PATHS = "arn:aws:ssm:eu-west-2:111122223333:parameter/dynamodb"
BROKEN: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("pse app", {"Action": ["dynamodb:Scan"]}, "leaks"),
    ("pse app", {"Resource": f"{TABLES}/*"}, "leaks"),
    ("pse app", {"Resource": f"{TABLES}/pse*"}, "leaks"),
    ("pse readonly", {"Action": ["dynamodb:PutItem"]}, "leaks"),
    ("acs app", {"Resource": f"{TABLES}/acsd2p-*"}, "leaks"),
    ("acs readonly", {"Resource": "arn:aws:dynamodb:*:111122223333:table/acsd2p-prod-*"}, "leaks"),
    ("content-ai app", {"Resource": f"{TABLES}/Project*"}, "leaks"),
    ("marketbrewer app", {"Action": ["dynamodb:deleteitem"]}, "leaks"),
    ("cloudstro app", {"Action": ["dynamodb:*"]}, "leaks"),
    ("formbridge tenant", {"Action": ["dynamodb:BatchGetItem"], "Condition": {}}, "leaks"),
    ("pse aws-backup", {"Action": ["dynamodb:GetItem"]}, "leaks"),
    ("pse aws-backup", {"Resource": f"{TABLES}/*"}, "leaks"),
    ("pse aws-backup", {"Action": ["dynamodb:CreateBackup"]}, "missing"),
    ("acs aws-restore", {"Resource": f"{TABLES}/acsd2p-prod-*"}, "leaks"),
    ("acs aws-restore", {"Resource": f"{TABLES}/restored.*"}, "leaks"),
    ("formbridge FormBridgeData-events", {"Resource": f"{TABLES}/*/stream/*"}, "leaks"),
    ("formbridge FormBridgeData-events", {"Action": ["dynamodb:GetItem"], "Resource": f"{TABLES}/*"}, "leaks"),
    ("formbridge FormBridgeData-events", {"Action": ["dynamodb:GetRecords"]}, "missing"),
    ("pse app", {"Effect": "Deny"}, "missing"),
    ("cloudstro readonly", {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}, "missing"),
    ("formbridge tenant", {"Condition": {"Null": {"dynamodb:LeadingKeys": "true"}}}, "missing"),
)
"""A change of a role's first statement, and what it makes."""
BROKEN_READS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("pse app", {"Resource": f"{PATHS}/prod/*"}, "leaks"),
    ("pse app", {"Resource": f"{PATHS}/*"}, "leaks"),
    ("pse app", {"Resource": f"{PATHS}/prod/pse*"}, "leaks"),
    ("pse app", {"Resource": f"{PATHS}/*/pse/*"}, "leaks"),
    ("acs app", {"Resource": f"{PATHS}/prod/acs*"}, "leaks"),
    ("acs app", {"Resource": f"{PATHS}/prod/pse/*"}, "leaks"),
    ("acs app", {"Action": ["ssm:*"]}, "leaks"),
    ("acs app", {"Action": ["ssm:GetParameter*"]}, "leaks"),
    ("acs app", {"Resource": "*"}, "leaks"),
    ("acs app", {"Resource": "arn:aws:ssm:*:111122223333:parameter/dynamodb/prod/acs/*"}, "leaks"),
    ("acs app", {"Resource": f"{PATHS}/prod/acs/*"}, "missing"),
    ("acs app", {"Resource": f"{PATHS}/prod/acs"}, "missing"),
    ("acs app", {"Action": ["ssm:GetParameter", "ssm:GetParameters"]}, "missing"),
    ("pse app", {"Effect": "Deny"}, "missing"),
)
"""A change of the statement on parameters."""


def broken(stage: Deployment, name: str, sid: str | None, change: dict[str, Any]) -> Deployment:
    """The stage with this role alone, and one of its statements changed: that of the Sid, else the first."""
    family, role = name.split()
    document = json.loads(stage.documents[f"{family}-{role} policy"])
    next(each for each in document["Statement"] if sid in (None, each["Sid"])).update(change)
    return replace(stage, roles=(replace(stage.role(family, role), policies=(Policy.read(document),)),))


@pytest.mark.parametrize(("role", "change", "kind"), BROKEN)
def test_a_broken_policy_shows(role: str, change: dict[str, Any], kind: str) -> None:
    stage = deployment("prod", events=True) if role.endswith("-events") else deployment("prod")
    assert getattr(on_tables(broken(stage, role, None, change)), kind)


@pytest.mark.parametrize(("role", "change", "kind"), BROKEN_READS)
def test_a_broken_policy_on_parameters_shows(role: str, change: dict[str, Any], kind: str) -> None:
    stage = broken(deployment("prod", **EVERYTHING), role, "Parameters", change)
    assert getattr(on_parameters(stage), kind)
