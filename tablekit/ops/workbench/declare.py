"""A data model as a family with its sample items.

What a family needs and a data model doesn't hold is filled in with the careful choice: classification `confidential`,
items kept until they are deleted, two roles. Its access patterns are those that keys and indexes give by themselves: an
item by its key, the items under a hash key where the key has two parts, and those of each index, so that every one is
used.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from tablekit.model import limits
from tablekit.model.attributes import Key
from tablekit.model.errors import did_you_mean
from tablekit.model.expressions import quoted
from tablekit.model.family import Family
from tablekit.model.items import check_item
from tablekit.model.layout import Entity, Index, Retention
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Role
from tablekit.model.table import Table
from tablekit.ops.errors import WorkbenchError
from tablekit.ops.seed.values import key_of, same
from tablekit.ops.workbench.facets import key_templates
from tablekit.ops.workbench.format import (
    DataModel,
    DataTable,
    GlobalIndex,
    Item,
    KeyAttribute,
    KeyAttributes,
    Place,
    dotted,
)
from tablekit.ops.workbench.values import of_several_types, typed_where_plain, types_in

_MOST = 64
"""Characters of a pattern's name."""
_KEY = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

ROLES: Final = (
    Role(name="app", purpose="The application: every access pattern", access="read-write"),
    Role(name="readonly", purpose="Support and analysis: every read", access="read-only"),
)
"""Those of a family of which nobody has said who works with it."""

T = TypeVar("T")


@dataclass(frozen=True)
class Imported:
    """A family made of a data model.

    items: table -> its sample items. notes: what of the model the family does not have, a line each.
    """

    family: Family
    items: Mapping[str, Sequence[Item]]
    notes: Sequence[str]


def declared(model: DataModel, source: str, key: str | None = None) -> Imported:
    """The family of a data model.

    key: the family's key; None: made of the model's name. source: the file, for messages.
    Raises WorkbenchError, whose one line names the place in the document.
    """
    return _Reader(source).family(model, key)


