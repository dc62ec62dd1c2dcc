"""Refresh shows what someone else changed, and nothing else; import gives inputs that a program may have."""

from __future__ import annotations

import pytest

from local.standin.values import UNKNOWN, Props

from .harness import ALARM, TABLE, TOPIC, Plugin
from .test_checks import alarm
from .test_table import FULL, indexed, users

UNITS = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3}
INDEXES = [{"Update": {"IndexName": f"by-{name}", "ProvisionedThroughput": UNITS}} for name in "ab"]
TO_PROVISIONED: Props = {
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": UNITS,
    "GlobalSecondaryIndexUpdates": INDEXES,
}
TTL_OFF: Props = {"TimeToLiveSpecification": {"Enabled": False, "AttributeName": "expires"}}
BACKUPS_OFF: Props = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": False}}
DRIFTS: dict[str, tuple[str, Props]] = {
    "globalSecondaryIndexes": ("update_table", {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-a"}}]}),
    "ttl": ("update_time_to_live", TTL_OFF),
    "pointInTimeRecovery": ("update_continuous_backups", BACKUPS_OFF),
    "deletionProtectionEnabled": ("update_table", {"DeletionProtectionEnabled": False}),
    "billingMode": ("update_table", TO_PROVISIONED),
    "streamEnabled": ("update_table", {"StreamSpecification": {"StreamEnabled": False}}),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_drift_is_shown_and_the_next_up_repairs_it(plugin: Plugin, name: str) -> None:
    inputs = indexed("a", "b", **FULL)
    plugin.up(TABLE, "users", inputs)
    before = plugin.state["users"]
    method, arguments = DRIFTS[name]
    getattr(plugin.client("dynamodb"), method)(TableName="dev-users", **arguments)
    assert plugin.refresh("users") == "update"
    after = plugin.state["users"]
    assert after.outputs[name] != before.outputs[name]
    assert after.inputs.get(name) != before.inputs[name]
    plan = plugin.diff(after, before.inputs)
    assert plan.replaces == []
    assert any(path.startswith(name) for path in plan.paths)
    assert plugin.up(TABLE, "users", inputs) == "update"
    if name != "streamEnabled":  # moto switches a stream on only once in a table's life
        assert plugin.outputs("users")[name] == before.outputs[name]
        assert plugin.warnings == []
    assert plugin.refresh("users") == "same"
    assert plugin.up(TABLE, "users", inputs) == "same"


def test_what_is_added_behind_its_back_is_shown_and_goes(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users())
    plugin.client("dynamodb").tag_resource(
        ResourceArn=plugin.outputs("users")["arn"], Tags=[{"Key": "more", "Value": "y"}]
    )
    assert plugin.refresh("users") == "update"
    assert plugin.state["users"].inputs["tags"] == {"more": "y"}
    assert plugin.up(TABLE, "users", users()) == "update"
    assert plugin.outputs("users")["tagsAll"] == {}


def test_a_table_that_is_gone_is_shown_as_gone(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users())
    plugin.client("dynamodb").delete_table(TableName="dev-users")
    assert plugin.refresh("users") == "delete"
    assert plugin.read(TABLE, "users", "dev-users") == ("", {}, {})


def test_drift_of_an_alarm_and_a_topic(plugin: Plugin) -> None:
    plugin.up(ALARM, "alarm", alarm())
    plugin.up(TOPIC, "topic", {"name": "dev-alarms", "displayName": "Alarms"})
    arn = plugin.outputs("topic")["arn"]
    plugin.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="DisplayName", AttributeValue="X")
    client = plugin.client("cloudwatch")
    there = client.describe_alarms(AlarmNames=["dev-throttle"])["MetricAlarms"][0]
    kept = ("AlarmName", "ComparisonOperator", "EvaluationPeriods", "Namespace", "MetricName", "Statistic", "Period")
    client.put_metric_alarm(**{key: there[key] for key in kept}, Threshold=99, Dimensions=there["Dimensions"])
    assert plugin.refresh("alarm") == plugin.refresh("topic") == "update"
    assert plugin.state["alarm"].inputs["threshold"] == 99
    assert plugin.state["topic"].inputs["displayName"] == "X"
    assert plugin.up(ALARM, "alarm", alarm()) == "update"
    assert plugin.outputs("alarm")["threshold"] == 0


# -- import ------------------------------------------------------------------------------------------------


def test_an_import_may_name_the_region(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(region="us-east-1"))
    assert plugin.read(TABLE, "users", "dev-users")[0] == ""
    found, outputs, inputs = plugin.read(TABLE, "users", "dev-users@us-east-1")
    assert (found, outputs["region"], inputs["region"]) == ("dev-users", "us-east-1", "us-east-1")
    assert "region" not in plugin.read(TABLE, "x", "dev-users@eu-west-2")[2]


# -- preview -----------------------------------------------------------------------------------------------


def test_a_preview_of_an_update_keeps_what_stays(plugin: Plugin) -> None:
    assert plugin.create(TABLE, "users", users(tags={"a": UNKNOWN}), preview=True)[1]["tagsAll"] is UNKNOWN
    assert plugin.client("dynamodb").list_tables()["TableNames"] == []
    plugin.up(TABLE, "users", users())
    held = plugin.state["users"]
    outputs = plugin.update(held, users(tags={"a": "b"}), preview=True)
    assert outputs["arn"] == held.outputs["arn"]
    assert outputs["streamArn"] == ""
    assert outputs["tagsAll"] == {"a": "b"}
    streaming = users(streamEnabled=True, streamViewType="KEYS_ONLY")
    assert plugin.update(held, streaming, preview=True)["streamArn"] is UNKNOWN
    assert "StreamSpecification" not in plugin.client("dynamodb").describe_table(TableName="dev-users")["Table"]


def test_a_preview_compares_what_is_not_known_yet_as_changed(plugin: Plugin) -> None:
    plugin.up(ALARM, "alarm", alarm())
    plan = plugin.diff(plugin.state["alarm"], alarm(dimensions={"TableName": UNKNOWN}))
    assert plan.paths == {"dimensions.TableName": "UPDATE"}
    plan = plugin.diff(plugin.state["alarm"], alarm(name=UNKNOWN))
    assert plan.replaces == ["name"]
    assert plan.delete_first
