"""Refresh shows what someone else changed, and nothing else; import gives inputs that a program may have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.standin.values import UNKNOWN

from .harness import ALARM, TABLE, TOPIC, Plugin
from .test_checks import alarm
from .test_table import FULL, indexed, users


def change_table(plugin: Plugin, **changes: Any) -> None:
    plugin.client("dynamodb").update_table(TableName="dev-users", **changes)


def without_index(plugin: Plugin) -> None:
    change_table(plugin, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}])


def without_ttl(plugin: Plugin) -> None:
    off = {"Enabled": False, "AttributeName": "expires"}
    plugin.client("dynamodb").update_time_to_live(TableName="dev-users", TimeToLiveSpecification=off)


def without_recovery(plugin: Plugin) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    plugin.client("dynamodb").update_continuous_backups(TableName="dev-users", PointInTimeRecoverySpecification=off)


def other_tags(plugin: Plugin) -> None:
    client, arn = plugin.client("dynamodb"), plugin.outputs("users")["arn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "x"}, {"Key": "more", "Value": "y"}])


def without_protection(plugin: Plugin) -> None:
    change_table(plugin, DeletionProtectionEnabled=False)


def provisioned(plugin: Plugin) -> None:
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 3}
    change_table(
        plugin,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": f"by-{name}", "ProvisionedThroughput": units}} for name in "ab"
        ],
    )


def without_stream(plugin: Plugin) -> None:
    change_table(plugin, StreamSpecification={"StreamEnabled": False})


@pytest.mark.parametrize(
    ("drift", "name"),
    [
        (without_index, "globalSecondaryIndexes"),
        (without_ttl, "ttl"),
        (without_recovery, "pointInTimeRecovery"),
        (other_tags, "tags"),
        (without_protection, "deletionProtectionEnabled"),
        (provisioned, "billingMode"),
        (without_stream, "streamEnabled"),
    ],
)
def test_drift_is_shown_and_the_next_up_mends_it(plugin: Plugin, drift: Callable[[Plugin], None], name: str) -> None:
    inputs = indexed("a", "b", **FULL)
    plugin.up(TABLE, "users", inputs)
    before = plugin.state["users"]
    drift(plugin)
    assert plugin.refresh("users") == "update"
    after = plugin.state["users"]
    assert after.outputs[name] != before.outputs[name]
    assert after.inputs.get(name) != before.inputs[name]
    plan = plugin.diff(after, before.inputs)
    assert plan.replaces == []
    assert any(path.startswith(name) for path in plan.paths)
    assert plugin.up(TABLE, "users", inputs) == "update"
    if drift is not without_stream:  # moto switches a stream on only once in a table's life
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


def test_an_imported_table_has_the_inputs_that_made_it(plugin: Plugin) -> None:
    inputs = indexed("a", "b", **FULL)
    inputs["globalSecondaryIndexes"][0].update(projectionType="INCLUDE", nonKeyAttributes=["y", "x"])
    plugin.up(TABLE, "users", inputs)
    made = plugin.state["users"]
    found, outputs, imported = plugin.read(TABLE, "users", "dev-users")
    assert found == "dev-users"
    # Every form of an index's keys is read and only one is taken: code generated by an import needs that edit.
    schema = [{"attributeName": "a", "keyType": "HASH"}]
    assert (imported["globalSecondaryIndexes"][0]["hashKey"], imported["globalSecondaryIndexes"][0]["keySchemas"]) == (
        "a",
        schema,
    )
    assert "both keySchemas and hashKey/rangeKey" in plugin.reasons(TABLE, imported)
    for index in imported["globalSecondaryIndexes"]:
        del index["hashKey"]
    assert plugin.check(TABLE, "users", imported)[1] == []
    made.inputs, made.outputs = imported, outputs
    assert plugin.diff(made, inputs).paths == {}
    for name in ("hashKey", "rangeKey", "billingMode", "ttl", "pointInTimeRecovery", "tags", "streamViewType"):
        assert imported[name] == inputs[name]
    assert "localSecondaryIndexes" not in imported
    assert "tableClass" not in imported
    assert "warmThroughput" not in imported


def test_an_imported_provisioned_table_keeps_its_capacity(plugin: Plugin) -> None:
    inputs = users(billingMode="PROVISIONED", readCapacity=3, writeCapacity=4)
    plugin.up(TABLE, "users", inputs)
    imported = plugin.read(TABLE, "users", "dev-users")[2]
    assert (imported["readCapacity"], imported["writeCapacity"]) == (3, 4)
    assert plugin.check(TABLE, "users", imported)[1] == []


def test_an_import_may_name_the_region(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(region="us-east-1"))
    assert plugin.read(TABLE, "users", "dev-users")[0] == ""
    found, outputs, inputs = plugin.read(TABLE, "users", "dev-users@us-east-1")
    assert (found, outputs["region"], inputs["region"]) == ("dev-users", "us-east-1", "us-east-1")
    assert "region" not in plugin.read(TABLE, "x", "dev-users@eu-west-2")[2]


# -- preview -----------------------------------------------------------------------------------------------


def test_a_preview_of_a_table_knows_what_is_asked_and_not_what_comes(plugin: Plugin) -> None:
    checked, _ = plugin.check(TABLE, "users", users(streamEnabled=True, streamViewType="KEYS_ONLY"))
    resource_id, outputs = plugin.create(TABLE, "users", checked, preview=True)
    assert resource_id == ""
    assert [outputs[name] for name in ("arn", "streamArn", "streamLabel")] == [UNKNOWN] * 3
    assert (outputs["name"], outputs["region"], outputs["tagsAll"]) == ("dev-users", "eu-west-2", {})
    assert plugin.client("dynamodb").list_tables()["TableNames"] == []


def test_a_preview_of_an_update_keeps_what_stays(plugin: Plugin) -> None:
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


def test_tags_that_are_not_known_yet_are_planned_as_such(plugin: Plugin) -> None:
    outputs = plugin.create(TABLE, "users", users(tags={"a": UNKNOWN}), preview=True)[1]
    assert outputs["tagsAll"] is UNKNOWN
