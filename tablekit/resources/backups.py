"""AWS Backup of a family's tables: roles, locked vaults, a plan, what it selects, and who hears of failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tablekit.model.backups import BackupRule
from tablekit.model.limits import MIN_LOCK_GRACE_DAYS
from tablekit.model.permissions import backup_policies, backup_trust, table_arns
from tablekit.model.staged import Account, StagedBackups, StagedFamily
from tablekit.resources.copies import own_key
from tablekit.resources.expected import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    EVENT_RULE,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    VAULT,
    VAULT_LOCK,
    Expected,
    document,
    given,
)

POLICY_NAME: Final = "tables"
"""The one inline policy of either role."""
_BY_TAGS: Final = ("project", "family", "stage")
_FAILED: Final = ("FAILED", "ABORTED", "EXPIRED")
_START_MINUTES, _COMPLETION_MINUTES = 60, 24 * 60
"""How late a backup may begin, and how long it may take, before it has EXPIRED: minutes."""


def of_family(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """All that backs up a family, each after what it needs; nothing in a stage without backups.

    name: what its resources' names begin with. Replicas are backed up where they are, by the same roles.
    """
    staged = family.backups
    if staged is None:
        return
    making, restoring = backup_policies(family, account)
    yield from _role(f"{name}-aws-backup", "AWS Backup makes backups with it", staged.maker, making, family)
    yield from _role(f"{name}-aws-restore", "AWS Backup restores tables with it", staged.restorer, restoring, family)
    yield from _in_region(f"{name}-backups", family, account)
    for there in family.elsewhere:
        yield from _in_region(f"{name}-{there.region}-backups", there, account)


def _in_region(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    staged = family.backups
    assert staged is not None, "the caller has looked"
    for region in staged.regions:
        yield from _vault(name, family, region)
    rules = [_rule(rule, staged, account) for rule in staged.rules]
    plan = {"name": staged.name, "rules": rules, "region": family.region, "tags": family.tags}
    yield Expected(BACKUP_PLAN, name, plan)
    yield _selection(name, family, account)
    yield from _alerts(name, family, account)


def _role(name: str, purpose: str, called: str, policy: dict[str, Any], family: StagedFamily) -> Iterator[Expected]:
    inputs = given(
        name=called,
        description=purpose,
        assumeRolePolicy=document(backup_trust()),
        permissionsBoundary=family.stage.permissions_boundary or None,
        tags=family.tags,
    )
    yield Expected(ROLE, name, inputs, {"assumeRolePolicy": "policy"})
    own = {"name": POLICY_NAME, "role": called, "policy": document(policy)}
    yield Expected(ROLE_POLICY, name, own, {"policy": "policy"})


def _vault(name: str, family: StagedFamily, region: str) -> Iterator[Expected]:
    """A vault in a region, with its lock. A rehearsal locks for governance: what it makes is thrown away."""
    stage, staged, copy = family.stage, family.backups, region != family.region
    assert staged is not None, "the caller has looked"
    name = f"{name}-{region}" if copy else name
    inputs = given(name=staged.name, region=region, kmsKeyArn=family.key_in(region), tags=family.tags)
    key = own_key(family, region, "kmsKeyArn")
    yield Expected(VAULT, name, inputs, protect=stage.protect, of_aws=key)
    vault = stage.backup_vault
    if kept := vault.kept(copy):
        compliance = vault.lock == "compliance" and not stage.emulated
        lock = given(
            backupVaultName=staged.name,
            region=region,
            minRetentionDays=kept.at_least,
            maxRetentionDays=kept.at_most,
            changeableForDays=(vault.grace_days or MIN_LOCK_GRACE_DAYS) if compliance else None,
        )
        yield Expected(VAULT_LOCK, name, lock)


def _rule(rule: BackupRule, staged: StagedBackups, account: Account) -> dict[str, Any]:
    lifecycle = given(deleteAfter=rule.delete_after_days, coldStorageAfter=rule.cold_after_days)
    copies = [
        {
            "destinationVaultArn": account.arn("backup", region, f"backup-vault:{staged.name}"),
            "lifecycle": dict(lifecycle),
        }
        for region in staged.regions[1:]
    ]
    return given(
        ruleName=rule.name,
        targetVaultName=staged.name,
        schedule=rule.schedule,
        startWindow=_START_MINUTES,
        completionWindow=_COMPLETION_MINUTES,
        lifecycle=lifecycle,
        copyActions=copies or None,
    )


def _selection(name: str, family: StagedFamily, account: Account) -> Expected:
    """What has the family's name and its tags: a table restored beside its source has another name."""
    staged = family.backups
    assert staged is not None, "the caller has looked"
    inputs = {
        "name": staged.name,
        "iamRoleArn": account.arn("iam", "", f"role/{staged.maker}"),
        "resources": table_arns(family, account),
        "conditions": [
            {"stringEquals": [{"key": f"aws:ResourceTag/{tag}", "value": family.tags[tag]} for tag in _BY_TAGS]}
        ],
        "region": family.region,
    }
    return Expected(BACKUP_SELECTION, name, inputs, of_aws={"planId": (BACKUP_PLAN, name, "id")})


def _alerts(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """The rule on jobs and copies that failed, of whatever plan, and the family's topic as its target."""
    staged = family.backups
    assert staged is not None, "the caller has looked"
    arns = table_arns(family, account)
    pattern = {
        "source": ["aws.backup"],
        "detail-type": ["Backup Job State Change", "Copy Job State Change"],
        "detail": {
            "state": list(_FAILED),
            "resourceArn": [{"prefix": arn[:-1]} if arn.endswith("*") else arn for arn in arns],
        },
    }
    rule = {
        "name": f"{staged.name}-backups-failed",
        "description": f"Backups of {family.declared.title} that failed, in stage {family.stage.stage}",
        "eventPattern": json.dumps(pattern),
        "region": family.region,
        "tags": family.tags,
    }
    yield Expected(EVENT_RULE, name, rule)
    target = {
        "rule": rule["name"],
        "targetId": "alarms",
        "arn": account.arn("sns", family.region, family.alarm_topic),
        "region": family.region,
    }
    yield Expected(EVENT_TARGET, name, target)
