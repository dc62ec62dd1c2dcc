"""CloudWatch's types."""

from __future__ import annotations

from typing import Any, Final

from .. import checks
from ..codecs import BAG, DIMENSIONS, JSON, Codec, capitalized, in_order, uncapitalized
from ..spec import ALL, Op, Prop, ResourceType, Tagging
from ..values import Props

GONE: Final = ("ResourceNotFound", "ResourceNotFoundException")
_STATISTIC: Final = ("period", "stat", "unit")
"""Pulumi has a query's metric flat; CloudWatch has these beside it."""


def _query_out(query: Props) -> Props:
    found: Props = {"ReturnData": False, **capitalized({k: v for k, v in query.items() if k != "metric"})}
    if metric := query.get("metric"):
        named = capitalized({k: v for k, v in metric.items() if k not in _STATISTIC})
        named["Dimensions"] = DIMENSIONS.encode(metric.get("dimensions") or {})
        found["MetricStat"] = {"Metric": named, **capitalized({k: metric[k] for k in _STATISTIC if k in metric})}
    return found


def _query_back(entry: Props) -> Props:
    found: Props = {"returnData": True, **uncapitalized({k: v for k, v in entry.items() if k != "MetricStat"})}
    if stat := entry.get("MetricStat"):
        named = {**stat["Metric"], "Dimensions": DIMENSIONS.decode(stat["Metric"].get("Dimensions") or [])}
        metric = {**named, **{k: v for k, v in stat.items() if k != "Metric"}}
        dimensions = metric.pop("Dimensions")
        found["metric"] = {**uncapitalized(metric), **({"dimensions": dimensions} if dimensions else {})}
    return found


def _given(value: Any) -> Any:
    """Without what says nothing: no value, an empty one, false."""
    if isinstance(value, dict):
        return {key: _given(item) for key, item in value.items() if item}
    return value


QUERIES: Final = Codec(
    lambda queries: [_query_out(query) for query in queries],
    lambda entries: [_query_back(entry) for entry in entries],
    lambda queries: in_order([_given(query) for query in queries or []]),
)

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
        Prop("metricName"),
        Prop("namespace"),
        Prop("period"),
        Prop("statistic"),
        Prop("extendedStatistic"),
        Prop("dimensions", codec=DIMENSIONS, default={}),
        Prop("unit"),
        Prop("datapointsToAlarm"),
        Prop("treatMissingData", default="missing"),
        Prop("actionsEnabled", default=True),
        Prop("alarmActions", codec=BAG, default=[]),
        Prop("okActions", "OKActions", BAG, default=[]),
        Prop("insufficientDataActions", codec=BAG, default=[]),
        Prop("metricQueries", "Metrics", QUERIES, default=[]),
        Prop("tags", default={}),
        Prop("arn", "AlarmArn", output=True),
    ),
    create=Op("put_metric_alarm", sends=ALL),
    reads=(Op("describe_alarms", {"AlarmNames": ["{id}"]}, at="MetricAlarms[0]"),),
    update=Op("put_metric_alarm", sends=ALL),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceARN": "{arn}"}),
        untag=Op("untag_resource", {"ResourceARN": "{arn}", "TagKeys": "{keys}"}, gone=GONE),
        listing=Op("list_tags_for_resource", {"ResourceARN": "{arn}"}, at="Tags"),
        outlive=True,
    ),
    delete=Op("delete_alarms", {"AlarmNames": ["{id}"]}, gone=GONE),
    checks=(checks.alarm,),
)

COMPOSITE_ALARM: Final = ResourceType(
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    service="cloudwatch",
    named="alarmName",
    id="{alarmName}",
    props=(
        Prop("alarmName", replace=True),
        Prop("alarmDescription", default=""),
        Prop("alarmRule"),
        Prop("actionsEnabled", default=True, replace=True),
        Prop("alarmActions", codec=BAG, default=[]),
        Prop("okActions", "OKActions", BAG, default=[]),
        Prop("insufficientDataActions", codec=BAG, default=[]),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    create=Op("put_composite_alarm", sends=ALL),
    checks=(checks.composite_alarm,),
    held={"arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{alarmName}"},
)
"""moto answers every call about one with a failure."""

DASHBOARD: Final = ResourceType(
    "aws:cloudwatch/dashboard:Dashboard",
    service="cloudwatch",
    named="dashboardName",
    id="{dashboardName}",
    props=(
        Prop("dashboardName", replace=True),
        Prop("dashboardBody", codec=JSON),
        Prop("dashboardArn", output=True),
    ),
    create=Op("put_dashboard", sends=ALL),
    reads=(Op("get_dashboard", {"DashboardName": "{id}"}, gone=GONE),),
    update=Op("put_dashboard", sends=ALL),
    delete=Op("delete_dashboards", {"DashboardNames": ["{id}"]}, gone=GONE),
    checks=(checks.dashboard,),
)

TYPES: Final = (METRIC_ALARM, COMPOSITE_ALARM, DASHBOARD)
