"""Backups: what a family declares, and what of it and of the stage's settings is derived."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.events.models import EventPattern

from tablekit.model import Catalogue, StageError
from tablekit.model.backups import Backups
from tablekit.model.permissions import topic_policy
from tablekit.model.staged import Account
from tablekit.resources import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    EVENT_RULE,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    TABLE,
    TOPIC,
    VAULT,
    VAULT_LOCK,
    Expected,
    family_resources,
)
from tests.support import declare
from tests.support.snapshots import CATALOGUE

ACCOUNT = Account("111122223333")
DAILY = {"name": "daily", "schedule": "cron(0 3 * * ? *)", "delete_after_days": 200, "cold_after_days": 90}
COPIED: dict[str, Any] = {"backups": True, "backupVault": {"copyTo": "us-east-1", "copyLockDays": {"atMost": 900}}}


def made(stage: str = "dev", family: Any = None, **settings: Any) -> dict[str, list[Expected]]:
    """What a shop's stage has, by type."""
    found: dict[str, list[Expected]] = {}
    for each in family_resources("shop", declare.staged(family, stage, **settings), ACCOUNT):
        found.setdefault(each.type, []).append(each)
    return found


def test_without_the_setting_there_are_none() -> None:
    assert made().keys() == {TABLE, ROLE, ROLE_POLICY}
    assert all(family.backups is None for family in CATALOGUE), "no document says how long"


def test_daily_for_35_days_and_monthly_for_a_year() -> None:
    found = made(backups=True)
    (plan,) = found[BACKUP_PLAN]
    assert [(r["ruleName"], r["schedule"], r["lifecycle"], r.get("copyActions")) for r in plan.inputs["rules"]] == [
        ("daily", "cron(0 3 * * ? *)", {"deleteAfter": 35}, None),
        ("monthly", "cron(0 4 1 * ? *)", {"deleteAfter": 365}, None),
    ]
    assert {rule["targetVaultName"] for rule in plan.inputs["rules"]} == {"dev-shop"}
    ((vault,), (lock,)) = (found[VAULT], found[VAULT_LOCK])
    assert vault.inputs["name"] == lock.inputs["backupVaultName"] == "dev-shop"
    assert {name: lock.inputs.get(name) for name in ("minRetentionDays", "maxRetentionDays", "changeableForDays")} == {
        "minRetentionDays": 30, "maxRetentionDays": 400, "changeableForDays": None,
    }  # fmt: skip


def test_a_family_says_otherwise_and_a_stage_has_copies_with_a_lock_of_their_own() -> None:
    declared = declare.family(backups=Backups.model_validate({"purpose": "p", "rules": [DAILY]}))
    found = made(family=declared, **COPIED)
    (rule,) = found[BACKUP_PLAN][0].inputs["rules"]
    lifecycle = {"deleteAfter": 200, "coldStorageAfter": 90}
    copy = "arn:aws:backup:us-east-1:111122223333:backup-vault:dev-shop"
    assert rule["lifecycle"] == lifecycle
    assert rule["copyActions"] == [{"destinationVaultArn": copy, "lifecycle": lifecycle}]
    assert [(each.name, each.inputs["region"]) for each in found[VAULT]] == [
        ("shop-backups", "eu-west-1"), ("shop-backups-us-east-1", "us-east-1"),
    ]  # fmt: skip
    assert [each.inputs["maxRetentionDays"] for each in found[VAULT_LOCK]] == [400, 900]


@pytest.mark.parametrize(
    ("stage", "vault", "locked"),
    [
        ("dev", {"lock": "none"}, []),
        ("dev", {"lock": "compliance"}, [3]),
        ("dev", {"lock": "compliance", "graceDays": 30}, [30]),
        ("prod", {"lock": "governance"}, [None]),
    ],
)
def test_how_a_vault_is_locked(stage: str, vault: dict[str, Any], locked: list[int | None]) -> None:
    locks = made(stage, backups=True, backupVault=vault).get(VAULT_LOCK, [])
    assert [each.inputs.get("changeableForDays") for each in locks] == locked


def test_a_rehearsal_locks_for_governance_what_prod_locks_for_good() -> None:
    """What it makes is thrown away."""
    shop = declare.family()
    services = ("dynamodb", "iam", "sts", "cloudwatch", "sns", "backup", "events")
    endpoints = dict.fromkeys(services, "http://127.0.0.1:1")
    settings = {"backups": True, "backupVault": {"lock": "compliance"}}
    stage = declare.stage("prod", Catalogue([shop]), **settings).model_copy(
        update={"rehearsal": True, "endpoints": endpoints}
    )
    family = declare.staged(shop, "prod", **settings)
    found = family_resources("shop", type(family)(shop, stage, family.catalogue), ACCOUNT)
    assert [each.inputs.get("changeableForDays") for each in found if each.type == VAULT_LOCK] == [None]


