"""Type tokens, and how an expected resource is registered: what every component has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pulumi

from tablekit.model.naming import PROJECT
from tablekit.resources import Expected

_Made = TypeVar("_Made", bound=pulumi.CustomResource)


def token(component: str) -> str:
    """A component's type token. It is part of every child's URN: renaming one needs an alias."""
    return f"{PROJECT}:index:{component}"


def child(parent: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
    """Options of a component's child."""
    return pulumi.ResourceOptions(parent=parent, **options)


def snake(name: str) -> str:
    """An input's name as pulumi-aws has it in Python: `s3BucketName` is `s3_bucket_name`."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def register(make: Callable[..., _Made], expected: Expected, parent: pulumi.Resource, **options: Any) -> _Made:
    """A resource with the expected inputs and no others. make: its class in pulumi-aws. options: beside its parent.

    Names and ARNs of others are given as they will be, so the resources that it comes after stand in `depends_on`.
    """
    inputs = {
        snake(name): pulumi.Output.secret(value) if name in expected.secret else value
        for name, value in expected.inputs.items()
    }
    return make(expected.name, **inputs, opts=child(parent, **options))
