"""Which removed object is an added one under another name: its signatures say what else it is.

Two are one object where they have a signature that no other removed and no other added object has. The surest
signature is tried first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

Signature = Callable[[Any], Any]


def _field(*names: str) -> Signature:
    """The values of these fields; nothing where the first is missing."""

    def signature(thing: Any) -> Any:
        if not isinstance(thing, Mapping) or thing.get(names[0]) is None:
            return None
        return [thing.get(name) for name in names]

    return signature


def _table_names(family: Any) -> Any:
    tables = family.get("tables") if isinstance(family, Mapping) else None
    return sorted(map(_text, tables.items())) if isinstance(tables, Mapping) and tables else None


def _table_shape(table: Any) -> Any:
    if not isinstance(table, Mapping) or not isinstance(table.get("indexes", {}), Mapping):
        return None
    indexes = {name: _index_shape(index) for name, index in table.get("indexes", {}).items()}
    return [table.get(name) for name in ("hashKey", "rangeKey", "ttlAttribute")] + [indexes]


_index_shape: Final = _field("hashKey", "rangeKey", "projection")

SIGNATURES: Final[dict[str, tuple[Signature, ...]]] = {
    "family": (_table_names,),
    "table": (_field("name"), _table_shape),
    "index": (_index_shape,),
    "attribute": (),
    "entity": (_field("keys"),),
    "role": (_field("arn"), _field("name")),
    "access pattern": (lambda pattern: pattern,),
    "parameter": (lambda kind: kind,),
    "variable": (lambda name: name,),
}
"""By what the object is called, the surest first."""


def renames(noun: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, str]:
    """Old name -> new name, of the objects of two collections that are there under another name."""
    gone = {name: thing for name, thing in old.items() if name not in new}
    come = {name: thing for name, thing in new.items() if name not in old}
    found: dict[str, str] = {}
    for signature in SIGNATURES[noun]:
        olds = _unique(signature, {name: thing for name, thing in gone.items() if name not in found})
        news = _unique(signature, {name: thing for name, thing in come.items() if name not in found.values()})
        found |= {olds[text]: news[text] for text in olds.keys() & news.keys()}
    return dict(sorted(found.items()))


def _unique(signature: Signature, things: Mapping[str, Any]) -> dict[str, str]:
    """Signature -> name, of those that no two things share."""
    by_text: dict[str, list[str]] = {}
    for name, thing in things.items():
        if (found := signature(thing)) is not None:
            by_text.setdefault(_text(found), []).append(name)
    return {text: names[0] for text, names in by_text.items() if len(names) == 1}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
