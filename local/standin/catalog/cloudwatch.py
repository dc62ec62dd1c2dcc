"""CloudWatch's types."""

from __future__ import annotations

from typing import Final

from .. import checks, limits
from ..codecs import BAG, DIMENSIONS, Codec, Field, record, records
from ..spec import ALL, Op, Prop, ResourceType, Sweep, Tagging
from ..values import Props

GONE: Final = ("ResourceNotFound", "ResourceNotFoundException")


def _queries_out(given: list[Props]) -> list[Props]:
    """CloudWatch nests the metric in a MetricStat; Pulumi has it flat."""
    found = []
    for query in given:
        entry = {"Id": query["id"], "ReturnData": bool(query.get("returnData", False))}
        for name in ("expression", "label", "period", "accountId"):
            if query.get(name) is not None:
                entry[name[0].upper() + name[1:]] = query[name]
        if metric := query.get("metric"):
            inner = {
                "MetricName": metric["metricName"],
                "Dimensions": DIMENSIONS.encode(metric.get("dimensions") or {}),
            }
            if metric.get("namespace"):
                inner["Namespace"] = metric["namespace"]
            entry["MetricStat"] = {"Metric": inner, "Period": metric["period"], "Stat": metric["stat"]}
            if metric.get("unit"):
                entry["MetricStat"]["Unit"] = metric["unit"]
        found.append(entry)
    return found


def _queries_back(given: list[Props]) -> list[Props]:
    found = []
    for entry in given:
        query = {"id": entry["Id"], "returnData": bool(entry.get("ReturnData", True))}
        for name in ("Expression", "Label", "Period", "AccountId"):
            if entry.get(name) is not None:
                query[name[0].lower() + name[1:]] = entry[name]
        if stat := entry.get("MetricStat"):
            metric = {
                "metricName": stat["Metric"]["MetricName"],
                "namespace": stat["Metric"].get("Namespace"),
                "dimensions": DIMENSIONS.decode(stat["Metric"].get("Dimensions") or []),
                "period": stat["Period"],
                "stat": stat["Stat"],
                "unit": stat.get("Unit"),
            }
            query["metric"] = {key: value for key, value in metric.items() if value}
        found.append(query)
    return found


_QUERIES_CANON: Final = records(
    Field("id"),
    Field("expression"),
    Field("label"),
    Field("period"),
    Field("accountId"),
    Field("returnData", default=False),
    Field(
        "metric",
        codec=record(
            Field("metricName"),
            Field("namespace"),
            Field("dimensions", default={}),
            Field("period"),
            Field("stat"),
            Field("unit"),
        ),
    ),
).canon

METRIC_ALARM: Final = ResourceType(
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    service="cloudwatch",
    named="name",
    id="{name}",
    props=(
        Prop("name", "AlarmName", replace=True),
        Prop("alarmDescription", default=""),
        Prop("comparisonOperator"),
        Prop("evaluationPeriods"),
        Prop("threshold"),
        Prop("thresholdMetricId"),
        Prop("metricName"),
        Prop("namespace"),
        Prop("period"),
        Prop("statistic"),
        Prop("extendedStatistic"),
        Prop("dimensions", codec=DIMENSIONS, default={}),
        Prop("unit"),
        Prop("datapointsToAlarm"),
        Prop("treatMissingData", default="missing"),
        Prop("evaluateLowSampleCountPercentiles", "EvaluateLowSampleCountPercentile"),
        Prop("actionsEnabled", default=True),
        Prop("alarmActions", codec=BAG, default=[]),
        Prop("okActions", "OKActions", BAG, default=[]),
        Prop("insufficientDataActions", codec=BAG, default=[]),
        Prop("metricQueries", "Metrics", Codec(_queries_out, _queries_back, _QUERIES_CANON), default=[]),
        Prop("tags", default={}),
        Prop("arn", "AlarmArn", output=True),
    ),
    create=Op("put_metric_alarm", sends=ALL),
    reads=(Op("describe_alarms", {"AlarmNames": ["{id}"]}, at="MetricAlarms[0]"),),
    update=Op("put_metric_alarm", sends=ALL),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceARN": "{arn}"}),
        untag=Op("untag_resource", {"ResourceARN": "{arn}"}),
        listing=Op("list_tags_for_resource", {"ResourceARN": "{arn}"}, at="Tags"),
    ),
    # moto keeps a deleted alarm's tags, and gives them to the next one of that name.
    before_delete=(
        Sweep(
            Op("list_tags_for_resource", {"ResourceARN": "{arn}"}, at="[Tags[].Key] | [?@]", gone=GONE),
            Op("untag_resource", {"ResourceARN": "{arn}", "TagKeys": "{item}"}, gone=GONE),
        ),
    ),
    delete=Op("delete_alarms", {"AlarmNames": ["{id}"]}, gone=GONE),
    checks=(
        checks.alarm,
        checks.one_of("comparisonOperator", limits.COMPARISONS),
        checks.one_of("statistic", limits.STATISTICS),
        checks.one_of("treatMissingData", limits.MISSING_DATA),
        checks.one_of("evaluateLowSampleCountPercentiles", ("evaluate", "ignore")),
        checks.extended_statistic,
        checks.at_most("name", 255),
        checks.at_most("alarmDescription", limits.MAX_ALARM_DESCRIPTION),
        checks.at_most("alarmActions", limits.MAX_ALARM_ACTIONS),
        checks.at_most("okActions", limits.MAX_ALARM_ACTIONS),
        checks.at_most("insufficientDataActions", limits.MAX_ALARM_ACTIONS),
    ),
)

TYPES: Final = (METRIC_ALARM,)
