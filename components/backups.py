"""Backups by AWS Backup."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    EVENT_RULE,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    VAULT,
    VAULT_LOCK,
    backups,
)

_MADE: Final[Mapping[str, Callable[..., pulumi.CustomResource]]] = {
    ROLE: aws.iam.Role,
    ROLE_POLICY: aws.iam.RolePolicy,
    VAULT: aws.backup.Vault,
    VAULT_LOCK: aws.backup.VaultLockConfiguration,
    BACKUP_PLAN: aws.backup.Plan,
    BACKUP_SELECTION: aws.backup.Selection,
    EVENT_RULE: aws.cloudwatch.EventRule,
    EVENT_TARGET: aws.cloudwatch.EventTarget,
}


class FamilyBackups(pulumi.ComponentResource):
    """A family's backup roles, vaults, plan and selection, and the alert on what failed.

    name: what its resources' names begin with; its own is that with `-backups`. keys: the ARN of the family's own key
    in each region, where the stage has such keys. It comes after the alarms' topic, by `opts`. Vaults are retained as
    tables are, since they hold what outlives them; locks always.
    """

    def __init__(
        self,
        name: str,
        family: StagedFamily,
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
        keys: Mapping[str, pulumi.Input[str]] | None = None,
    ) -> None:
        super().__init__(token("FamilyBackups"), f"{name}-backups", None, opts)
        made: dict[str, pulumi.CustomResource] = {}
        before: list[pulumi.Resource] = []
        for expected in backups.of_family(name, family, account):
            kind, options = expected.type, {}
            of_aws: pulumi.Input[str] | None = None
            if kind == BACKUP_SELECTION:
                of_aws = made[BACKUP_PLAN].id
            if kind == VAULT:
                of_aws = (keys or {}).get(expected.inputs["region"])
                options = {"protect": expected.protect, "retain_on_delete": family.stage.retain_on_delete}
            if kind == VAULT_LOCK:
                # A changed one is put in the place of the old, whose deletion would then unlock the vault.
                options = {"retain_on_delete": True}
            # Each after the one before it: few, and nearly all need that one.
            made[kind] = register(_MADE[kind], expected, self, of_aws, depends_on=before, **options)
            before = [made[kind]]
        self.register_outputs({})
