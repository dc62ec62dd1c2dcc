"""What the guard makes of a plan's changes of what watches a stage: budgets, composite alarms, dashboards, backups."""

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
RULES = [
    {
        "ruleName": name,
        "schedule": "cron(0 3 * * ? *)",
        "targetVaultName": "v",
        "lifecycle": {"deleteAfter": days},
        "copyActions": [{"destinationVaultArn": "arn:c", "lifecycle": {"deleteAfter": days}}],
    }
    for name, days in (("daily", 35), ("monthly", 365))
]
PLAN: Document = {"name": "dev-shop", "rules": RULES}
LOCK = {"backupVaultName": "dev-shop", "minRetentionDays": 30, "maxRetentionDays": 400}
FOREVER = {**LOCK, "changeableForDays": 3}
TAGGED = [{"stringEquals": [{"key": "aws:ResourceTag/family", "value": "shop"}]}]
CHOSEN = {"planId": "p", "resources": ["arn:shop-*"], "conditions": TAGGED}
VAULT, FAILED = {"name": "dev-shop"}, {"name": "failed", "eventPattern": "{}"}
KINDS |= {"vault": "aws:backup/vault:Vault", "plan": "aws:backup/plan:Plan", "chosen": "aws:backup/selection:Selection"}
KINDS |= {"lock": "aws:backup/vaultLockConfiguration:VaultLockConfiguration"}
KINDS |= {"rule": "aws:cloudwatch/eventRule:EventRule", "target": "aws:cloudwatch/eventTarget:EventTarget"}
KINDS |= {"function": "aws:lambda/function:Function", "permission": "aws:lambda/permission:Permission"}
KINDS |= {"log": "aws:cloudwatch/logGroup:LogGroup"}
MARK, CODE = "4dabf18193072939515e22adb298388d", "c44067f5952c0a294b673a41bacd8c17"
COUNTS = {"name": "counts", "role": "arn:r", "timeout": 120, "memorySize": 256}
STARTS = {"function": "counts", "principal": "events.amazonaws.com", "sourceArn": "arn:s"}


def archive(text: str) -> Document:
    """An archive of one text, as a state has it."""
    return {MARK: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {"a.py": {MARK: CODE, "text": text}}}


KINDS |= {"dashboard": "aws:cloudwatch/dashboard:Dashboard"}


BUS, KEPT = {"name": "dev-shop"}, {"name": "dev-shop", "retentionDays": 90, "kmsKeyIdentifier": "k"}
KINDS |= {"bus": "aws:cloudwatch/eventBus:EventBus", "replay": "aws:cloudwatch/eventArchive:EventArchive"}
KINDS |= {"athena": "aws:glue/catalogTable:CatalogTable"}


def projected(*tables: str, on: str = "true") -> Document:
    """Athena's table on these of ours."""
    return {"parameters": {"projection.enabled": on, "projection.table_name.values": ",".join(tables)}}


ATHENA = {"name": "expired", **projected("shop", "other")}
KINDS |= {"queue": "aws:sqs/queue:Queue", "pipe": "aws:pipes/pipe:Pipe"}


def piped(filters: Any = ("a",), retries: int = 20, queue: str = "arn:queue") -> Document:
    """A pipe's source, this changed."""
    stream = {"maximumRetryAttempts": retries, "deadLetterConfig": {"arn": queue}}
    criteria = {"filters": [{"pattern": each} for each in filters]}
    return {"sourceParameters": {"dynamodbStreamParameters": stream, "filterCriteria": criteria}}


