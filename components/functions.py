"""Functions of a whole stage."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from components.resource import register_in_turn, token
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.functions import item_counts


class ItemCounts(pulumi.ComponentResource):
    """What publishes how many items and bytes a region's tables hold: a function with its role, log and schedule."""

    def __init__(
        self,
        stage: StageConfig,
        families: Iterable[StagedFamily],
        region: str,
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("ItemCounts"), f"item-counts-{region}", None, opts)
        register_in_turn(item_counts(stage, families, region, account), self)
        self.register_outputs({})
