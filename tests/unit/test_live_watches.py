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
from tablekit.resources import BACKUP_PLAN, BACKUP_SELECTION, EVENT_RULE, REPLICA, VAULT_LOCK
from tablekit.resources.stack import family_watches, replica_policies
from tests.support import declare

ACCOUNT = Account("111122223333")
FAMILY = declare.staged(
    declare.family(budget=Budget(purpose="costs", alerts=(10, 20))),
    alarms="tables",
    dashboards=True,
    compositeAlarms=True,
    budgets=True,
    backups=True,
)
WATCHES = tuple(family_watches("shop", FAMILY, ACCOUNT))
EXPECTED = {each.name: each for each in WATCHES}
TOPIC = "arn:aws:sns:eu-west-1:111122223333:dev-shop-alarms"
HURT, COSTS, BOARD = (EXPECTED[f"shop-{name}"] for name in ("hurt", "budget", "dashboard"))
KEPT, CHOSEN, ALERT, LOCK = (
    next(each for each in WATCHES if each.type == kind)
    for kind in (BACKUP_PLAN, BACKUP_SELECTION, EVENT_RULE, VAULT_LOCK)
)
COPIED = declare.staged(replicas={"shop": ["us-east-1"]}, tlsOnly=True)
COPY = next(each for each in family_watches("shop", COPIED, ACCOUNT) if each.type == REPLICA)
(TLS,) = replica_policies("shop", COPIED, ACCOUNT)
TAGS = CHOSEN.inputs["conditions"][0]["stringEquals"]
DAILY, MONTHLY = ("daily", "cron(0 3 * * ? *)", 35), ("monthly", "cron(0 4 1 * ? *)", 365)
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
    {
        "NotificationType": "ACTUAL",
        "ComparisonOperator": "GREATER_THAN",
        "Threshold": amount,
        "ThresholdType": "ABSOLUTE_VALUE",
    }
    for amount in (10.0, 20.0)
]


OF_PERCENT = {"NotificationType": "FORECASTED", "ThresholdType": "PERCENTAGE"}


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

    def pages(self, service: str, region: str, call: str, **given: Any) -> Any:
        return self.get(service, region).get_paginator(call).paginate(**given)


def told(*subscribers: str) -> tuple[str, Any]:
    return "describe_subscribers_for_notification", {
        "Subscribers": [{"SubscriptionType": "SNS", "Address": each} for each in subscribers]
    }


def budget(*more: tuple[str, Any], told_of: Any = NOTIFICATIONS, **changed: Any) -> Stubbed:
    notifications = ("describe_notifications_for_budget", {"Notifications": told_of})
    described = ("describe_budget", {"Budget": {**BUDGET, **changed}})
    return Stubbed("budgets", "us-east-1", described, notifications, *more)


def composite(**changed: Any) -> Stubbed:
    return Stubbed("cloudwatch", "eu-west-1", ("describe_alarms", {"CompositeAlarms": [{**COMPOSITE, **changed}]}))


def event_rule(**changed: Any) -> Stubbed:
    found = {"State": "ENABLED", "EventPattern": ALERT.inputs["eventPattern"], **changed}
    return Stubbed("events", "eu-west-1", ("describe_rule", found))


def lock(**found: Any) -> Stubbed:
    return Stubbed("backup", "eu-west-1", ("describe_backup_vault", found))


def rule(name: str, schedule: str, days: int) -> dict[str, Any]:
    kept = {"DeleteAfterDays": days}
    return {"RuleName": name, "TargetBackupVaultName": "dev-shop", "ScheduleExpression": schedule, "Lifecycle": kept}


def plan(*rules: dict[str, Any]) -> Stubbed:
    listed = {"BackupPlansList": [{"BackupPlanName": "dev-shop", "BackupPlanId": "p"}]}
    found = {"BackupPlan": {"BackupPlanName": "dev-shop", "Rules": list(rules)}}
    return Stubbed("backup", "eu-west-1", ("list_backup_plans", listed), ("get_backup_plan", found))


def selection(opted: bool = True, **changed: Any) -> Stubbed:
    pairs = [{"ConditionKey": each["key"], "ConditionValue": each["value"]} for each in TAGS]
    chosen = {"SelectionName": "dev-shop", "IamRoleArn": CHOSEN.inputs["iamRoleArn"]}
    chosen |= {"Resources": CHOSEN.inputs["resources"], "Conditions": {"StringEquals": pairs}, **changed}
    settings = {
        "ResourceTypeOptInPreference": {"DynamoDB": opted},
        "ResourceTypeManagementPreference": {"DynamoDB": True},
    }
    return Stubbed(
        "backup",
        "eu-west-1",
        ("list_backup_plans", {"BackupPlansList": [{"BackupPlanName": "dev-shop", "BackupPlanId": "p"}]}),
        ("list_backup_selections", {"BackupSelectionsList": [{"SelectionName": "dev-shop", "SelectionId": "s"}]}),
        ("get_backup_selection", {"BackupSelection": chosen}),
        ("describe_region_settings", settings),
    )


