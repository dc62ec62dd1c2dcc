"""What a stage is set to: its `Pulumi.<stage>.yaml`, or, without one, what its outputs let conclude."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from tablekit.contract import Contract
from tablekit.model.addresses import is_loopback
from tablekit.model.alarms import family_alarms
from tablekit.model.catalogue import Catalogue
from tablekit.model.stage import EVERY_SERVICE, LOCAL, StageConfig
from tablekit.model.staged import staged_families
from tablekit.ops import stages

_ALARMS: tuple[Literal["none", "tables", "all"], ...] = ("none", "tables", "all")


def load(
    contract: Contract, catalogue: Catalogue, file: Path | None, endpoint: str | None, folders: tuple[Path, ...]
) -> stages.StageSettings:
    """The settings of the contract's stage; raises StageError.

    file: the stage's file; without one it is looked for in `folders`. endpoint: as `stages.address_of` gives it.
    """
    file = file or stages.find(contract.stage, folders)
    if file is None:
        return _concluded(contract, catalogue, endpoint, f"Pulumi.{contract.stage}.yaml")
    return stages.settings(contract.stage, file, folders, catalogue, list(contract.families), endpoint)


def _concluded(contract: Contract, catalogue: Catalogue, endpoint: str | None, name: str) -> stages.StageSettings:
    regions = [family.region for key, family in contract.families.items() if catalogue.family(key).region is None]
    fields: dict[str, Any] = {
        "stage": contract.stage,
        "region": (regions or [family.region for family in contract.families.values()])[0],
        "families": tuple(contract.families),
    }
    if endpoint and is_loopback(endpoint):
        fields["endpoints"] = dict.fromkeys(EVERY_SERVICE, endpoint)
        fields["rehearsal"] = contract.stage != LOCAL
    config = StageConfig(**fields)
    for alarms in _ALARMS:
        tried = config.model_copy(update={"alarms": alarms})
        if all(
            [alarm.name for alarm in family_alarms(family)] == contract.families[key].alarms.names
            for key, family in staged_families(tried, catalogue).items()
        ):
            config = tried
    unchecked = (
        f"no {name} was found, so these were not compared: deletion protection, the window of point-in-time recovery, "
        "a customer-managed key, the stage's own tags, streams and capacity, the texts of the roles' policies, "
        "published parameters, dashboards, composite alarms, budgets; "
        f"give --config {name}",
    )
    return stages.StageSettings(config, False, unchecked, endpoint)
