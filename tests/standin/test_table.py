"""A table's life: made, changed in place, replaced, read back, deleted."""

from __future__ import annotations

from typing import Any

import pytest

from local.standin.values import Props

from .harness import TABLE, Plugin, PluginError


def users(**more: Any) -> Props:
    return {
        "name": "dev-users",
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "pk",
        "rangeKey": "sk",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        **more,
    }


def indexed(*names: str, **more: Any) -> Props:
    """The table with global indexes, each on an attribute of its own name."""
    inputs = users(**more)
    inputs["attributes"] = [*inputs["attributes"], *({"name": name, "type": "S"} for name in names)]
    inputs["globalSecondaryIndexes"] = [
        {"name": f"by-{name}", "hashKey": name, "projectionType": "ALL"} for name in names
    ]
    return inputs


def describe(plugin: Plugin, name: str = "dev-users") -> Any:
    return plugin.client("dynamodb").describe_table(TableName=name)["Table"]


def index_names(plugin: Plugin) -> list[str]:
    return sorted(index["IndexName"] for index in describe(plugin).get("GlobalSecondaryIndexes", []))


FULL: dict[str, Any] = {
    "ttl": {"attributeName": "expires", "enabled": True},
    "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    "streamEnabled": True,
    "streamViewType": "NEW_IMAGE",
    "serverSideEncryption": {"enabled": True},
    "deletionProtectionEnabled": True,
    "tags": {"stage": "dev"},
}


def test_an_added_index_is_the_only_difference_shown_and_order_means_nothing(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("c", "b"))
    assert plugin.up(TABLE, "users", indexed("b", "c")) == "same"
    plan = plugin.diff(plugin.state["users"], indexed("a", "b", "c"))
    assert plan.replaces == []
    assert plan.paths == {"globalSecondaryIndexes[0]": "ADD", "attributes[2]": "ADD"}


def spy(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """The calls that the plugin makes and that change something, with their arguments."""
    from local.standin.context import Context

    calls: list[tuple[str, Any]] = []
    original = Context.call

    def call(self: Context, method: str, **arguments: Any) -> Any:
        if not method.startswith(("describe_", "list_")):
            calls.append((method, arguments))
        return original(self, method, **arguments)

    monkeypatch.setattr(Context, "call", call)
    return calls


def test_one_update_makes_its_calls_in_the_order_of_the_real_plugin(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def capacity(*names: str, units: int, **more: Any) -> Props:
        inputs = indexed(*names, billingMode="PROVISIONED", readCapacity=units, writeCapacity=units, **more)
        for index in inputs["globalSecondaryIndexes"]:
            index.update(readCapacity=units, writeCapacity=units)
        return inputs

    plugin.up(TABLE, "users", capacity("a", "b", units=1))
    calls = spy(monkeypatch)
    plugin.up(TABLE, "users", capacity("b", "c", "d", units=2, tableClass="STANDARD_INFREQUENT_ACCESS", **FULL))
    steps = [(method, *sorted(set(arguments) - {"TableName", "ResourceArn"})) for method, arguments in calls]
    index = ("update_table", "AttributeDefinitions", "GlobalSecondaryIndexUpdates")
    assert steps == [
        ("tag_resource", "Tags"),
        index,
        ("update_table", "TableClass"),
        (
            "update_table",
            "BillingMode",
            "DeletionProtectionEnabled",
            "GlobalSecondaryIndexUpdates",
            "ProvisionedThroughput",
            "StreamSpecification",
        ),
        index,
        index,
        ("update_table", "SSESpecification"),
        ("update_time_to_live", "TimeToLiveSpecification"),
        ("update_continuous_backups", "PointInTimeRecoverySpecification"),
    ]
    indexes = [arguments["GlobalSecondaryIndexUpdates"] for _, arguments in calls if len(arguments) > 2]
    assert [(next(iter(one)), next(iter(one.values()))["IndexName"]) for update in indexes for one in update] == [
        ("Delete", "by-a"),
        ("Update", "by-b"),
        ("Create", "by-c"),
        ("Create", "by-d"),
    ]


def test_a_stream_of_another_view_is_switched_off_first_and_the_emulators_limit_is_told(
    plugin: Plugin, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin.up(TABLE, "users", users(streamEnabled=True, streamViewType="NEW_IMAGE"))
    calls = spy(monkeypatch)
    wanted = users(streamEnabled=True, streamViewType="OLD_IMAGE")
    assert plugin.up(TABLE, "users", wanted) == "update"
    assert [call["StreamSpecification"]["StreamEnabled"] for _, call in calls] == [False, True]
    assert [w for w in plugin.warnings if "does not hold streamEnabled = True" in w]
    assert plugin.up(TABLE, "users", wanted) == "same"
    assert plugin.refresh("users") == "same"
    assert plugin.up(TABLE, "users", users()) == "update"
    assert plugin.outputs("users")["streamArn"] == ""


def test_a_made_up_name_is_the_real_plugins_and_stays(plugin: Plugin) -> None:
    inputs = users()
    del inputs["name"]
    plugin.up(TABLE, "users", inputs)
    name = plugin.outputs("users")["name"]
    assert name.startswith("users-")
    assert len(name) == len("users-") + 7
    assert plugin.up(TABLE, "users", {**inputs, "tags": {"a": "b"}}) == "update"
    assert plugin.outputs("users")["name"] == name
    plan = plugin.diff(plugin.state["users"], {**plugin.state["users"].inputs, "rangeKey": None})
    assert plan.delete_first is False


def test_a_protected_table_is_not_deleted_and_the_message_says_how(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(deletionProtectionEnabled=True))
    with pytest.raises(PluginError, match="DeleteTable: ValidationException") as caught:
        plugin.delete(plugin.state["users"])
    assert "deletionProtectionEnabled to false" in str(caught.value)
    plugin.up(TABLE, "users", users())
    plugin.delete(plugin.state["users"])
    assert plugin.client("dynamodb").list_tables()["TableNames"] == []
    plugin.delete(plugin.state["users"])  # gone already is fine


def test_regions_are_kept_apart(plugin: Plugin) -> None:
    plugin.up(TABLE, "here", users())
    plugin.up(TABLE, "there", users(region="us-east-1"))
    assert plugin.outputs("there")["arn"] == "arn:aws:dynamodb:us-east-1:123456789012:table/dev-users"
    assert plugin.outputs("here")["region"] == "eu-west-2"
    assert plugin.refresh("there") == "same"
    assert plugin.up(TABLE, "there", users(region="us-east-1")) == "same"
    plugin.delete(plugin.state["there"])
    assert plugin.client("dynamodb").list_tables()["TableNames"] == ["dev-users"]


def test_warm_throughput_is_raised_in_place_and_never_lowered(plugin: Plugin) -> None:
    def warm(read: int, write: int) -> Props:
        return users(warmThroughput={"readUnitsPerSecond": read, "writeUnitsPerSecond": write})

    plugin.up(TABLE, "users", warm(20_000, 8_000))
    assert plugin.up(TABLE, "users", warm(20_000, 9_000)) == "update"
    assert plugin.diff(plugin.state["users"], warm(30_000, 8_999)).replaces == ["warmThroughput"]
    assert plugin.diff(plugin.state["users"], users()).changes is False
