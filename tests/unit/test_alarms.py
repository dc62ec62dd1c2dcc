"""Alarms: only on metrics with the dimensions that DynamoDB publishes; how many is a setting."""

from __future__ import annotations

import pytest

from policies.alarms import OURS
from tablekit.model import Catalogue, Growth, TableLimits
from tablekit.model.alarms import Alarm, Metric, account_alarms, family_alarms
from tablekit.model.naming import METRICS
from tests.support.declare import family, stage, staged

PUBLISHED: dict[str, list[set[str]]] = {
    "ReadThrottleEvents": [{"TableName"}, {"TableName", "GlobalSecondaryIndexName"}],
    "WriteThrottleEvents": [{"TableName"}, {"TableName", "GlobalSecondaryIndexName"}],
    "SystemErrors": [{"TableName", "Operation"}],
    "UserErrors": [set()],
}
"""The service's own documentation of its metrics: an alarm on other dimensions never fires."""

SHOP = Catalogue([family()])


def alarms(level: str) -> tuple[Alarm, ...]:
    return family_alarms(staged(alarms=level))


@pytest.mark.parametrize(("level", "count"), [("none", 0), ("tables", 3), ("all", 5)])
def test_how_many_is_a_setting(level: str, count: int) -> None:
    assert len(alarms(level)) == count


GROWN = {"itemCounts": True, "growthLimits": {"shop": {"items": 1000, "gigabytes": 10}}}


@pytest.mark.parametrize("level", ["none", "tables", "all"])
def test_what_a_table_holds(level: str) -> None:
    """By the family's words, or the stage's; bytes at 80 %. Without figures such an alarm stays as it is."""
    names = [] if level == "none" else ["items", "bytes"]
    found = [each for each in family_alarms(staged(alarms=level, **GROWN)) if each.metrics[0].namespace == METRICS]
    assert [each.name for each in found] == [f"dev-shop-orders-{name}" for name in names]
    assert [each.threshold for each in found] == [1000, 8_000_000_000][: len(found)]
    for alarm in found:
        (metric,) = alarm.metrics
        sets, statistics = OURS[metric.name]
        assert frozenset(metric.dimensions) in sets
        assert (metric.statistic, alarm.period, alarm.missing_data) == ("Maximum", 21_600, "ignore")
        assert metric.statistic in statistics


def test_a_familys_words_stand_in_its_alarms() -> None:
    declared = family(growth=Growth(purpose="items > 5", limits=TableLimits(items=5)))
    (alarm,) = (a for a in family_alarms(staged(declared, alarms="tables", itemCounts=True)) if "items" in a.key)
    assert (alarm.description, alarm.threshold) == ("Table dev-shop-orders holds more than 5 items (items > 5)", 5)
    assert not [a for a in family_alarms(staged(declared, alarms="tables")) if "items" in a.key]


@pytest.mark.parametrize(
    ("settings", "names"),
    [({"alarms": "tables"}, ["item-counts"]), ({"alarms": "all"}, ["user-errors", "item-counts"]), ({}, [])],
)
def test_a_dead_publisher_is_noticed(settings: dict[str, str], names: list[str]) -> None:
    """Its figures are missing, which counts as a failure, and as two rounds without one: 12 hours."""
    found = account_alarms(stage("dev", SHOP, itemCounts=True, **settings), "eu-west-1")
    assert [alarm.key for alarm in found] == names
    for alarm in found[-1:]:
        assert alarm.metrics == (Metric("TablesFailed", {"Stage": "dev"}, METRICS, "Maximum"),)
        assert (alarm.threshold, alarm.period, alarm.missing_data) == (0, 43_200, "breaching")
        assert alarm.expression == "FILL(m0, 1)", "or CloudWatch takes an older point, and notices days later"


def test_every_metric_has_dimensions_that_are_published() -> None:
    config = stage("dev", SHOP, alarms="all")
    for alarm in (*alarms("all"), *account_alarms(config, "eu-west-1")):
        for metric in alarm.metrics:
            assert metric.namespace == "AWS/DynamoDB"
            assert set(metric.dimensions) in PUBLISHED[metric.name]
            assert metric.statistic == "Sum"


def test_system_errors_are_summed_over_the_operations_that_the_patterns_use() -> None:
    (alarm,) = [alarm for alarm in alarms("tables") if alarm.key == "orders-system-errors"]
    assert [metric.dimensions["Operation"] for metric in alarm.metrics] == ["PutItem", "Query"]
    assert alarm.expression == "FILL(m0, 0) + FILL(m1, 0)"
    assert (alarm.threshold, alarm.period, alarm.severity) == (5, 60, "critical")


def test_an_alarm_ends_without_data_and_waits_for_what_is_late() -> None:
    """CloudWatch leaves an alarm on AWS/DynamoDB as it is without data, so that a second incident would tell nobody."""
    found = {each.key: (each.expression, each.periods, each.looks_at) for each in alarms("all")}
    assert found["orders-read-throttles"] == found["orders/customer-day-index-write-throttles"] == ("FILL(m0, 0)", 1, 5)
    grown = {each.key: each for each in family_alarms(staged(alarms="tables", **GROWN))}
    assert (grown["orders-items"].expression, grown["orders-items"].looks_at) == (None, 1)
    (refused,) = account_alarms(stage("dev", SHOP, alarms="all"), "eu-west-1")
    assert (refused.expression, refused.period, refused.looks_at) == ("FILL(m0, 0)", 300, 1)


def test_a_sum_is_filled() -> None:
    with pytest.raises(ValueError, match="a sum of several metrics has to be filled; give notBreaching"):
        Alarm("k", "n", "d", "notice", (Metric("UserErrors"),) * 2, 0, missing_data="ignore")


def test_throttles_of_the_table_and_of_each_index() -> None:
    found = {alarm.name: alarm.metrics[0].dimensions for alarm in alarms("all") if "throttles" in alarm.name}
    assert found == {
        "dev-shop-orders-read-throttles": {"TableName": "dev-shop-orders"},
        "dev-shop-orders-write-throttles": {"TableName": "dev-shop-orders"},
        "dev-shop-orders/customer-day-index-read-throttles": {
            "TableName": "dev-shop-orders",
            "GlobalSecondaryIndexName": "customer-day-index",
        },
        "dev-shop-orders/customer-day-index-write-throttles": {
            "TableName": "dev-shop-orders",
            "GlobalSecondaryIndexName": "customer-day-index",
        },
    }
    assert {alarm.threshold for alarm in alarms("all") if "throttles" in alarm.name} == {0}


def test_user_errors_are_the_accounts() -> None:
    (alarm,) = account_alarms(stage("dev", SHOP, alarms="all"), "eu-west-1")
    assert alarm.metrics == (Metric("UserErrors"),)
    assert account_alarms(stage("dev", SHOP, alarms="tables"), "eu-west-1") == ()


def test_resource_keys_are_free_of_the_stage_and_all_different() -> None:
    keys = [alarm.key for alarm in alarms("all")]
    assert len(set(keys)) == len(keys)
    assert not any("dev" in key for key in keys)


def test_an_alarm_takes_ten_metrics_at_most() -> None:
    with pytest.raises(ValueError, match="11 metrics; CloudWatch takes 1 to 10"):
        Alarm("k", "n", "d", "notice", (Metric("UserErrors"),) * 11, 0)
