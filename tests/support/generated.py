"""Families of made-up tables, with items that fit them, for property-based tests."""

from __future__ import annotations

import base64
from typing import Any

from hypothesis import strategies as st

from tablekit.model import Entity, Family, Index, Key, Retention, Role, Table
from tablekit.model.items import check_item
from tablekit.ops.seed.values import key_of

Item = dict[str, dict[str, Any]]

_ANY = st.characters(exclude_categories=["Cs"])
_NAMES = st.one_of(
    st.sampled_from(["id", "PK", "SK", "size", "not", "ttl", "a-b", "a.b", "größe", "日本", "with space"]),
    st.text(_ANY.filter(lambda character: character != '"'), min_size=1, max_size=8),
)
_TEXTS = st.text(_ANY, max_size=12)
_KEY_TEXTS = st.text(_ANY, min_size=1, max_size=12)
_NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**9), 10**9, places=4).map(str),
    st.sampled_from(["0", "-0.0", "1E+20", "1e-7", "3.30", "99999999999999999999999999999999999999"]),
)
_BYTES = st.binary(max_size=12).map(lambda content: base64.b64encode(content).decode())
_KEY_BYTES = st.binary(min_size=1, max_size=12).map(lambda content: base64.b64encode(content).decode())
_SCALARS: dict[str, st.SearchStrategy[Any]] = {"S": _TEXTS, "N": _NUMBERS, "B": _BYTES, "BOOL": st.booleans()}


def _set(of: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(of, min_size=1, max_size=3, unique=True)


VALUES: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.one_of(
        *(st.fixed_dictionaries({kind: content}) for kind, content in _SCALARS.items()),
        st.just({"NULL": True}),
        _set(_TEXTS).map(lambda value: {"SS": value}),
        _set(_NUMBERS).map(lambda value: {"NS": value}),
        _set(_BYTES).map(lambda value: {"BS": value}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda value: {"L": value}),
        st.dictionaries(_NAMES, inner, max_size=3).map(lambda value: {"M": value}),
    ),
    max_leaves=6,
)
"""Values of attributes, in DynamoDB JSON."""

_OF_TYPE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "S": _TEXTS.map(lambda value: {"S": value}),
    "N": st.one_of(_NUMBERS.map(lambda value: {"N": value}), st.just({"NULL": True})),
    "BOOL": st.booleans().map(lambda value: {"BOOL": value}),
    "M": st.dictionaries(_NAMES, VALUES, max_size=3).map(lambda value: {"M": value}),
    "SS": _set(_TEXTS).map(lambda value: {"SS": value}),
}
_KEY_VALUES = {"S": _KEY_TEXTS, "N": _NUMBERS, "B": _KEY_BYTES}
_TEMPLATES = ("A#{a}", "A#{a}#{b}", "B#{x}", "{whole}", "C#main")


@st.composite
def tables(draw: st.DrawFn, name: str) -> tuple[Table, list[Item]]:
    """A table and some of its items."""
    names = draw(st.lists(_NAMES, min_size=6, max_size=9, unique=True))
    types = {each: draw(st.sampled_from("SNB")) for each in names}
    keys = [Key(name=each, type=types[each]) for each in names]
    attributes = {each: draw(st.sampled_from(["S", "N", "M", "BOOL", "SS"])) for each in names[4:6]}
    bare = Table(
        name=name,
        purpose="made up",
        hash_key=keys[0],
        range_key=keys[1] if draw(st.booleans()) else None,
        indexes=tuple(draw(st.lists(_indexes(keys[:4], names[4:6]), max_size=3, unique_by=lambda index: index.name))),
        classification="internal",
        retention=Retention(reason="made up"),
        attributes=attributes,
    )
    fields = {field: getattr(bare, field) for field in Table.model_fields}
    entities = draw(st.lists(_entities(bare), max_size=2, unique_by=lambda entity: entity.name))
    table = Table(**{**fields, "entities": tuple(entities)})
    items: dict[Any, Item] = {}
    for _ in range(draw(st.integers(0, 4))):
        item = draw(_items(table, names))
        if not check_item(table, item):
            items.setdefault(key_of(item, [key.name for key in table.keys]), item)
    return table, list(items.values())


@st.composite
def _indexes(draw: st.DrawFn, keys: list[Key], rest: list[str]) -> Index:
    first, second = draw(st.permutations(keys))[:2]
    projection = draw(st.sampled_from(["ALL", "KEYS_ONLY", "INCLUDE"]))
    return Index(
        name=draw(st.text("abcXYZ019_.-", min_size=3, max_size=8)),
        hash_key=first,
        range_key=second if draw(st.booleans()) else None,
        purpose="made up",
        projection=projection,
        include=tuple(draw(st.lists(st.sampled_from(rest), min_size=1, unique=True)))
        if projection == "INCLUDE"
        else (),
    )


@st.composite
def _entities(draw: st.DrawFn, table: Table) -> Entity:
    """An entity; a constant alias can be told from a name by the template beside it, so that there is one."""
    templates = {key.name: draw(st.sampled_from(_TEMPLATES)) for key in table.keys if key.type == "S"}
    templates = {name: text for name, text in templates.items() if draw(st.booleans())}
    known = [name for name in table.types if name not in {key.name for key in table.keys}]
    return Entity(
        name=draw(_KEY_TEXTS),
        keys=templates if any("{" in text for text in templates.values()) else {},
        attributes=tuple(draw(st.lists(st.sampled_from(known), unique=True))),
    )


@st.composite
def _items(draw: st.DrawFn, table: Table, names: list[str]) -> Item:
    item: Item = {}
    for name in names:
        key = table.all_keys.get(name)
        if key is not None and (key in table.keys or draw(st.booleans())):
            texts = st.one_of(_KEY_TEXTS, st.sampled_from(["A#1", "A#1#2", "B#x", "C#main"]))
            item[name] = {key.type: draw(texts if key.type == "S" else _KEY_VALUES[key.type])}
        elif key is None and draw(st.booleans()):
            declared = table.attributes.get(name)
            item[name] = draw(_OF_TYPE[declared.type] if declared else VALUES)
    return item


@st.composite
def families(draw: st.DrawFn) -> tuple[Family, dict[str, list[Item]]]:
    """A family of one or two tables, and their items."""
    made = [draw(tables(name)) for name in ("first", "second")[: draw(st.integers(1, 2))]]
    family = Family(
        key="made-up",
        title=draw(st.text(_ANY, max_size=150)) + "T",
        document=draw(st.text(_ANY, max_size=400)) + "D",
        table_name="made-up-{table}",
        owner="made-up-team",
        cost_centre="made-up",
        tables=tuple(table for table, _ in made),
        roles=(Role(name="app", purpose="the application", access="read-write"),),
    )
    return family, {table.name: items for table, items in made}
