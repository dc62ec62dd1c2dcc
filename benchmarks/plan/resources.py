"""What a preview plans: the resources of AWS, without the components around them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine writes a value that only a deployment will know."""


@dataclass(frozen=True)
class Planned:
    """One resource of AWS that a preview would create.

    group: the name of the outermost component, or the resource's own without one: a family, or the account's alarms.
    sources: the URNs of the resources that a property's unknown value comes from, by property.
    """

    urn: str
    type: str
    name: str
    group: str
    inputs: dict[str, Any]
    sources: dict[str, list[str]]
    protect: bool
    retain: bool

    @property
    def identity(self) -> tuple[str, str, str, bool, bool]:
        """What must be alike in two plans for the same resources."""
        return self.type, self.name, json.dumps(self.inputs, sort_keys=True), self.protect, self.retain


def planned(preview: str) -> list[Planned]:
    """The resources of `pulumi preview --json`, in the order in which they are planned: none before its sources."""
    states = {step["urn"]: step["newState"] for step in json.loads(preview)["steps"]}
    return [_planned(urn, state, states) for urn, state in states.items() if state["custom"]]


def texts(value: Any) -> Iterator[str]:
    """The texts within a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def _planned(urn: str, state: dict[str, Any], states: dict[str, dict[str, Any]]) -> Planned:
    inputs = state.get("inputs") or {}
    dependencies = state.get("propertyDependencies") or {}
    return Planned(
        urn=urn,
        type=state["type"],
        name=_name(urn),
        group=_group(urn, states),
        inputs=inputs,
        sources={name: dependencies[name] for name, value in inputs.items() if UNKNOWN in texts(value)},
        protect=bool(state.get("protect")),
        retain=bool(state.get("retainOnDelete")),
    )


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[1]


def _group(urn: str, states: dict[str, dict[str, Any]]) -> str:
    parent = states[urn].get("parent", "")
    while parent and "pulumi:pulumi:Stack" not in parent:
        urn, parent = parent, states[parent].get("parent", "")
    return _name(urn)
