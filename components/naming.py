"""Type tokens and tags: what every component and resource here has in common."""

from __future__ import annotations

import pulumi

from tablekit.model.family import Family
from tablekit.model.stage import PROJECT, StageConfig


def token(component: str) -> str:
    """A component's type token. It is part of every child's URN: renaming one needs an alias."""
    return f"{PROJECT}:index:{component}"


def child(parent: pulumi.Resource, **options: object) -> pulumi.ResourceOptions:
    """Options of a component's child."""
    return pulumi.ResourceOptions(parent=parent, **options)  # type: ignore[arg-type]


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
