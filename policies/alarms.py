"""Rules on alarms: that they can fire, on something that is there, and that somebody hears them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from policies.resource import Resource
from policies.rule import rule
from policies.run import Run
from tablekit.model.naming import METRICS
from tablekit.resources import ALARM, BUDGET, COMPOSITE_ALARM

_ANY_INDEX: Final = frozenset({"TableName", "IndexName"})
_TABLE: Final = frozenset({"TableName"})
_INDEX: Final = frozenset({"TableName", "GlobalSecondaryIndexName"})
_OPERATION: Final = frozenset({"TableName", "Operation"})
_NONE: Final[frozenset[str]] = frozenset()
_COUNTS: Final = frozenset({"Sum", "SampleCount"})
_ALL: Final = frozenset({"Sum", "SampleCount", "Average", "Minimum", "Maximum"})

PUBLISHED: Final[dict[str, tuple[tuple[frozenset[str], ...], frozenset[str]]]] = {
    "ReadThrottleEvents": ((_TABLE, _INDEX), _COUNTS),
    "WriteThrottleEvents": ((_TABLE, _INDEX), _COUNTS),
    "ThrottledRequests": ((_OPERATION,), _COUNTS),
    "SystemErrors": ((_OPERATION,), _COUNTS),
    "SuccessfulRequestLatency": ((_OPERATION,), _ALL - {"Sum"}),
    "UserErrors": ((_NONE,), _COUNTS),
    "ConsumedReadCapacityUnits": ((_TABLE, _INDEX), _ALL),
    "ConsumedWriteCapacityUnits": ((_TABLE, _INDEX), _ALL),
    "ProvisionedReadCapacityUnits": ((_TABLE, _INDEX), _ALL - {"SampleCount"}),
    "ProvisionedWriteCapacityUnits": ((_TABLE, _INDEX), _ALL - {"SampleCount"}),
    "OnlineIndexPercentageProgress": ((_INDEX,), _ALL),
    "OnlineIndexConsumedWriteCapacity": ((_INDEX,), _ALL),
    "OnlineIndexThrottleEvents": ((_INDEX,), _ALL),
    "ConditionalCheckFailedRequests": ((_TABLE,), _ALL),
    "TransactionConflict": ((_TABLE,), _ALL),
    "TimeToLiveDeletedItemCount": ((_TABLE,), frozenset({"Sum"})),
    "ReplicationLatency": ((frozenset({"TableName", "ReceivingRegion"}),), _ALL - {"Sum"}),
    "AccountProvisionedReadCapacityUtilization": ((_NONE,), frozenset({"Maximum"})),
    "AccountProvisionedWriteCapacityUtilization": ((_NONE,), frozenset({"Maximum"})),
    "AccountMaxTableLevelReads": ((_NONE,), frozenset({"Maximum"})),
    "AccountMaxTableLevelWrites": ((_NONE,), frozenset({"Maximum"})),
}
"""What DynamoDB publishes ("DynamoDB metrics and dimensions"): a metric's sets of dimensions, and its statistics."""

OURS: Final[dict[str, tuple[tuple[frozenset[str], ...], frozenset[str]]]] = {
    "Items": ((_TABLE, _ANY_INDEX), _ALL),
    "Bytes": ((_TABLE, _ANY_INDEX), _ALL),
    "TablesFailed": ((frozenset({"Stage"}),), _ALL),
}
"""What the stage's own function publishes (tablekit/functions/item_counts.py)."""
_QUEUE: Final = frozenset({"QueueName"})
_PIPE: Final = frozenset({"PipeName"})
NAMESPACES: Final[dict[str, dict[str, tuple[tuple[frozenset[str], ...], frozenset[str]]]]] = {
    "AWS/DynamoDB": PUBLISHED,
    METRICS: OURS,
    "AWS/SQS": {
        "ApproximateNumberOfMessagesVisible": ((_QUEUE,), _ALL),
        "ApproximateAgeOfOldestMessage": ((_QUEUE,), _ALL),
    },
    "AWS/EventBridge/Pipes": {
        "ExecutionFailed": ((_PIPE,), _COUNTS),
        "ExecutionPartiallyFailed": ((_PIPE,), _COUNTS),
        "ExecutionThrottled": ((_PIPE,), _COUNTS),
        "ExecutionTimeout": ((_PIPE,), _COUNTS),
    },
}
"""By namespace; of SQS ("Available CloudWatch metrics for Amazon SQS") and of Pipes ("Logging and monitoring Amazon
EventBridge Pipes") what an alarm may be on. Others are not judged."""

