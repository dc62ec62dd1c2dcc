"""Backups by AWS Backup."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from components.resource import Made, register_in_turn, token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import BACKUP_PLAN, BACKUP_SELECTION, VAULT, VAULT_LOCK, Expected, backups


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

        def adapt(expected: Expected, made: Made) -> tuple[Expected, dict[str, Any]]:
            if expected.type == BACKUP_SELECTION:
                return expected, {"of_aws": made[BACKUP_PLAN].id}
            if expected.type == VAULT:
                retained = {"protect": expected.protect, "retain_on_delete": family.stage.retain_on_delete}
                return expected, {"of_aws": (keys or {}).get(expected.inputs["region"]), **retained}
            # A changed lock is put in the place of the old, whose deletion would then unlock the vault.
            return expected, {"retain_on_delete": True} if expected.type == VAULT_LOCK else {}

        register_in_turn(backups.of_family(name, family, account), self, adapt)
        self.register_outputs({})
