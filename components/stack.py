"""A whole program: the stage's configuration, its families, and the contract as the stack's outputs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi

from components.access import current_account
from components.alarms import AccountAlarms
from components.audit import StageAnalyzer, StageCosts, StageTrail
from components.family import TableFamily
from components.functions import ItemCounts
from components.watches import StageDashboard
from tablekit.contract import VERSION
from tablekit.model.catalogue import Catalogue
from tablekit.model.errors import TablekitError
from tablekit.model.naming import PROJECT
from tablekit.model.stage_settings import check_account, load_stage, setting
from tablekit.model.staged import dashboard_name, staged_families
from tablekit.resources.audit import trail_regions
from tablekit.resources.costs import costs
from tablekit.resources.stack import account_regions, check_family, regions, watched_by


async def deploy(families: Callable[[], Catalogue]) -> dict[str, Any]:
    """Deploy the stage's families; gives the contract, the stack's outputs. For `pulumi.run`.

    All is checked before the first resource is registered; what is wrong comes as one message, without a traceback.
    It ends when the resources are registered, and not before: the SDK would wait for all of their outputs by a loop
    that takes the square of their number, half of the time of a preview of 370 tables.
    """
    # In a preview the engine starts the AWS plug-in for this first question while the families load, in a thread. An
    # update asks nothing before all is checked: a refusal is to leave nothing in the state.
    asked = asyncio.ensure_future(current_account()) if pulumi.runtime.is_dry_run() else None
    try:
        catalogue = await asyncio.to_thread(families)
        stage = load_stage(pulumi.get_stack(), _settings(PROJECT), _settings("aws"), catalogue)
        deployed = staged_families(stage, catalogue)
        for family in deployed.values():
            check_family(family)
        account = await (asked or current_account())
        check_account(stage, account.id)
        said = costs(stage, deployed.values(), watched_by(stage, deployed, account))
    except TablekitError as error:
        raise pulumi.RunError(str(error)) from None
    if said:
        pulumi.log.info(said)
    made: dict[str, TableFamily] = {}
    # Existing families first, and nothing before their tables: a refused creation is to leave nothing half done.
    existing: list[pulumi.Resource] = []
    for family in sorted(deployed.values(), key=lambda family: not family.exists_already):
        after = None if family.exists_already else pulumi.ResourceOptions(depends_on=existing)
        made[family.key] = TableFamily(family.key, family, account, after)
        if family.exists_already:
            existing += made[family.key].tables.values()
    for region in account_regions(stage, deployed):
        AccountAlarms(stage, region, account, pulumi.ResourceOptions(depends_on=existing))
    if stage.item_counts:
        for region in regions(deployed.values()):
            ItemCounts(stage, deployed.values(), region, account, pulumi.ResourceOptions(depends_on=existing))
    if stage.dashboards:
        StageDashboard(stage, deployed.values(), account, pulumi.ResourceOptions(depends_on=existing))
    for region in trail_regions(stage, deployed.values()):
        StageTrail(stage, region, deployed.values(), account, pulumi.ResourceOptions(depends_on=existing))
    if stage.access_analyzer:
        StageAnalyzer(stage, deployed.values(), pulumi.ResourceOptions(depends_on=existing))
    if stage.cost_anomalies:
        StageCosts(stage, account, pulumi.ResourceOptions(depends_on=existing))
    exported = {key: made[key].exported for key in deployed}
    await pulumi.Output.all(**exported).future()
    dashboard = dashboard_name(stage, stage.region)
    return {"contractVersion": VERSION, "stage": stage.stage, "dashboard": dashboard, "families": exported}


def _settings(namespace: str) -> dict[str, Any]:
    """The stack's whole configuration in a namespace: `pulumi.Config` gives no key that nobody asks it for.

    Values are parsed where Pulumi keeps them as JSON text.
    """
    given, prefix = pulumi.runtime.get_config_env(), f"{namespace}:"
    return {key.removeprefix(prefix): setting(value) for key, value in given.items() if key.startswith(prefix)}
