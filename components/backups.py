"""Backups by AWS Backup."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pulumi

from components.resource import Made, register_in_turn, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import BACKUP_PLAN, BACKUP_SELECTION, VAULT, VAULT_LOCK, Expected, backups


class FamilyBackups(pulumi.ComponentResource):
    """A family's backup roles, vaults, plan and selection, and the alert on what failed.

    name: what its resources' names begin with; its own is that with `-backups`. It comes after the alarms' topic, by
    `opts`. Vaults are retained as tables are, since they hold what outlives them; locks always.
    """

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("FamilyBackups"), f"{name}-backups", None, opts)

        def adapt(expected: Expected, made: Made) -> tuple[Expected, dict[str, Any]]:
            if expected.type == BACKUP_SELECTION:
                return replace(expected, inputs={**expected.inputs, "planId": made[BACKUP_PLAN].id}), {}
            if expected.type == VAULT:
                return expected, {"protect": expected.protect, "retain_on_delete": family.stage.retain_on_delete}
            # A changed lock is put in the place of the old, whose deletion would then unlock the vault.
            return expected, {"retain_on_delete": True} if expected.type == VAULT_LOCK else {}

        register_in_turn(backups.of_family(name, family, account), self, adapt)
        self.register_outputs({})
