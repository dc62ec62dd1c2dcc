"""Type tokens and options: what every component and resource here has in common."""

from __future__ import annotations

import pulumi

from tablekit.model.naming import PROJECT


def token(component: str) -> str:
    """A component's type token. It is part of every child's URN: renaming one needs an alias."""
    return f"{PROJECT}:index:{component}"


def child(parent: pulumi.Resource, **options: object) -> pulumi.ResourceOptions:
    """Options of a component's child."""
    return pulumi.ResourceOptions(parent=parent, **options)  # type: ignore[arg-type]
