"""A family's keys as a plain table, to compare with one that was typed from the system's document."""

from __future__ import annotations

from collections.abc import Iterable

from tablekit.model import Family, Key

Shape = dict[str, tuple[str, str | None, dict[str, str]]]
"""Table -> its keys as `name:S other:N` (hash key first), its TTL attribute, its indexes' keys likewise."""


def shape(family: Family) -> Shape:
    """The keys and TTL attribute of every table, and the keys of its indexes."""
    return {
        table.name: (_text(table.keys), table.ttl, {index.name: _text(index.keys) for index in table.indexes})
        for table in family.tables
    }


def _text(keys: Iterable[Key]) -> str:
    return " ".join(f"{key.name}:{key.type}" for key in keys)
