"""Type tokens, and how an expected resource is registered: what every component has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any, TypeVar

import pulumi
import pulumi_aws as aws

from tablekit.model.naming import PROJECT
from tablekit.resources import Expected

_Made = TypeVar("_Made", bound=pulumi.CustomResource)


def token(component: str) -> str:
    """A component's type token. It is part of every child's URN: renaming one needs an alias."""
    return f"{PROJECT}:index:{component}"


def child(parent: pulumi.Resource, **options: Any) -> pulumi.ResourceOptions:
    """Options of a component's child."""
    return pulumi.ResourceOptions(parent=parent, **options)


def class_of(kind: str) -> Callable[..., pulumi.CustomResource]:
    """The class in pulumi-aws of a type: that of `aws:backup/vault:Vault` is `aws.backup.Vault`."""
    _, path, name = kind.split(":")
    module = path.partition("/")[0]
    found: Callable[..., pulumi.CustomResource] = getattr(
        getattr(aws, f"{module}_" if iskeyword(module) else module), name
    )
    return found


def snake(name: str) -> str:
    """An input's name as pulumi-aws has it in Python: `s3BucketName` is `s3_bucket_name`."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


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
    inputs = {snake(name): value for name, value in given.items()}
    for name in expected.secret:
        inputs[snake(name)] = pulumi.Output.secret(expected.inputs[name])
    for name in expected.archives:
        texts: dict[str, pulumi.Asset | pulumi.Archive] = {
            file: pulumi.StringAsset(text) for file, text in expected.inputs[name].items()
        }
        inputs[snake(name)] = pulumi.AssetArchive(texts)
    if ignored := [*expected.ignored, *options.pop("ignore_changes", ())]:
        options["ignore_changes"] = ignored
    if expected.anew:
        options |= {"replace_on_changes": list(expected.anew), "delete_before_replace": True}
    return make(expected.name, **inputs, opts=child(parent, **options))


Made = Mapping[str, pulumi.CustomResource]
"""What is registered already, by type."""


def register_in_turn(
    all_of: Iterable[Expected],
    parent: pulumi.Resource,
    adapt: Callable[[Expected, Made], tuple[Expected, dict[str, Any]]] = lambda each, _: (each, {}),
) -> Made:
    """Each after the one before it: few, of which nearly all need that one. Gives the last of each type.

    adapt: what a deployment alone knows of one, and its options beside its parent.
    """
    made: dict[str, pulumi.CustomResource] = {}
    before: list[pulumi.Resource] = []
    for each in all_of:
        expected, options = adapt(each, made)
        made[each.type] = register(class_of(each.type), expected, parent, depends_on=before, **options)
        before = [made[each.type]]
    return made
