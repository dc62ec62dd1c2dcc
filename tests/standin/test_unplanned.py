"""Changes of a table that the AWS plugin accepts and does not make: nothing is planned, and the table stays as it is.

What the plugin does is read off its source (terraform-provider-aws v6, `dynamodb/table.go`); what DynamoDB refuses is
DynamoDB Local's own answer. The guard (`tablekit/ops/guard`) is what tells of these changes.
"""

from __future__ import annotations

from typing import Any

import pytest

from local.standin.values import Props

from .harness import TABLE, Plugin, PluginError
from .test_table import describe, index_names, indexed, users

ON: Props = {"attributeName": "expires", "enabled": True}


def time_to_live(plugin: Plugin) -> Any:
    return plugin.client("dynamodb").describe_time_to_live(TableName="dev-users")["TimeToLiveDescription"]


def stays(plugin: Plugin, wanted: Props, refreshed: str = "same") -> None:
    """Plans and deploys it: nothing changes, then or later.

    refreshed: `update` where a refresh puts what is there into the state's inputs.
    """
    before = plugin.outputs("users")
    checked, _ = plugin.check(TABLE, "users", wanted)
    assert plugin.diff(plugin.state["users"], checked).paths == {}
    assert plugin.up(TABLE, "users", wanted) == "same"
    plugin.state["users"].inputs = checked  # the engine keeps the new inputs
    assert plugin.refresh("users") == refreshed
    assert plugin.outputs("users") == before
    assert plugin.up(TABLE, "users", wanted) == "same"


# -- indexes -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"globalSecondaryIndexes": []}])
def test_indexes_that_are_given_no_more_stay(plugin: Plugin, given: Props) -> None:
    plugin.up(TABLE, "users", indexed("a", "b"))
    stays(plugin, users(**given))
    assert plugin.up(TABLE, "users", users(**given, tags={"a": "b"})) == "update"
    assert index_names(plugin) == ["by-a", "by-b"]
    assert [index["name"] for index in plugin.outputs("users")["globalSecondaryIndexes"]] == ["by-a", "by-b"]


def test_an_index_dropped_by_hand_and_a_refresh_are_the_way_out(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    stays(plugin, users())
    plugin.client("dynamodb").update_table(
        TableName="dev-users",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}],
    )
    assert plugin.refresh("users") == "update"
    assert plugin.up(TABLE, "users", users()) == "same"
    assert plugin.outputs("users")["globalSecondaryIndexes"] == []


