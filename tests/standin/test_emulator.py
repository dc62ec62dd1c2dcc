"""What moto does not hold is reported, kept in the state, and never a false change; and what it does hold, it holds.

When a newer moto holds one of these, its test fails: then the sentence in the documentation goes, and nothing else.
"""

from __future__ import annotations

import pytest

from local.standin.values import Props

from .harness import TABLE, Plugin
from .lives import TARGET
from .test_checks import SCALED
from .test_table import FULL, describe, indexed, users


def of_index(**change: object) -> Props:
    inputs = indexed("a", "b")
    inputs["globalSecondaryIndexes"][0].update(change)
    return inputs


LIMITS = {"maxReadRequestUnits": 5, "maxWriteRequestUnits": 6}
STREAM = {"streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}

NOT_HELD: dict[str, tuple[Props, str]] = {
    "table class": (users(tableClass="STANDARD_INFREQUENT_ACCESS"), "tableClass"),
    "on-demand limits": (users(onDemandThroughput=LIMITS), "onDemandThroughput"),
    "on-demand limits of an index": (of_index(onDemandThroughput=LIMITS), "onDemandThroughput of the indexes by-a"),
    "replicas": (users(replicas=[{"regionName": "us-east-1"}], **STREAM), "replicas"),
}


@pytest.mark.parametrize(("inputs", "name"), NOT_HELD.values(), ids=list(NOT_HELD))
def test_not_held_from_the_start(plugin: Plugin, inputs: Props, name: str) -> None:
    assert plugin.up(TABLE, "users", inputs) == "create"
    assert [warning for warning in plugin.warnings if f"does not hold {name}" in warning], plugin.warnings
    assert len(plugin.warnings) == 1
    assert plugin.up(TABLE, "users", inputs) == "same"
    assert plugin.refresh("users") == "same"
    assert plugin.up(TABLE, "users", inputs) == "same"
    asked = next(prop for prop in inputs if prop in name or name.startswith("onDemandThroughput of"))
    assert plugin.outputs("users")[asked] == inputs[asked] or asked == "globalSecondaryIndexes"


UPDATED = {**NOT_HELD, "encryption": (users(serverSideEncryption={"enabled": True}), "serverSideEncryption")}


@pytest.mark.parametrize(("inputs", "name"), UPDATED.values(), ids=list(UPDATED))
def test_not_held_by_an_update(plugin: Plugin, inputs: Props, name: str) -> None:
    before = indexed("a", "b") if "globalSecondaryIndexes" in inputs else users()
    if "replicas" in inputs:
        before.update(STREAM)
    plugin.up(TABLE, "users", before)
    assert plugin.up(TABLE, "users", inputs) == "update"
    assert [warning for warning in plugin.warnings if f"does not hold {name}" in warning], plugin.warnings
    assert plugin.up(TABLE, "users", inputs) == "same"
    assert plugin.refresh("users") == "same"
    if name == "serverSideEncryption":
        before["serverSideEncryption"] = {"enabled": False}
    assert plugin.up(TABLE, "users", before) == "update"
    assert plugin.refresh("users") == "same"


def test_real_drift_beside_what_is_not_held_is_still_shown(plugin: Plugin) -> None:
    inputs = of_index(onDemandThroughput=LIMITS)
    plugin.up(TABLE, "users", {**inputs, "tableClass": "STANDARD_INFREQUENT_ACCESS"})
    deletion = [{"Delete": {"IndexName": "by-b"}}]
    plugin.client("dynamodb").update_table(TableName="dev-users", GlobalSecondaryIndexUpdates=deletion)
    assert plugin.refresh("users") == "update"
    assert [index["name"] for index in plugin.state["users"].inputs["globalSecondaryIndexes"]] == ["by-a"]


def test_tags_of_a_scaling_target_are_reported_as_not_held(plugin: Plugin) -> None:
    plugin.up(TABLE, "users", users(billingMode="PROVISIONED", readCapacity=1, writeCapacity=1))
    inputs = {**SCALED, "minCapacity": 1, "maxCapacity": 5, "tags": {"a": "b"}}
    plugin.up(TARGET, "target", inputs)
    assert "does not hold tags = {'a': 'b'}" in plugin.warnings[0]
    assert plugin.outputs("target")["tagsAll"] == {"a": "b"}
    assert plugin.refresh("target") == "same"
    assert plugin.up(TARGET, "target", inputs) == "same"


def test_held_from_the_start(plugin: Plugin) -> None:
    warm = {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000}
    inputs = of_index(warmThroughput=warm)
    plugin.up(TABLE, "users", {**inputs, **FULL, "warmThroughput": warm})
    assert plugin.warnings == []
    assert describe(plugin)["WarmThroughput"]["ReadUnitsPerSecond"] == 13000