_SPARSE: Final = frozenset(
    {"ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests", "SystemErrors", "UserErrors"}
)
"""Published only when something happened: no data means no trouble."""


def _metrics(alarm: Resource, run: Run) -> list[dict[str, Any]]:
    """An alarm's metrics, its own or those of its queries, as {namespace, name, dimensions, statistic, period}."""
    names = ("metricName", "namespace", "dimensions", "statistic", "extendedStatistic", "period")
    own = {name: alarm.get(name) for name in names}
    queried = [query["metric"] for query in alarm.get("metricQueries", default=[]) if query.get("metric")]
    return [
        {
            "name": metric.get("metricName"),
            "namespace": metric.get("namespace"),
            "dimensions": metric.get("dimensions") or {},
            "statistic": metric.get("stat") or metric.get("statistic") or metric.get("extendedStatistic"),
            "period": metric.get("period"),
        }
        for metric in (own, *queried)
        if metric.get("namespace") in (NAMESPACES if run.own else ("AWS/DynamoDB",))
    ]


@rule("alarm-published", ALARM)
def published(alarm: Resource, run: Run) -> Iterator[str]:
    """The metric, its dimensions and the statistic are published: an alarm on anything else never fires, and nothing
    complains.
    """
    for metric in _metrics(alarm, run):
        name, there = metric["name"], NAMESPACES[metric["namespace"]]
        if name not in there:
            whose = metric["namespace"].removeprefix("AWS/")
            yield f"{whose} publishes no metric {name!r}; there are {', '.join(there)}: take one of these"
            continue
        sets, statistics = there[name]
        if frozenset(metric["dimensions"]) not in sets:
            allowed = " or ".join("+".join(sorted(each)) or "none" for each in sets)
            given = "+".join(sorted(metric["dimensions"])) or "none"
            yield f"{name} is not published by {given}; its dimensions are {allowed}: give these"
        # Percentiles are published where averages are.
        statistic = str(metric["statistic"])
        if statistic not in statistics and not (statistic.startswith("p") and "Average" in statistics):
            yield f"{name} has no statistic {statistic}; it has {', '.join(sorted(statistics))}: take one"


@rule("alarm-missing-data", ALARM)
def missing(alarm: Resource, run: Run) -> Iterator[str]:
    """Missing data is treated: error metrics are sparse: left alone, the alarm sits in INSUFFICIENT_DATA for ever."""
    names = {metric["name"] for metric in _metrics(alarm, run)}
    if not names:
        return
    treated = alarm.get("treatMissingData", default="missing")
    allowed = ("notBreaching",) if names & _SPARSE else ("notBreaching", "breaching", "ignore")
    if "TablesFailed" in names:
        allowed = ("breaching",)  # or nobody hears when what publishes it is dead
    if treated not in allowed:
        yield (
            f"treatMissingData is {treated!r}; allowed for {', '.join(sorted(names))} is {' or '.join(allowed)}: set it"
        )


@rule(
    "alarm-actions",
    ALARM,
    COMPOSITE_ALARM,
    others="advisory",
)
def actions(alarm: Resource, run: Run) -> Iterator[str]:
    """An alarm tells somebody: one without an action changes its colour and nothing else."""
    if alarm.type == ALARM and not _metrics(alarm, run):
        return
    if not alarm.get("actionsEnabled", default=True):
        yield "actionsEnabled is false; remove it"
    if not alarm.get("alarmActions", default=[]):
        yield "alarmActions is empty; give the family's topic"


@rule("budget-subscriber", BUDGET)
def subscriber(budget: Resource, run: Run) -> Iterator[str]:
    """A budget tells somebody: one that nobody hears of is found at the end of the month, with the bill."""
    notifications = budget.get("notifications", default=[])
    if not notifications:
        yield "it has no notification; give it one for each amount that somebody is to hear of"
    for place, each in enumerate(notifications):
        if not each.get("subscriberSnsTopicArns") and not each.get("subscriberEmailAddresses"):
            yield f"notifications[{place}] has no subscriber; give it the family's topic, or an address"
