"""Type tokens, and how an expected resource is registered: what every component has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pulumi
from pydantic.alias_generators import to_snake

from tablekit.model.naming import PROJECT
from tablekit.resources import Expected

_Made = TypeVar("_Made", bound=pulumi.CustomResource)


def token(component: str) -> str:
    """A component's type token. It is part of every child's URN: renaming one needs an alias."""
    return f"{PROJECT}:index:{component}"


def child(parent: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
    """Options of a component's child."""
    return pulumi.ResourceOptions(parent=parent, **options)


def register(
    make: Callable[..., _Made],
    expected: Expected,
    parent: pulumi.Resource,
    of_aws: pulumi.Input[Any] = None,
    **options: Any,
) -> _Made:
    """A resource with the expected inputs and no others. make: its class in pulumi-aws. options: beside its parent.

    Names and ARNs of others are given as they will be, so the resources that it comes after stand in `depends_on`.
    of_aws: the output of another that stands where only AWS knows what it will be.
    """
    given = dict(expected.inputs)
    for path in expected.of_aws:
        name, _, inner = path.partition(".")
        given[name] = {**given.get(name, {}), inner: of_aws} if inner else of_aws
    inputs = {
        to_snake(name): pulumi.Output.secret(value) if name in expected.secret else value
        for name, value in given.items()
    }
    if expected.ignored:
        options["ignore_changes"] = list(expected.ignored)
    return make(expected.name, **inputs, opts=child(parent, **options))
