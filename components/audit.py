"""What records the use of a stage's tables."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi

from components.buckets import kept
from components.resource import register_in_turn, token
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import audit


class StageTrail(pulumi.ComponentResource):
    """A region's trail of data events, with its bucket, which is retained as tables are."""

    def __init__(
        self,
        stage: StageConfig,
        region: str,
        families: Iterable[StagedFamily],
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("StageTrail"), f"trail-{region}", None, opts)
        register_in_turn(audit.trail(stage, region, families, account), self, kept(stage))
        self.register_outputs({})
