"""What an emulator has of backups and functions: as it is derived, and as somebody else changed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.standin.codecs import ZIPPED
from local.standin.values import Archive
from tablekit.model.staged import Account
from tablekit.ops.live.watches import watches
from tablekit.resources import (
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    KEY,
    LOG_GROUP,
    PERMISSION,
    ROLE,
    ROLE_POLICY,
    VAULT,
    VAULT_LOCK,
    Expected,
)
from tablekit.resources.functions import item_counts
from tablekit.resources.stack import family_watches
from tests.support import aws, declare

ACCOUNT = Account("123456789012")
SHOP = declare.staged(backups=True, backupVault={"copyTo": "us-east-1"}, itemCounts=True, encryption="family-keys")
ALIAS = "alias/dynamodb/dev/shop"
EXPECTED = (*family_watches("shop", SHOP, ACCOUNT), *item_counts(SHOP.stage, [SHOP], "eu-west-1", ACCOUNT))
Ask = Callable[..., Any]
"""A client of a service, by its name and region."""


def make(ask: Ask, expected: Expected) -> None:
    """As the AWS plugin would."""
    given = expected.inputs
    region = given.get("region", "us-east-1")
    if expected.type == KEY:
        key = ask("kms", region).create_key(Policy=given["policy"])["KeyMetadata"]["KeyId"]
        ask("kms", region).enable_key_rotation(KeyId=key)
        ask("kms", region).create_alias(AliasName=ALIAS, TargetKeyId=key)
    elif expected.type == VAULT:
        key = ask("kms", region).describe_key(KeyId=given["kmsKeyArn"])["KeyMetadata"]["Arn"]
        ask("backup", region).create_backup_vault(BackupVaultName=given["name"], EncryptionKeyArn=key)
    elif expected.type == VAULT_LOCK:
        days = {"MinRetentionDays": given["minRetentionDays"], "MaxRetentionDays": given["maxRetentionDays"]}
        ask("backup", region).put_backup_vault_lock_configuration(BackupVaultName=given["backupVaultName"], **days)
    elif expected.type == EVENT_RULE:
        names = {"eventPattern": "EventPattern", "scheduleExpression": "ScheduleExpression"}
        starts = {names[name]: given[name] for name in names if name in given}
        ask("events", region).put_rule(Name=given["name"], **starts)
    elif expected.type == LOG_GROUP:
        ask("logs", region).create_log_group(logGroupName=given["name"])
        ask("logs", region).put_retention_policy(logGroupName=given["name"], retentionInDays=given["retentionInDays"])
    elif expected.type == FUNCTION:
        names = {"name": "FunctionName", "memorySize": "MemorySize", "architectures": "Architectures"}
        names |= {each: each.title() for each in ("role", "handler", "runtime", "timeout")}
        code = {"ZipFile": ZIPPED.encode(Archive(given["code"]))}
        ask("lambda", region).create_function(**{names[name]: given[name] for name in names}, Code=code)
    elif expected.type == PERMISSION:
        names = {"function": "FunctionName", "statementId": "StatementId", "sourceArn": "SourceArn"}
        names |= {each: each.title() for each in ("action", "principal")}
        ask("lambda", region).add_permission(**{names[name]: given[name] for name in names})
    elif expected.type == EVENT_TARGET:
        ask("events", region).put_targets(Rule=given["rule"], Targets=[{"Id": given["targetId"], "Arn": given["arn"]}])
    elif expected.type == ROLE:
        ask("iam").create_role(RoleName=given["name"], AssumeRolePolicyDocument=given["assumeRolePolicy"])
    elif expected.type == ROLE_POLICY:
        policy = {"PolicyName": given["name"], "PolicyDocument": given["policy"]}
        ask("iam").put_role_policy(RoleName=given["role"], **policy)


def key_of(ask: Ask) -> str:
    """The id of the shop's own key at home."""
    return str(ask("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyId"])


