"""Deployed alarms against what the declaration derives; each difference is one line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.alarms import Alarm
from tablekit.ops.drift import DEPLOY, Problem, deployment, difference

_AT_ONCE = 100
"""Names that one DescribeAlarms takes."""


def alarm_problems(
    clients: Clients, region: str, alarms: Sequence[Alarm], topic: str | None, stage: str
) -> list[Problem]:
    """Every difference of alarms that go to one topic. topic: its ARN. Raises what the calls raise."""
    if not alarms:
        return difference("alarms' topic", topic, None, DEPLOY)
    problems = []
    if topic is None:
        problems.append(Problem("alarms' topic: found none in the outputs, expected one", (DEPLOY,)))
    else:
        try:
            with translated(f"topic {topic!r}"):
                clients.get("sns", region).get_topic_attributes(TopicArn=topic)
        except ResourceNotFoundError:
            text = f"alarms' topic {topic!r}: missing, so no alarm reaches anybody: {deployment(stage)}"
            problems.append(Problem(text))
    there = _there(clients, region, [alarm.name for alarm in alarms])
    for alarm in alarms:
        if alarm.name not in there:
            text = f"alarm {alarm.name!r}: missing, expected on {alarm.metrics[0].name}: {deployment(stage)}"
            problems.append(Problem(text))
            continue
        found, expected = _facts(there[alarm.name]), _expected(alarm, topic)
        for field in expected:
            problems += difference(f"alarm {alarm.name!r}: {field}", found[field], expected[field])
    return problems


def _there(clients: Clients, region: str, names: list[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    with translated(f"alarms in {region}"):
        for start in range(0, len(names), _AT_ONCE):
            asked = names[start : start + _AT_ONCE]
            pages = clients.pages("cloudwatch", region, "describe_alarms", AlarmNames=asked)
            found |= {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
    return found


def _facts(found: dict[str, Any]) -> dict[str, Any]:
    metrics = [
        (each["MetricStat"]["Metric"], each["MetricStat"]["Stat"], each["MetricStat"]["Period"])
        for each in found.get("Metrics") or ()
        if "MetricStat" in each
    ]
    if not metrics:
        one = {"MetricName": found.get("MetricName"), "Dimensions": found.get("Dimensions") or []}
        metrics = [(one, found.get("Statistic"), found.get("Period"))]
    sums = [each["Expression"] for each in found.get("Metrics") or () if each.get("Expression")]
    return {
        "actions": sorted(found.get("AlarmActions") or ()),
        "actions when it is over": sorted(found.get("OKActions") or ()),
        "actions are on": found.get("ActionsEnabled", True),
        "metrics": sorted(_metric(metric, statistic, period) for metric, statistic, period in metrics),
        "sum": sums[0] if sums else None,
        "threshold": f"{found.get('ComparisonOperator')} {float(found.get('Threshold') or 0):g}",
        "periods": found.get("EvaluationPeriods"),
        "missing data": found.get("TreatMissingData"),
    }


def _expected(alarm: Alarm, topic: str | None) -> dict[str, Any]:
    actions = [topic] if topic else []
    return {
        "actions": actions,
        "actions when it is over": actions if alarm.severity == "critical" else [],
        "actions are on": True,
        "metrics": sorted(
            _metric(
                {
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions.items()],
                },
                metric.statistic,
                alarm.period,
            )
            for metric in alarm.metrics
        ),
        "sum": alarm.expression,
        "threshold": f"GreaterThanThreshold {alarm.threshold:g}",
        "periods": alarm.periods,
        "missing data": alarm.missing_data,
    }


def _metric(metric: dict[str, Any], statistic: str | None, period: int | None) -> str:
    dimensions = sorted(f"{each['Name']}={each['Value']}" for each in metric.get("Dimensions") or ())
    return f"{statistic} of {metric.get('MetricName')}({', '.join(dimensions)}) in {period} s"
