"""Rules on the indexes that the families declare: that each is used, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import Resource
from policies.rule import Setting, rule
from policies.run import Run
from tablekit.model import Family, Table
from tablekit.resources import TABLE

_WIDE = 12


@rule("index-unused", TABLE, prod="advisory", others="advisory", declared=True)
def unused(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """Each index serves an access pattern: every write of an item pays for each index that holds it."""
    for owner, index in family.unused_indexes():
        if owner is model:
            yield (
                f"no access pattern uses index {index.name!r}, which costs a write unit for every item in it; "
                "declare the pattern that needs it, or drop it"
            )


@rule("index-repeats-key", TABLE, prod="advisory", others="advisory", declared=True)
def repeats(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """No index repeats its table's key: the table itself serves that query, and the index doubles its storage and
    writes.
    """
    own = [key.name for key in (model.hash_key, model.range_key) if key]
    for index in model.indexes:
        keys = [key.name for key in index.keys]
        if keys[:1] == own[:1] and keys in (own, own[:1]):
            yield (
                f"index {index.name!r} is keyed by {', '.join(keys)}, as the table is; "
                "query the table, and drop the index when nobody names it any more"
            )


@rule(
    "index-projection",
    TABLE,
    prod="advisory",
    others="advisory",
    settings={
        "wide": Setting({"type": "integer", "minimum": 1}, _WIDE, "attributes from which on a table counts as wide")
    },
    declared=True,
)
def projection(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """An index on a wide table projects what its patterns read: with ALL every change of any attribute is written once
    more for each index.
    """
    width, wide = len(model.types), run.settings["index-projection"]["wide"]
    whole = [index.name for index in model.indexes if index.projection == "ALL"]
    if whole and width >= wide:
        yield (
            f"{width} attributes (wide is {wide}) and {', '.join(sorted(whole))} project "
            f"ALL: an item is stored {1 + len(whole)} times, and a write costs up to {1 + len(whole)} times; "
            "use INCLUDE with what the patterns read"
        )