class _Reader:
    """Makes the parts of a family; what one of them refuses is reported with its place in the document."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.notes: dict[str, None] = {}
        self.taken: set[str] = set()  # names of access patterns

    def family(self, model: DataModel, key: str | None) -> Imported:
        chosen = self._key(model, key)
        tables: list[Table] = []
        items: dict[str, list[Item]] = {}
        for number, data in enumerate(model.data_model):
            place: Place = ("DataModel", number)
            if data.table_name in items:
                raise self._wrong((*place, "TableName"), f"two tables are named {data.table_name!r}; rename one")
            table, found = self._table(data, place)
            tables.append(table)
            items[table.name] = found
        author = model.model_metadata.author
        family = self._made(
            (),
            lambda: Family(
                key=chosen,
                title=model.model_name,
                document=model.model_metadata.description or f"NoSQL Workbench data model {model.model_name!r}",
                table_name="{table}",
                owner=author if author and limits.TAG_VALUE.fullmatch(author) else f"{chosen}-team",
                cost_centre=chosen,
                tables=tuple(tables),
                roles=ROLES,
            ),
        )
        return Imported(family, items, tuple(self.notes))

    def _key(self, model: DataModel, key: str | None) -> str:
        chosen = slug(model.model_name) if key is None else key
        if not _KEY.fullmatch(chosen) or keyword.iskeyword(chosen.replace("-", "_")):
            named = f"ModelName: {model.model_name[:60]!r} gives {chosen!r}, which"
            given = named if key is None else f"--key {key!r}"
            raise WorkbenchError(
                f"{self.source}: {given} is not a family's key: a letter, then a-z, 0-9 and single hyphens, and no "
                "word of Python's; give one with --key"
            )
        return chosen

    def _table(self, data: DataTable, place: Place) -> tuple[Table, list[Item]]:
        self._passed_over(data, place)
        keys = self._keys(data.key_attributes, (*place, "KeyAttributes"))
        items = self._items(data, place, keys)
        indexes = [
            self._index(index, data.table_name, keys, (*place, "GlobalSecondaryIndexes", number))
            for number, index in enumerate(data.global_secondary_indexes)
        ]
        every_key = [*keys, *(key for index in indexes for key in index.keys)]
        attributes = self._attributes(data, place, every_key, items)
        known = {*attributes, *_names(every_key)}
        self._included(data, place, indexes, known)
        table = self._made(
            place,
            lambda: Table(
                name=data.table_name,
                purpose=f"{data.table_name}, as the data model has it",
                hash_key=keys[0],
                range_key=keys[1] if len(keys) == 2 else None,
                indexes=tuple(indexes),
                classification="confidential",
                retention=Retention(reason="Until deleted; the data model names no TTL attribute"),
                attributes=attributes,
                entities=self._entities(data, place, keys, known, items),
                patterns=patterns_of_keys(data.table_name, keys, indexes, self.taken),
            ),
        )
        for where, item in items:
            self._check(table, item, where)
        return table, [item for _, item in items]

    def _passed_over(self, data: DataTable, place: Place) -> None:
        for field, given in (
            ("ProvisionedCapacitySettings", data.provisioned_capacity_settings),
            ("SampleDataFormats", data.sample_data_formats),
            ("DataAccess.MySql", data.data_access.my_sql),
        ):
            if given:
                self._note(f"{dotted(place)}.{field}: a family has no place for it")
        if data.billing_mode == "PROVISIONED":
            self._note(f"{dotted(place)}.BillingMode: PROVISIONED; capacity is a stage's setting (`provisioned`)")

    def _keys(self, given: KeyAttributes, place: Place) -> list[Key]:
        found = [self._key_of(given.partition_key, (*place, "PartitionKey"))]
        return [*found, self._key_of(given.sort_key, (*place, "SortKey"))] if given.sort_key else found

    def _key_of(self, given: KeyAttribute, place: Place) -> Key:
        name = given.attribute_name
        if '"' in name:
            text = f'key attribute {name[:40]!r} has a ", which no expression can name; rename it'
            raise self._wrong((*place, "AttributeName"), text)
        return self._made(place, lambda: Key(name=name, type=given.attribute_type))

    def _index(self, given: GlobalIndex, table: str, primary: Sequence[Key], place: Place) -> Index:
        keys = self._keys(given.key_attributes, (*place, "KeyAttributes"))
        include = [name for name in given.projection.non_key_attributes or () if name not in _names((*keys, *primary))]
        projection = given.projection.projection_type
        if projection == "INCLUDE" and not include:
            projection = "KEYS_ONLY"
            self._note(f"{dotted(place)}.Projection: INCLUDE of keys alone; KEYS_ONLY is the same")
        return self._made(
            place,
            lambda: Index(
                name=given.index_name,
                hash_key=keys[0],
                range_key=keys[1] if len(keys) == 2 else None,
                purpose=f"{table} by {' and '.join(_names(keys))}",
                projection=projection,
                include=tuple(include),
            ),
        )

    def _attributes(
        self, data: DataTable, place: Place, keys: Sequence[Key], items: Sequence[tuple[Place, Item]]
    ) -> dict[str, str]:
        """The attributes that are no keys: those that the table lists, then those that items have besides."""
        listed: dict[str, str] = {key.name: key.type for key in keys}
        primary = set(listed)
        for number, attribute in enumerate(data.non_key_attributes):
            name, type_ = attribute.attribute_name, attribute.attribute_type
            if listed.setdefault(name, type_) != type_:
                raise self._wrong(
                    (*place, "NonKeyAttributes", number),
                    f"attribute {name!r} is {type_} here and {listed[name]} elsewhere; an attribute has one type",
                )
        seen = types_in(item for _, item in items)
        for name, types in seen.items():
            listed.setdefault(name, types[0])
        several = of_several_types(seen) | {
            name for name, types in seen.items() if name not in primary and types not in ((listed[name],), ("NULL",))
        }
        for name in sorted(several - primary):
            both = sorted({listed[name], *seen[name]})
            self._note(f"{dotted(place)}: attribute {name!r} is {' and '.join(both)}, so that it is not declared")
        return {name: type_ for name, type_ in listed.items() if name not in primary | several}

    def _included(self, data: DataTable, place: Place, indexes: Sequence[Index], known: set[str]) -> None:
        """Refuse an index that includes an attribute which is listed, and not declared for its several types."""
        listed = {attribute.attribute_name for attribute in data.non_key_attributes}
        for number, index in enumerate(indexes):
            for name in index.include:
                if name in listed - known:
                    raise self._wrong(
                        (*place, "GlobalSecondaryIndexes", number, "Projection"),
                        f"includes {name!r}, which the items have with several types, or another than is listed; "
                        "an attribute that an index includes has one type: fix the items",
                    )

    def _entities(
        self, data: DataTable, place: Place, keys: Sequence[Key], known: set[str], items: Sequence[tuple[Place, Item]]
    ) -> tuple[Entity, ...]:
        seen = {name for _, item in items for name in item}
        found = []
        for number, facet in enumerate(data.table_facets):
            at = (*place, "TableFacets", number)
            for position, name in enumerate(facet.non_key_attributes):
                if name not in known | seen:
                    text = f"{name!r} is not an attribute of the table{did_you_mean(name, known)}"
                    raise self._wrong((*at, "NonKeyAttributes", position), f"{text}; list it in the table's own")
            if facet.data_access.my_sql:
                self._note(f"{dotted(at)}.DataAccess.MySql: a family has no place for it")
            templates = key_templates(facet, _names(keys))
            if templates is None:
                self._note(
                    f"{dotted(at)}.KeyAttributeAlias: names, not templates of the keys that the facet's items have; "
                    "add the templates to the entity by hand"
                )
            attributes = tuple(dict.fromkeys(name for name in facet.non_key_attributes if name in known))
            found.append(Entity(name=facet.facet_name, keys=templates or {}, attributes=attributes))
        return tuple(found)

    def _items(self, data: DataTable, place: Place, keys: Sequence[Key]) -> list[tuple[Place, Item]]:
        """Every sample item with its place: the facets' and then the table's; one that stands twice, once."""
        held = [
            ((*place, "TableFacets", number, "TableData"), facet.table_data)
            for number, facet in enumerate(data.table_facets)
        ]
        bare = self._made(place, lambda: _bare(data.table_name, keys))
        found: list[tuple[Place, Item]] = []
        by_key: dict[object, tuple[Place, Item]] = {}
        for at, items in (*held, ((*place, "TableData"), data.table_data or ())):
            for number, given in enumerate(items):
                where: Place = (*at, number)
                item, plain = typed_where_plain(given)
                for name in plain:
                    self._note(
                        f"{dotted(where)}: attribute {name!r} holds plain JSON; types were taken from its values"
                    )
                self._check(bare, item, where)
                first = by_key.setdefault(key_of(item, _names(keys)), (where, item))
                if first[0] == where:
                    found.append(first)
                elif not same(first[1], item):
                    raise self._wrong(where, f"has the key of {dotted(first[0])} and other content; remove one of them")
        return found

    def _check(self, table: Table, item: Item, place: Place) -> None:
        for problem in check_item(table, item):
            raise self._wrong(place, f"{problem}; fix the item")

    def _made(self, place: Place, make: Callable[[], T]) -> T:
        try:
            return make()
        except ValidationError as error:
            finding = error.errors(include_url=False, include_input=False)[0]
            text = finding["msg"].removeprefix("Value error, ")
            inner = dotted(finding["loc"])
            raise self._wrong(place, f"{inner}: {text}" if inner and inner not in text else text) from None

    def _wrong(self, place: Place, text: str) -> WorkbenchError:
        where = f"{dotted(place)}: " if place else ""
        return WorkbenchError(f"{self.source}: {where}{text}")

    def _note(self, text: str) -> None:
        self.notes[text] = None


def _names(keys: Iterable[Key]) -> list[str]:
    return [key.name for key in keys]


def _bare(name: str, keys: Sequence[Key]) -> Table:
    """A table of these keys alone, to hold an item against before the whole table is known."""
    return Table(
        name=name,
        purpose="keys",
        hash_key=keys[0],
        range_key=keys[1] if len(keys) == 2 else None,
        classification="confidential",
        retention=Retention(reason="none"),
    )


def slug(text: str) -> str:
    """The text in lower case with hyphens between its words: `AccountId` and `account_id` give `account-id`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", split.lower()).strip("-")


