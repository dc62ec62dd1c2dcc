"""The tags of what a family owns in a stage."""

from __future__ import annotations

from tablekit.model.family import Family
from tablekit.model.naming import PROJECT
from tablekit.model.stage import StageConfig
from tablekit.model.table import Table


def family_tags(family: Family, stage: StageConfig) -> dict[str, str]:
    """The tags of all that a family owns: family, stage, owner and cost centre, then the family's and the stage's."""
    return {
        "project": PROJECT,
        "family": family.key,
        "stage": stage.stage,
        "owner": family.owner,
        "cost-centre": family.cost_centre,
        **family.tags,
        **stage.tags,
    }


def table_tags(family: Family, table: Table, stage: StageConfig) -> dict[str, str]:
    """The tags of a table: its family's, its name and the class of its data, and its owner where it has one."""
    return {
        **family_tags(family, stage),
        "table": table.name,
        "data-classification": table.classification,
        **({"owner": table.owner} if table.owner else {}),
    }