def test_what_is_selected_has_the_familys_name_and_its_tags() -> None:
    (selection,) = made(backups=True)[BACKUP_SELECTION]
    assert selection.inputs["resources"] == ["arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-*"]
    assert selection.inputs["conditions"] == [
        {"stringEquals": [
            {"key": "aws:ResourceTag/project", "value": "dynamodb-tables"},
            {"key": "aws:ResourceTag/family", "value": "shop"},
            {"key": "aws:ResourceTag/stage", "value": "dev"},
        ]}
    ]  # fmt: skip
    assert list(selection.of_aws) == ["planId"]
    assert selection.inputs["iamRoleArn"] == "arn:aws:iam::111122223333:role/dev-shop-aws-backup-role"


def test_who_hears_of_what_failed() -> None:
    found = made(backups=True)
    ((rule,), (target,), (topic,)) = (found[kind] for kind in (EVENT_RULE, EVENT_TARGET, TOPIC))
    assert json.loads(rule.inputs["eventPattern"]) == {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change", "Copy Job State Change"],
        "detail": {
            "state": ["FAILED", "ABORTED", "EXPIRED"],
            "resourceArn": [{"prefix": "arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-"}],
        },
    }
    assert target.inputs["arn"] == "arn:aws:sns:eu-west-1:111122223333:dev-shop-alarms"
    assert topic.inputs["name"] == "dev-shop-alarms"
    events = topic_policy("arn:t", ACCOUNT, ["events"])["Statement"][-1]
    assert json.loads(topic.inputs["policy"])["Statement"][-1] == {**events, "Resource": [target.inputs["arn"]]}
    assert (events["Sid"], events["Principal"]) == ("Events", {"Service": "events.amazonaws.com"})
    assert "Condition" not in events, "EventBridge sends no key for a topic that a condition could name"


@pytest.mark.parametrize(
    ("kind", "state", "table", "heard"),
    [
        ("Backup Job State Change", "FAILED", "dev-shop-orders", True),
        ("Backup Job State Change", "EXPIRED", "dev-shop-orders", True),
        ("Copy Job State Change", "ABORTED", "dev-shop-orders", True),
        ("Backup Job State Change", "COMPLETED", "dev-shop-orders", False),
        ("Restore Job State Change", "FAILED", "dev-shop-orders", False),
        ("Backup Job State Change", "FAILED", "shop-orders", False),
    ],
)
def test_what_the_pattern_takes(kind: str, state: str, table: str, heard: bool) -> None:
    (rule,) = made(backups=True)[EVENT_RULE]
    detail = {"state": state, "resourceArn": f"arn:aws:dynamodb:eu-west-1:111122223333:table/{table}"}
    event: Any = {"source": "aws.backup", "detail-type": kind, "detail": detail}
    assert EventPattern.load(rule.inputs["eventPattern"]).matches_event(event) is heard


def test_a_family_without_a_prefix_names_each_table() -> None:
    family = declare.staged(CATALOGUE.family("content-ai"), "prod", CATALOGUE, backups=True)
    found = {each.type: each for each in family_resources("content-ai", family, ACCOUNT)}
    arns = found[BACKUP_SELECTION].inputs["resources"]
    assert len(arns) == 6
    assert not any("*" in arn for arn in arns)
    assert json.loads(found[EVENT_RULE].inputs["eventPattern"])["detail"]["resourceArn"] == arns


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ([], "backups.rules"),
        ([DAILY, DAILY], "two rules are named 'daily'; rename one"),
        ([{**DAILY, "name": "a b"}], "backups.rules[0].name"),
        ([{**DAILY, "delete_after_days": 0}], "delete_after_days"),
        ([{**DAILY, "delete_after_days": 36_501}], "delete_after_days"),
        ([{**DAILY, "delete_after_days": 179}], "deleted after 179; AWS takes 180 or more, as it stays there 90 days"),
        ([{**DAILY, "schedule": "every day"}], "'every day' is not minute, hour, day, month, weekday and year; write"),
        ([{**DAILY, "schedule": "cron(0 3 * * ?)"}], "is not minute, hour, day, month, weekday and year"),
        ([{**DAILY, "schedule": "cron(* 3 * * ? *)"}], "the minute is one of 0 to 59, as AWS Backup runs once an hour"),
        ([{**DAILY, "schedule": "cron(60 3 * * ? *)"}], "60 is not one of 0 to 59"),
        ([{**DAILY, "schedule": "cron(0 24 * * ? *)"}], "24 is not one of 0 to 23"),
        ([{**DAILY, "schedule": "cron(0 3 * * * *)"}], "one of day and weekday, and not both, is ?"),
        ([{**DAILY, "schedule": "cron(0 3 ? * ? *)"}], "one of day and weekday, and not both, is ?"),
    ],
)
def test_a_wrong_declaration_is_refused(rules: list[Any], says: str) -> None:
    with pytest.raises(ValueError, match="backups") as refusal:
        declare.family(backups={"purpose": "p", "rules": rules})
    assert says.replace("backups.rules[0].name", "rules") in str(refusal.value).replace("\n", " ")


def test_a_name_that_is_too_long_for_a_vault_is_refused() -> None:
    long = declare.family(key="s" * 44, roles=(declare.role(physical="app"),))
    with pytest.raises(StageError, match=f"its vault would be called 'dev-{'s' * 44}'; a name is 2 to 47 of"):
        declare.staged(long, "dev", backups=True)
    assert declare.staged(declare.family(key="s" * 43, roles=(declare.role(physical="app"),)), backups=True)
