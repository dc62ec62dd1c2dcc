"""The ways to break what watches a stage beside its alarms, a row each: dashboards, composite alarms, budgets."""

from __future__ import annotations

from typing import Any, Final

from tests.policies.edits import DROP

BUDGET, BOARD, HURT = "budget formbridge-budget", "dashboard acs-dashboard", "composite acs-hurt"
FULL, OTHER_TOPIC = "prod full", "arn:aws:sns:eu-west-2:111122223333:prod-pse-alarms"
WATCHES: Final[tuple[tuple[Any, ...], ...]] = (
    (
        "stack-undeclared",
        "dashboard more",
        {"dashboardName": "more", "dashboardBody": '{"widgets": []}'},
        "is not expected at all",
    ),
    (
        "stack-undeclared",
        "budget more",
        {"budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "5", "limitUnit": "USD"},
        "is not expected at all",
    ),
    ("stack-inputs", BUDGET, {"limitAmount": "2000"}, "limitAmount is '2000', expected '20'"),
    ("stack-inputs", BUDGET, {"limitUnit": "EUR"}, "limitUnit is 'EUR', expected 'USD'"),
    ("stack-inputs", BUDGET, {"notifications/2/threshold": 2000}, "notifications[2].threshold is 2000, expected 20"),
    ("stack-inputs", BUDGET, {"notifications/0/notificationType": "FORECASTED"}, "notificationType is 'FORECASTED'"),
    ("stack-inputs", BUDGET, {"notifications/0": DROP}, "notifications is"),
    (
        "stack-inputs",
        BUDGET,
        {"costFilters/0/values": ["user:family$acs"]},
        "costFilters[0].values[0] is 'user:family$acs'",
    ),
    ("stack-inputs", "budget pse-budget", {"costFilters": DROP}, "costFilters is not given"),
    ("stack-inputs", "budget acs-budget", {"timeUnit": "ANNUALLY"}, "timeUnit is 'ANNUALLY', expected 'MONTHLY'"),
    ("stack-inputs", BOARD, {"dashboardBody": '{"widgets": []}'}, "dashboardBody is"),
    ("stack-inputs", "dashboard dashboard", {"dashboardName": "mine"}, "dashboardName is 'mine'"),
    ("stack-inputs", HURT, {"alarmRule": 'ALARM("acsd2p-prod-Users-system-errors")'}, "alarmRule is", FULL),
    ("stack-inputs", HURT, {"alarmActions/0": OTHER_TOPIC}, "alarmActions[0] is", FULL),
    (
        "stack-inputs",
        HURT,
        {"actionsSuppressor": {"alarm": "quiet", "extensionPeriod": 1, "waitPeriod": 1}},
        "actionsSuppressor",
        FULL,
    ),
    (
        "stack-inputs",
        "topic formbridge-alarms",
        {"policy/Statement/2/Principal": {"Service": "events.amazonaws.com"}},
        "budgets.am",
    ),
    ("stack-complete", "dashboard pse-dashboard", {"": DROP}, "dashboard pse-dashboard: is not there"),
    ("stack-complete", HURT, {"": DROP}, "composite alarm acs-hurt: is not there", FULL),
    ("stack-complete", "budget pse-budget", {"": DROP}, "budget pse-budget: is not there"),
    ("alarm-actions", HURT, {"alarmActions": []}, "alarmActions is empty", FULL),
    ("budget-subscriber", BUDGET, {"notifications/1/subscriberSnsTopicArns": []}, "notifications[1] has no subscriber"),
    ("budget-subscriber", "budget acs-budget", {"notifications": DROP}, "it has no notification"),
)
