"""What the guard makes of a plan's changes of what watches a stage: budgets, composite alarms, dashboards."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tablekit.ops.guard.report import Allowance, PlanReport, judge
from tests.support.guarded import Document, paired, plan, resource, state, step, urn

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
HEARS = "arn:aws:sns:eu-west-1:123456789012:dev-shop-alarms"
NOTIFICATIONS = [{"threshold": amount, "subscriberSnsTopicArns": [HEARS]} for amount in (10, 20)]
BUDGET = {"name": "dev-shop", "limitUnit": "USD", "timeUnit": "MONTHLY", "notifications": NOTIFICATIONS}
HURT = {"alarmName": "hurt", "alarmRule": 'ALARM("a") OR ALARM("b")', "alarmActions": [HEARS]}
KINDS = {"budget": "aws:budgets/budget:Budget", "hurt": "aws:cloudwatch/compositeAlarm:CompositeAlarm"}
KINDS |= {"dashboard": "aws:cloudwatch/dashboard:Dashboard"}


def report(folder: Path, touched: Document, *allowed: Allowance) -> PlanReport:
    """On a plan that leaves the one table as it is."""
    steps = (step("same", resource(), resource()), touched)
    return judge(paired(folder, plan(*steps), state(resource())), allowed, date(2026, 6, 1))


def watch(op: str, kind: str, before: Document | None, after: Document | None) -> Document:
    """A step on what watches the shop."""
    made = {
        side: {"urn": urn(f"shop-{kind}", KINDS[kind]), "type": KINDS[kind], "inputs": given}
        for side, given in (("oldState", before), ("newState", after))
        if given is not None
    }
    return {"op": op, "urn": urn(f"shop-{kind}", KINDS[kind]), **made}


@pytest.mark.parametrize(
    ("op", "kind", "before", "new", "says", "code"),
    [
        ("create", "budget", None, BUDGET, "create: a new budget", 0),
        ("same", "budget", BUDGET, {}, "", 0),
        ("update", "budget", BUDGET, {"tags": {"a": "b"}}, "in-place: the budget is changed", 0),
        ("delete", "budget", BUDGET, None, "watch-lost: the budget goes", 2),
        ("update", "budget", BUDGET, {"notifications": NOTIFICATIONS[1:]},
         "watch-loosened: nobody hears of 10 USD any more", 2),
        ("update", "budget", BUDGET, {"notifications": [NOTIFICATIONS[0], {"threshold": 2000.5}]},
         "watch-loosened: nobody hears of 20 USD any more", 2),
        ("update", "budget", BUDGET, {"notifications": [NOTIFICATIONS[0], {"threshold": 20}]},
         f"watch-loosened: {HEARS} does not hear of 20 any more", 2),
        ("update", "budget", BUDGET, {"timeUnit": "ANNUALLY"}, "watch-loosened: timeUnit: MONTHLY → ANNUALLY", 2),
        ("update", "budget", BUDGET, {"name": UNKNOWN}, "unknown: a value of the budget is a secret, or known only", 2),
        ("replace", "budget", BUDGET, {"name": "other"}, "in-place: the budget is made anew", 0),
        ("delete", "hurt", HURT, None, "watch-lost: the composite alarm goes", 2),
        ("update", "hurt", HURT, {"alarmRule": 'ALARM("a") OR ALARM("b") OR ALARM("c")'}, "in-place: the composite", 0),
        ("update", "hurt", HURT, {"alarmRule": 'ALARM("a")'}, 'watch-loosened: its rule is without ALARM("b")', 2),
        ("update", "hurt", HURT, {"alarmActions": []}, f"watch-loosened: {HEARS} does not hear of it any more", 2),
        ("update", "hurt", HURT, {"actionsSuppressor": {"alarm": "x"}}, "watch-loosened: its actions are off, or", 2),
        ("delete", "dashboard", {"dashboardBody": "{}"}, None, "watch-lost: the dashboard goes", 2),
        ("update", "dashboard", {"dashboardBody": "{}"}, {"dashboardBody": ""}, "in-place: the dashboard is", 0),
    ],
)  # fmt: skip
def test_what_watches_a_stage_is_judged(
    tmp_path: Path, op: str, kind: str, before: Any, new: Any, says: str, code: int
) -> None:
    touched = watch(op, kind, before, {**(before or {}), **new} if new is not None else None)
    found = report(tmp_path, touched)
    lines = [f"{change.change}: {change.detail}" for each in found.watches for change in each.changes]
    assert [line[: len(says)] for line in lines] == ([says] if says else [])
    assert found.exit_code == code
    if code:
        (watched,) = found.watches
        allowed = Allowance(table=watched.name, change=watched.changes[0].change, by="Ada", reason="known")
        assert report(tmp_path, touched, allowed).exit_code == 0
