"""Rules on what a table is made of: its keys, TTL and stream, as its family declares them and DynamoDB takes them."""

from __future__ import annotations

from collections.abc import Iterator

from policies.resource import TABLE, Resource
from policies.rule import rule
from policies.run import Run
from tablekit.model import Family, Table, limits


@rule("table-retention", TABLE, declared=True)
def retention(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """What the family promises to delete has its TTL: a retention that nothing enforces keeps data beyond what was
    agreed.
    """
    if not model.ttl:
        return
    given = table.get("ttl", "attributeName") if table.get("ttl", "enabled", default=False) else None
    if given != model.ttl:
        days = f"{model.retention.days} days" if model.retention.days else "its items' own expiry"
        yield (
            f"TTL is on {given or 'no attribute'}; the family promises {days} by "
            f"{model.ttl!r}: set ttl.attributeName to {model.ttl!r} and ttl.enabled to true"
        )


@rule("table-ttl-key", TABLE)
def ttl_key(table: Resource, run: Run) -> Iterator[str]:
    """TTL is never on a key attribute: a key can be neither cleared nor changed, so an item's expiry could never be
    lifted.
    """
    attribute = table.get("ttl", "attributeName") if table.get("ttl", "enabled", default=False) else None
    if attribute and attribute in {each.get("name") for each in table.blocks("attributes")}:
        yield f"TTL is on {attribute!r}, a key of it or of an index; use another attribute"


@rule("table-keys", TABLE, declared=True)
def keys(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """The keys are those that the family declares: a changed key is another table: the old one's data is not in it."""
    types = {each.get("name"): each.get("type") for each in table.blocks("attributes")}
    for prop, key in (("hashKey", model.hash_key), ("rangeKey", model.range_key)):
        given = table.get(prop)
        wanted = key.name if key else None
        if given != wanted:
            yield f"{prop} is {given!r}, declared as {wanted!r}; put it back"
        elif key and types.get(key.name) != key.type:
            yield f"{prop} {key.name!r} has type {types.get(key.name)}, declared as {key.type}; put it back"


@rule("table-limits", TABLE)
def table_limits(table: Resource, run: Run) -> Iterator[str]:
    """The table is within DynamoDB's limits: the service refuses it in the middle of an update, when others are made
    already.
    """
    physical = table.get("name")
    if physical is not None and not limits.TABLE_NAME.fullmatch(physical):
        yield "a name is 3 to 255 of a-z A-Z 0-9 _ . -; rename it"
    count = len(table.get("tags", default={}))
    if count > limits.MAX_TAGS:
        yield f"{count} tags; AWS takes at most {limits.MAX_TAGS}: remove some"
    ttl = table.get("ttl", "attributeName")
    if ttl and len(ttl) not in limits.TTL_ATTRIBUTE_LENGTH:
        yield f"TTL attribute of {len(ttl)} characters; allowed are 1 to 255: shorten it"
    given = {each.get("name") for each in table.blocks("attributes")}
    used = {table.get("hashKey"), table.get("rangeKey")}
    for index in table.blocks("globalSecondaryIndexes"):
        used |= {schema.get("attributeName") for schema in index.get("keySchemas") or []}
        used |= {index.get("hashKey"), index.get("rangeKey")}
    used |= {index.get("rangeKey") for index in table.blocks("localSecondaryIndexes")}
    for attribute in sorted((used - {None}) ^ given):
        how = "is listed and no key" if attribute in given else "is a key and not listed"
        yield f"attribute {attribute!r} {how}; list exactly the keys of it and its indexes"


@rule("table-stream", TABLE, declared=True)
def stream(table: Resource, run: Run, family: Family, model: Table) -> Iterator[str]:
    """The stream is there where the family says so: consumers of a stream that is off, or of another view, miss
    changes in silence.
    """
    if not model.stream:
        return
    chosen = run.configured("streams", {}).get(f"{family.key}/{model.name}", model.stream)
    given = table.get("streamViewType") if table.get("streamEnabled", default=False) else None
    if given != chosen:
        yield (
            f"its stream is {given or 'off'}; family {family.key!r} says {chosen}: "
            f"set streamEnabled to true and streamViewType to {chosen}"
        )
