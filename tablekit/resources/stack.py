"""All of a family, and all of a stage."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from tablekit.contract.build import expected_family
from tablekit.contract.parameters import Publication
from tablekit.model.alarms import account_alarms, composite_alarm
from tablekit.model.catalogue import Catalogue
from tablekit.model.dashboards import family_dashboard
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily, staged_families
from tablekit.resources import access, alarms, audit, backups, capacity, copies, events, functions, tables, watches
from tablekit.resources.expected import PARAMETER, Expected

STREAM = "2026-01-31T10:00:00.000"
"""What the streams are called where AWS has not named them yet."""


def stack_resources(stage: StageConfig, catalogue: Catalogue, account: Account) -> Iterator[Expected]:
    """Every resource of a stage. Raises ContractError where a family can't be published."""
    deployed = staged_families(stage, catalogue)
    for family in deployed.values():
        yield from family_resources(family.key, family, account)
    yield from _alarms(stage, deployed, account)
    yield from stage_watches(stage, deployed.values(), account)


def watched_by(stage: StageConfig, deployed: dict[str, StagedFamily], account: Account) -> Iterator[Expected]:
    """Those that only watch the stage's families: what `stack_resources` has without tables, their
    roles and parameters, but with what backs them up."""
    for family in deployed.values():
        yield from family_watches(family.key, family, account)
    yield from _alarms(stage, deployed, account)
    yield from stage_watches(stage, deployed.values(), account)


def _alarms(stage: StageConfig, deployed: dict[str, StagedFamily], account: Account) -> Iterator[Expected]:
    for region in account_regions(stage, deployed):
        yield from alarms.alarms_of_account(stage, region, account) or ()


def stage_watches(stage: StageConfig, families: Collection[StagedFamily], account: Account) -> Iterator[Expected]:
    """What watches a stage as a whole, beside the account's alarms."""
    for region in regions(families):
        yield from functions.item_counts(stage, families, region, account)
    if stage.dashboards:
        yield watches.stage_dashboard(stage, families, account)
    for region in audit.trail_regions(stage, families):
        yield from audit.trail(stage, region, families, account)
    yield from audit.analyzers(stage, families)
    yield from audit.costs(stage, account)


def family_watches(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """What watches a family, what moves its capacity, and what keeps it: keys, replicas, and backups with AWS Backup's
    roles.

    In a replica's region it has autoscaling, alarms and backups as at home.
    """
    yield from copies.keys(name, family, account)
    for key, staged in family.tables.items():
        yield from capacity.autoscaling(f"{name}-{key}", family, staged)
        yield from audit.insights(f"{name}-{key}", family, staged)
        yield from copies.replicas(f"{name}-{key}", family, staged, account)
        for there in family.elsewhere:
            yield from capacity.autoscaling(f"{name}-{key}-{there.region}", there, staged)
    yield from alarms.alarms_of_family(name, family, account) or ()
    yield from watches.of_family(name, family, account)
    yield from backups.of_family(name, family, account)
    for there in family.elsewhere:
        yield from alarms.alarms_of_family(f"{name}-{there.region}", there, account) or ()
    yield from events.of_family(name, family, account)


def account_regions(stage: StageConfig, families: dict[str, StagedFamily]) -> list[str]:
    """The regions where the stage watches the whole account."""
    return [region for region in regions(families.values()) if account_alarms(stage, region)]


def regions(families: Iterable[StagedFamily]) -> list[str]:
    """Where the families are."""
    return sorted({family.region for family in families})


def replica_policies(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """The policies that the replicas of a family's tables have themselves. name: as a family's resources have it."""
    for key, staged in family.tables.items():
        for there in family.elsewhere:
            if policy := tables.resource_policy(f"{name}-{key}", there, staged, account):
                yield policy


def family_resources(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """Every resource of a family. name: what their names begin with; in this project's own stacks the family's key."""
    for key, staged in family.tables.items():
        yield tables.table(f"{name}-{key}", family, staged)
        if policy := tables.resource_policy(f"{name}-{key}", family, staged, account):
            yield policy
    yield from replica_policies(name, family, account)
    for key in family.roles:
        yield access.role(name, family, key, account)
        yield access.policy(name, family, key, account)
    yield from family_watches(name, family, account)
    if family.stage.publish_parameters:
        exported = expected_family(family, account, STREAM).model_dump(by_alias=True)
        yield from parameters(name, family, Publication(family).values(exported))


def check_family(family: StagedFamily) -> None:
    """Raise what would keep the family from being deployed as a whole: a limit of a service, or of its publication.

    For a program to ask before it registers the first resource.
    """
    composite_alarm(family)
    tables.check_policies(family)
    access.check_policies(family)
    if family.dashboard:
        family_dashboard(family)
    if family.stage.publish_parameters:
        Publication(family)


def parameters(name: str, family: StagedFamily, values: Mapping[str, Any]) -> Iterator[Expected]:
    """What the family publishes in SSM, in its region. values: each parameter's, by its name there; a
    deployment's own may be outputs.

    All are standard ones, which cost nothing, of type String: they hold names, no secret.
    """
    for parameter, value in values.items():
        below = parameter.removeprefix(family.parameter_path)
        inputs = {
            "name": parameter,
            "type": "String",
            "tier": "Standard",
            "insecureValue": value,  # so that a plan shows what changes
            "description": f"Family {family.key} in stage {family.stage.stage}, by Pulumi",
            "region": family.region,
            "tags": family.tags,
        }
        yield Expected(
            PARAMETER, f"{name}{below}", inputs, {"insecureValue": "contract"} if "/contract/" in below else {}
        )
