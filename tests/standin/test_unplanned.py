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
TAGGED: Props = {"tags": {"a": "b"}}
BACKUPS: Props = {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}}
MANAGED: Props = {"serverSideEncryption": {"enabled": True}}


def time_to_live(plugin: Plugin) -> Any:
    return plugin.client("dynamodb").describe_time_to_live(TableName="dev-users")["TimeToLiveDescription"]


def stays(plugin: Plugin, wanted: Props, refreshed: str = "same") -> None:
    """Plans and deploys it: nothing changes, then or later, also where another change goes through with it.

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
    if "localSecondaryIndexes" in wanted:
        return  # of which moto keeps an attribute that is listed no more: reported as not held
    assert plugin.up(TABLE, "users", {**wanted, **TAGGED}) == "update"
    tagged = {"tags": TAGGED["tags"], "tagsAll": TAGGED["tags"]}
    assert plugin.outputs("users") == {**before, **tagged}
    assert plugin.up(TABLE, "users", wanted) == "update"


def retyped(inputs: Props, name: str) -> Props:
    kinds = [{**entry, "type": "N"} if entry["name"] == name else entry for entry in inputs["attributes"]]
    return {**inputs, "attributes": kinds}


def local_index(key: str, name: str = "by-at") -> Props:
    inputs = indexed("until")
    inputs["attributes"] += [{"name": "at", "type": "S"}] if key == "at" else []
    return {**inputs, "localSecondaryIndexes": [{"name": name, "rangeKey": key, "projectionType": "ALL"}]}


@pytest.mark.parametrize(
    ("before", "wanted", "refreshed"),
    [
        (indexed("a", "b"), users(), "same"),
        (indexed("a", "b"), users(globalSecondaryIndexes=[]), "same"),
        (users(ttl=ON), users(), "same"),
        (users(**BACKUPS), users(), "same"),
        (indexed("a"), retyped(indexed("a"), "pk"), "update"),
        (indexed("a"), retyped(indexed("a"), "a"), "update"),
        (local_index("at"), local_index("until"), "update"),
    ],
    ids=["indexes", "no indexes", "ttl", "backups", "a key's type", "an index key's type", "a local index's key"],
)
def test_what_is_given_no_more_or_otherwise_stays(plugin: Plugin, before: Props, wanted: Props, refreshed: str) -> None:
    plugin.up(TABLE, "users", before)
    stays(plugin, wanted, refreshed)


@pytest.mark.parametrize("given", [{}, MANAGED])
def test_a_customers_key_that_is_given_no_more_stays(plugin: Plugin, given: Props) -> None:
    key = plugin.client("kms").create_key()["KeyMetadata"]["Arn"]
    plugin.up(TABLE, "users", users(serverSideEncryption={"enabled": True, "kmsKeyArn": key}))
    stays(plugin, users(**given))
    planned = plugin.update(plugin.state["users"], users(**given, **TAGGED), preview=True)
    assert planned["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": key}


def test_a_customers_key_that_only_the_state_holds_stays_too(plugin: Plugin) -> None:
    key = plugin.client("kms").create_key()["KeyMetadata"]["Arn"]
    plugin.up(TABLE, "users", users(**MANAGED))
    assert plugin.outputs("users")["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": ""}, (
        "AWS's own is not shown"
    )
    plugin.up(TABLE, "users", users(serverSideEncryption={"enabled": True, "kmsKeyArn": key}))
    assert "the emulator does not hold serverSideEncryption" in plugin.warnings.pop()
    stays(plugin, users(**MANAGED))
    assert plugin.refresh("users") == "same"
    off = {"serverSideEncryption": {"enabled": False}}
    assert plugin.up(TABLE, "users", users(**off)) == "update"
    assert plugin.outputs("users")["serverSideEncryption"]["enabled"] is False


# -- the ways out --------------------------------------------------------------------------------------------


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


def test_an_index_that_stayed_goes_when_another_comes_and_is_no_change_when_it_comes_back(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", indexed("a"))
    stays(plugin, users())
    assert plugin.up(TABLE, "users", indexed("a")) == "same"
    plan = plugin.diff(plugin.state["users"], plugin.check(TABLE, "users", indexed("b"))[0])
    assert plan.paths == {"globalSecondaryIndexes[0]": "UPDATE", "attributes[2]": "ADD"}
    assert plugin.up(TABLE, "users", indexed("b")) == "update"
    assert index_names(plugin) == ["by-b"]
    assert plugin.refresh("users") == "same"


def test_a_local_index_of_another_name_or_none_replaces(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", local_index("at"))
    for wanted in (local_index("at", "by-time"), indexed("until")):
        assert plugin.diff(plugin.state["users"], wanted).replaces == ["localSecondaryIndexes"]


def test_a_ttl_is_switched_off_by_its_name(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(ttl=ON))
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
        plugin.up(TABLE, "users", users(ttl=wanted, **TAGGED))
    assert (
        "UpdateTimeToLive: ValidationException: TimeToLive is active on a different AttributeName: "
        "current AttributeName is expires"
    ) in str(caught.value)
    assert fix in str(caught.value)
    assert time_to_live(plugin) == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert plugin.outputs("users")["ttl"] == ON


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
