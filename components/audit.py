"""What records the use of a stage's tables, and what is unusual of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pulumi

from components.buckets import kept
from components.resource import Made, register_in_turn, token
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import ANOMALY_MONITOR, ANOMALY_SUBSCRIPTION, Expected, audit


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


class StageAnalyzer(pulumi.ComponentResource):
    """The access analyzers of a stage, one a region."""

    def __init__(
        self, stage: StageConfig, families: Iterable[StagedFamily], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("StageAnalyzer"), "access-analyzers", None, opts)
        register_in_turn(audit.analyzers(stage, families), self)
        self.register_outputs({})


class StageCosts(pulumi.ComponentResource):
    """What tells of unusual costs of a stage: a topic, a monitor, and the subscription of the one to the other."""

    def __init__(self, stage: StageConfig, account: Account, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("StageCosts"), "costs", None, opts)

        def adapt(expected: Expected, made: Made) -> tuple[Expected, dict[str, Any]]:
            if expected.type == ANOMALY_SUBSCRIPTION:
                return expected, {"of_aws": [made[ANOMALY_MONITOR].arn]}  # type: ignore[attr-defined]
            return expected, {}

        register_in_turn(audit.costs(stage, account), self, adapt)
        self.register_outputs({})
