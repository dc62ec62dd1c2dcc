"""What watches a stage beside its alarms, on AWS, against what is derived: dashboards, composite alarms, budgets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Final

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.staged import Account
from tablekit.ops.drift import Problem, deployment, difference
from tablekit.ops.live import audit, backups, capacity, copies, events, functions
from tablekit.resources import BUDGET, COMPOSITE_ALARM, DASHBOARD, INSIGHTS, KINDS, SCHEDULED_ACTION, Expected

Rows = Iterator[tuple[str, Any, Any]]
"""What is compared, as it was found and as it is expected."""


def _dashboard(clients: Clients, expected: Expected, account: Account) -> Rows:
    name = expected.inputs["dashboardName"]
    body = clients.get("cloudwatch", expected.inputs["region"]).get_dashboard(DashboardName=name)["DashboardBody"]
    found, wanted = (json.loads(text).get("widgets", []) for text in (body, expected.inputs["dashboardBody"]))
    yield "widgets", len(found), len(wanted)
    pairs = enumerate(zip(found, wanted, strict=False), 1)
    yield "widgets that were changed", [place for place, (one, other) in pairs if one != other], []


def _composite(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("cloudwatch", wanted["region"])
    asked = {"AlarmNames": [wanted["alarmName"]], "AlarmTypes": ["CompositeAlarm"]}
    found = next(iter(client.describe_alarms(**asked)["CompositeAlarms"]), None)
    if found is None:
        raise ResourceNotFoundError(f"composite alarm {wanted['alarmName']!r} is not there")
    yield "rule", found.get("AlarmRule"), wanted["alarmRule"]
    yield "actions", sorted(found.get("AlarmActions") or ()), wanted["alarmActions"]
    yield "actions when it is over", sorted(found.get("OKActions") or ()), wanted["okActions"]
    yield "actions are on", found.get("ActionsEnabled", True), True


def _alert(amount: float, *how: str) -> str:
    """What somebody hears of: an amount, and what else it is where it is not one that was spent."""
    usual = ("ACTUAL", "GREATER_THAN", "ABSOLUTE_VALUE")
    return " ".join([f"{amount:g}", *(found for found, word in zip(how, usual, strict=True) if found != word)])


def _budget(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("budgets", "us-east-1")  # where the one endpoint of all regions is
    whose = {"AccountId": account.id, "BudgetName": wanted["name"]}
    found = client.describe_budget(**whose)["Budget"]
    limit = found.get("BudgetLimit") or {}
    spelt = f"{float(limit.get('Amount') or 0):g} {limit.get('Unit')}"
    yield "limit", spelt, f"{float(wanted['limitAmount']):g} {wanted['limitUnit']}"
    yield "period", found.get("TimeUnit"), wanted["timeUnit"]
    filters = {each["name"]: each["values"] for each in wanted["costFilters"]}
    yield "filter", found.get("CostFilters") or {}, filters
    heard = {}
    for each in client.describe_notifications_for_budget(**whose).get("Notifications") or ():
        told = client.describe_subscribers_for_notification(**whose, Notification=each).get("Subscribers") or ()
        how = (each["NotificationType"], each["ComparisonOperator"], each.get("ThresholdType", "PERCENTAGE"))
        heard[_alert(each["Threshold"], *how)] = sorted(subscriber["Address"] for subscriber in told)
    ways = ("threshold", "notificationType", "comparisonOperator", "thresholdType")
    alerts = {
        _alert(*(each[name] for name in ways)): each["subscriberSnsTopicArns"] for each in wanted["notifications"]
    }
    yield "amounts and who hears of them", dict(sorted(heard.items())), dict(sorted(alerts.items()))


_READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    DASHBOARD: ("dashboardName", "cloudwatch:GetDashboard", _dashboard),
    COMPOSITE_ALARM: ("alarmName", "cloudwatch:DescribeAlarms", _composite),
    BUDGET: ("name", "budgets:ViewBudget", _budget),
    **backups.READ,
    **copies.READ,
    **events.READ,
    **functions.READ,
    **audit.READ,
    **capacity.READ,
}
"""By type: the inputs that are its name on AWS, what a role needs to look at it, and what is compared."""
ACTIONS: Final = tuple(action for _, action, _ in _READ.values())
"""What a role needs for all of it."""
_EMULATED: Final = (
    DASHBOARD,
    *backups.EMULATED,
    *copies.EMULATED,
    *events.EMULATED,
    *functions.READ,
    *audit.EMULATED,
    *capacity.READ,
)
"""Those of them that an emulator has."""
_NOT_IMPORTED: Final = (
    *backups.NOT_IMPORTED,
    *copies.NOT_IMPORTED,
    *events.NOT_IMPORTED,
    *functions.READ,
    SCHEDULED_ACTION,
    INSIGHTS,
)


def watches(
    clients: Clients, expected: Iterable[Expected], account: Account, stage: str, emulated: bool
) -> Iterator[tuple[str, str, Callable[[], list[Problem]]]]:
    """Of each object that is looked at here its name, what a role needs for it, and what finds its differences.

    emulated: without those that no emulator has.
    """
    for each in expected:
        if each.type in (_EMULATED if emulated else _READ):
            _, action, rows = _READ[each.type]
            name = f"{KINDS[each.type].word} {_named(each)}"
            yield name, action, partial(_problems, clients, each, account, stage, name, rows)


def called(expected: Expected) -> str:
    """What a look calls it: its name on AWS behind its type; empty for what is looked at elsewhere."""
    return f"{expected.type} {_named(expected)}" if expected.type in _READ else ""


def _named(expected: Expected) -> str:
    return " ".join(str(found) for name in _READ[expected.type][0].split() if (found := expected.inputs.get(name)))


def there(clients: Clients, expected: Iterable[Expected], account: Account, emulated: bool) -> Iterator[str]:
    """Those that are there, as they are called, but for what is imported otherwise or not at all."""
    for each in expected:
        if each.type in (_EMULATED if emulated else _READ) and each.type not in _NOT_IMPORTED:
            with suppress(ResourceNotFoundError), translated(each.name):
                next(_READ[each.type][2](clients, each, account))
                yield called(each)


def _problems(
    clients: Clients,
    expected: Expected,
    account: Account,
    stage: str,
    name: str,
    rows: Callable[[Clients, Expected, Account], Rows],
) -> list[Problem]:
    try:
        with translated(name):
            return [problem for row in rows(clients, expected, account) for problem in difference(*row)]
    except ResourceNotFoundError:
        so = {**dict.fromkeys(capacity.READ, ", so nothing moves capacity"), **dict.fromkeys(copies.READ, "")}
        return [Problem(f"{name}: missing{so.get(expected.type, ', so nobody looks or hears')}: {deployment(stage)}")]
