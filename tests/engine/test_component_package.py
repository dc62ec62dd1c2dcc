"""The component package, as another team uses it: a program in YAML declares a family of its own and deploys it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from components.schema import SCHEMA_FILE
from local.project import ROOT
from tests.engine.example import STACK, Example, example
from tests.engine.project import Project, project
from tests.support import tools

TABLE = "demo-returns-parcels"
ARN = f"arn:aws:dynamodb:eu-west-1:123456789012:table/{TABLE}"


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """An emulator and a state, with nothing in them."""
    tools.need(tools.yaml_host)
    with project(tmp_path_factory.mktemp("beside"), families=()) as found:
        yield found


@pytest.fixture(scope="module")
def returns(beside: Project, tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The example, deployed."""
    found = example("component-consumer-yaml", tmp_path_factory.mktemp("returns"), beside)
    found.up()
    return found


@pytest.fixture
def changed(returns: Example) -> Iterator[Example]:
    """The example, deployed, for a test to change its text; mended after."""
    yield returns
    returns.edit({})
    returns.configure()


def test_a_family_of_another_teams_own_is_deployed(returns: Example, beside: Project) -> None:
    dynamodb: Any = beside.client("dynamodb")
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    assert table["KeySchema"] == [{"AttributeName": "parcel_id", "KeyType": "HASH"}]
    (index,) = table["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "order-index"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["order_id", "arrived_at"]
    ttl = dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires_at", "ENABLED")
    backups = dynamodb.describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 35)
    tags = {tag["Key"]: tag["Value"] for tag in dynamodb.list_tags_of_resource(ResourceArn=ARN)["Tags"]}
    assert tags["owner"] == "returns-team"
    assert tags["data-classification"] == "pii"


def test_its_role_may_run_its_access_patterns_and_no_more(returns: Example, beside: Project) -> None:
    iam: Any = beside.client("iam")
    document = iam.get_role_policy(RoleName="demo-returns-app-role", PolicyName="access-patterns")["PolicyDocument"]
    prefix = "arn:aws:dynamodb:eu-west-1:123456789012:table/demo-returns-*"
    assert [(one["Action"], one["Resource"]) for one in document["Statement"]] == [
        (["dynamodb:GetItem", "dynamodb:PutItem"], [prefix]),
        (["dynamodb:Query"], [prefix, f"{prefix}/index/*"]),
    ]


def test_its_alarms_go_to_its_topic(returns: Example, beside: Project) -> None:
    watch: Any = beside.client("cloudwatch")
    alarms = {alarm["AlarmName"]: alarm for alarm in watch.describe_alarms()["MetricAlarms"]}
    assert alarms.keys() == {f"{TABLE}-read-throttles", f"{TABLE}-write-throttles", f"{TABLE}-system-errors"}
    topic = "arn:aws:sns:eu-west-1:123456789012:demo-returns-alarms"
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())


def test_its_outputs_are_the_familys_part_of_the_contract(returns: Example) -> None:
    assert returns.outputs() == {
        "table": TABLE,
        "index": f"{ARN}/index/order-index",
        "role": "arn:aws:iam::123456789012:role/demo-returns-app-role",
        "alarms": "arn:aws:sns:eu-west-1:123456789012:demo-returns-alarms",
        "query": "order_id = :order_id AND arrived_at >= :since",
        "env": {"DYNAMODB_PARCELS_TABLE": TABLE},
    }


def test_its_resources_are_children_of_the_component(returns: Example) -> None:
    exported = returns.state()
    table = next(each for each in exported if each["type"] == "aws:dynamodb/table:Table")
    chain = "dynamodb-tables:index:TableFamily$dynamodb-tables:index:FamilyTable$aws:dynamodb/table:Table"
    assert table["urn"] == f"urn:pulumi:{STACK}::returns-desk::{chain}::returns-parcels"
    assert table["retainOnDelete"]


def test_a_second_deployment_changes_nothing(returns: Example) -> None:
    assert returns.up() == {"unchanged": 12}


def test_a_change_of_the_declaration_is_made_in_place(changed: Example, beside: Project) -> None:
    changed.edit({"alarms: ${alarms}": "alarms: none"})
    changed.configure(backupDays=7)
    assert "replaced" not in changed.up()
    found: Any = beside.client("dynamodb").describe_continuous_backups(TableName=TABLE)
    recovery = found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["RecoveryPeriodInDays"] == 7
    assert beside.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"ttl: expires_at": "ttl: parcel_id"},
            "family 'returns': tables[0]: table 'parcels': TTL attribute 'parcel_id' is a key; a key can't be cleared: "
            "use another attribute",
        ),
        (
            {"alarms: ${alarms}": "alarms: ${alarms}\n        provisioned: { returns/parcel: { read: 1, write: 1 } }"},
            "stage 'demo': settings: provisioned: no table 'returns/parcel'; did you mean 'returns/parcels'?; "
            "allowed are returns/parcels",
        ),
    ],
    ids=["a TTL on a key", "capacity for no table"],
)
def test_a_malformed_family_is_refused_in_one_message(changed: Example, change: dict[str, str], says: str) -> None:
    changed.edit(change)
    said = changed.refused()
    told = {line.split("error: ")[-1].strip() for line in said.splitlines() if "error: " in line}
    assert told == {f"dynamodb-tables:index:TableFamily resource 'returns' has a problem: {says}"}


def test_the_package_serves_the_schema_that_is_kept(returns: Example) -> None:
    """As the engine reads it, which leaves out what is empty; the languages' SDKs are made of this."""
    served = json.loads(returns.pulumi("package", "get-schema", str(ROOT / "components")).stdout)
    kept = json.loads(SCHEMA_FILE.read_text())
    for part in ("name", "version", "types", "functions"):
        assert _without_the_empty(served[part]) == _without_the_empty(kept[part])


def _without_the_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_the_empty(item) for key, item in value.items() if item not in ([], "", {}, None)}
    return [_without_the_empty(item) for item in value] if isinstance(value, list) else value
