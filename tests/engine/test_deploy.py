"""The main job on real input: the tables of five systems, deployed by the real engine onto the emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from jsonschema import Draft202012Validator

from families import catalogue
from tablekit.contract import read
from tablekit.contract.schema import schema_text
from tablekit.model import Family, Table
from tablekit.model.stage import StageConfig
from tablekit.model.staged import staged_families
from tests.engine.project import SHOP, Project
from tests.support import aws
from tests.support.command import tablekit
from tests.support.contracts import assert_golden

CATALOGUE = catalogue()
TABLES = [(family, table) for family in CATALOGUE for table in family.tables]
IDS = [f"{family.key}/{table.name}" for family, table in TABLES]
LOCAL = StageConfig(stage="dev", region="eu-west-2", families=tuple(CATALOGUE.families))
STAGED = staged_families(LOCAL, CATALOGUE)


def client(deployed: Project, family: Family) -> BaseClient:
    found: BaseClient = deployed.client("dynamodb", STAGED[family.key].region)
    return found


def described(deployed: Project, family: Family, table: Table) -> dict[str, Any]:
    name = family.table_name_for(table.name, "local")
    found: dict[str, Any] = client(deployed, family).describe_table(TableName=name)  # type: ignore[attr-defined]
    return found["Table"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("key", list(CATALOGUE.families))
def test_the_variables_of_every_family_name_tables_that_are_there(deployed: Project, key: str, tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(deployed.outputs()))
    shown = tablekit("env", "--family", key, "--outputs", str(file), "--format", "json")
    assert shown.exit_code == 0, shown.output
    variables = json.loads(shown.output)
    region = variables.pop("AWS_REGION")
    there = set(deployed.client("dynamodb", region).list_tables(Limit=100)["TableNames"])
    assert len(variables) == len(CATALOGUE.family(key).tables)
    assert set(variables.values()) <= there


def test_the_tables_of_all_families_are_there(deployed: Project) -> None:
    names = [
        name
        for region in sorted({family.region for family in STAGED.values()})
        for name in deployed.client("dynamodb", region).list_tables()["TableNames"]
    ]
    assert sorted(names) == sorted(family.table_name_for(table.name, "local") for family, table in TABLES)


@pytest.mark.parametrize(("family", "table"), TABLES, ids=IDS)
def test_the_emulator_holds_what_is_declared(deployed: Project, family: Family, table: Table) -> None:
    found = described(deployed, family, table)
    types = {each["AttributeName"]: each["AttributeType"] for each in found["AttributeDefinitions"]}
    assert types == {key.name: key.type for key in table.all_keys.values()}
    assert [each["AttributeName"] for each in found["KeySchema"]] == [key.name for key in table.keys]
    indexes = {each["IndexName"]: each for each in found.get("GlobalSecondaryIndexes", [])}
    assert indexes.keys() == {index.name for index in table.indexes}
    for index in table.indexes:
        made = indexes[index.name]
        assert [each["AttributeName"] for each in made["KeySchema"]] == [key.name for key in index.keys]
        assert made["Projection"]["ProjectionType"] == index.projection
        assert sorted(made["Projection"].get("NonKeyAttributes", [])) == sorted(index.include)
    connection, name = client(deployed, family), found["TableName"]
    ttl = connection.describe_time_to_live(TableName=name)["TimeToLiveDescription"]  # type: ignore[attr-defined]
    assert ttl.get("AttributeName") == table.ttl
    assert ttl["TimeToLiveStatus"] == ("ENABLED" if table.ttl else "DISABLED")
    backups = connection.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]  # type: ignore[attr-defined]
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 35
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["SSEDescription"]["Status"] == "ENABLED"
    stream = found.get("StreamSpecification", {}).get("StreamViewType")
    assert stream == table.stream


@pytest.mark.parametrize(("family", "table"), TABLES, ids=IDS)
def test_dynamodbs_own_engine_accepts_the_definition_as_it_stands(
    deployed: Project, dynamodb: str, family: Family, table: Table
) -> None:
    found = described(deployed, family, table)
    definition: dict[str, Any] = {
        "TableName": found["TableName"],
        "AttributeDefinitions": found["AttributeDefinitions"],
        "KeySchema": found["KeySchema"],
        "BillingMode": found["BillingModeSummary"]["BillingMode"],
    }
    if indexes := found.get("GlobalSecondaryIndexes"):
        definition["GlobalSecondaryIndexes"] = [
            {key: index[key] for key in ("IndexName", "KeySchema", "Projection")} for index in indexes
        ]
    if "StreamSpecification" in found:
        definition["StreamSpecification"] = found["StreamSpecification"]
    accepted = aws.client(dynamodb).create_table(**definition)["TableDescription"]
    assert accepted["TableStatus"] in ("ACTIVE", "CREATING")


def test_a_second_up_and_a_refresh_change_nothing(deployed: Project) -> None:
    assert deployed.up().keys() == {"unchanged"}
    refreshed = deployed.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert "unchanged" in refreshed.stdout


def test_the_outputs_are_the_contract(deployed: Project) -> None:
    outputs = deployed.outputs()
    Draft202012Validator(json.loads(schema_text())).validate(outputs)
    contract = read(outputs)
    assert contract.stage == "local"
    assert contract.families.keys() == CATALOGUE.families.keys()
    for family in CATALOGUE:
        exported = contract.families[family.key]
        assert exported.region == STAGED[family.key].region
        assert exported.tables.keys() == {table.name for table in family.tables}
        assert exported.access_patterns.keys() == family.patterns.keys()
        for table in family.tables:
            found = described(deployed, family, table)
            assert exported.tables[table.name].arn == found["TableArn"]
            assert exported.tables[table.name].stream_arn == found.get("LatestStreamArn")


def test_the_golden_file_is_what_the_stack_exports(deployed: Project) -> None:
    assert_golden("local", deployed.outputs())


def test_every_alarm_and_role_of_the_contract_is_there(deployed: Project) -> None:
    contract = read(deployed.outputs())
    iam = deployed.client("iam")
    for exported in contract.families.values():
        watch = deployed.client("cloudwatch", exported.region)
        pages = watch.get_paginator("describe_alarms").paginate()
        there = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
        assert exported.alarms.names
        for name in exported.alarms.names:
            assert there[name]["AlarmActions"] == [exported.alarms.topic_arn]
        for role in exported.roles.values():
            assert iam.get_role(RoleName=role.name)["Role"]["Arn"] == role.arn


def test_every_table_is_retained_in_the_state(deployed: Project) -> None:
    tables = [resource for resource in deployed.state() if resource["type"] == "aws:dynamodb/table:Table"]
    assert len(tables) == len(TABLES)
    assert all(table["retainOnDelete"] for table in tables)


def test_a_sixth_system_is_one_file_and_its_name_in_the_stage(deployed: Project) -> None:
    """Nothing else is written, and nothing of the five changes."""
    deployed.family("shop", SHOP)
    deployed.set(families=[*CATALOGUE.families, "shop"])
    steps = deployed.plan()
    deployed.set(families=list(CATALOGUE.families))
    (deployed.folder / "families" / "shop.py").unlink()
    made = [step["urn"].split("::")[-1] for step in steps]
    assert "shop-orders" in made
    assert [name for name in made if not name.startswith(("shop", "account-eu-west-1"))] == [], "a region of its own"
    assert {step["op"] for step in steps} == {"create"}
