"""ACS: the queries through the indexes that repeat their table's key."""

from __future__ import annotations

from tablekit.model import AccessPattern, query


def through_index(name: str, key: str, example: str) -> AccessPattern:
    """A query through the index that is named for the table's key."""
    return query(
        name,
        f"By {key}, through the index that repeats the table's key; the table gives the same for less",
        index=f"{key}-index",
        key=f"{key} = :{key}",
        example={key: example},
    )
