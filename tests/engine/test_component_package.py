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

pytestmark = pytest.mark.long

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
    """The example, deployed twice."""
    found = example("component-consumer-yaml", tmp_path_factory.mktemp("returns"), beside)
    found.up()
    assert found.up() == {"unchanged": 12}
    return found


@pytest.fixture
def changed(returns: Example) -> Iterator[Example]:
    """The example, deployed, for a test to change its text; as it was again after."""
    yield returns
    returns.edit({})
    returns.configure()


def recovery_days(beside: Project) -> int:
    found: Any = beside.client("dynamodb").describe_continuous_backups(TableName=TABLE)
    return int(found["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"])


def test_a_family_of_another_teams_own_is_deployed(returns: Example, beside: Project) -> None:
    """Its role may run its access patterns and no more, its alarms go to its topic, and it is all the component's."""
    dynamodb: Any = beside.client("dynamodb")
    table = dynamodb.describe_table(TableName=TABLE)["Table"]
    keys = [table["KeySchema"], *(index["KeySchema"] for index in table["GlobalSecondaryIndexes"])]
    assert [[key["AttributeName"] for key in each] for each in keys] == [["parcel_id"], ["order_id", "arrived_at"]]
    ttl = dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires_at", "ENABLED")
    assert recovery_days(beside) == 35
    tags = {tag["Key"]: tag["Value"] for tag in dynamodb.list_tags_of_resource(ResourceArn=ARN)["Tags"]}
    assert (tags["owner"], tags["data-classification"]) == ("returns-team", "pii")
    iam: Any = beside.client("iam")
    document = iam.get_role_policy(RoleName="demo-returns-app-role", PolicyName="access-patterns")["PolicyDocument"]
    prefix = "arn:aws:dynamodb:eu-west-1:123456789012:table/demo-returns-*"
    assert [(one["Action"], one["Resource"]) for one in document["Statement"] if one["Effect"] == "Allow"] == [
        (["dynamodb:GetItem", "dynamodb:PutItem"], [prefix]),
        (["dynamodb:Query"], [prefix, f"{prefix}/index/*"]),
    ]
    watch: Any = beside.client("cloudwatch")
    alarms = {alarm["AlarmName"]: alarm["AlarmActions"] for alarm in watch.describe_alarms()["MetricAlarms"]}
    topic = "arn:aws:sns:eu-west-1:123456789012:demo-returns-alarms"
    kinds = ("read-throttles", "write-throttles", "system-errors")
    assert alarms == {f"{TABLE}-{kind}": [topic] for kind in kinds}
    made = next(each for each in returns.state() if each["type"] == "aws:dynamodb/table:Table")
    chain = "dynamodb-tables:index:TableFamily$dynamodb-tables:index:FamilyTable$aws:dynamodb/table:Table"
    assert made["urn"] == f"urn:pulumi:{STACK}::returns-desk::{chain}::returns-parcels"
    assert made["retainOnDelete"]


def test_the_policy_pack_finds_nothing_in_another_teams_stack(returns: Example) -> None:
    done = returns.pulumi("preview", "--policy-pack", str(ROOT / "policies"))
    assert "dynamodb-table-families" in done.stdout
    assert "[mandatory]" not in done.stdout


def test_its_outputs_are_the_familys_part_of_the_contract(returns: Example) -> None:
    assert returns.outputs() == {
        "table": TABLE,
        "index": f"{ARN}/index/order-index",
        "role": "arn:aws:iam::123456789012:role/demo-returns-app-role",
        "alarms": "arn:aws:sns:eu-west-1:123456789012:demo-returns-alarms",
        "query": "order_id = :order_id AND arrived_at >= :since",
        "env": {"DYNAMODB_PARCELS_TABLE": TABLE},
    }


def test_a_change_of_the_declaration_is_made_in_place(changed: Example, beside: Project) -> None:
    changed.edit({"alarms: ${alarms}": "alarms: none"})
    changed.configure(backupDays=7)
    assert "replaced" not in changed.up()
    assert recovery_days(beside) == 7
    assert beside.client("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_a_malformed_family_is_refused_in_one_message(changed: Example) -> None:
    changed.edit({"ttl: expires_at": "ttl: parcel_id"})
    said = changed.refused()
    messages = {line.split("error: ")[-1].strip() for line in said.splitlines() if "error: " in line}
    assert messages == {
        "dynamodb-tables:index:TableFamily resource 'returns' has a problem: family 'returns': tables[0]: table "
        "'parcels': TTL attribute 'parcel_id' is a key; a key can't be cleared: use another attribute"
    }


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
