"""What a stage may set of capacity, what is derived of it, and what of it is left as it is on AWS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from policies.compare import differences, settled
from tablekit.model import S, StageError
from tablekit.model.alarms import family_alarms
from tablekit.model.dashboards import family_dashboard
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import SCALING_POLICY, SCALING_TARGET, SCHEDULED_ACTION, Expected
from tablekit.resources.capacity import Present, PresentIndex, autoscaling, kept, left_alone, shape_of
from tablekit.resources.costs import costs
from tablekit.resources.stack import watched_by
from tablekit.resources.tables import table
from tests.support.declare import index, shop, staged

FIXED = {"read": 5, "write": 5}
BOTH = {**FIXED, "upTo": {"read": 100, "write": 50}}
DAY = {"name": "day", "schedule": "cron(0 8 ? * MON-FRI *)", "timezone": "Europe/London", "read": 20}
INDEXES = "globalSecondaryIndexes"


def on_orders(**settings: Any) -> dict[str, Any]:
    return {name: {"shop/orders": value} for name, value in settings.items()}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"provisioned": FIXED, "onDemand": {"maxRead": 9}}, "onDemand has 'shop/orders', and provisioned has it too"),
        ({"provisioned": {**FIXED, "upTo": {"read": 3}}}, "read 5 is the floor, and upTo.read 3 is below it; raise"),
        ({"provisioned": {**FIXED, "upTo": {"write": 0}}}, "upTo.write: 0 is not allowed"),
        ({"provisioned": {**FIXED, "target": 70}}, "target 70 is autoscaling's, and upTo is not given; give it"),
        ({"provisioned": {**BOTH, "target": 19}}, "target: 19 is not allowed"),
        ({"provisioned": {**BOTH, "target": 91}}, "target: 91 is not allowed"),
        (
            {"provisioned": {**FIXED, "floors": [DAY]}},
            "floor 'day' is of read, and upTo.read is not given: only autosc",
        ),
        ({"provisioned": {**BOTH, "floors": [{**DAY, "read": 101}]}}, "floor 'day' is 101 of read, and upTo.read 100"),
        ({"provisioned": {**BOTH, "floors": [DAY, DAY]}}, "two floors are named 'day'; rename one"),
        ({"provisioned": {**BOTH, "floors": [{**DAY, "read": None}]}}, "floor 'day' has neither read nor write"),
        ({"provisioned": {**BOTH, "floors": [{**DAY, "schedule": "at eight"}]}}, "'at eight' is not minute, hour, day"),
        ({"provisioned": {**BOTH, "floors": [{**DAY, "schedule": "cron(0 25 ? * * *)"}]}}, "25 is not one of 0 to 23"),
        (
            {"provisioned": {**BOTH, "floors": [{**DAY, "schedule": "cron(0 8 * * * *)"}]}},
            "one of day and weekday, and",
        ),
        ({"provisioned": {**BOTH, "floors": [{**DAY, "timezone": "Europe/Londn"}]}}, "did you mean 'Europe/London'?"),
        ({"provisioned": {**BOTH, "indexes": {"by-day": FIXED}}}, "no global index 'by-day'"),
        ({"provisioned": {**BOTH, "maxRead": 9}}, "maxRead"),
        ({"onDemand": {"upTo": {"read": 9}}}, "upTo"),
        ({"onDemand": {}}, "neither maxRead nor maxWrite is given; give one, or both"),
        ({"onDemand": {"maxRead": 0}}, "0 is not a maximum; give 1 or more, or -1 to lift one that the table has"),
        ({"onDemand": {"maxRead": 9, "indexes": {"customer": {"maxRead": 1}}}}, "no global index 'customer'"),
        ({"warmThroughput": {"read": 11_999, "write": 4_000}}, "warmThroughput.shop/orders.read: 11999 is not allowed"),
        ({"warmThroughput": {"read": 12_000, "write": 3_999}}, "write: 3999 is not allowed"),
        ({"warmThroughput": {"read": 12_000}}, "write"),
        ({"tableClasses": "STANDARD_IA"}, "'STANDARD_IA' is not allowed"),
    ],
)
def test_a_setting_that_can_not_be_is_refused_with_one_message(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(StageError) as refusal:
        staged(**on_orders(**settings))
    text = str(refusal.value)
    assert text.startswith("Pulumi.dev.yaml: dynamodb-tables:")
    assert says in text
    assert "\n" not in text


def derived(**settings: Any) -> tuple[StagedFamily, Expected]:
    family = staged(shop(indexes=(index(), index(name="day-index", hash_key=S("day"), range_key=None))), **settings)
    return family, table("shop-orders", family, family.tables["orders"])


def test_each_dimension_of_the_table_and_of_its_indexes_is_scaled() -> None:
    own = {"read": 9, "write": 9, "upTo": {"write": 20}}
    given = {**BOTH, "target": 60, "floors": [DAY], "indexes": {"day-index": own}}
    family, expected = derived(**on_orders(provisioned=given))
    units = {each["name"]: (each["readCapacity"], each["writeCapacity"]) for each in expected.inputs[INDEXES]}
    assert units == {"customer-day-index": (5, 5), "day-index": (9, 9)}
    assert expected.moves == {
        "readCapacity": (5, 100),
        "writeCapacity": (5, 50),
        f"{INDEXES}.customer-day-index.readCapacity": (5, 100),
        f"{INDEXES}.customer-day-index.writeCapacity": (5, 50),
        f"{INDEXES}.day-index.writeCapacity": (9, 20),
    }
    made = list(autoscaling("shop-orders", family, family.tables["orders"]))
    assert {each.name: tuple(each.inputs[f"{end}Capacity"] for end in ("min", "max")) for each in made
            if each.type == SCALING_TARGET} == {
        "shop-orders-read-capacity": (5, 100),
        "shop-orders-write-capacity": (5, 50),
        "shop-orders/customer-day-index-read-capacity": (5, 100),
        "shop-orders/customer-day-index-write-capacity": (5, 50),
        "shop-orders/day-index-write-capacity": (9, 20),
    }  # fmt: skip
    assert [each.name for each in made if each.type == SCHEDULED_ACTION] == [
        "shop-orders-read-day",
        "shop-orders/customer-day-index-read-day",
    ]
    assert {each.name for each in made if each.moves} == {
        "shop-orders-read-capacity",
        "shop-orders/customer-day-index-read-capacity",
    }
    # As DynamoDB calls those that it makes by itself.
    assert [each.inputs["name"] for each in made if each.type == SCALING_POLICY][1::3] == [
        "DynamoDBWriteCapacityUtilization:table/dev-shop-orders",
        "DynamoDBWriteCapacityUtilization:table/dev-shop-orders/index/day-index",
    ]
    policy = next(each.inputs for each in made if each.type == SCALING_POLICY)
    assert policy["targetTrackingScalingPolicyConfiguration"]["targetValue"] == 60
    assert (policy["resourceId"], policy["region"]) == ("table/dev-shop-orders", "eu-west-1")
    assert len({each.key for each in made}) == len(made) == 5 * 2 + 2
    said = costs(family.stage, (), watched_by(family.stage, {"shop": family}, Account("111122223333")))
    assert "5 scaling targets $2.00" in said


def test_a_table_without_any_of_it_is_as_ever() -> None:
    family, expected = derived()
    assert expected.moves == {}
    assert not {"onDemandThroughput", "warmThroughput", "tableClass", "readCapacity"} & expected.inputs.keys()
    assert list(autoscaling("shop-orders", family, family.tables["orders"])) == []


def test_maxima_warm_throughput_and_class() -> None:
    most = {"maxRead": 100, "maxWrite": -1, "indexes": {"day-index": {"maxWrite": 7}}}
    warm = {"read": 12_000, "write": 9_000}
    _, expected = derived(**on_orders(onDemand=most, warmThroughput=warm, tableClasses="STANDARD_INFREQUENT_ACCESS"))
    lifted = {"maxReadRequestUnits": 100, "maxWriteRequestUnits": -1}
    at_once = {"readUnitsPerSecond": 12_000, "writeUnitsPerSecond": 9_000}
    for owner in (expected.inputs, expected.inputs[INDEXES][0]):
        assert (owner["onDemandThroughput"], owner["warmThroughput"]) == (lifted, at_once)
    assert expected.inputs[INDEXES][1]["onDemandThroughput"] == {"maxWriteRequestUnits": 7}
    assert expected.inputs["tableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert "readCapacity" not in expected.inputs


def present(expected: Expected, billing: str = "PROVISIONED", **indexes: tuple[int, int] | None) -> Present:
    """The table on AWS with these units of its indexes, by names with _ for -; None takes one away."""
    there = {}
    for each in expected.inputs[INDEXES]:
        units = indexes.get(each["name"].replace("-", "_"), (each.get("readCapacity", 0), each.get("writeCapacity", 0)))
        keys = ((key["attributeName"], key["keyType"]) for key in each["keySchemas"])
        if units:
            there[each["name"]] = PresentIndex(shape_of(keys, each["projectionType"], ()), *units)
    return Present(billing, {}, there, expected.inputs["tags"])


def test_indexes_are_left_alone_while_that_hides_nothing() -> None:
    _, expected = derived(**on_orders(provisioned=BOTH))
    all_of_it = ["readCapacity", "writeCapacity", INDEXES]
    moved = present(expected, customer_day_index=(80, 7), day_index=(6, 5))
    assert left_alone(expected, moved) == all_of_it
    assert kept(expected, moved) == expected
    # Just imported, not there yet, on demand until now, an index that comes or goes, or is another.
    assert left_alone(expected, replace(moved, tags={**moved.tags, "stage": "prod"})) == all_of_it[:2]
    assert left_alone(expected, None) == []
    assert left_alone(expected, present(expected, "PAY_PER_REQUEST")) == []
    assert left_alone(expected, present(expected, day_index=None)) == all_of_it[:2]
    more = {**moved.indexes, "old-index": moved.indexes["day-index"]}
    assert left_alone(expected, Present("PROVISIONED", {}, more, moved.tags)) == all_of_it[:2]
    for shape in (shape_of(iter([("day", "HASH")]), "KEYS_ONLY", ()), shape_of(iter([("day", "RANGE")]), "ALL", ())):
        other = {**moved.indexes, "day-index": PresentIndex(shape, 6, 5)}
        assert left_alone(expected, Present("PROVISIONED", {}, other, moved.tags)) == all_of_it[:2]


def test_an_index_keeps_what_use_has_given_it_while_another_changes() -> None:
    _, expected = derived(**on_orders(provisioned=BOTH))

    def units(there: Present) -> dict[str, Any]:
        found = kept(expected, there).inputs[INDEXES]
        return {each["name"]: (each["readCapacity"], each["writeCapacity"]) for each in found}

    assert units(present(expected, customer_day_index=(80, 7), day_index=None)) == {
        "customer-day-index": (80, 7),
        "day-index": (5, 5),
    }
    # Within floor and ceiling, for one of the two may have been moved.
    assert units(present(expected, customer_day_index=(1, 90), day_index=None))["customer-day-index"] == (5, 50)


def test_what_nothing_moves_of_an_index_is_not_left_alone() -> None:
    half = {**FIXED, "upTo": {"read": 100}}
    _, expected = derived(**on_orders(provisioned=half))
    assert left_alone(expected, present(expected, day_index=(50, 5))) == ["readCapacity", INDEXES]
    assert left_alone(expected, present(expected, day_index=(50, 9))) == ["readCapacity"]


def test_warm_throughput_that_aws_has_raised_is_left_alone_and_less_is_raised() -> None:
    warm, names = {"read": 20_000, "write": 8_000}, ("readUnitsPerSecond", "writeUnitsPerSecond")
    _, expected = derived(**on_orders(warmThroughput=warm))
    there = present(expected, "PAY_PER_REQUEST")
    for units, alone in (((20_000, 8_000), True), ((30_000, 9_000), True), ((20_000, 7_999), False), ((0, 0), False)):
        had = dict(zip(names, units, strict=True))
        grown = {name: PresentIndex(each.shape, 0, 0, warm=had) for name, each in there.indexes.items()}
        assert left_alone(expected, Present("PAY_PER_REQUEST", had, grown, there.tags)) == (
            ["warmThroughput", INDEXES] if alone else []
        )
    capped = {name: PresentIndex(each.shape, 0, 0, (9, None), had) for name, each in there.indexes.items()}
    assert INDEXES not in left_alone(expected, Present("PAY_PER_REQUEST", had, capped, there.tags))


def told(expected: Expected, ignored: tuple[str, ...], **changed: Any) -> list[str]:
    """What the pack says of the table with these inputs changed."""
    return list(differences(expected, settled(expected, {**expected.inputs, **changed}, ignored)))


def test_the_pack_takes_what_was_moved_and_nothing_else() -> None:
    _, expected = derived(**on_orders(provisioned=BOTH))
    customer, day = expected.inputs[INDEXES]
    alone = ("readCapacity", "writeCapacity", INDEXES)
    assert told(expected, alone) == []
    assert told(expected, alone, readCapacity=90, **{INDEXES: [{**day, "readCapacity": 900}, customer]}) == []
    # As the AWS plugin leaves them after a refresh: in another order, each with no more than its place had before.
    cut = {"name": "customer-day-index", "keySchemas": customer["keySchemas"][:1], "projectionType": "ALL"}
    assert told(expected, alone, **{INDEXES: [day, cut]}) == []
    assert told(expected, alone, **{INDEXES: [day]}) == [], "drift looks for the other"
    for found in ([customer, {**day, "name": "x"}], [customer, {**day, "projectionType": "KEYS_ONLY"}],
                  [customer, {**day, "keySchemas": customer["keySchemas"]}]):  # fmt: skip
        assert told(expected, alone, **{INDEXES: found}) != []
    # Not ignored: within floor and ceiling.
    assert told(expected, (), readCapacity=90, **{INDEXES: [{**customer, "readCapacity": 100}, day]}) == []
    assert told(expected, (), readCapacity=101) == ["readCapacity is 101, expected 5"]
    assert told(expected, (), billingMode="PAY_PER_REQUEST") != []


@pytest.mark.parametrize(
    ("settings", "periods", "says", "limits"),
    [
        ({}, 1, "A read of table shop-dev-orders was throttled", "lread"),
        (on_orders(provisioned=FIXED), 1, "A read of table shop-dev-orders was throttled", "lread0"),
        (on_orders(provisioned=BOTH), 5, "for 5 minutes: more than autoscaling gives, which ends at 100", "100"),
        (on_orders(onDemand={"maxRead": 40}), 1, "its maximum is 40 a second, by the stage's onDemand", "40"),
        (on_orders(onDemand={"maxRead": -1}), 1, "A read of table shop-dev-orders was throttled", "lread"),
    ],
)
def test_alarms_and_dashboards_know_what_grows_and_what_ends(
    settings: dict[str, Any], periods: int, says: str, limits: str
) -> None:
    family = staged(alarms="all", dashboards=True, **settings)
    alarm = next(each for each in family_alarms(family) if each.key == "orders-read-throttles")
    assert (alarm.periods, alarm.period, alarm.threshold) == (periods, 60, 0)
    assert says.replace("shop-dev-orders", family.tables["orders"].name) in alarm.description
    graph = next(each["properties"] for each in family_dashboard(family)["widgets"] if each["type"] == "metric")
    share = next(series[0]["expression"] for series in graph["metrics"] if len(series) == 1)
    assert share == f"100 * mread0 / PERIOD(mread0) / {limits}"
