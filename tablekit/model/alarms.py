"""Alarms as data, derived from the families: each on a metric, dimensions and statistic that DynamoDB publishes.

An alarm costs by the metric and month, which for small tables is more than the table: `none`, `tables` (table
throttles and system errors) or `all` (the indexes' throttles and the account's user errors besides) is a setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil
from typing import Final, Literal

from tablekit.model.errors import StageError
from tablekit.model.limits import MAX_ALARM_METRICS, MAX_COMPOSITE_ALARMS, MAX_COMPOSITE_RULE
from tablekit.model.naming import METRICS
from tablekit.model.patterns import ACTIONS
from tablekit.model.stage import StageConfig
from tablekit.model.staged import StagedFamily, StagedTable

Severity = Literal["critical", "warning", "notice"]
"""critical: somebody is served errors now. warning: requests are slowed or refused. notice: worth a look."""


@dataclass(frozen=True)
class Metric:
    """One published series, of AWS/DynamoDB where it says no other, summed over the alarm's period."""

    name: str
    dimensions: dict[str, str] = field(default_factory=dict)
    namespace: str = "AWS/DynamoDB"
    statistic: str = "Sum"


_LATE: Final = 240
"""Seconds after which a point of a metric is there. CloudWatch looks at an alarm each minute, at what the last periods
have then."""


@dataclass(frozen=True)
class Alarm:
    """An alarm: on one metric, or on the sum of several.

    key: stable and stage-free, unique in its family, for the resource's name.
    name: the alarm's own, unique in an account and region.
    It fires when the value is above `threshold` in `periods` of the last `looks_at` periods of `period` seconds.
    missing_data: most metrics are published only when something happened, so no data means no trouble. CloudWatch
        leaves an alarm on AWS/DynamoDB as it is then, whatever is said here, and looks at older points of others first:
        what says something by its absence is `filled`.
    """

    key: str
    name: str
    description: str
    severity: Severity
    metrics: tuple[Metric, ...]
    threshold: float
    period: int = 60
    periods: int = 1
    missing_data: str = "notBreaching"

    def __post_init__(self) -> None:
        if not 1 <= len(self.metrics) <= MAX_ALARM_METRICS:
            raise ValueError(
                f"alarm {self.name!r}: {len(self.metrics)} metrics; CloudWatch takes 1 to {MAX_ALARM_METRICS}"
            )
        if len(self.metrics) > 1 and self.filled is None:
            raise ValueError(f"alarm {self.name!r}: a sum of several metrics has to be filled; give notBreaching")

    @property
    def filled(self) -> float | None:
        """What a missing point counts as; None where it says nothing."""
        return {"notBreaching": 0, "breaching": self.threshold + 1}.get(self.missing_data)

    @property
    def expression(self) -> str | None:
        """The metric math: a sum of what is filled, or None for a single metric as it is."""
        if self.filled is None:
            return None
        return " + ".join(f"FILL(m{place}, {self.filled:g})" for place in range(len(self.metrics)))

    @property
    def looks_at(self) -> int:
        """How many periods are looked at: the last ones may hold what stands for a point that is late."""
        return self.periods + (ceil(_LATE / self.period) if self.filled is not None and self.period <= _LATE else 0)


_THROTTLES = (("read", "ReadThrottleEvents"), ("write", "WriteThrottleEvents"))


def family_alarms(family: StagedFamily) -> tuple[Alarm, ...]:
    """The family's alarms in its stage, in the order of its tables and their indexes."""
    alarms: list[Alarm] = []
    for logical, table in family.tables.items() if family.stage.alarms != "none" else ():
        name, key = table.name, logical
        alarms += _throttles(table, None, key, name, {"TableName": name}, f"table {name}")
        alarms.append(_system_errors(operations(table), key, name))
        alarms += [_replication_lag(key, name, region) for region in family.regions if region != family.region]
        alarms += () if family.place else _growth(family, key, name)
        if family.stage.alarms == "all":
            for index in sorted(table.declared.indexes, key=lambda index: index.name):
                if not index.local:
                    dimensions = {"TableName": name, "GlobalSecondaryIndexName": index.name}
                    where = f"index {index.name} of table {name}"
                    alarms += _throttles(
                        table, index.name, f"{key}/{index.name}", f"{name}/{index.name}", dimensions, where
                    )
    return (*alarms, *_delivery_alarms(family))


