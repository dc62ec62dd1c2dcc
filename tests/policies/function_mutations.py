"""The ways to break what runs in a stage, a row each. Prod's own file has item counts on."""

from __future__ import annotations

from typing import Any, Final

from tests.policies.edits import DROP, grant

RUNS, LOG = "function item-counts-eu-west-2", "cloudwatch/logGroup:LogGroup item-counts-eu-west-2"
STARTS, MAY = "permission item-counts-eu-west-2", "policy item-counts-eu-west-2"
RULE, TARGET = (
    "cloudwatch/eventRule:EventRule item-counts-us-east-1",
    ("cloudwatch/eventTarget:EventTarget item-counts-us-east-1"),
)
DEAD, LARGE = "alarm account-us-east-1-item-counts", "alarm pse-keyword-intelligence-items"
EVERY_TABLE = "arn:aws:dynamodb:eu-west-2:111122223333:table/*"
FUNCTIONS: Final[tuple[tuple[Any, ...], ...]] = (
    ("function-log", LOG, {"": DROP}, "log group '/aws/lambda/prod-dynamodb-item-counts' is not there"),
    ("function-log", LOG, {"retentionInDays": 0}, "or keeps for ever; give it retentionInDays"),
    ("function-log", LOG, {"name": "/aws/lambda/other"}, "function item-counts-eu-west-2: log group"),
    ("function-invoker", STARTS, {"sourceArn": DROP}, "sourceArn and sourceAccount are not given"),
    ("function-invoker", STARTS, {"principal": "*"}, "principal is '*'"),
    ("function-invoker", STARTS, {"sourceArn": "arn:aws:events:eu-west-2:*:rule/prod"}, "of any account"),
    ("function-schedule", TARGET, {"": DROP}, "event rule item-counts-us-east-1: has no target"),
    ("function-schedule", RULE, {"state": "DISABLED"}, "state is 'DISABLED'"),
    ("access-wildcard-resource", MAY, grant("dynamodb:DescribeTable", EVERY_TABLE), "name the tables"),
    ("access-wildcard-action", MAY, grant("dynamodb:*", "arn:a"), "allows 'dynamodb:*'"),
    ("alarm-missing-data", DEAD, {"treatMissingData": "notBreaching"}, "for TablesFailed is breaching"),
    ("alarm-missing-data", LARGE, {"treatMissingData": "missing"}, "allowed for Items is notBreaching or breaching or"),
    ("alarm-published", LARGE, {"metricName": "ItemCount"}, "dynamodb-tables publishes no metric 'ItemCount'"),
    ("alarm-published", LARGE, {"dimensions": {"Table": "x"}}, "Items is not published by Table; its dimensions are"),
    ("alarm-published", DEAD, {"metricQueries/0/metric/dimensions": DROP}, "TablesFailed is not published by none"),
    ("stack-inputs", DEAD, {"metricQueries/1/expression": "FILL(m0, 0)"}, "expression is 'FILL(m0, 0)', expected"),
    ("alarm-actions", DEAD, {"alarmActions": []}, "alarmActions is empty"),
    ("stack-inputs", LARGE, {"threshold": 1_000_000}, "threshold is 1000000, expected 100000"),
    ("stack-inputs", "alarm acs-Users-bytes", {"threshold": 1e12}, "expected 8000000000"),
    (
        "stack-inputs",
        RUNS,
        {"code/assets/item_counts.py/text": "def handler(event, context): ..."},
        "code.item_counts.py is",
    ),
    ("stack-inputs", RUNS, {"code": {"4dabf18193072939515e22adb298388d": "x", "path": "/code"}}, "code.path is"),
    ("stack-inputs", RUNS, {"environment": {"variables": {"A": "b"}}}, "environment is"),
    ("stack-inputs", RUNS, {"reservedConcurrentExecutions": 0}, "reservedConcurrentExecutions is 0, expected not"),
    ("stack-inputs", RUNS, {"role": "arn:aws:iam::111122223333:role/admin"}, "role is"),
    ("stack-inputs", RUNS, {"layers": ["arn:aws:lambda:eu-west-2:999988887777:layer:a:1"]}, "layers is"),
    ("stack-inputs", MAY, {"policy/Statement/1/Condition": DROP}, "policy is with"),
    ("stack-inputs", RULE, {"scheduleExpression": "rate(30 days)"}, "scheduleExpression is 'rate(30 days)'"),
    ("stack-complete", RUNS, {"": DROP}, "function item-counts-eu-west-2: is not there"),
    (
        "stack-undeclared",
        "function more",
        {"name": "more", "role": "arn:aws:iam::111122223333:role/more"},
        "is not expected at all",
    ),
)
