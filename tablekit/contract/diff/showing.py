"""A part of a contract in a few words, for a person."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final


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


def _table(table: Mapping[str, Any]) -> str:
    return f"{summarize(table.get('name'))} ({_keys(table)})"


def _index(index: Mapping[str, Any]) -> str:
    return f"{_keys(index)}, {summarize(index.get('projection'))}"


def _pattern(pattern: Mapping[str, Any]) -> str:
    index = f"/{summarize(pattern['index'])}" if pattern.get("index") else ""
    condition = pattern.get("keyCondition")
    where = f": {summarize(condition)}" if condition else ""
    return f"{summarize(pattern.get('operation'))} {summarize(pattern.get('table'))}{index}{where}"


_OBJECTS: Final[Mapping[str, Callable[[Mapping[str, Any]], str]]] = {
    "family": _family,
    "table": _table,
    "index": _index,
    "role": lambda role: summarize(role.get("name")),
    "access pattern": _pattern,
    "attribute": lambda attribute: summarize(attribute.get("type")),
    "entity": lambda entity: summarize(entity.get("keys")),
}