def _delivery_alarms(family: StagedFamily) -> Iterator[Alarm]:
    """On what pipes gave up, and on their failures before that; whatever the stage's `alarms` are, as what nobody hears
    of is lost a day after the change."""
    if family.undelivered:
        yield Alarm(
            key="undelivered",
            name=family.undelivered,
            description=f"A change of a table of {family.declared.title} was given up by its pipe",
            severity="warning",
            metrics=(
                Metric("ApproximateNumberOfMessagesVisible", {"QueueName": family.undelivered}, "AWS/SQS", "Maximum"),
            ),
            threshold=0,
        )
    for pipe in family.pipes:
        failed = ("ExecutionFailed", "ExecutionPartiallyFailed", "ExecutionTimeout")
        yield Alarm(
            key=f"{pipe.table}-{pipe.use}-failures",
            name=f"{pipe.name}-failures",
            description=f"The pipe {pipe.name} failed, and tries again",
            severity="notice",
            metrics=tuple(Metric(each, {"PipeName": pipe.name}, "AWS/EventBridge/Pipes") for each in failed),
            threshold=0,
            period=300,
        )


def operations(table: StagedTable) -> list[str]:
    """What the table's access patterns call, where a metric is published by operation."""
    used = {ACTIONS[pattern.operation] for pattern in table.declared.patterns}
    return sorted(used) or ["GetItem", "PutItem", "Query"]


@dataclass(frozen=True)
class CompositeAlarm:
    """An alarm on others. name: its own. rule: as CloudWatch has it."""

    name: str
    description: str
    rule: str


def composite_alarm(family: StagedFamily) -> CompositeAlarm | None:
    """Whether the system is hurt: any critical alarm of the family; None where the stage has no such alarms.

    Raises StageError where they are more than one takes.
    """
    if not family.stage.composite_alarms:
        return None
    names = [alarm.name for alarm in family_alarms(family) if alarm.severity == "critical"]
    rule = " OR ".join(f'ALARM("{name}")' for name in names)
    if len(names) > MAX_COMPOSITE_ALARMS or len(rule) > MAX_COMPOSITE_RULE:
        raise StageError(
            f"stage {family.stage.stage!r}: compositeAlarms: family {family.key!r} has {len(names)} critical alarms, a "
            f"rule of {len(rule)} characters; CloudWatch takes {MAX_COMPOSITE_ALARMS} and {MAX_COMPOSITE_RULE}: divide "
            "the family, or turn compositeAlarms off"
        )
    description = f"{family.declared.title} is hurt: a critical alarm of one of its tables"
    return CompositeAlarm(f"{family.stage.stage}-{family.key}-hurt", description, rule)


def account_topic(stage: StageConfig) -> str:
    """The name of the SNS topic that the account's alarms go to, in each region."""
    return f"{stage.stage}-dynamodb-account-alarms"


def account_alarms(stage: StageConfig, region: str) -> tuple[Alarm, ...]:
    """The alarms of a whole account and region: UserErrors has no dimensions, so once a region; and one on what counts
    items there, which fires where it is dead as well.
    """
    refused = Alarm(
        key="user-errors",
        name=f"{stage.stage}-dynamodb-user-errors",
        description=f"More than 10 refused DynamoDB requests in 5 minutes, in the account and region {region}",
        severity="notice",
        metrics=(Metric("UserErrors"),),
        threshold=10,
        period=300,
    )
    uncounted = Alarm(
        key="item-counts",
        name=f"{stage.stage}-dynamodb-item-counts",
        description=f"Tables in {region} whose items are not counted, or none that is for 12 hours; see the log group "
        f"/aws/lambda/{item_counter(stage)}",
        severity="warning",
        metrics=(Metric("TablesFailed", {"Stage": stage.stage}, METRICS, "Maximum"),),
        threshold=0,
        period=2 * COUNTED_EVERY,
        missing_data="breaching",
    )
    counts = stage.item_counts and stage.alarms != "none"
    return (*((refused,) if stage.alarms == "all" else ()), *((uncounted,) if counts else ()))


