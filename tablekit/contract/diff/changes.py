"""What a comparison finds: changes, each with its level; and a part of a contract in a few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final


class Level(StrEnum):
    """What a change is to somebody who reads the contract.

    breaking: what worked for a reader of the old contract may fail, or gives something else.
    additive: everything that was there is there as it was, and there is more.
    neutral: no reader can tell, or nothing was promised.
    """

    BREAKING = "breaking"
    ADDITIVE = "additive"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Verdict:
    """How a change is judged, and why, in a sentence without its full stop."""

    level: Level
    why: str


@dataclass(frozen=True)
class Change:
    """One change.

    change: removed, added, renamed or changed.
    family: its key; None where the change is of the contract as a whole.
    object: what it is of, as `index Users/email-index`; field: the one that changed, empty for a whole object.
    was, now: for a person; empty where there was, or is, nothing.
    shape: a field that the contract did not have, which asks for a minor version.
    """

    level: Level
    change: str
    family: str | None
    object: str
    field: str
    was: str
    now: str
    why: str
    shape: bool = False

    @property
    def what(self) -> str:
        """The field that changed, or what happened to the object."""
        return self.field or self.change


breaking = partial(Verdict, Level.BREAKING)
additive = partial(Verdict, Level.ADDITIVE)
neutral = partial(Verdict, Level.NEUTRAL)


def summarize(value: Any, noun: str = "") -> str:
    """A value, or an object of a kind; empty where there is none."""
    if value is None:
        return ""
    if noun in _OBJECTS and isinstance(value, Mapping):
        return _OBJECTS[noun](value)
    if isinstance(value, Mapping) and value.keys() == {"name", "type"}:
        return f"{value['name']}:{value['type']}"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _keys(thing: Mapping[str, Any]) -> str:
    return " ".join(summarize(thing[name]) for name in ("hashKey", "rangeKey") if thing.get(name) is not None)


def _family(family: Mapping[str, Any]) -> str:
    found = ((noun, family.get(noun)) for noun in ("tables", "roles"))
    return ", ".join(f"{len(things) if isinstance(things, Mapping) else 0} {noun}" for noun, things in found)


def _pattern(pattern: Mapping[str, Any]) -> str:
    operation, table, index, condition = (
        summarize(pattern.get(name)) for name in ("operation", "table", "index", "keyCondition")
    )
    return f"{operation} {table}{f'/{index}' if index else ''}{f': {condition}' if condition else ''}"


_OBJECTS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "family": _family,
    "table": lambda table: f"{summarize(table.get('name'))} ({_keys(table)})",
    "index": lambda index: f"{_keys(index)}, {summarize(index.get('projection'))}",
    "role": lambda role: summarize(role.get("name")),
    "access pattern": _pattern,
    "attribute": lambda attribute: summarize(attribute.get("type")),
    "entity": lambda entity: summarize(entity.get("keys")),
}
