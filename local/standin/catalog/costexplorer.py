"""Cost Explorer's types: global ones, so none has a region. moto has no anomalies, or fails over them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from ..codecs import BAG, JSON, TAGS, capitalized
from ..schema import Complaint, refuse
from ..spec import Prop, ResourceType
from ..values import Props


def _tags(inputs: Props) -> Props:
    return {"ResourceTags": TAGS.encode(inputs["tags"])} if inputs.get("tags") else {}


def _monitor(inputs: Props) -> Iterator[tuple[str, Props]]:
    monitor: Props = {"MonitorName": inputs.get("name"), "MonitorType": inputs.get("monitorType")}
    if "monitorDimension" in inputs:
        monitor["MonitorDimension"] = inputs["monitorDimension"]
    if "monitorSpecification" in inputs:
        monitor["MonitorSpecification"] = _given(json.loads(inputs["monitorSpecification"]))
    yield "create_anomaly_monitor", {"AnomalyMonitor": monitor, **_tags(inputs)}


def _given(value: Any) -> Any:
    """Without what is null, which the AWS plugin writes and AWS is not sent."""
    return (
        {name: _given(part) for name, part in value.items() if part is not None} if isinstance(value, dict) else value
    )


def _specification(inputs: Props) -> Iterator[Complaint]:
    """A monitor of its own has a specification, which is JSON; one by dimension has none."""
    kind, text = inputs.get("monitorType"), inputs.get("monitorSpecification")
    if kind == "CUSTOM" and not text:
        yield refuse("monitorSpecification", text, "an expression, for monitorType CUSTOM", "Give one.")
    try:
        json.loads(text or "{}")
    except (TypeError, ValueError) as error:
        yield refuse("monitorSpecification", text, f"valid JSON ({error})", "Build it with json.dumps.")


MONITOR: Final = ResourceType(
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    service="ce",
    named="name",
    id="{arn}",
    props=(
        Prop("name"),
        Prop("monitorType", replace=True),
        Prop("monitorDimension", replace=True),
        Prop("monitorSpecification", codec=JSON, replace=True),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    requests=_monitor,
    checks=(_specification,),
    held={"arn": "arn:aws:ce::{account}:anomalymonitor/{name}"},
)


def _subscription(inputs: Props) -> Iterator[tuple[str, Props]]:
    subscription: Props = {"SubscriptionName": inputs.get("name"), "Frequency": inputs.get("frequency")}
    subscription |= {"MonitorArnList": inputs.get("monitorArnLists"), "Subscribers": capitalized(inputs["subscribers"])}
    if dimension := (inputs.get("thresholdExpression") or {}).get("dimension"):
        subscription["ThresholdExpression"] = {"Dimensions": capitalized(dimension)}
    yield "create_anomaly_subscription", {"AnomalySubscription": subscription, **_tags(inputs)}


def _heard(inputs: Props) -> Iterator[Complaint]:
    """A topic hears at once, and an address by day or week."""
    frequency = inputs.get("frequency")
    kinds = {each.get("type") for each in inputs.get("subscribers") or ()}
    if kinds and (kinds == {"SNS"}) is not (frequency == "IMMEDIATE"):
        allowed = "IMMEDIATE with subscribers of type SNS alone, DAILY or WEEKLY with EMAIL"
        yield refuse("frequency", frequency, allowed, "Change one of the two.")


SUBSCRIPTION: Final = ResourceType(
    "aws:costexplorer/anomalySubscription:AnomalySubscription",
    service="ce",
    named="name",
    id="{arn}",
    props=(
        Prop("name", replace=True),
        Prop("frequency"),
        Prop("monitorArnLists", codec=BAG),
        Prop("subscribers", codec=BAG),
        Prop("thresholdExpression", computed=True),
        Prop("accountId", computed=True, replace=True),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    requests=_subscription,
    checks=(_heard,),
    held={"accountId": "{account}", "arn": "arn:aws:ce::{account}:anomalysubscription/{name}"},
)

TYPES: Final = (MONITOR, SUBSCRIPTION)
