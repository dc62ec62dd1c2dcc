"""A family made of live tables: keys, indexes, TTL, stream and tags are theirs; the rest is to be filled in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, get_args

from pydantic import ValidationError

from tablekit.client import Clients, translated
from tablekit.model import limits
from tablekit.model.attributes import Key
from tablekit.model.family import Family
from tablekit.model.layout import Classification, Index, Retention
from tablekit.model.naming import PROD, PROJECT
from tablekit.model.table import Table
from tablekit.model.tags import MANDATORY
from tablekit.ops.errors import LiveError
from tablekit.ops.live import describe
from tablekit.ops.live.shape import LiveTable
from tablekit.ops.workbench.declare import ROLES, Imported, patterns_of_keys, slug
from tablekit.ops.workbench.values import types_in

Types = Mapping[str, Mapping[str, Sequence[str]]]
"""Table -> attribute -> the types that it has in the sample."""
ADVICE: Final = """\
What AWS does not know of a table is to be settled by hand:
- access patterns: those below follow from keys and indexes alone; writes, filters, orders and limits are to be added;
- roles: `app` and `readonly` take what there is; tenants, reaches and metrics are to be added;
- `classification`, and `secrets`: a table is `confidential` where no tag says otherwise, and secrets are none;
- `retention`: the days that an item is kept, where the table has TTL;
- attributes that are neither keys nor projected, and the types of those that are: a sample names them (`--sample`);
- title, document, owner and cost centre."""
_SEPARATOR: Final = re.compile(r"[-_.]")


def look(clients: Clients, region: str, names: Sequence[str]) -> list[LiveTable]:
    """The tables of a region whose names fit one of these, as `content-*`. Raises LiveError where there are none."""
    with translated(f"tables in {region}"):
        pages = clients.pages("dynamodb", region, "list_tables")
        there = [name for page in pages for name in page["TableNames"]]
    chosen = sorted(name for name in there if any(fnmatchcase(name, each) for each in names))
    if not chosen:
        some = f"; it has {', '.join(there[:5])}{' …' if there[5:] else ''}" if there else "; it has none"
        raise LiveError(f"no table in {region} is called {' or '.join(names)}{some}: give others with --tables")
    found = (describe.table(clients, region, name, name) for name in chosen)
    return [shape for shape in found if shape.there]


def sample(clients: Clients, region: str, shapes: Iterable[LiveTable], most: int) -> Types:
    """The types that attributes have in the first items of each table; no value is kept."""
    found = {}
    for shape in shapes:
        name = shape.inputs["name"]
        with translated(f"table {name!r}"):
            items = clients.get("dynamodb", region).scan(TableName=name, Limit=most)["Items"]
        found[name] = types_in([{key: dict.fromkeys(value) for key, value in item.items()} for item in items])
    return found


def made(shapes: Sequence[LiveTable], stage: str, key: str | None = None, types: Types | None = None) -> Imported:
    """The family. stage: in whose names the tables are. key: the family's; None: as tags or names have it.

    Raises LiveError, whose one line names the table.
    """
    regions = sorted({shape.inputs["region"] for shape in shapes})
    if len(regions) != 1:
        raise LiveError(f"tables in {' and '.join(regions) or 'no region'}; a family is in one: import each by itself")
    if unread := [shape for shape in shapes if {"TTL", "tags"} & shape.unread.keys()]:
        what = " and ".join(sorted({"TTL", "tags"} & unread[0].unread.keys()))
        raise LiveError(f"table {unread[0].inputs['name']!r}: its {what} could not be read; give the permission")
    tags = [shape.inputs.get("tags") or {} for shape in shapes]
    template, names = _names(shapes, stage)
    shared = {name: value for name, value in tags[0].items() if all(each.get(name) == value for each in tags)}
    chosen = key or shared.get("family") or slug(template.split("{table}")[0].replace("{stage}", ""))
    if not chosen:
        raise LiveError("the tables' names have no beginning in common that names their family: give --key")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", chosen):
        raise LiveError(f"{chosen!r} is not a family's key: a letter, then a-z, 0-9 and single hyphens; give --key")
    owners = Counter(each.get("owner") for each in tags)
    owner = owners.most_common(1)[0][0] or f"{chosen}-team"
    notes: list[str] = []
    taken: set[str] = set()
    tables = tuple(
        _table(shape, logical, owner, (types or {}).get(shape.inputs["name"], {}), taken, notes)
        for shape, logical in zip(shapes, names, strict=True)
    )
    own = {name: value for name, value in shared.items() if name.lower() not in MANDATORY}
    for shape, each in zip(shapes, tags, strict=True):
        for name in sorted(each.keys() - own.keys() - set(MANDATORY)):
            why = f"is {name.lower()!r} in other letters" if name in shared else "is not on every table"
            notes.append(f"table {shape.inputs['name']}: tag {name!r} {why}; the first update takes it away")
        notes += _settings(shape)
    try:
        family = Family(
            key=chosen,
            title=chosen.replace("-", " ").title(),
            document="none: made of live tables",
            table_name=template,
            region=regions[0],
            owner=owner,
            cost_centre=shared.get("cost-centre", chosen),
            tags=own,
            tables=tables,
            roles=ROLES,
        )
    except ValidationError as error:
        raise LiveError(f"family {chosen!r}: {_first(error)}") from None
    return Imported(family, {}, tuple(dict.fromkeys(notes)))


def _names(shapes: Sequence[LiveTable], stage: str) -> tuple[str, list[str]]:
    """How the tables are called by their family, and each one's logical name: by this project's tags, or by what the
    names have in common.
    """
    physical = [shape.inputs["name"] for shape in shapes]
    logical = [_tagged(shape) or "" for shape in shapes]
    prefixes = {name.removesuffix(own) for name, own in zip(physical, logical, strict=True)}
    if all(name.endswith(own) and own for name, own in zip(physical, logical, strict=True)) and len(prefixes) == 1:
        prefix = prefixes.pop()
    else:
        beginnings = [physical[0][: found.end()] for found in _SEPARATOR.finditer(physical[0])]
        common = [each for each in beginnings if all(name.startswith(each) for name in physical)]
        prefix = common[-1] if common and len(physical) > 1 else ""
        if not all(limits.TABLE_NAME.fullmatch(name.removeprefix(prefix)) for name in physical):
            prefix = ""
    logical = [name.removeprefix(prefix) for name in physical]
    if stage != PROD and prefix.startswith(f"{stage}-"):
        return prefix.removeprefix(f"{stage}-") + "{table}", logical
    if (inner := f"-{stage}-") in prefix:
        return prefix.replace(inner, "-{stage}-", 1) + "{table}", logical
    if stage != PROD:
        raise LiveError(
            f"the tables are called {', '.join(physical[:3])}, and in stage {stage!r} their names have {stage!r} in "
            f"front; leave --stage out where the names are as in {PROD}"
        )
    return prefix + "{table}", logical


def _tagged(shape: LiveTable) -> str | None:
    tags = shape.inputs.get("tags") or {}
    return tags.get("table") if tags.get("project") == PROJECT else None


def _table(
    shape: LiveTable,
    name: str,
    owner: str,
    types: Mapping[str, Sequence[str]],
    taken: set[str],
    notes: list[str],
) -> Table:
    found = shape.inputs
    tags = found.get("tags") or {}
    key_types = {each["name"]: each["type"] for each in found["attributes"]}

    def key(attribute: str) -> Key:
        if '"' in attribute:
            raise LiveError(f'table {found["name"]!r}: key {attribute[:40]!r} has a ", which no expression can name')
        return Key(name=attribute, type=key_types[attribute])

    try:
        hash_key = key(found["hashKey"])
        keys = [hash_key, *([key(found["rangeKey"])] if "rangeKey" in found else [])]
        indexes = [
            _index(each, name, [key(part["attributeName"]) for part in each["keySchemas"]])
            for each in found.get("globalSecondaryIndexes") or ()
        ] + [
            _index(each, name, [hash_key, key(each["rangeKey"])], local=True)
            for each in found.get("localSecondaryIndexes") or ()
        ]
        ttl = (found.get("ttl") or {}).get("attributeName") if (found.get("ttl") or {}).get("enabled") else None
        attributes = _attributes(found["name"], key_types, indexes, ttl, types, notes)
        said = tags.get("data-classification")
        return Table(
            name=name,
            purpose=f"{name}, as it is on AWS",
            hash_key=hash_key,
            range_key=keys[1] if keys[1:] else None,
            indexes=tuple(indexes),
            ttl=ttl,
            stream=found.get("streamViewType"),
            classification=said if said in get_args(Classification) else "confidential",
            retention=Retention(reason=f"By TTL on {ttl}; its days are not known" if ttl else "Until deleted"),
            owner=tags["owner"] if tags.get("owner", owner) != owner else None,
            attributes=attributes,
            patterns=patterns_of_keys(name, keys, indexes, taken),
        )
    except KeyError as error:
        raise LiveError(f"table {found['name']!r}: its key {error} is not among its attributes") from None
    except ValidationError as error:
        where = f"table {found['name']!r}: "
        raise LiveError(f"{where}{_first(error).removeprefix(where)}") from None


def _index(found: Mapping[str, Any], table: str, keys: Sequence[Key], local: bool = False) -> Index:
    return Index(
        name=found["name"],
        hash_key=keys[0],
        range_key=keys[1] if keys[1:] else None,
        purpose=f"{table} by {' and '.join(key.name for key in keys)}",
        projection=found["projectionType"],
        include=tuple(found.get("nonKeyAttributes") or ()),
        local=local,
    )


def _attributes(
    table: str,
    keys: Mapping[str, str],
    indexes: Sequence[Index],
    ttl: str | None,
    types: Mapping[str, Sequence[str]],
    notes: list[str],
) -> dict[str, str]:
    """What is neither key nor of several types: as the sample has it, and what indexes project and TTL goes by."""
    found: dict[str, str] = {}
    for name, seen in types.items():
        if name == ttl and list(seen) != ["N"]:
            notes.append(f"table {table}: TTL goes by {name!r}, which is {' and '.join(seen)}: only a number expires")
        if name in keys or name == ttl:
            continue
        if len(seen) == 1:
            found[name] = seen[0]
        else:
            notes.append(f"table {table}: attribute {name!r} is {' and '.join(seen)}, so that it is not declared")
    for index in indexes:
        for name in index.include:
            if name not in keys and name != ttl and name not in found:
                found[name] = types[name][0] if name in types else "S"
                taken = f"projects {name!r}, taken for {found[name]}: see its type"
                notes.append(f"table {table}: index {index.name!r} {taken}")
    return {**({ttl: "N"} if ttl else {}), **dict(sorted(found.items()))}


def _settings(shape: LiveTable) -> Iterable[str]:
    """What stands in a stage's file, or nowhere."""
    found, where = shape.inputs, f"table {shape.inputs['name']}"
    if "readCapacity" in found:
        units = f"{{read: {found['readCapacity']}, write: {found['writeCapacity']}}}"
        yield f"{where}: provisioned; a stage says so: provisioned: {{<family>/<table>: {units}}}"
        own = (found["readCapacity"], found["writeCapacity"])
        for index in found.get("globalSecondaryIndexes") or ():
            read, write = index.get("readCapacity"), index.get("writeCapacity")
            if (read, write) != own:
                said = (
                    f"indexes: {{{index['name']}: {{read: {read}, write: {write}}}}} of it; else it comes to have its"
                )
                yield f"{where}: index {index['name']!r} has a capacity of its own; a stage says so: {said} table's"
    days = (found.get("pointInTimeRecovery") or {}).get("recoveryPeriodInDays")
    if days and days != 35:
        yield f"{where}: backups of {days} days; a stage says so: pointInTimeRecoveryDays: {days}"
    if found["deletionProtectionEnabled"]:
        yield f"{where}: deletion protection is on; a stage says so: deletionProtection: true"
    if arn := (found.get("serverSideEncryption") or {}).get("kmsKeyArn"):
        yield f"{where}: encrypted with {arn}; a stage says so: encryption, kmsKeyArns"
    for target, (least, most) in shape.scaled.items():
        yield f"{where}: {target} is scaled from {least} to {most}; a stage says so: upTo, in provisioned"
    if caps := found.get("onDemandThroughput"):
        said = ", ".join(f"{name.removesuffix('RequestUnits')}: {most}" for name, most in caps.items())
        yield f"{where}: caps of throughput; a stage says so: onDemand: {{<family>/<table>: {{{said}}}}}"
    if kind := found.get("tableClass"):
        yield f"{where}: a table class; a stage says so: tableClasses: {{<family>/<table>: {kind}}}"
    for what, given in (
        ("replicas", found.get("replicas")),
        ("a resource policy", shape.policy),
        ("a stack of CloudFormation", shape.stack),
    ):
        if given:
            yield f"{where}: {what}: a family has no place for it; see `tablekit live diff`"


def _first(error: ValidationError) -> str:
    return str(error.errors(include_url=False, include_input=False)[0]["msg"]).removeprefix("Value error, ")
