"""Properties: whatever table or alarm is made, it reads back as what was asked, and any change converges."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from local.standin.values import Props

from .harness import ALARM, TABLE, Plugin
from .lives import MATHS
from .test_checks import TOTAL

TOGETHER = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
NAMES = st.sampled_from([f"a{number}" for number in range(8)])
KINDS = st.sampled_from(["S", "N", "B"])
TAGS = st.dictionaries(st.text("abcXYZ 09+-=._:/@", min_size=1, max_size=9).map(lambda k: f"k{k}"), st.text("ab c"))


@st.composite
def projections(draw: st.DrawFn) -> Props:
    kind = draw(st.sampled_from(["ALL", "KEYS_ONLY", "INCLUDE"]))
    extra = draw(st.lists(st.sampled_from("pqrstuv"), min_size=1, max_size=5, unique=True))
    return {"projectionType": kind, **({"nonKeyAttributes": extra} if kind == "INCLUDE" else {})}


@st.composite
def tables(draw: st.DrawFn, before: Props | None = None) -> Props:
    """A table that DynamoDB would take; given another one, a change of that which DynamoDB would make."""
    first = before or {}
    hash_key = first.get("hashKey") or draw(NAMES)
    range_key = draw(st.none() | NAMES.filter(lambda name: name != hash_key)) if not first else first.get("rangeKey")
    kinds = {entry["name"]: entry["type"] for entry in first.get("attributes", [])}
    provisioned = draw(st.booleans())
    units = st.integers(1, 9)

    def capacity() -> Props:
        return {"readCapacity": draw(units), "writeCapacity": draw(units)} if provisioned else {}

    indexes: list[Props] = []
    for number in draw(st.lists(st.integers(0, 9), max_size=4, unique=True)):
        keys = draw(st.lists(NAMES, min_size=1, max_size=2, unique=True))
        index = {"name": f"ix{number}", "hashKey": keys[0], **draw(projections()), **capacity()}
        indexes.append({**index, "rangeKey": keys[1]} if len(keys) > 1 else index)
    used = sorted(
        {hash_key, range_key or hash_key, *(i[k] for i in indexes for k in ("hashKey", "rangeKey") if k in i)}
    )
    kinds.update(dict.fromkeys({hash_key, range_key or hash_key}, "S"))
    inputs: Props = {
        "name": "generated",
        "hashKey": hash_key,
        "attributes": draw(st.permutations([{"name": n, "type": kinds.get(n) or draw(KINDS)} for n in used])),
        "globalSecondaryIndexes": indexes,
        "billingMode": "PROVISIONED" if provisioned else "PAY_PER_REQUEST",
        "deletionProtectionEnabled": draw(st.booleans()),
        "tags": draw(TAGS),
        **capacity(),
    }
    if range_key:
        inputs["rangeKey"] = range_key
    if draw(st.booleans()):
        inputs["ttl"] = first.get("ttl") or {"attributeName": draw(NAMES), "enabled": True}
    if draw(st.booleans()):
        inputs["pointInTimeRecovery"] = {"enabled": True, "recoveryPeriodInDays": draw(st.integers(1, 35))}
    return inputs


def clean(plugin: Plugin) -> None:
    if "it" in plugin.state and plugin.state["it"].token == ALARM:
        plugin.delete(plugin.state["it"])
    plugin.state.clear()
    plugin.warnings.clear()
    client = plugin.client("dynamodb")
    for name in client.list_tables()["TableNames"]:
        client.update_table(TableName=name, DeletionProtectionEnabled=False)
        client.delete_table(TableName=name)


@TOGETHER
@given(inputs=tables())
def test_a_table_reads_back_as_it_was_asked(plugin: Plugin, inputs: Props) -> None:
    clean(plugin)
    assert plugin.up(TABLE, "it", inputs) == "create"
    assert plugin.up(TABLE, "it", inputs) == "same"
    assert plugin.refresh("it") == "same"
    held = plugin.state["it"]
    _, outputs, imported = plugin.read(TABLE, "it", "generated")
    for index in imported.get("globalSecondaryIndexes", []):
        # All three forms are read; the plugin takes one.
        index.pop("hashKey"), index.pop("rangeKey", None)
    assert plugin.check(TABLE, "it", imported)[1] == []
    held.inputs, held.outputs = imported, outputs
    assert plugin.diff(held, inputs).paths == {}
    assert plugin.warnings == []


@TOGETHER
@given(data=st.data())
def test_any_table_becomes_any_other_of_the_same_keys_in_place(plugin: Plugin, data: st.DataObject) -> None:
    clean(plugin)
    first = data.draw(tables())
    second = data.draw(tables(first))
    plugin.up(TABLE, "it", first)
    assert plugin.up(TABLE, "it", second) in ("update", "same")
    assert plugin.up(TABLE, "it", second) == "same"
    assert plugin.refresh("it") == "same"
    table = plugin.client("dynamodb").describe_table(TableName="generated")["Table"]
    keys = [*table["KeySchema"], *(k for i in table.get("GlobalSecondaryIndexes", []) for k in i["KeySchema"])]
    defined = sorted(entry["AttributeName"] for entry in table["AttributeDefinitions"])
    assert defined == sorted({key["AttributeName"] for key in keys})


@st.composite
def alarms(draw: st.DrawFn) -> Props:
    """An alarm that CloudWatch would take, on one metric or on several."""
    periods = st.sampled_from([10, 30, 60, 300, 3600])
    dimensions = st.dictionaries(st.sampled_from(["TableName", "Operation", "X"]), st.text("abc-", min_size=1))
    metric: dict[str, Any] = {"namespace": "AWS/DynamoDB", "metricName": draw(st.sampled_from(["A", "B"]))}
    actions = st.lists(st.sampled_from([f"arn:aws:sns:eu-west-2:123456789012:t{n}" for n in range(4)]), unique=True)
    common = {
        **MATHS,
        "threshold": draw(st.integers(-5, 5) | st.sampled_from([0.5, 1.25])),
        "evaluationPeriods": draw(st.integers(1, 5)),
        "treatMissingData": draw(st.sampled_from(["breaching", "notBreaching", "ignore", "missing"])),
        "alarmActions": draw(actions),
        "okActions": draw(actions),
        "actionsEnabled": draw(st.booleans()),
        "alarmDescription": draw(st.text("abc ")),
        "tags": draw(TAGS),
    }
    if draw(st.booleans()):
        single = {**metric, "statistic": "Sum", "period": draw(periods), "dimensions": draw(dimensions)}
        return {**common, **single}
    inner = [
        {"id": f"m{n}", "metric": {**metric, "stat": "Sum", "period": draw(periods), "dimensions": draw(dimensions)}}
        for n in range(draw(st.integers(1, 4)))
    ]
    return {**common, "metricQueries": draw(st.permutations([TOTAL, *inner]))}


@TOGETHER
@given(first=alarms(), second=alarms())
def test_any_alarm_reads_back_and_becomes_any_other(plugin: Plugin, first: Props, second: Props) -> None:
    clean(plugin)
    for inputs in (first, second):
        assert plugin.up(ALARM, "it", inputs) in ("create", "update", "same")
        assert plugin.up(ALARM, "it", inputs) == "same"
        assert plugin.refresh("it") == "same"
    _, _, imported = plugin.read(ALARM, "it", plugin.state["it"].resource_id)
    plugin.state["it"].inputs = imported
    assert plugin.diff(plugin.state["it"], second).paths == {}
    assert plugin.warnings == []
