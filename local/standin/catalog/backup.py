"""AWS Backup's types. moto has vaults and their locks; it changes no plan, and has no selections."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import backup_checks
from ..codecs import BAG, PLAIN, capitalized
from ..spec import ALL, Op, Prop, ResourceType, Tagging
from ..values import Props

GONE: Final = ("ResourceNotFoundException",)
_VAULT: Final = {"BackupVaultName": "{name}"}
_OF_A_VAULT: Final = {"BackupVaultName": "{backupVaultName}"}

VAULT: Final = ResourceType(
    "aws:backup/vault:Vault",
    service="backup",
    named="name",
    id="{name}",
    props=(
        Prop("name", "BackupVaultName", replace=True),
        Prop("kmsKeyArn", "EncryptionKeyArn", computed=True, replace=True),
        Prop("forceDestroy", kept=True, default=False),
        Prop("tags", default={}),
        Prop("arn", "BackupVaultArn", output=True),
        Prop("recoveryPoints", "NumberOfRecoveryPoints", output=True),
    ),
    create=Op("create_backup_vault", sends=("name", "kmsKeyArn")),
    reads=(Op("describe_backup_vault", _VAULT, gone=GONE),),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceArn": "{arn}"}),
        untag=Op("untag_resource", {"ResourceArn": "{arn}", "TagKeyList": "{keys}"}, gone=GONE),
        listing=Op("list_tags", {"ResourceArn": "{arn}"}, at="Tags"),
        codec=PLAIN,
        named="BackupVaultTags",
    ),
    delete=Op("delete_backup_vault", _VAULT, gone=GONE),
)

VAULT_LOCK: Final = ResourceType(
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    service="backup",
    id="{backupVaultName}",
    props=(
        Prop("backupVaultName", replace=True),
        Prop("minRetentionDays", replace=True),
        Prop("maxRetentionDays", replace=True),
        Prop("changeableForDays", kept=True, replace=True),
        Prop("backupVaultArn", output=True),
    ),
    create=Op("put_backup_vault_lock_configuration", sends=ALL),
    reads=(Op("describe_backup_vault", _OF_A_VAULT, at="Locked && @", gone=GONE),),
    delete=Op("delete_backup_vault_lock_configuration", _OF_A_VAULT, gone=GONE),
    checks=(backup_checks.vault_lock,),
)

_RULE: Final = {
    "targetVaultName": "TargetBackupVaultName",
    "schedule": "ScheduleExpression",
    "startWindow": "StartWindowMinutes",
    "completionWindow": "CompletionWindowMinutes",
}
_COPY: Final = {"destinationVaultArn": "DestinationBackupVaultArn"}
_LIFECYCLE: Final = {"coldStorageAfter": "MoveToColdStorageAfterDays", "deleteAfter": "DeleteAfterDays"}


def _renamed(given: Props, names: Props) -> Props:
    found: Props = capitalized({names.get(name, name): value for name, value in given.items()})
    return found


def _with_lifecycle(given: Props, names: Props) -> Props:
    lifecycle = {"lifecycle": _renamed(given["lifecycle"], _LIFECYCLE)} if "lifecycle" in given else {}
    return _renamed({**given, **lifecycle}, names)


def _rule(rule: Props) -> Props:
    if "copyActions" in rule:
        copies = [
            _with_lifecycle(each, {"destinationVaultArn": "DestinationBackupVaultArn"}) for each in rule["copyActions"]
        ]
        rule = {**rule, "copyActions": copies}
    return _with_lifecycle(rule, _RULE)


def _plan(inputs: Props) -> Iterator[tuple[str, Props]]:
    plan = {"BackupPlanName": inputs.get("name"), "Rules": [_rule(rule) for rule in inputs.get("rules") or ()]}
    tags = {"BackupPlanTags": inputs["tags"]} if inputs.get("tags") else {}
    yield "create_backup_plan", {"BackupPlan": plan, **tags}


PLAN: Final = ResourceType(
    "aws:backup/plan:Plan",
    service="backup",
    named="name",
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("rules", codec=BAG),
        Prop("tags", default={}),
        Prop("arn", output=True),
        Prop("version", output=True),
    ),
    requests=_plan,
    checks=(backup_checks.plan,),
    held={"arn": "arn:aws:backup:{region}:{account}:backup-plan:{name}", "version": "1"},
)


def _selection(inputs: Props) -> Iterator[tuple[str, Props]]:
    chosen = capitalized({name: inputs[name] for name in ("iamRoleArn", "resources", "notResources") if name in inputs})
    for each in inputs.get("conditions") or ():
        chosen["Conditions"] = {
            f"{operator[0].upper()}{operator[1:]}": [
                {"ConditionKey": pair["key"], "ConditionValue": pair["value"]} for pair in pairs
            ]
            for operator, pairs in each.items()
        }
    if tags := inputs.get("selectionTags"):
        names = {"type": "ConditionType", "key": "ConditionKey", "value": "ConditionValue"}
        chosen["ListOfTags"] = [{names[name]: value for name, value in each.items()} for each in tags]
    request = {"BackupPlanId": inputs.get("planId"), "BackupSelection": {"SelectionName": inputs.get("name"), **chosen}}
    yield "create_backup_selection", request


SELECTION: Final = ResourceType(
    "aws:backup/selection:Selection",
    service="backup",
    named="name",
    id="{planId}|{name}",
    props=(
        Prop("name", replace=True),
        Prop("planId", replace=True),
        Prop("iamRoleArn", replace=True),
        Prop("resources", replace=True),
        Prop("notResources", computed=True, replace=True),
        Prop("conditions", computed=True, replace=True),
        Prop("selectionTags", replace=True),
    ),
    requests=_selection,
    checks=(backup_checks.selection,),
    held={},
)

TYPES: Final = (VAULT, VAULT_LOCK, PLAN, SELECTION)
