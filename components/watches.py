"""Dashboards and budgets."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources import watches


class FamilyDashboard(pulumi.ComponentResource):
    """A family's dashboard. name: what its resource's name begins with; its own is that with `-dashboard`."""

    def __init__(self, name: str, family: StagedFamily, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("FamilyDashboard"), f"{name}-dashboard", None, opts)
        register(aws.cloudwatch.Dashboard, watches.family_dashboard(name, family), self)
        self.register_outputs({})


class StageDashboard(pulumi.ComponentResource):
    """The dashboard of a whole stage."""

    def __init__(
        self,
        stage: StageConfig,
        families: Iterable[StagedFamily],
        account: Account,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(token("StageDashboard"), "dashboard", None, opts)
        register(aws.cloudwatch.Dashboard, watches.stage_dashboard(stage, families, account), self)
        self.register_outputs({})


class FamilyBudget(pulumi.ComponentResource):
    """A family's budget, which tells the topic of its alarms. name: as a dashboard's; its own is that with `-budget`.

    It comes after the topic, by `opts`: AWS takes only one that is there, and that lets it publish.
    """

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("FamilyBudget"), f"{name}-budget", None, opts)
        register(aws.budgets.Budget, watches.budget(name, family, account), self)
        self.register_outputs({})
