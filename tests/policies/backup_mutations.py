"""The ways to break a stage's backups, a row each. Prod's own file has them on; `full` has copies too."""

from __future__ import annotations

from typing import Any, Final

from tests.policies.edits import DROP, UNKNOWN, grant

VAULT, LOCK = "backup/vault:Vault acs-backups", "backup/vaultLockConfiguration:VaultLockConfiguration acs-backups"
COPIES = "backup/vaultLockConfiguration:VaultLockConfiguration acs-backups-eu-central-1"
PLAN, CHOSEN = "backup/plan:Plan acs-backups", "backup/selection:Selection acs-backups"
RULE, TARGET = "cloudwatch/eventRule:EventRule acs-backups", "cloudwatch/eventTarget:EventTarget acs-backups"
FULL, FAMILY = "prod full", "conditions/0/stringEquals/1"
EVERYWHERE = "arn:aws:dynamodb:eu-west-2:111122223333:table/*"
BACKUPS: Final[tuple[tuple[Any, ...], ...]] = (
    ("backup-lock", LOCK, {"": DROP}, "backup vault acs-backups: has no lock"),
    ("backup-lock", COPIES, {"": DROP}, "backup vault acs-backups-eu-central-1: has no lock", FULL),
    ("backup-lock", LOCK, {"backupVaultName": "prod-pse"}, "backup vault acs-backups: has no lock"),
    (
        "backup-lock-range",
        LOCK,
        {"minRetentionDays": 36},
        "rule 'daily' keeps 35 days, and the lock of its vault takes 36",
    ),
    (
        "backup-lock-range",
        COPIES,
        {"maxRetentionDays": 90},
        "rule 'monthly', copy to eu-central-1:prod-acs keeps 365",
        FULL,
    ),
    ("backup-lock-range", PLAN, {"rules/1/lifecycle/deleteAfter": 4000}, "rule 'monthly' keeps 4000 days"),
    ("backup-ends", PLAN, {"rules/0/lifecycle": DROP}, "rule 'daily' has no lifecycle.deleteAfter"),
    (
        "backup-ends",
        PLAN,
        {"rules/1/copyActions/0/lifecycle": DROP},
        "'monthly', copy to eu-central-1:prod-acs has no",
        FULL,
    ),
    ("backup-selection", CHOSEN, {"": DROP}, "table acs-Users: no backup selection has its name and tags"),
    ("backup-selection", CHOSEN, {f"{FAMILY}/value": "pse"}, "table acs-Users: no backup selection"),
    ("backup-selection", "table acs-Users", {"tags/family": "acs2"}, "table acs-Users: no backup selection"),
    ("backup-selection", "backup/selection:Selection content-ai-backups", {"resources/0": DROP}, "no backup selection"),
    ("backup-alert", TARGET, {"": DROP}, "event rule acs-backups: has no target"),
    ("backup-alert", TARGET, {"rule": "another"}, "event rule acs-backups: has no target"),
    ("backup-alert", RULE, {"state": "DISABLED"}, "state is 'DISABLED'"),
    (
        "access-wildcard-resource",
        "policy acs-aws-backup",
        grant("dynamodb:CreateBackup", EVERYWHERE),
        "name the tables",
    ),
    ("access-wildcard-action", "policy acs-aws-restore", grant("dynamodb:*", "arn:a"), "allows 'dynamodb:*'"),
    ("stack-inputs", "policy pse-aws-restore", {"policy/Statement/0/Resource": [EVERYWHERE]}, "policy is with"),
    (
        "stack-inputs",
        "role pse-aws-backup",
        {"assumeRolePolicy/Statement/0/Principal": {"AWS": "*"}},
        "assumeRolePolicy is with",
    ),
    ("stack-inputs", VAULT, {"kmsKeyArn": DROP}, "kmsKeyArn is not given", FULL),
    ("stack-inputs", LOCK, {"minRetentionDays": 1}, "minRetentionDays is 1, expected 30"),
    ("stack-inputs", LOCK, {"changeableForDays": 3}, "changeableForDays is 3, expected not given"),
    ("stack-inputs", PLAN, {"rules/0/schedule": "cron(0 3 1 1 ? *)"}, "rules[0].schedule is"),
    ("stack-inputs", PLAN, {"rules/0/copyActions": DROP}, "rules[0].copyActions is not given", FULL),
    ("stack-inputs", CHOSEN, {"notResources": [EVERYWHERE]}, "notResources is"),
    ("stack-inputs", CHOSEN, {"iamRoleArn": UNKNOWN}, "iamRoleArn is (known after the update)"),
    ("stack-inputs", RULE, {"eventPattern": '{"source": ["aws.backup"]}'}, "eventPattern is"),
    ("stack-inputs", TARGET, {"arn": "arn:aws:sns:eu-west-2:111122223333:other"}, "arn is"),
    ("stack-inputs", "topic acs-alarms", {"policy/Statement/3": DROP}, "events.amazonaws.com"),
    ("stack-complete", PLAN, {"": DROP}, "backup plan acs-backups: is not there"),
    ("stack-complete", "role acs-aws-restore", {"": DROP}, "role acs-aws-restore: is not there"),
    ("stack-options", VAULT, {"@protect": False}, "protect is False, expected True"),
    ("stack-undeclared", "backup/vault:Vault more", {"name": "more"}, "is not expected at all"),
)