def test_an_index_that_stayed_goes_when_another_comes(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    stays(plugin, users())
    plan = plugin.diff(plugin.state["users"], plugin.check(TABLE, "users", indexed("b"))[0])
    assert plan.paths == {"globalSecondaryIndexes[0]": "UPDATE", "attributes[2]": "ADD"}
    assert plugin.up(TABLE, "users", indexed("b")) == "update"
    assert index_names(plugin) == ["by-b"]
    assert plugin.refresh("users") == "same"


def test_an_index_that_stayed_and_is_declared_again_is_no_change(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    stays(plugin, users())
    assert plugin.up(TABLE, "users", indexed("a")) == "same"


def local_index(key: str, name: str = "by-at") -> Props:
    attributes = [{"name": attribute, "type": "S"} for attribute in ("pk", "sk", "until", "at")]
    by_until = {"name": "by-until", "hashKey": "until", "projectionType": "ALL"}
    index = {"name": name, "rangeKey": key, "projectionType": "ALL"}
    return users(attributes=attributes, globalSecondaryIndexes=[by_until], localSecondaryIndexes=[index])


def test_a_local_index_is_known_by_its_name_alone(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", local_index("at"))
    other = local_index("until")
    other["attributes"] = [entry for entry in other["attributes"] if entry["name"] != "at"]
    stays(plugin, other, refreshed="update")
    for wanted in (local_index("at", "by-time"), {**indexed("until")}):
        assert plugin.diff(plugin.state["users"], wanted).replaces == ["localSecondaryIndexes"]


# -- TTL, backups --------------------------------------------------------------------------------------------


def test_a_ttl_that_is_given_no_more_stays_on(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(ttl=ON))
    stays(plugin, users())
    assert time_to_live(plugin) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert plugin.up(TABLE, "users", users(ttl={**ON, "enabled": False})) == "update"
    assert time_to_live(plugin)["TimeToLiveStatus"] == "DISABLED"
    assert plugin.refresh("users") == "same"
    assert plugin.up(TABLE, "users", users()) == "same"


@pytest.mark.parametrize(
    ("wanted", "fix"),
    [
        ({"attributeName": "until", "enabled": True}, "Switch it off first"),
        ({"attributeName": "until", "enabled": False}, "Give ttl the attributeName 'expires'"),
        ({"enabled": False}, "Give ttl the attributeName 'expires'"),
    ],
)
def test_a_ttl_on_another_attribute_is_refused_while_the_old_one_is_on(plugin: Plugin, wanted: Props, fix: str) -> None:
    plugin.up(TABLE, "users", users(ttl=ON))
    with pytest.raises(PluginError) as caught:
        plugin.up(TABLE, "users", users(ttl=wanted, tags={"a": "b"}))
    assert (
        "UpdateTimeToLive: ValidationException: TimeToLive is active on a different AttributeName: "
        "current AttributeName is expires"
    ) in str(caught.value)
    assert fix in str(caught.value)
    assert time_to_live(plugin) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert plugin.outputs("users")["ttl"] == ON


def test_backups_that_are_given_no_more_stay_on(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 7}))
    stays(plugin, users())
    assert plugin.outputs("users")["pointInTimeRecovery"] == {"enabled": True, "recoveryPeriodInDays": 7}


# -- types of keys -------------------------------------------------------------------------------------------


def retyped(inputs: Props, name: str) -> Props:
    kinds = [{**entry, "type": "N"} if entry["name"] == name else entry for entry in inputs["attributes"]]
    return {**inputs, "attributes": kinds}


@pytest.mark.parametrize("name", ["pk", "a"])
def test_a_key_of_another_type_keeps_its_type(plugin: Plugin, name: str) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    stays(plugin, retyped(indexed("a"), name), refreshed="update")
    assert {"AttributeName": name, "AttributeType": "S"} in describe(plugin)["AttributeDefinitions"]
    assert plugin.up(TABLE, "users", {**retyped(indexed("a"), name), "tags": {"a": "b"}}) == "update"
    assert {"name": name, "type": "S"} in plugin.outputs("users")["attributes"]


def test_a_retyped_key_fails_only_when_an_index_comes(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    with pytest.raises(PluginError, match="SchemaElement redefined should be of same type as previously defined"):
        plugin.up(TABLE, "users", retyped(indexed("a", "b"), "pk"))
    assert index_names(plugin) == ["by-a"]
    assert {"name": "pk", "type": "S"} in plugin.outputs("users")["attributes"]


def test_an_index_key_has_another_type_in_an_index_of_another_name(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a", "b"))
    wanted = retyped(indexed("a", "c"), "a")
    wanted["globalSecondaryIndexes"][0]["name"] = "by-a-number"
    assert plugin.up(TABLE, "users", wanted) == "update"
    assert {"AttributeName": "a", "AttributeType": "N"} in describe(plugin)["AttributeDefinitions"]
    assert index_names(plugin) == ["by-a-number", "by-c"]
    assert plugin.refresh("users") == "same"


# -- encryption ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"serverSideEncryption": {"enabled": True}}])
def test_a_customers_key_that_is_given_no_more_stays(plugin: Plugin, given: Props) -> None:
    key = plugin.client("kms").create_key()["KeyMetadata"]["Arn"]
    plugin.up(TABLE, "users", users(serverSideEncryption={"enabled": True, "kmsKeyArn": key}))
    stays(plugin, users(**given))
    planned = plugin.update(plugin.state["users"], users(**given, tags={"a": "b"}), preview=True)
    assert planned["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}
    assert plugin.up(TABLE, "users", users(**given, tags={"a": "b"})) == "update"
    assert plugin.outputs("users")["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}


def test_a_customers_key_that_only_the_state_holds_stays_too(plugin: Plugin) -> None:
    key = plugin.client("kms").create_key()["KeyMetadata"]["Arn"]
    managed: Props = {"serverSideEncryption": {"enabled": True}}
    plugin.up(TABLE, "users", users(**managed))
    plugin.up(TABLE, "users", users(serverSideEncryption={"enabled": True, "kmsKeyArn": key}))
    assert "the emulator does not hold serverSideEncryption" in plugin.warnings.pop()
    stays(plugin, users(**managed))
    assert plugin.up(TABLE, "users", users(**managed, tags={"a": "b"})) == "update"
    assert plugin.outputs("users")["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}
    assert plugin.refresh("users") == "same"
    off = {"serverSideEncryption": {"enabled": False}}
    assert plugin.up(TABLE, "users", users(**off)) == "update"
    assert plugin.outputs("users")["serverSideEncryption"]["enabled"] is False


def test_the_key_that_aws_manages_is_not_shown(plugin: Plugin) -> None:
    inputs = users(serverSideEncryption={"enabled": True})
    plugin.up(TABLE, "users", inputs)
    assert plugin.outputs("users")["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": ""}
    assert plugin.refresh("users") == "same"
    assert plugin.up(TABLE, "users", inputs) == "same"
    assert plugin.warnings == []