ALERT, MAKER = "dev-shop-backups-failed", "dev-shop-aws-backup-role"
LOCK = {"BackupVaultName": "dev-shop", "MinRetentionDays": 1, "MaxRetentionDays": 400}
OTHER = {"Id": "alarms", "Arn": "arn:aws:sns:eu-west-1:123456789012:mine"}
ANY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}'
COUNTS = "dev-dynamodb-item-counts"
STRANGER = {"StatementId": "mine", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
CHANGES: tuple[tuple[str, Callable[[Ask], Any], str], ...] = (
    ("vault lock dev-shop", lambda ask: ask("backup").put_backup_vault_lock_configuration(**LOCK), "lock: found"),
    (
        "vault lock dev-shop",
        lambda ask: ask("backup", "us-east-1").delete_backup_vault_lock_configuration(BackupVaultName="dev-shop"),
        "lock: found none",
    ),
    (
        f"key {ALIAS} in eu-west-1: tables, backups and messages of Shop",
        lambda ask: ask("kms").disable_key_rotation(KeyId=key_of(ask)),
        "rotation: found False",
    ),
    (
        f"key {ALIAS} in eu-west-1: tables, backups and messages of Shop",
        lambda ask: ask("kms").put_key_policy(KeyId=key_of(ask), PolicyName="default", Policy=ANY),
        "policy: found",
    ),
    (
        f"key {ALIAS} in us-east-1: tables, backups and messages of Shop",
        lambda ask: ask("kms", "us-east-1").delete_alias(AliasName=ALIAS),
        "missing: ",
    ),
    (
        "backup vault dev-shop",
        lambda ask: ask("backup", "us-east-1").delete_backup_vault(BackupVaultName="dev-shop"),
        "missing",
    ),
    (f"event rule {ALERT}", lambda ask: ask("events").disable_rule(Name=ALERT), "state: found DISABLED"),
    (
        f"event target {ALERT}",
        lambda ask: ask("events").put_targets(Rule=ALERT, Targets=[OTHER]),
        "targets: found ['arn:aws:sns:eu-west-1:123456789012:mine']",
    ),
    (
        f"role policy {MAKER}",
        lambda ask: ask("iam").put_role_policy(RoleName=MAKER, PolicyName="mine", PolicyDocument=ANY),
        "inline policies: found ['mine', 'tables']",
    ),
    (
        f"role policy {MAKER}",
        lambda ask: ask("iam").put_role_policy(RoleName=MAKER, PolicyName="tables", PolicyDocument=ANY),
        "policy: found",
    ),
    (
        f"function {COUNTS}",
        lambda ask: ask("lambda").update_function_configuration(FunctionName=COUNTS, Timeout=3),
        "timeout: found 3, expected 120",
    ),
    (
        f"function {COUNTS}",
        lambda ask: ask("lambda").update_function_configuration(
            FunctionName=COUNTS, Environment={"Variables": {"A": "b"}}
        ),
        "environment: found {'A': 'b'}",
    ),
    (
        f"function {COUNTS}",
        lambda ask: ask("lambda").put_function_concurrency(FunctionName=COUNTS, ReservedConcurrentExecutions=0),
        "reserved concurrency: found 0",
    ),
    (f"function {COUNTS}", lambda ask: ask("lambda").delete_function(FunctionName=COUNTS), "missing"),
    (
        f"permission {COUNTS}",
        lambda ask: ask("lambda").add_permission(FunctionName=COUNTS, **STRANGER),
        "statements: found ['mine', 'schedule'], expected ['schedule']",
    ),
    (
        f"permission {COUNTS}",
        lambda ask: ask("lambda").remove_permission(FunctionName=COUNTS, StatementId="schedule"),
        "missing",
    ),
    (
        f"log group /aws/lambda/{COUNTS}",
        lambda ask: ask("logs").delete_retention_policy(logGroupName=f"/aws/lambda/{COUNTS}"),
        "retention, days: found none, expected 30",
    ),
    (
        f"log group /aws/lambda/{COUNTS}",
        lambda ask: ask("logs").delete_log_group(logGroupName=f"/aws/lambda/{COUNTS}"),
        "missing",
    ),
    (
        f"event rule {COUNTS}",
        lambda ask: ask("events").put_rule(Name=COUNTS, ScheduleExpression="rate(9 days)"),
        "schedule: found rate(9 days), expected rate(6 hours)",
    ),
)


@pytest.mark.parametrize(("name", "change", "says"), CHANGES, ids=[f"{name}: {says}" for name, _, says in CHANGES])
def test_what_somebody_else_changed_is_found(moto: str, name: str, change: Callable[[Ask], Any], says: str) -> None:
    def ask(service: str, region: str = "eu-west-1") -> Any:
        return aws.client(moto, service, region)

    def found() -> dict[str, str]:
        looks = watches(aws.clients(moto), EXPECTED, ACCOUNT, "dev", emulated=True)
        return {called: problem.text for called, _, look in looks for problem in look()}

    for each in EXPECTED:
        make(ask, each)
    assert found() == {}
    change(ask)
    assert found()[name].removeprefix(f"{name}: ").startswith(says)
