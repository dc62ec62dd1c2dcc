"""An entity of a table as a facet, and back.

A facet names one kind of item, calls its keys by aliases, and holds its sample items. The aliases of an entity are its
key templates: `TENANT#{tenant_id}`. A key without a template is called by its attribute's name.
"""

from __future__ import annotations

from collections.abc import Sequence

from tablekit.model.errors import ExpressionError
from tablekit.model.layout import Entity
from tablekit.model.table import Table
from tablekit.model.templates import Template
from tablekit.ops.workbench.format import Facet, Item, KeyAlias
from tablekit.ops.workbench.values import in_order, of_several_types, types_in


def facets(table: Table, items: Sequence[Item]) -> tuple[tuple[Facet, ...], list[Item]]:
    """The table's entities as facets with their items, and the items that are of no entity."""
    of: dict[str, list[Item]] = {entity.name: [] for entity in table.entities}
    rest: list[Item] = []
    for item in items:
        entity = _entity_of(table, item)
        (of[entity.name] if entity else rest).append(item)
    several = of_several_types(types_in(items))
    return tuple(_facet(table, entity, of[entity.name], several) for entity in table.entities), rest


def _facet(table: Table, entity: Entity, items: Sequence[Item], several: frozenset[str]) -> Facet:
    primary = [key.name for key in table.keys]
    names = dict.fromkeys([*(name for name in entity.keys if name not in primary), *entity.attributes])
    names |= dict.fromkeys(name for name in in_order(types_in(items), several) if name not in primary)
    aliases = [entity.keys.get(name, name) for name in primary]
    return Facet(
        facet_name=entity.name,
        key_attribute_alias=KeyAlias(
            partition_key_alias=aliases[0], sort_key_alias=aliases[1] if len(aliases) == 2 else None
        ),
        table_data=tuple(items),
        non_key_attributes=tuple(names),
    )


def _entity_of(table: Table, item: Item) -> Entity | None:
    """The entity whose key templates the item's keys have; of several, the one with the most constant text."""
    best, most = None, -1
    for entity in table.entities:
        templates = {key.name: Template(entity.keys[key.name]) for key in table.keys if key.name in entity.keys}
        constant = sum(len(literal) for template in templates.values() for literal, _ in template.parts)
        if templates and constant > most and _has(templates, item):
            best, most = entity, constant
    return best


def _has(templates: dict[str, Template], item: Item) -> bool:
    return all(
        isinstance(text := item.get(name, {}).get("S"), str) and template.parse(text) is not None
        for name, template in templates.items()
    )


def key_templates(facet: Facet, keys: Sequence[str]) -> dict[str, str] | None:
    """The facet's aliases as key templates, by key attribute; None where they are no more than names.

    They are templates where one has a `{field}`, or where the facet has items; and every item has such keys.
    """
    alias = facet.key_attribute_alias
    aliases = dict(zip(keys, (alias.partition_key_alias, alias.sort_key_alias), strict=False))
    found = {name: Template(text) for name, text in aliases.items() if text and text != name}
    try:
        fields = any(template.fields for template in found.values())
    except ExpressionError:
        return None
    if not found:
        return {}
    told = (fields or facet.table_data) and all(_has(found, item) for item in facet.table_data)
    return {name: template.text for name, template in found.items()} if told else None
