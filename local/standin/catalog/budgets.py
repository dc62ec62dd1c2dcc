"""AWS Budgets' types: global ones, so none has a region. moto makes a budget and then fails over a change of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from .. import checks
from ..codecs import BAG, TAGS, Codec, capitalized, in_order
from ..spec import Prop, ResourceType
from ..values import Props

_SUBSCRIBERS: Final = (("subscriberSnsTopicArns", "SNS"), ("subscriberEmailAddresses", "EMAIL"))
_OF_THE_BUDGET: Final = ("budgetType", "costTypes", "timeUnit")


def _amount(value: Any) -> Any:
    """An amount as a number: AWS writes 50 as 50.0."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def _requests(inputs: Props) -> Iterator[tuple[str, Props]]:
    budget: Props = {
        "BudgetName": inputs.get("name"),
        **capitalized({n: inputs[n] for n in _OF_THE_BUDGET if n in inputs}),
    }
    if "limitAmount" in inputs:
        budget["BudgetLimit"] = {"Amount": inputs["limitAmount"], "Unit": inputs.get("limitUnit", "")}
    if filters := inputs.get("costFilters"):
        budget["CostFilters"] = {each["name"]: each["values"] for each in filters}
    notifications = [
        {
            "Notification": capitalized({k: v for k, v in each.items() if not k.startswith("subscriber")}),
            "Subscribers": [
                {"SubscriptionType": kind, "Address": address}
                for name, kind in _SUBSCRIBERS
                for address in each.get(name) or ()
            ],
        }
        for each in inputs.get("notifications") or ()
    ]
    more = {"NotificationsWithSubscribers": notifications} if notifications else {}
    tags = {"ResourceTags": TAGS.encode(inputs["tags"])} if inputs.get("tags") else {}
    yield "create_budget", {"AccountId": inputs.get("accountId", "0" * 12), "Budget": budget, **more, **tags}


BUDGET: Final = ResourceType(
    "aws:budgets/budget:Budget",
    service="budgets",
    named="name",
    id="{accountId}:{name}",
    props=(
        Prop("name", replace=True),
        Prop("accountId", computed=True, replace=True),
        Prop("budgetType"),
        Prop("timeUnit"),
        Prop("limitAmount", codec=Codec(canon=_amount)),
        Prop("limitUnit"),
        Prop("costFilters", codec=BAG),
        Prop("costTypes", computed=True),
        Prop("notifications", codec=Codec(canon=in_order), default=[]),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    requests=_requests,
    checks=(checks.budget,),
    held={"accountId": "{account}", "arn": "arn:aws:budgets::{account}:budget/{name}"},
)

TYPES: Final = (BUDGET,)
