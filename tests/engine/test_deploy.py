"""The main job on real input: the tables of five systems, deployed by the real engine onto the emulator.

That each table, role and alarm is as declared is what `tablekit smoke` compares in test_smoke.py, on the same stack.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from families import catalogue
from tablekit.contract import read
from tablekit.contract.schema import schema_text
from tablekit.model import Family, Table
from tests.engine.project import SHOP, Project
from tests.support import aws
from tests.support.command import tablekit
from tests.support.contracts import assert_golden

CATALOGUE = catalogue()
TABLES = [(family, table) for family in CATALOGUE for table in family.tables]
IDS = [f"{family.key}/{table.name}" for family, table in TABLES]


def described(deployed: Project, family: Family, table: Table) -> dict[str, Any]:
    client = deployed.client("dynamodb", family.region or "eu-west-2")
    found: dict[str, Any] = client.describe_table(TableName=family.table_name_for(table.name, "local"))["Table"]
    return found


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


def test_the_tables_of_all_families_and_no_others_are_there(deployed: Project) -> None:
    regions = ("eu-west-2", "us-east-1")
    names = [name for region in regions for name in deployed.client("dynamodb", region).list_tables()["TableNames"]]
    assert sorted(names) == sorted(family.table_name_for(table.name, "local") for family, table in TABLES)


@pytest.mark.parametrize(("family", "table"), TABLES, ids=IDS)
def test_dynamodbs_own_engine_accepts_the_definition_as_it_stands(
    deployed: Project, dynamodb: str, family: Family, table: Table
) -> None:
    found = described(deployed, family, table)
    definition = {key: found[key] for key in ("TableName", "AttributeDefinitions", "KeySchema")}
    if indexes := found.get("GlobalSecondaryIndexes"):
        definition["GlobalSecondaryIndexes"] = [
            {key: index[key] for key in ("IndexName", "KeySchema", "Projection")} for index in indexes
        ]
    if "StreamSpecification" in found:
        definition["StreamSpecification"] = found["StreamSpecification"]
    billing = found["BillingModeSummary"]["BillingMode"]
    accepted = aws.client(dynamodb).create_table(**definition, BillingMode=billing)["TableDescription"]
    assert accepted["TableStatus"] in ("ACTIVE", "CREATING")


def test_a_second_up_and_a_refresh_change_nothing(deployed: Project) -> None:
    assert deployed.up().keys() == {"unchanged"}
    refreshed = deployed.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    assert "unchanged" in refreshed.stdout


def test_the_outputs_are_the_contract(deployed: Project) -> None:
    outputs = deployed.outputs()
    assert_golden("local", outputs)
    Draft202012Validator(json.loads(schema_text())).validate(outputs)
    contract = read(outputs)
    assert contract.stage == "local"
    for family, table in TABLES:
        exported, found = contract.families[family.key].tables[table.name], described(deployed, family, table)
        assert (exported.arn, exported.stream_arn) == (found["TableArn"], found.get("LatestStreamArn"))


def test_a_sixth_system_is_one_file_and_its_name_in_the_stage(deployed: Project) -> None:
    """Nothing else is written, and nothing of the five changes."""
    deployed.family("shop", SHOP)
    deployed.set(families=[*CATALOGUE.families, "shop"])
    steps = deployed.plan()
    deployed.set(families=list(CATALOGUE.families))
    (deployed.folder / "families" / "shop.py").unlink()
    made = [step["urn"].split("::")[-1] for step in steps]
    assert "shop-orders" in made
    # A region of its own, and a row of the stage's dashboard.
    own = ("shop", "account-eu-west-1", "item-counts-eu-west-1")
    assert [name for name in made if not name.startswith(own)] == ["dashboard"]
    assert {step["op"] for step in steps if not step["urn"].endswith("::dashboard")} == {"create"}