def patterns_of_keys(
    table: str, keys: Sequence[Key], indexes: Iterable[Index], taken: set[str]
) -> tuple[AccessPattern, ...]:
    """The patterns that a table's keys and indexes give by themselves.

    taken: the names that are given already; those of these patterns are added.
    """
    found = [_pattern(table, None, keys, "get", taken)]
    if len(keys) == 2:
        found.append(_pattern(table, None, keys[:1], "query", taken))
    found += [_pattern(table, index, index.keys[:1], "query", taken) for index in indexes]
    return tuple(found)


def _pattern(table: str, index: Index | None, keys: Sequence[Key], operation: Any, taken: set[str]) -> AccessPattern:
    parameters = _parameters(keys)
    named = " and ".join(key.name for key in keys)
    what = "One item" if operation == "get" else "The items"
    return AccessPattern(
        name=_name(operation, table, index, taken),
        purpose=f"{what} of {table}{f' that {index.name} holds' if index else ''}, by {named}",
        operation=operation,
        index=index.name if index else None,
        key=" AND ".join(f"{quoted(key.name)} = :{parameters[key.name]}" for key in keys),
    )


def _name(operation: str, table: str, index: Index | None, taken: set[str]) -> str:
    words = [operation, slug(table)]
    if index:
        words += ["by", slug(index.name).removeprefix("by-").removesuffix("-index")]
    whole = "-".join(word for word in words if word)[:_MOST].strip("-")
    name, number = whole, 1
    while name in taken:
        number += 1
        name = f"{whole[: _MOST - len(str(number)) - 1].strip('-')}-{number}"
    taken.add(name)
    return name


def _parameters(keys: Iterable[Key]) -> dict[str, str]:
    """Key -> its parameter: the attribute's name, with _ for what no parameter's name can have."""
    found: dict[str, str] = {}
    for key in keys:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", key.name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        found[key.name] = f"{plain}_" if plain in found.values() else plain
    return found
