"""Budgets, composite alarms, and what all of it costs: what a family declares and a stage switches."""

from __future__ import annotations

from typing import Any

import pytest

from tablekit.model import Archive, Budget, Catalogue, Figures, StageError
from tablekit.model.alarms import composite_alarm
from tablekit.model.permissions import topic_policy
from tablekit.model.staged import Account, staged_families
from tablekit.resources import ALARM, BUDGET, COMPOSITE_ALARM, TOPIC, family_resources
from tablekit.resources.costs import costs
from tablekit.resources.stack import check_family, watched_by
from tests.support import declare
from tests.support.snapshots import CATALOGUE

ACCOUNT = Account("111122223333")
ON = {"budgets": True, "budgetAlerts": {"acs": [25, 50], "pse": [60]}}


def test_the_documents_amounts() -> None:
    """PSE: £50. Form-Bridge: $10, 15, 20. ACS: alerts, without amounts. The others: none."""
    declared = {family.key: family.budget for family in CATALOGUE if family.budget}
    assert {key: (each.alerts, each.currency) for key, each in declared.items()} == {
        "acs": ((), "USD"),
        "formbridge": ((10, 15, 20), "USD"),
        "pse": ((50,), "GBP"),
    }
    figures = CATALOGUE.family("pse").figures
    assert figures is not None
    assert list(figures.metrics) == ["KeywordsProcessed", "CampaignsActive", "RevenueTracked", "ROI"]


def test_a_budget_is_one_with_a_notification_an_amount() -> None:
    family = staged_families(declare.stage("prod", CATALOGUE, **ON), CATALOGUE)["formbridge"]
    (budget,) = (each for each in family_resources("formbridge", family, ACCOUNT) if each.type == BUDGET)
    topic = "arn:aws:sns:eu-west-2:111122223333:prod-formbridge-alarms"
    assert (budget.name, budget.inputs["name"]) == ("formbridge-budget", "prod-formbridge")
    assert (budget.inputs["limitAmount"], budget.inputs["limitUnit"]) == ("20", "USD")
    assert budget.inputs["costFilters"] == [{"name": "TagKeyValue", "values": ["user:family$formbridge"]}]
    assert [(each["threshold"], each["subscriberSnsTopicArns"]) for each in budget.inputs["notifications"]] == [
        (10, [topic]), (15, [topic]), (20, [topic]),
    ]  # fmt: skip


def test_a_stage_gives_what_the_documents_do_not() -> None:
    families = staged_families(declare.stage("prod", CATALOGUE, **ON), CATALOGUE)
    found = {key: family.budget and family.budget.alerts for key, family in families.items()}
    assert found == {
        **dict.fromkeys(("cloudstro", "content-ai", "marketbrewer")),
        "acs": (25, 50),
        "formbridge": (10, 15, 20),
        "pse": (60,),
    }
    pounds = declare.staged(
        declare.family(budget=Budget(purpose="costs", alerts=(50,), currency="GBP")),
        budgets=True,
        billingCurrency="GBP",
    )
    assert pounds.budget is not None
    assert (pounds.budget.alerts, pounds.budget.currency) == ((50,), "GBP")


