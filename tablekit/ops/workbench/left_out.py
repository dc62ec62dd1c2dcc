"""What a family has and a data model has no place for."""

from __future__ import annotations

from collections.abc import Iterable

from tablekit.model.family import Family


def left_out(families: Iterable[Family]) -> str:
    """What of these families does not go into their data models, counted: `access patterns (19), roles (2), …`."""
    counts: dict[str, int] = {}
    for family in families:
        for what, count in _counts(family):
            counts[what] = counts.get(what, 0) + count
    return ", ".join(f"{what} ({count})" for what, count in counts.items() if count)


def _counts(family: Family) -> Iterable[tuple[str, int]]:
    tables = family.tables
    indexes = [index for table in tables for index in table.indexes]
    attributes = [attribute for table in tables for attribute in table.attributes.values()]
    yield "access patterns", len(family.access_patterns)
    yield "roles", len(family.roles)
    yield "TTL attributes", sum(table.ttl is not None for table in tables)
    yield "streams", sum(table.stream is not None for table in tables)
    yield "local indexes", sum(index.local for index in indexes)
    yield "retentions", len(tables)
    yield "classifications", len(tables)
    yield "secrets", sum(len(table.secrets) for table in tables)
    yield "lists of values", sum(bool(attribute.values) for attribute in attributes)
    yield "notes", sum(bool(attribute.note) for attribute in attributes)
    yield (
        "key templates of indexes",
        sum(
            name not in {key.name for key in table.keys}
            for table in tables
            for entity in table.entities
            for name in entity.keys
        ),
    )
