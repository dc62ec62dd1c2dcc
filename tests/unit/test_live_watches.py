"""What drift and smoke find of dashboards, composite alarms and budgets, by answers as the services have them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from tablekit.model import Budget
from tablekit.model.staged import Account
from tablekit.ops.live.watches import watches
from tablekit.resources import family_resources
from tests.support import declare

ACCOUNT = Account("111122223333")
FAMILY = declare.staged(
    declare.family(budget=Budget(purpose="costs", alerts=(10, 20))),
    alarms="tables",
    dashboards=True,
    compositeAlarms=True,
    budgets=True,
)
EXPECTED = {each.name: each for each in family_resources("shop", FAMILY, ACCOUNT)}
TOPIC = "arn:aws:sns:eu-west-1:111122223333:dev-shop-alarms"
HURT, COSTS, BOARD = (EXPECTED[f"shop-{name}"] for name in ("hurt", "budget", "dashboard"))
COMPOSITE = {
    "AlarmName": "dev-shop-hurt",
    "AlarmRule": HURT.inputs["alarmRule"],
    "AlarmActions": [TOPIC],
    "OKActions": [TOPIC],
    "ActionsEnabled": True,
}
BUDGET = {
    "BudgetName": "dev-shop",
    "BudgetType": "COST",
    "TimeUnit": "MONTHLY",
    "BudgetLimit": {"Amount": "20.0", "Unit": "USD"},
    "CostFilters": {"TagKeyValue": ["user:family$shop"]},
    "LastUpdatedTime": datetime(2026, 1, 31, tzinfo=UTC),
}
NOTIFICATIONS = [
    {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": amount} for amount in (10.0, 20.0)
]


class Stubbed:
    """Clients that give what was put into them."""

    def __init__(self, service: str, region: str, *answers: tuple[str, Any]) -> None:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        self.place = (service, region)
        make: Any = boto3.client
        self.client = make(service, region_name=region, **keys)
        self.stub = Stubber(self.client)
        for call, answer in answers:
            if isinstance(answer, str):
                self.stub.add_client_error(call, answer)
            else:
                self.stub.add_response(call, answer)
        self.stub.activate()

    def get(self, service: str, region: str) -> Any:
        assert (service, region) == self.place
        return self.client


def told(*subscribers: str) -> tuple[str, Any]:
    return "describe_subscribers_for_notification", {
        "Subscribers": [{"SubscriptionType": "SNS", "Address": each} for each in subscribers]
    }


def budget(*more: tuple[str, Any], **changed: Any) -> Stubbed:
    notifications = ("describe_notifications_for_budget", {"Notifications": NOTIFICATIONS})
    described = ("describe_budget", {"Budget": {**BUDGET, **changed}})
    return Stubbed("budgets", "us-east-1", described, notifications, *more)


def composite(**changed: Any) -> Stubbed:
    return Stubbed("cloudwatch", "eu-west-1", ("describe_alarms", {"CompositeAlarms": [{**COMPOSITE, **changed}]}))


def board(body: str) -> Stubbed:
    return Stubbed("cloudwatch", "eu-west-1", ("get_dashboard", {"DashboardBody": body}))


@pytest.mark.parametrize(
    ("expected", "clients", "found"),
    [
        (BOARD, board(BOARD.inputs["dashboardBody"]), []),
        (BOARD, board('{"widgets": []}'), ["widgets: found 0, expected 6"]),
        (
            BOARD,
            board(BOARD.inputs["dashboardBody"].replace("Throttled", "Slow")),
            ["widgets that were changed: found [3], expected none"],
        ),
        (
            BOARD,
            Stubbed("cloudwatch", "eu-west-1", ("get_dashboard", "ResourceNotFound")),
            ["missing, so nobody looks"],
        ),
        (HURT, composite(), []),
        (HURT, composite(AlarmActions=[]), ["actions: found none, expected"]),
        (HURT, composite(AlarmRule='ALARM("x")', ActionsEnabled=False), ["rule: found ALARM", "actions are on: found"]),
        (COSTS, budget(told(TOPIC), told(TOPIC)), []),
        (COSTS, budget(told(TOPIC), told("arn:other")), ["amounts and who hears of them: found"]),
        (
            COSTS,
            budget(told(TOPIC), told(TOPIC), BudgetLimit={"Amount": "50", "Unit": "USD"}, TimeUnit="DAILY"),
            ["limit: found 50 USD, expected 20 USD", "period: found DAILY"],
        ),
        (COSTS, budget(told(TOPIC), told(TOPIC), CostFilters={}), ["filter: found {}"]),
        (
            COSTS,
            Stubbed("budgets", "us-east-1", ("describe_budget", "NotFoundException")),
            ["missing, so nobody looks"],
        ),
    ],
)
def test_what_differs_is_said(expected: Any, clients: Any, found: list[str]) -> None:
    ((name, _, look),) = watches(clients, [expected], ACCOUNT, "dev", emulated=False)
    texts = [problem.text.removeprefix(f"{name}: ") for problem in look()]
    assert [text[: len(says)] for text, says in zip(texts, found, strict=True)] == found
    clients.stub.assert_no_pending_responses()


def test_what_no_emulator_has_is_not_asked_for_there() -> None:
    nobody: Any = None
    names = [name for name, _, _ in watches(nobody, EXPECTED.values(), ACCOUNT, "dev", emulated=True)]
    assert names == ["dashboard dynamodb-tables-dev-shop-eu-west-1"]
