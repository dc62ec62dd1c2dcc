"""The program, changed by somebody who means it or not: run by the engine in place of `__main__.py`.

The environment's MUTATIONS names rows of tests/policies/mutations.py by their places. Each changes what the components
register of its resource, or registers one more.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.runtime.settings import get_root_resource

from components import access, alarms, deploy, parameters, resource, table, watches
from families import catalogue
from tablekit.resources import Expected

# The tests stand in the clone that this is a copy of; what the program is made of is the copy's.
sys.path.append(os.environ["CLONE"])

from tests.policies.analyzer import Sent
from tests.policies.edits import UNKNOWN, Broken, edit, key
from tests.policies.mutations import MUTATIONS

CHOSEN = {
    key(broken.target): broken for broken in (MUTATIONS[int(place)] for place in os.environ["MUTATIONS"].split(","))
}
as_expected = resource.register
OPTIONS = ("protect", "ignore_changes", "delete_before_replace", "provider")


def unknown(value: Any) -> Any:
    """The value with outputs that a preview does not know where the row has the protocol's mark of one."""
    if value == UNKNOWN:
        nothing: asyncio.Future[Any] = asyncio.get_event_loop().create_future()
        nothing.set_result(None)
        known: asyncio.Future[bool] = asyncio.get_event_loop().create_future()
        known.set_result(False)
        return pulumi.Output(set(), nothing, known)
    if isinstance(value, dict):
        return {name: unknown(each) for name, each in value.items()}
    return [unknown(each) for each in value] if isinstance(value, list) else value


def changed(broken: Broken, inputs: dict[str, Any], protect: bool) -> Sent | None:
    """A resource after its edits; None where it is taken away."""
    kind = key(broken.target)
    own = {name: each if isinstance(each, pulumi.Output) else deepcopy(each) for name, each in inputs.items()}
    resources = {kind: Sent(*kind, own, protect=protect)} if inputs else {}
    edit(resources, kind, broken.edits)
    return resources.get(kind)


def options(sent: Sent) -> dict[str, Any]:
    """The resource options that the row changed."""
    given: dict[str, Any] = {name: getattr(sent, name) for name in OPTIONS}
    given["ignore_changes"] = list(sent.ignore_changes)
    given["provider"] = None if sent.provider.startswith("default") else ELSEWHERE
    return given


def register(
    make: Callable[..., Any], expected: Expected, parent: pulumi.Resource, of_aws: Any = None, **given: Any
) -> Any:
    """As `components.resource.register`, but for a resource that a row is about."""
    broken = CHOSEN.pop(expected.key, None)
    if broken is None:
        return as_expected(make, expected, parent, of_aws, **given)
    sent = changed(broken, dict(expected.inputs), bool(given.get("protect")))
    if sent is None:
        return None
    if "@parents" in broken.edits and (stack := get_root_resource()):
        parent = stack
    given = {**given, **{name: value for name, value in options(sent).items() if value}, "protect": sent.protect}
    return as_expected(make, replace(expected, inputs=unknown(sent.inputs)), parent, of_aws, **given)


for module in (access, alarms, parameters, resource, table, watches):
    module.register = register  # type: ignore[attr-defined]
ABROAD = any(broken.edits.get("@provider") for broken in CHOSEN.values())
EMULATOR = {
    "access_key": "test",
    "secret_key": "test",
    "skip_credentials_validation": True,
    "skip_metadata_api_check": True,
    "endpoints": pulumi.Config("aws").require_object("endpoints"),
}
ELSEWHERE = aws.Provider("frankfurt", region="eu-central-1", **EMULATOR) if ABROAD else None


async def program() -> dict[str, Any]:
    """The stage, and what nobody declared beside it."""
    outputs = await deploy(catalogue)
    for (kind, name), broken in CHOSEN.items():
        sent = changed(broken, {}, False)
        assert sent is not None, f"nothing is left of {name}"
        resource.class_of(kind)(name, **{resource.snake(each): unknown(value) for each, value in sent.inputs.items()})
    return outputs


pulumi.run(program)
