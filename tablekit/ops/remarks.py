"""What `tablekit check` remarks on: declared, and likely forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tablekit.model.addresses import EXAMPLE
from tablekit.model.catalogue import Catalogue
from tablekit.model.naming import PROJECT
from tablekit.model.settings_file import read_settings
from tablekit.model.stage import EVERY_SERVICE, LOCAL
from tablekit.model.stage_settings import load_stage, stage_settings

_SOMEWHERE: Final = dict.fromkeys(EVERY_SERVICE, EXAMPLE)


def unused(catalogue: Catalogue) -> Iterator[str]:
    """The tables and indexes that no access pattern uses."""
    for family in catalogue:
        used = {pattern.table for pattern in family.access_patterns}
        for name in (table.name for table in family.tables if table.name not in used):
            yield (
                f"{family.key}/{name}: no access pattern uses the table, so no role may either: add its patterns to "
                "the table"
            )
        for table, index in family.unused_indexes():
            yield (
                f"{family.key}/{table.name}: index {index.name!r} serves no access pattern; it costs its writes and "
                "storage: declare the pattern that needs it, or remove it"
            )


def undeployed(catalogue: Catalogue, folder: Path) -> Iterator[str]:
    """The families that no stage of the project in the folder deploys; none where there is no such project.

    Raises StageError where a stage's file can't be read, or sets what no deployment would take.
    """
    file = folder / "Pulumi.yaml"
    project = read_settings(file) if file.exists() else {}
    if project.get("name") != PROJECT:
        return
    deployed: set[str] = set()
    stages = sorted(folder.glob("Pulumi.*.yaml"))
    for stage in stages:
        name = stage.name.removeprefix("Pulumi.").removesuffix(".yaml")
        settings, aws, _ = stage_settings(read_settings(stage), project)
        if name != LOCAL:
            # As in a rehearsal, which has families that exist on AWS too.
            settings["rehearsal"], aws["endpoints"] = True, _SOMEWHERE
        deployed.update(load_stage(name, settings, aws, catalogue).families)
    for key in catalogue.families:
        if stages and key not in deployed:
            yield (
                f"family {key!r} is deployed by no stage ({', '.join(stage.name for stage in stages)}): add it to "
                f"config.families.default in Pulumi.yaml for each stage without families of its own, or to "
                f"{PROJECT}:families in a stage's file"
            )
