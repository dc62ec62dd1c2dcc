"""Rules on alarms: that they can fire, on something that is there, and that somebody hears them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.resource import ALARM, TABLE, Resource
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.model import limits
from tablekit.model.naming import PROJECT

_NAMESPACE: Final = "AWS/DynamoDB"
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
}
"""What DynamoDB publishes ("DynamoDB metrics and dimensions"): a metric's sets of dimensions, and its statistics."""

_SPARSE: Final = frozenset(
    {"ReadThrottleEvents", "WriteThrottleEvents", "ThrottledRequests", "SystemErrors", "UserErrors"}
)
"""Published only when something happened: no data means no trouble."""


def _metrics(alarm: Resource) -> list[dict[str, Any]]:
    """An alarm's metrics, its own or those of its queries, as {name, dimensions, statistic, period}."""
    names = ("metricName", "namespace", "dimensions", "statistic", "extendedStatistic", "period")
    own = {name: alarm.get(name) for name in names}
    queried = [query["metric"] for query in alarm.blocks("metricQueries") if query.get("metric")]
    return [
        {
            "name": metric.get("metricName"),
            "dimensions": metric.get("dimensions") or {},
            "statistic": metric.get("stat") or metric.get("statistic") or metric.get("extendedStatistic"),
            "period": metric.get("period"),
        }
        for metric in (own, *queried)
        if metric.get("namespace") == _NAMESPACE
    ]


@rule("alarm-published", ALARM)
def published(alarm: Resource, run: Run) -> Iterator[str]:
    """The metric, its dimensions and the statistic are published: an alarm on anything else never fires, and nothing
    complains.
    """
    for metric in _metrics(alarm):
        name = metric["name"]
        if name not in PUBLISHED:
            yield f"DynamoDB publishes no metric {name!r}; there are {', '.join(PUBLISHED)}: take one of these"
            continue
        sets, statistics = PUBLISHED[name]
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
    names = {metric["name"] for metric in _metrics(alarm)}
    if not names:
        return
    treated = alarm.get("treatMissingData", default="missing")
    allowed = ("notBreaching",) if names & _SPARSE else ("notBreaching", "breaching", "ignore")
    if treated not in allowed:
        yield (
            f"treatMissingData is {treated!r}; allowed for {', '.join(sorted(names))} is {' or '.join(allowed)}: set it"
        )


@rule(
    "alarm-actions",
    ALARM,
    others="advisory",
    controls=("Security Hub CloudWatch.15", "Security Hub CloudWatch.17", "Prowler cloudwatch_alarm_actions_enabled"),
)
def actions(alarm: Resource, run: Run) -> Iterator[str]:
    """An alarm tells somebody: one without an action changes its colour and nothing else."""
    if not _metrics(alarm):
        return
    if not alarm.get("actionsEnabled", default=True):
        yield "actionsEnabled is false; remove it"
    if not alarm.get("alarmActions", default=[]):
        yield "alarmActions is empty; give the family's topic"


@rule("alarm-limits", ALARM)
def alarm_limits(alarm: Resource, run: Run) -> Iterator[str]:
    """The alarm is within CloudWatch's limits: CloudWatch refuses it in the middle of an update."""
    if len(alarm.physical) > limits.MAX_ALARM_NAME:
        yield f"the name has {len(alarm.physical)} characters; at most {limits.MAX_ALARM_NAME}"
    queries = alarm.blocks("metricQueries")
    metrics = [query for query in queries if query.get("metric")]
    if len(metrics) > limits.MAX_ALARM_METRICS:
        yield f"{len(metrics)} metrics; at most {limits.MAX_ALARM_METRICS}: sum fewer"
    if queries and sum(1 for query in queries if query.get("returnData")) != 1:
        yield "exactly one of its queries returns data; set returnData on the sum alone"
    for metric in _metrics(alarm):
        period = metric["period"]
        if not isinstance(period, int) or (period not in (10, 20, 30) and (period < 60 or period % 60)):
            yield f"period {period} s; allowed are 10, 20, 30 and multiples of 60: set one"


@rule("alarm-throttles", others="disabled")
def throttles(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Every table has its alarms on throttled reads and writes: a throttled table loses requests, and that is the
    first that its users notice.
    """
    found = {
        (metric["name"], metric["dimensions"]["TableName"])
        for alarm in resources
        if alarm.type == ALARM
        for metric in _metrics(alarm)
        if frozenset(metric["dimensions"]) == _TABLE
    }
    for table in resources:
        for metric in ("ReadThrottleEvents", "WriteThrottleEvents") if table.type == TABLE else ():
            if (metric, table.get("name", default=table.name)) not in found:
                yield Finding(
                    f"{table.label}: no alarm on {metric}; set alarms: tables or all in Pulumi.{run.stage}.yaml",
                    table.urn,
                )


@rule("alarm-target")
def target(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """An alarm's table and index are in the stack: an alarm on a name that is not there never fires."""
    indexes: dict[str, set[str]] = {}
    for table in resources:
        if table.type == TABLE:
            given = table.blocks("globalSecondaryIndexes")
            indexes[table.get("name", default=table.name)] = {each.get("name") for each in given}
    for alarm in resources:
        ours = alarm.type == ALARM and alarm.get("tags", "project") == PROJECT
        for metric in _metrics(alarm) if ours else ():
            table_name, index = (metric["dimensions"].get(key) for key in ("TableName", "GlobalSecondaryIndexName"))
            if table_name is not None and table_name not in indexes:
                yield Finding(f"{alarm.label}: no table {table_name!r} is in the stack; name one that is", alarm.urn)
            elif index is not None and index not in indexes.get(table_name, ()):
                yield Finding(
                    f"{alarm.label}: table {table_name!r} has no global index {index!r}; name one that it has",
                    alarm.urn,
                )
