"""Backups by AWS Backup."""

from __future__ import annotations

import pulumi

from components.chain import register_in_order
from components.resource import token
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import backups


class FamilyBackups(pulumi.ComponentResource):
    """A family's backup roles, vaults, plan and selection, and the alert on what failed.

    name: what its resources' names begin with; its own is that with `-backups`. It comes after the alarms' topic, by
    `opts`. Vaults are retained as tables are, since they hold what outlives them; locks always.
    """

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("FamilyBackups"), f"{name}-backups", None, opts)
        register_in_order(backups.of_family(name, family, account), self, family.stage)
        self.register_outputs({})