def item_counter(stage: StageConfig) -> str:
    """The name of the function that counts items, in each region."""
    return f"{stage.stage}-dynamodb-item-counts"


COUNTED_EVERY = 6 * 60 * 60
"""Seconds. DynamoDB counts items about as often, and a metric is paid for by the hours that it has data in."""


def _growth(family: StagedFamily, key: str, name: str) -> Iterator[Alarm]:
    """On what a table holds, where the family or the stage says how much it may. Without figures each stays as it is:
    that there are none is told by another alarm.
    """
    limits, declared = family.limits, family.declared.growth
    if limits is None:
        return
    says = f" ({declared.purpose})" if declared else ""
    bytes_ = limits.gigabytes and limits.gigabytes * 8 * 10**8
    for metric, most, what in (
        ("Items", limits.items, f"more than {limits.items or 0:,} items"),
        ("Bytes", bytes_, f"more than 80 % of {limits.gigabytes} GB"),
    ):
        if most:
            yield Alarm(
                key=f"{key}-{metric.lower()}",
                name=f"{name}-{metric.lower()}",
                description=f"Table {name} holds {what}{says}",
                severity="notice",
                metrics=(Metric(metric, {"TableName": name}, METRICS, "Maximum"),),
                threshold=most,
                period=COUNTED_EVERY,
                missing_data="ignore",
            )


_SCALES_WITHIN = 5
"""Minutes that autoscaling is given: it begins after two of use above its target, and UpdateTable takes some."""


def _throttles(
    table: StagedTable, index: str | None, key: str, name: str, dimensions: dict[str, str], where: str
) -> list[Alarm]:
    """Any throttle, but for capacity that grows when it is short: there, what goes on longer than growing takes."""
    found = []
    for side, metric in _THROTTLES:
        ceiling, maximum = table.ceiling(index, side), table.maximum(index, side)
        text = f"A {side} of {where} was throttled"
        if ceiling:
            text += f" for {_SCALES_WITHIN} minutes: more than autoscaling gives, which ends at {ceiling}"
        elif maximum:
            text += f"; its maximum is {maximum} a second, by the stage's onDemand"
        found.append(
            Alarm(
                key=f"{key}-{side}-throttles",
                name=f"{name}-{side}-throttles",
                description=text,
                severity="warning",
                metrics=(Metric(metric, dimensions),),
                threshold=0,
                periods=_SCALES_WITHIN if ceiling else 1,
            )
        )
    return found


def _replication_lag(key: str, name: str, region: str) -> Alarm:
    """What is written here and reaches a replica late. The mean is what DynamoDB's own checklist looks at; without data
    nobody knows how late it is.
    """
    return Alarm(
        key=f"{key}-replication-to-{region}",
        name=f"{name}-replication-to-{region}",
        description=f"What is written to table {name} reaches its replica in {region} after more than 3 minutes",
        severity="warning",
        metrics=(Metric("ReplicationLatency", {"TableName": name, "ReceivingRegion": region}, statistic="Average"),),
        threshold=180_000,
        periods=5,
        missing_data="ignore",
    )


def _system_errors(operations: list[str], key: str, name: str) -> Alarm:
    """SystemErrors is published by operation: the sum over those that the table's access patterns use."""
    return Alarm(
        key=f"{key}-system-errors",
        name=f"{name}-system-errors",
        description=f"More than 5 internal errors a minute on table {name}",
        severity="critical",
        metrics=tuple(Metric("SystemErrors", {"TableName": name, "Operation": each}) for each in operations),
        threshold=5,
    )
