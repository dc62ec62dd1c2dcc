"""What a stage is watched by beside its alarms: dashboards and budgets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tablekit.model import dashboards
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily, dashboard_name
from tablekit.resources.expected import BUDGET, DASHBOARD, Expected


def of_family(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """All that watches a family. name: what its resources' names begin with."""
    if family.dashboard:
        yield family_dashboard(name, family)
    if family.budget:
        yield budget(name, family, account)


def family_dashboard(name: str, family: StagedFamily) -> Expected:
    """The family's dashboard. name: what its resources' names begin with."""
    return _dashboard(f"{name}-dashboard", family.dashboard, dashboards.family_dashboard(family), family.region)


def stage_dashboard(stage: StageConfig, families: Iterable[StagedFamily], account: Account) -> Expected:
    """The whole stage's."""
    body = dashboards.stage_dashboard(stage, families, account)
    return _dashboard("dashboard", dashboard_name(stage, stage.region), body, stage.region)


def _dashboard(name: str, called: str | None, body: dashboards.Body, region: str) -> Expected:
    return Expected(DASHBOARD, name, {"dashboardName": called, "dashboardBody": json.dumps(body), "region": region})


def budget(name: str, family: StagedFamily, account: Account) -> Expected:
    """The family's budget, which tells its topic of each amount that is passed.

    It counts what carries the tag `family`, in every stage of the account: Budgets says how two tags would go together
    nowhere, and counting too much tells somebody too early, not too late.
    """
    asked = family.budget
    assert asked is not None, "the caller has looked"
    topic = account.arn("sns", family.region, family.alarm_topic)
    notifications = [
        {
            "comparisonOperator": "GREATER_THAN",
            "notificationType": "ACTUAL",
            "threshold": amount,
            "thresholdType": "ABSOLUTE_VALUE",
            "subscriberSnsTopicArns": [topic],
        }
        for amount in asked.alerts
    ]
    inputs = {
        "name": asked.name,
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": str(asked.alerts[-1]),
        "limitUnit": asked.currency,
        "costFilters": [{"name": "TagKeyValue", "values": [f"user:family${family.key}"]}],
        "notifications": notifications,
        "tags": family.tags,
    }
    return Expected(BUDGET, f"{name}-budget", inputs)
