"""Backups on AWS against what is derived: roles, locked vaults, plans, selections, and who hears of failures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients
from tablekit.model.staged import Account
from tablekit.ops.drift import statements
from tablekit.ops.live.copies import key_arn
from tablekit.resources import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    EVENT_RULE,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    VAULT,
    VAULT_LOCK,
    Expected,
)

Rows = Iterator[tuple[str, Any, Any]]


def _vault(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("backup", wanted["region"])
    found = client.describe_backup_vault(BackupVaultName=wanted["name"])
    if key := wanted.get("kmsKeyArn"):
        yield "key", found.get("EncryptionKeyArn"), key_arn(clients, wanted["region"], key)


def _lock(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("backup", wanted["region"])
    found = client.describe_backup_vault(BackupVaultName=wanted["backupVaultName"])
    kept = {name: found.get(f"{name[0].upper()}{name[1:]}") for name in ("minRetentionDays", "maxRetentionDays")}
    yield "lock", kept if found.get("Locked") else None, {name: wanted[name] for name in kept}
    yield "compliance", found.get("LockDate") is not None, "changeableForDays" in wanted


def _plan(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    identity = _plan_id(clients, wanted)
    if identity is None:
        yield "plan", None, wanted["name"]
        return
    plan = clients.get("backup", wanted["region"]).get_backup_plan(BackupPlanId=identity)["BackupPlan"]
    found = {rule["RuleName"]: _found_rule(rule) for rule in plan["Rules"]}
    rules = {rule["ruleName"]: _wanted_rule(rule) for rule in wanted["rules"]}
    for name in sorted(found.keys() | rules.keys()):
        yield f"rule {name!r}", found.get(name), rules.get(name)


def _plan_id(clients: Clients, wanted: Mapping[str, Any]) -> str | None:
    pages = clients.pages("backup", wanted["region"], "list_backup_plans")
    plans = (each for page in pages for each in page["BackupPlansList"])
    return next((each["BackupPlanId"] for each in plans if each["BackupPlanName"] == wanted["name"]), None)


def _found_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    copies = {each["DestinationBackupVaultArn"]: _days(each) for each in rule.get("CopyActions") or ()}
    found = {"to": rule["TargetBackupVaultName"], "at": rule.get("ScheduleExpression"), "days": _days(rule)}
    return {**found, "copies": copies}


def _days(owner: Mapping[str, Any]) -> tuple[int | None, int | None]:
    lifecycle = owner.get("Lifecycle") or {}
    return lifecycle.get("MoveToColdStorageAfterDays"), lifecycle.get("DeleteAfterDays")


def _wanted_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    def days(owner: Mapping[str, Any]) -> tuple[int | None, int | None]:
        return owner["lifecycle"].get("coldStorageAfter"), owner["lifecycle"].get("deleteAfter")

    copies = {each["destinationVaultArn"]: days(each) for each in rule.get("copyActions") or ()}
    return {"to": rule["targetVaultName"], "at": rule["schedule"], "days": days(rule), "copies": copies}


def _selection(clients: Clients, expected: Expected, account: Account) -> Rows:
    """A selection is called as its plan."""
    wanted = expected.inputs
    client, plan = clients.get("backup", wanted["region"]), _plan_id(clients, wanted)
    listed = client.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"] if plan else ()
    found = next((each["SelectionId"] for each in listed if each["SelectionName"] == wanted["name"]), None)
    if found is None:
        yield "selection", None, wanted["name"]
        return
    chosen = client.get_backup_selection(BackupPlanId=plan, SelectionId=found)["BackupSelection"]
    yield "role", chosen.get("IamRoleArn"), wanted["iamRoleArn"]
    yield "resources", sorted(chosen.get("Resources") or ()), wanted["resources"]
    yield "resources that are left out", chosen.get("NotResources") or [], []
    pairs = (chosen.get("Conditions") or {}).get("StringEquals") or ()
    asked = {pair["key"]: pair["value"] for pair in wanted["conditions"][0]["stringEquals"]}
    yield "tags", {pair["ConditionKey"]: pair["ConditionValue"] for pair in pairs}, asked
    settings = client.describe_region_settings()
    for what, name in (("DynamoDB is backed up", "OptIn"), ("DynamoDB's advanced features are on", "Management")):
        yield f"{what} in the region", settings[f"ResourceType{name}Preference"].get("DynamoDB", False), True


def _event_rule(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("events", wanted["region"]).describe_rule(Name=wanted["name"])
    yield "state", found.get("State"), "ENABLED"
    yield "pattern", json.loads(found.get("EventPattern") or "{}"), json.loads(wanted.get("eventPattern", "{}"))
    yield "schedule", found.get("ScheduleExpression"), wanted.get("scheduleExpression")


def _event_target(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("events", wanted["region"]).list_targets_by_rule(Rule=wanted["rule"])["Targets"]
    yield "targets", [each["Arn"] for each in found], [wanted["arn"]]


def both(found: Any, wanted: str) -> tuple[Any, Any]:
    """Two policies as they are compared: IAM and S3 give one in another order, and a list of one as its element."""
    document = json.loads(found) if isinstance(found, str) else found
    return statements(document), statements(json.loads(wanted))


def _role(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("iam", "us-east-1").get_role(RoleName=wanted["name"])["Role"]
    yield "trust policy", *both(found["AssumeRolePolicyDocument"], wanted["assumeRolePolicy"])
    boundary = found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    yield "permissions boundary", boundary, wanted.get("permissionsBoundary")


def _role_policy(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("iam", "us-east-1")
    named = {"RoleName": wanted["role"]}
    yield "inline policies", sorted(client.list_role_policies(**named)["PolicyNames"]), [wanted["name"]]
    yield "attached policies", client.list_attached_role_policies(**named)["AttachedPolicies"], []
    found = client.get_role_policy(**named, PolicyName=wanted["name"])["PolicyDocument"]
    yield "policy", *both(found, wanted["policy"])


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    VAULT: ("name", "backup:DescribeBackupVault", _vault),
    VAULT_LOCK: ("backupVaultName", "backup:DescribeBackupVault", _lock),
    BACKUP_PLAN: ("name", "backup:ListBackupPlans and backup:GetBackupPlan", _plan),
    BACKUP_SELECTION: (
        "name",
        "backup:ListBackupSelections, backup:GetBackupSelection and backup:DescribeRegionSettings",
        _selection,
    ),
    EVENT_RULE: ("name", "events:DescribeRule", _event_rule),
    EVENT_TARGET: ("rule", "events:ListTargetsByRule", _event_target),
    ROLE: ("name", "iam:GetRole", _role),
    ROLE_POLICY: ("role", "iam:GetRolePolicy and its like", _role_policy),
}
"""By type: the input that is its name on AWS, what a role needs to look at it, and what is compared."""
EMULATED: Final = (VAULT, VAULT_LOCK, EVENT_RULE, EVENT_TARGET, ROLE, ROLE_POLICY)
"""Those of them that an emulator has."""
NOT_IMPORTED: Final = (ROLE, ROLE_POLICY, BACKUP_PLAN, BACKUP_SELECTION)
"""Those that an adoption finds by their roles, or leaves where they are: only AWS knows a plan's id."""