def replica(recovery: str = "ENABLED", tags: dict[str, str] | None = None, **changed: Any) -> Stubbed:
    named = COPY.inputs["tags"] if tags is None else tags
    arn = COPY.inputs["globalTableArn"].replace("eu-west-1", "us-east-1")
    status, of_home = {"PointInTimeRecoveryStatus": recovery}, {"Replicas": [{"RegionName": "eu-west-1"}]}
    return Stubbed(
        "dynamodb",
        "us-east-1",
        ("describe_table", {"Table": {"TableArn": arn, "TableStatus": "ACTIVE", **of_home, **changed}}),
        (
            "describe_continuous_backups",
            {
                "ContinuousBackupsDescription": {
                    "ContinuousBackupsStatus": "ENABLED",
                    "PointInTimeRecoveryDescription": status,
                }
            },
        ),
        ("list_tags_of_resource", {"Tags": [{"Key": key, "Value": value} for key, value in named.items()]}),
    )


def own_policy(text: str) -> Stubbed:
    return Stubbed("dynamodb", "us-east-1", ("get_resource_policy", {"Policy": text}))


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
            budget(told(TOPIC), told(TOPIC), told_of=[{**each, **OF_PERCENT} for each in NOTIFICATIONS]),
            ["amounts and who hears of them: found {'10 FORECASTED PERCENTAGE': "],
        ),
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
        (LOCK, lock(Locked=True, MinRetentionDays=30, MaxRetentionDays=400), []),
        (LOCK, lock(Locked=False), ["lock: found none, expected {'minRetentionDays': 30"]),
        (
            LOCK,
            lock(Locked=True, MinRetentionDays=1, MaxRetentionDays=400, LockDate=datetime(2026, 1, 31, tzinfo=UTC)),
            ["lock: found {'minRetentionDays': 1,", "compliance: found True, expected False"],
        ),
        (KEPT, plan(rule(*MONTHLY), rule(*DAILY)), []),
        (KEPT, plan(rule(*DAILY)), ["rule 'monthly': found none"]),
        (KEPT, plan(rule(*DAILY[:2], 7), rule(*MONTHLY), rule("mine", *DAILY[1:])), ["rule 'daily'", "rule 'mine'"]),
        (
            KEPT,
            Stubbed("backup", "eu-west-1", ("list_backup_plans", {"BackupPlansList": []})),
            ["plan: found none, expected dev-shop"],
        ),
        (CHOSEN, selection(), []),
        (
            CHOSEN,
            selection(Resources=["arn:a"], NotResources=["arn:b"]),
            ["resources: found", "resources that are"],
        ),
        (CHOSEN, selection(Conditions={}), ["tags: found {}"]),
        (CHOSEN, selection(opted=False), ["DynamoDB is backed up in the region: found False, expected True"]),
        (COPY, replica(), []),
        (COPY, replica(Replicas=[]), ["replicates with eu-west-1: found False, expected True"]),
        (
            COPY,
            replica(recovery="DISABLED", tags={}, TableStatus="ARCHIVED", DeletionProtectionEnabled=True),
            [
                "status: found ARCHIVED",
                "deletion protection: found True",
                "point-in-time recovery: found False",
                "tags: found",
            ],
        ),
        (COPY, Stubbed("dynamodb", "us-east-1", ("describe_table", "ResourceNotFoundException")), ["missing: "]),
        (TLS, own_policy(TLS.inputs["policy"]), []),
        (TLS, own_policy('{"Statement": []}'), ["policy: found {}, expected"]),
        (TLS, Stubbed("dynamodb", "us-east-1", ("get_resource_policy", "PolicyNotFoundException")), ["missing: "]),
        (ALERT, event_rule(), []),
        (ALERT, event_rule(State="DISABLED", EventPattern="{}"), ["state: found DISABLED", "pattern: found {}"]),
    ],
)
def test_what_differs_is_said(expected: Any, clients: Any, found: list[str]) -> None:
    ((name, _, look),) = watches(clients, [expected], ACCOUNT, "dev", emulated=False)
    texts = [problem.text.removeprefix(f"{name}: ") for problem in look()]
    assert [text[: len(says)] for text, says in zip(texts, found, strict=True)] == found
    clients.stub.assert_no_pending_responses()


def test_what_no_emulator_has_is_not_asked_for_there() -> None:
    nobody: Any = None
    names = [name for name, _, _ in watches(nobody, WATCHES, ACCOUNT, "dev", emulated=True)]
    assert names == [
        "dashboard dynamodb-tables-dev-shop-eu-west-1",
        *(f"{kind} dev-shop-aws-backup-role" for kind in ("role", "role policy")),
        *(f"{kind} dev-shop-aws-restore-role" for kind in ("role", "role policy")),
        "backup vault dev-shop",
        "vault lock dev-shop",
        "event rule dev-shop-backups-failed",
        "event target dev-shop-backups-failed",
    ]