def test_a_budget_has_a_topic_without_alarms_and_may_publish_there() -> None:
    family = declare.staged(budgets=True, budgetAlerts={"shop": [5]})
    kinds = [each.type for each in family_resources("shop", family, ACCOUNT)]
    assert (kinds.count(TOPIC), kinds.count(ALARM), kinds.count(BUDGET)) == (1, 0, 1)
    (topic,) = (each for each in family_resources("shop", family, ACCOUNT) if each.type == TOPIC)
    alarms, tls, budgets = topic_policy("arn:t", ACCOUNT, ["budgets"])["Statement"]
    assert '"budgets.amazonaws.com"' in topic.inputs["policy"]
    assert budgets == {
        "Sid": "Budgets",
        "Effect": "Allow",
        "Principal": {"Service": "budgets.amazonaws.com"},
        "Action": ["sns:Publish"],
        "Resource": ["arn:t"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
    }
    assert [each["Sid"] for each in (alarms, tls)] == ["Alarms", "TlsOnly"]


def test_a_composite_alarm_is_any_critical_one() -> None:
    two = declare.family(tables=(declare.table(), declare.table(name="carts")), patterns=())
    family = declare.staged(two, alarms="all", compositeAlarms=True)
    found = composite_alarm(family)
    assert found is not None
    assert found.rule == 'ALARM("dev-shop-orders-system-errors") OR ALARM("dev-shop-carts-system-errors")'
    (made,) = (each for each in family_resources("shop", family, ACCOUNT) if each.type == COMPOSITE_ALARM)
    topic = ["arn:aws:sns:eu-west-1:111122223333:dev-shop-alarms"]
    assert (made.inputs["alarmName"], made.inputs["alarmActions"], made.inputs["okActions"]) == (
        "dev-shop-hurt", topic, topic,
    )  # fmt: skip
    assert composite_alarm(declare.staged(two, alarms="all")) is None


@pytest.mark.parametrize(("tables", "length"), [(101, 5), (80, 120)])
def test_a_composite_alarm_that_is_too_large_is_refused_before_anything_is_made(tables: int, length: int) -> None:
    names = [f"t{number}".ljust(length, "x") for number in range(tables)]
    large = declare.family(tables=tuple(declare.table(name=name) for name in names), patterns=())
    family = declare.staged(large, "dev", Catalogue([large]), alarms="tables", compositeAlarms=True)
    with pytest.raises(
        StageError, match=rf"compositeAlarms: family 'shop' has {tables} critical alarms, a rule of \d+ "
    ):
        check_family(family)


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ({"budget": {"purpose": "", "alerts": (5,)}}, "budget.purpose"),
        ({"budget": {"purpose": "x", "alerts": (5, 3)}}, "5, 3 do not rise"),
        ({"budget": {"purpose": "x", "currency": "dollar"}}, "budget.currency"),
        (
            {"figures": Figures(namespace="Other", metrics={"A": "Sum"})},
            "namespace 'Other', into which no role may put",
        ),
        ({"growth": {"purpose": "x", "limits": {}}}, "no limit; give items, gigabytes or both"),
        ({"growth": {"purpose": "x", "limits": {"items": 0}}}, "growth.limits.items"),
        ({"growth": {"purpose": "x", "limits": {"gigabytes": 0.5}}}, "growth.limits.gigabytes"),
        ({"growth": {"purpose": ""}}, "growth.purpose"),
        ({"figures": {"namespace": "S", "metrics": {}}}, "figures.metrics"),
        ({"figures": {"namespace": "S", "metrics": {"A": "Mean"}}}, "figures.metrics"),
    ],
)
def test_a_wrong_declaration_is_refused(declared: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace(".", r"\.").replace("\\.\\.", "..")) as refusal:
        declare.family(**declared)
    assert says in str(refusal.value)


REST = (
    "off: {}, events, archive, dataEvents, encryption: family-keys, replicas, accessAnalyzer, contributorInsights, "
    "costAnomalies."
)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, ""),
        (
            {"alarms": "tables"},
            "Stage dev is watched by 3 alarms $0.40: at most $0.40 a month; "
            + REST.format("compositeAlarms, dashboards, budgets, itemCounts, backups"),
        ),
        (
            {"alarms": "tables", "compositeAlarms": True, "dashboards": True, "budgets": True},
            "Stage dev is watched by 3 alarms $0.40, 1 composite alarm $0.50, 2 dashboards $6.00, 1 budget $0.00: "
            "at most $6.90 a month; " + REST.format("itemCounts, backups"),
        ),
        (
            {"backups": True, "backupVault": {"copyTo": "us-east-1"}},
            "Stage dev is watched by 2 backup vaults by the GB: at most $0.00 a month and what is paid by use; "
            + REST.format("alarms, compositeAlarms, dashboards, budgets, itemCounts"),
        ),
        (
            {"alarms": "tables", "itemCounts": True, "growthLimits": {"shop": {"items": 5, "gigabytes": 1}}},
            "Stage dev is watched by 6 alarms $0.70, 5 custom metrics $0.25: at most $0.95 a month; "
            + REST.format("compositeAlarms, dashboards, budgets, backups"),
        ),
        (
            {"archive": True, "contributorInsights": {"shop": "all"}},
            "Stage dev is watched by 2 alarms $0.40, 1 pipe by the million, 1 catalog table by the GB, "
            "2 contributor insights $3.00: at most $3.40 a month and what is paid by use; "
            "off: compositeAlarms, dashboards, budgets, itemCounts, backups, "
            "events, dataEvents, encryption: family-keys, replicas, accessAnalyzer, costAnomalies.",
        ),
        (
            {"encryption": "family-keys", "replicas": {"shop": ["us-east-1"]}},
            "Stage dev is watched by 2 keys $6.00, 1 replica by use: at most $6.00 a month and what is paid by use; "
            "off: alarms, compositeAlarms, dashboards, budgets, itemCounts, backups, "
            "events, archive, dataEvents, accessAnalyzer, contributorInsights, costAnomalies.",
        ),
    ],
)
def test_a_deployment_says_what_is_on_and_what_it_costs(settings: dict[str, Any], says: str) -> None:
    cold = Archive(purpose="cold")
    shop = Catalogue(
        [declare.family(tables=(declare.table(archive=cold),), budget=Budget(purpose="costs", alerts=(5,)))]
    )
    stage = declare.stage("dev", shop, **settings)
    deployed = staged_families(stage, shop)
    assert costs(stage, deployed.values(), watched_by(stage, deployed, ACCOUNT)) == says