PIPE: Document = {"name": "dev-shop-orders-events", "source": "arn:s", "target": "arn:bus", **piped()}


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
        ("update", "budget", BUDGET, {"notifications": [{**each, "thresholdType": "P"} for each in NOTIFICATIONS]},
         "watch-loosened: nobody hears of 10, 20 USD any more", 2),
        ("update", "budget", BUDGET, {"timeUnit": "ANNUALLY"}, "watch-loosened: timeUnit: MONTHLY → ANNUALLY", 2),
        ("update", "budget", BUDGET, {"name": UNKNOWN}, "unknown: a value of the budget is a secret, or known only", 2),
        ("replace", "budget", BUDGET, {"name": "other"}, "in-place: the budget is made anew", 0),
        ("delete", "hurt", HURT, None, "watch-lost: the composite alarm goes", 2),
        ("update", "hurt", HURT, {"alarmRule": 'ALARM("a") OR ALARM("b") OR ALARM("c")'}, "in-place: the composite", 0),
        ("update", "hurt", HURT, {"alarmRule": 'ALARM("a")'}, 'watch-loosened: its rule is without ALARM("b")', 2),
        ("update", "hurt", HURT, {"alarmActions": []}, f"watch-loosened: {HEARS} does not hear of it any more", 2),
        ("update", "hurt", HURT, {"actionsSuppressor": {"alarm": "x"}}, "watch-loosened: its actions are off, or", 2),
        ("create", "vault", None, VAULT, "create: a new backup vault", 0),
        ("delete", "vault", VAULT, None, "backup-lost: the backup vault goes", 2),
        ("replace", "vault", VAULT, {"kmsKeyArn": "k"}, "backup-lost: kmsKeyArn: None → k, which is another vault", 2),
        ("create", "lock", None, LOCK, "create: a new vault lock", 0),
        ("create", "lock", None, FOREVER, "lock-for-good: 3 days after the update nobody takes", 2),
        ("replace", "lock", LOCK, {"changeableForDays": 3}, "lock-for-good: 3 days after the update nobody", 2),
        ("replace", "lock", LOCK, {"minRetentionDays": 7}, "backup-loosened: minRetentionDays of the vault lock", 2),
        ("replace", "lock", LOCK, {"maxRetentionDays": 365}, "backup-loosened: maxRetentionDays of the vault lock", 2),
        ("replace", "lock", LOCK, {"minRetentionDays": 35}, "in-place: the vault lock is made anew", 0),
        ("delete", "lock", LOCK, None, "backup-loosened: the vault lock leaves the stack, and stays until", 2),
        ("replace", "lock", FOREVER, {"minRetentionDays": 7}, "lock-kept: the vault lock is a compliance lock", 3),
        ("replace", "lock", FOREVER, {"changeableForDays": None}, "lock-kept: the vault lock is a compliance lock", 3),
        ("delete", "plan", PLAN, None, "backup-lost: the backup plan goes", 2),
        ("update", "plan", PLAN, {"rules": RULES[1:]}, "backup-loosened: rule 'daily': makes no backups any more", 2),
        ("update", "plan", PLAN, {"rules": [{**RULES[0], "lifecycle": {"deleteAfter": 7}}, RULES[1]]},
         "backup-loosened: rule 'daily': kept for 35 → 7 days", 2),
        ("update", "plan", PLAN, {"rules": [{**RULES[0], "lifecycle": {"deleteAfter": 70}}, RULES[1]]},
         "in-place: the backup plan is changed", 0),
        ("update", "plan", PLAN, {"rules": [{**RULES[0], "copyActions": []}, RULES[1]]},
         "backup-loosened: rule 'daily', copy to arn:c: makes no backups", 2),
        ("update", "plan", PLAN, {"rules": [{**RULES[0], "schedule": "cron(0 3 1 * ? *)"}, RULES[1]]},
         "backup-loosened: rule 'daily': schedule: cron(0 3 * * ? *) → cron(0 3 1 * ? *)", 2),
        ("create", "chosen", None, {**CHOSEN, "planId": UNKNOWN}, "create: a new backup selection", 0),
        ("delete", "chosen", CHOSEN, None, "backup-lost: the backup selection goes", 2),
        ("replace", "chosen", CHOSEN, {"planId": UNKNOWN}, "in-place: the backup selection is made anew", 0),
        ("replace", "chosen", CHOSEN, {"resources": ["arn:a"]}, "backup-loosened: arn:shop-* is not selected any", 2),
        ("replace", "chosen", CHOSEN, {"notResources": ["arn:a"]}, "backup-loosened: arn:a is left out", 2),
        ("replace", "chosen", CHOSEN, {"conditions": [{"stringEquals": [{"key": "k", "value": "v"}]}]},
         "backup-loosened: selected is only what also has k stringEquals v", 2),
        ("update", "rule", FAILED, {"state": "DISABLED"}, "watch-loosened: the event rule is off", 2),
        ("update", "rule", FAILED, {"eventPattern": "{1}"}, "watch-loosened: the event rule tells of something", 2),
        ("delete", "rule", FAILED, None, "watch-lost: the event rule goes", 2),
        ("update", "target", {"arn": HEARS}, {"arn": "arn:x"}, f"watch-loosened: {HEARS} does not hear of it", 2),
        ("create", "pipe", None, {**PIPE, "source": UNKNOWN}, "create: a new pipe", 0),
        ("delete", "pipe", PIPE, None, "delivery-lost: the pipe goes", 2),
        ("replace", "pipe", PIPE, {"source": UNKNOWN}, "delivery-anew: its table has another stream", 2),
        ("update", "pipe", PIPE, {"desiredState": "STOPPED"}, "delivery-lost: the pipe is stopped", 2),
        ("update", "pipe", PIPE, piped(["b"]), "delivery-loosened: the filters of the pipe let something else", 2),
        ("update", "pipe", PIPE, piped(retries=5), "delivery-loosened: maximumRetryAttempts: 20 → 5", 2),
        ("update", "pipe", PIPE, piped(retries=-1), "in-place: the pipe is changed", 0),
        ("update", "pipe", PIPE, piped(queue="arn:x"), "delivery-loosened: what the pipe gives up goes elsewhere", 2),
        ("update", "pipe", PIPE, {"target": "arn:x"}, "delivery-loosened: target: arn:bus → arn:x", 2),
        ("update", "pipe", PIPE, {"targetParameters": {"inputTemplate": ""}}, "delivery-loosened: what the pipe's", 2),
        ("create", "bus", None, {**BUS, "kmsKeyIdentifier": UNKNOWN}, "create: a new event bus", 0),
        ("create", "replay", None, {**KEPT, "kmsKeyIdentifier": UNKNOWN}, "create: a new event archive", 0),
        ("delete", "bus", BUS, None, "delivery-lost: the event bus goes", 2),
        ("replace", "bus", BUS, {"name": "x"}, "delivery-lost: name: dev-shop → x, which is another bus", 2),
        ("update", "replay", KEPT, {"retentionDays": 7}, "delivery-loosened: retentionDays: 90 → 7", 2),
        ("update", "replay", KEPT, {"retentionDays": 0}, "in-place: the event archive is changed", 0),
        ("update", "replay", KEPT, {"kmsKeyIdentifier": None}, "delivery-loosened: kmsKeyIdentifier: k → none, whi", 2),
        ("update", "bus", KEPT, {"kmsKeyIdentifier": None}, "delivery-loosened: kmsKeyIdentifier: k → none, which", 2),
        ("update", "queue", {"kmsMasterKeyId": "k"}, {"kmsMasterKeyId": None}, "delivery-loosened: kmsMasterKeyId", 2),
        ("delete", "replay", KEPT, None, "delivery-lost: the event archive goes", 2),
        ("delete", "athena", ATHENA, None, "delivery-lost: the catalog table goes", 2),
        ("replace", "athena", ATHENA, {"name": "x"}, "delivery-lost: name: expired → x, which is another place", 2),
        ("update", "athena", ATHENA, projected("shop", "other", on="no"), "delivery-loosened: parameters of what", 2),
        ("update", "athena", ATHENA, projected("new", "other", "shop"), "in-place: the catalog table is changed", 0),
        ("update", "athena", ATHENA, projected("other"), "delivery-loosened: Athena finds nothing of shop any more", 2),
        ("delete", "queue", {"name": "q"}, None, "delivery-lost: the queue goes", 2),
        ("update", "queue", {"policy": "{}"}, {"policy": "{1}"}, "delivery-loosened: the queue's policy is another", 2),
        ("create", "function", None, {**COUNTS, "code": archive("x = 1")}, "create: a new function", 0),
        ("update", "function", {**COUNTS, "code": archive("x = 1")}, {"code": archive("x = 2")},
         "in-place: the function is changed", 0),
        ("delete", "function", COUNTS, None, "watch-lost: the function goes", 2),
        ("update", "function", COUNTS, {"reservedConcurrentExecutions": 0}, "watch-loosened: the function never", 2),
        ("update", "function", COUNTS, {"role": "arn:o"}, "watch-loosened: role of the function: arn:r → arn:o", 2),
        ("update", "function", COUNTS, {"timeout": 3}, "watch-loosened: timeout of the function: 120 → 3", 2),
        ("replace", "function", COUNTS, {"name": "x"}, "watch-loosened: name of the function: counts → x", 2),
        ("delete", "permission", STARTS, None, "watch-lost: the permission goes", 2),
        ("replace", "permission", STARTS, {"sourceArn": "arn:o"}, "watch-loosened: sourceArn of the permission", 2),
        ("update", "log", {"retentionInDays": 30}, {"retentionInDays": 7}, "watch-loosened: the log is kept for 30", 2),
        ("update", "log", {"retentionInDays": 30}, {"retentionInDays": 0}, "in-place: the log group is changed", 0),
        ("update", "rule", {"scheduleExpression": "rate(6 hours)"}, {"scheduleExpression": "rate(9 days)"},
         "watch-loosened: schedule: rate(6 hours) → rate(9 days)", 2),
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
    if code == 2:
        (watched,) = found.watches
        allowed = Allowance(table=watched.name, change=watched.changes[0].change, by="Ada", reason="known")
        assert report(tmp_path, touched, allowed).exit_code == 0
