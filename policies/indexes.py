"""Rules on indexes: that each is declared and used, and what it costs and shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.resource import TABLE, Resource
from policies.rule import Setting, rule
from policies.run import Run
from tablekit.model import Family, Table, limits

_WIDE = 12


def _indexes(table: Resource) -> dict[str, dict[str, Any]]:
    """The table's indexes by name; a local one is given the table's hash key."""
    local = [{**each, "hashKey": table.get("hashKey")} for each in table.blocks("localSecondaryIndexes")]
    return {str(each.get("name")): each for each in (*table.blocks("globalSecondaryIndexes"), *local)}


def _keys(index: dict[str, Any]) -> list[str]:
    """Hash key, then range key, in either way that the provider takes them."""
    if schemas := index.get("keySchemas"):
        ordered = sorted(schemas, key=lambda schema: schema.get("keyType") != "HASH")
        return [schema.get("attributeName") for schema in ordered]
    return [key for key in (index.get("hashKey"), index.get("rangeKey")) if key]


@rule("index-declared", TABLE, declared=True)
def as_declared(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """The indexes are those that the family declares: a missing one breaks its access patterns, and one that nobody
    declared serves none.
    """
    given = _indexes(table)
    for index in model.indexes:
        found = given.get(index.name)
        if found is None:
            yield f"no index {index.name!r}, which the family declares; put it back"
            continue
        if _keys(found) != [key.name for key in index.keys]:
            wanted = ", ".join(key.name for key in index.keys)
            yield f"index {index.name!r}: its keys are {', '.join(_keys(found))}; declared are {wanted}: put them back"
        if (projected := found.get("projectionType")) != index.projection:
            yield f"index {index.name!r}: projects {projected}; declared is {index.projection}: put it back"
    for name in given:
        if not model.index(name):
            yield f"index {name!r} is not declared; declare it with the pattern that needs it"


@rule("index-unused", TABLE, prod="advisory", others="advisory", declared=True)
def unused(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """Each index serves an access pattern: every write of an item pays for each index that holds it."""
    given = _indexes(table)
    for owner, index in family.unused_indexes():
        if owner is model and index.name in given:
            yield (
                f"no access pattern uses index {index.name!r}, which costs a write unit for every item in it; "
                "declare the pattern that needs it, or drop it"
            )


@rule("index-repeats-key", TABLE, prod="advisory", others="advisory")
def repeats(table: Resource, run: Run) -> Iterator[str]:
    """No index repeats its table's key: the table itself serves that query, and the index doubles its storage and
    writes.
    """
    own = [table.get("hashKey"), table.get("rangeKey")]
    for name, index in _indexes(table).items():
        found = _keys(index)
        if found[:1] == own[:1] and (len(found) == 1 or found == own):
            yield (
                f"index {name!r} is keyed by {', '.join(found)}, as the table is; "
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
    width = len(model.types)
    wide = run.settings["index-projection"]["wide"]
    if width < wide:
        return
    whole = [name for name, index in _indexes(table).items() if index.get("projectionType") == "ALL"]
    if whole:
        yield (
            f"{width} attributes (wide is {wide}) and {', '.join(sorted(whole))} project "
            f"ALL: an item is stored {1 + len(whole)} times, and a write costs up to {1 + len(whole)} times; "
            "use INCLUDE with what the patterns read"
        )


@rule("index-secrets", TABLE, declared=True)
def secrets(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """No index holds a secret: who may query an index would read the tokens of every item in it."""
    for secret in model.secrets:
        for name, index in _indexes(table).items():
            if index.get("projectionType") == "ALL" or secret in (index.get("nonKeyAttributes") or ()):
                yield f"index {name!r}: projects the secret {secret!r}; use INCLUDE without it, or KEYS_ONLY"


@rule("index-limits", TABLE)
def index_limits(table: Resource, run: Run) -> Iterator[str]:
    """The indexes are within DynamoDB's limits: the service refuses them in the middle of an update."""
    for kind, most in (("global", limits.MAX_GLOBAL_INDEXES), ("local", limits.MAX_LOCAL_INDEXES)):
        count = len(table.blocks(f"{kind}SecondaryIndexes"))
        if count > most:
            yield f"{count} {kind} secondary indexes; at most {most}: drop some"
    included = {name: len(index.get("nonKeyAttributes") or ()) for name, index in _indexes(table).items()}
    for name, count in included.items():
        if not limits.TABLE_NAME.fullmatch(name):
            yield f"index {name!r}: a name is 3 to 255 of a-z A-Z 0-9 _ . -; rename it"
        if count > limits.MAX_INDEX_NON_KEY_ATTRIBUTES:
            yield (
                f"index {name!r}: {count} non-key attributes; at most "
                f"{limits.MAX_INDEX_NON_KEY_ATTRIBUTES}: project fewer, or ALL"
            )
    if (total := sum(included.values())) > limits.MAX_TABLE_NON_KEY_ATTRIBUTES:
        most = limits.MAX_TABLE_NON_KEY_ATTRIBUTES
        yield f"{total} non-key attributes in all its indexes; at most {most}: project fewer, or ALL"
