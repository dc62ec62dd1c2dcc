"""A family as a data model.

Name, author and description are the family's title, owner and document. Tables and indexes are on demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tablekit.model.attributes import AttributeType, Key
from tablekit.model.family import Family
from tablekit.model.layout import Index
from tablekit.model.table import Table
from tablekit.ops.workbench.facets import facets
from tablekit.ops.workbench.format import (
    DataModel,
    DataTable,
    GlobalIndex,
    Item,
    KeyAttribute,
    KeyAttributes,
    Metadata,
    NonKeyAttribute,
    Projection,
)
from tablekit.ops.workbench.values import in_order, of_several_types, types_in

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def exported(family: Family, items: Mapping[str, Sequence[Item]], stage: str | None, day: date) -> DataModel:
    """The family's data model.

    items: table -> its sample items. stage: names the tables as in that stage; None: by their logical names.
    day: the model's date, at midnight.
    """
    written = f"{_MONTHS[day.month - 1]} {day.day:02}, {day.year:04}, 12:00 AM"
    return DataModel(
        model_name=family.title,
        model_metadata=Metadata(
            author=family.owner,
            date_created=written,
            date_last_modified=written,
            description=family.document,
            version="3.0",
        ),
        data_model=tuple(
            _table(table, family.table_name_for(table.name, stage) if stage else table.name, items.get(table.name, ()))
            for table in family.tables
        ),
    )


def _table(table: Table, name: str, items: Sequence[Item]) -> DataTable:
    views, rest = facets(table, items)
    return DataTable(
        table_name=name,
        key_attributes=_keys(table.keys),
        non_key_attributes=tuple(
            NonKeyAttribute(attribute_name=name, attribute_type=type_) for name, type_ in _attributes(table, items)
        ),
        table_facets=views,
        global_secondary_indexes=tuple(_index(index) for index in table.indexes if not index.local),
        table_data=tuple(rest) if rest or not views else None,
    )


def _keys(keys: Sequence[Key]) -> KeyAttributes:
    found = [KeyAttribute(attribute_name=key.name, attribute_type=key.type) for key in keys]
    return KeyAttributes(partition_key=found[0], sort_key=found[1] if len(found) == 2 else None)


def _index(index: Index) -> GlobalIndex:
    return GlobalIndex(
        index_name=index.name,
        key_attributes=_keys(index.keys),
        projection=Projection(projection_type=index.projection, non_key_attributes=index.include or None),
    )


def _attributes(table: Table, items: Sequence[Item]) -> list[tuple[str, AttributeType]]:
    """Each attribute but the table's own keys: the keys of indexes, what is declared, and what the items have besides.

    One that the items have with several types is given one of them, and stands last.
    """
    ordered = sorted(table.indexes, key=lambda index: index.local)
    found: dict[str, AttributeType] = {key.name: key.type for index in ordered for key in index.keys}
    for name, attribute in table.attributes.items():
        found.setdefault(name, attribute.type)
    types = types_in(items)
    for name in in_order(types, of_several_types(types)):
        found.setdefault(name, types[name][0])
    return [(name, type_) for name, type_ in found.items() if name not in {key.name for key in table.keys}]


def left_out(families: Iterable[Family]) -> str:
    """What of these families does not go into their data models, counted: `access patterns (19), roles (2), …`."""
    given = list(families)
    tables = [table for family in given for table in family.tables]
    attributes = [attribute for table in tables for attribute in table.attributes.values()]
    templates = [(name, table) for table in tables for entity in table.entities for name in entity.keys]
    counts = {
        "access patterns": sum(len(family.access_patterns) for family in given),
        "roles": sum(len(family.roles) for family in given),
        "TTL attributes": sum(table.ttl is not None for table in tables),
        "streams": sum(table.stream is not None for table in tables),
        "local indexes": sum(index.local for table in tables for index in table.indexes),
        "retentions": len(tables),
        "classifications": len(tables),
        "secrets": sum(len(table.secrets) for table in tables),
        "lists of values": sum(bool(attribute.values) for attribute in attributes),
        "notes": sum(bool(attribute.note) for attribute in attributes),
        "key templates of indexes": sum(name not in {key.name for key in table.keys} for name, table in templates),
    }
    return ", ".join(f"{what} ({count})" for what, count in counts.items() if count)
