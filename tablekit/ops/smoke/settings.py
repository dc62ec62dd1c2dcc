"""What a stage is set to: its `Pulumi.<stage>.yaml`, or, without one, what its outputs let conclude."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tablekit.contract import Contract
from tablekit.model.addresses import is_loopback
from tablekit.model.alarms import family_alarms
from tablekit.model.catalogue import Catalogue
from tablekit.model.naming import PROD
from tablekit.model.settings_file import read_settings
from tablekit.model.stage import LOCAL, PARAMETERS, SERVICES, StageConfig, load_stage, stage_settings
from tablekit.model.staged import staged_families
from tablekit.ops import stages

_ALARMS: tuple[Literal["none", "tables", "all"], ...] = ("none", "tables", "all")


@dataclass(frozen=True)
class StageSettings:
    """A stage's settings. from_file: whether they come from its file, and everything can be compared.

    unchecked: one line each for what can't be compared. productive: whether a test must not write there.
    endpoint: where the stage's calls go, if not to AWS.
    """

    config: StageConfig
    from_file: bool
    unchecked: tuple[str, ...]
    endpoint: str | None

    @property
    def productive(self) -> bool:
        """Whether the settings say prod: its name, or tables that nobody may delete."""
        return self.config.stage == PROD or self.config.protect or self.config.deletion_protection


def load(
    contract: Contract, catalogue: Catalogue, file: Path | None, endpoint: str | None, folders: tuple[Path, ...]
) -> StageSettings:
    """The settings of the contract's stage; raises StageError.

    file: the stage's file; without one it is looked for in `folders`. endpoint: as `stages.address_of` gives it.
    """
    name = f"Pulumi.{contract.stage}.yaml"
    file = file or stages.find(contract.stage, folders)
    if file is None:
        return _concluded(contract, catalogue, endpoint, name)
    projects = (folder / "Pulumi.yaml" for folder in (file.parent, *folders))
    project = next((read_settings(project) for project in projects if project.is_file()), {})
    settings, aws, hidden = stage_settings(read_settings(file), project)
    settings.setdefault("families", list(contract.families))
    if endpoint:
        aws["endpoints"] = dict.fromkeys((*SERVICES, PARAMETERS), endpoint)
        if contract.stage != LOCAL and is_loopback(endpoint):
            settings["rehearsal"] = True
    config = load_stage(contract.stage, settings, aws, catalogue)
    unchecked = tuple(f"{key} is encrypted in {file.name}, and was taken for not set" for key in hidden)
    return StageSettings(config, True, unchecked, endpoint or config.endpoints.get("dynamodb"))


def _concluded(contract: Contract, catalogue: Catalogue, endpoint: str | None, name: str) -> StageSettings:
    regions = [family.region for key, family in contract.families.items() if catalogue.family(key).region is None]
    fields: dict[str, Any] = {
        "stage": contract.stage,
        "region": (regions or [family.region for family in contract.families.values()])[0],
        "families": tuple(contract.families),
    }
    if endpoint and is_loopback(endpoint):
        fields["endpoints"] = dict.fromkeys(SERVICES, endpoint)
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
        "published parameters; "
        f"give --config {name}",
    )
    return StageSettings(config, False, unchecked, endpoint)
