"""A family through the data model file and back: what the file holds is not lost, and the second file is the first."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from families import catalogue
from tablekit.model import Family, Table
from tablekit.ops.workbench.declare import Imported, declared
from tablekit.ops.workbench.export import exported
from tablekit.ops.workbench.format import read, text_of
from tablekit.ops.workbench.module import module_source
from tests.support.generated import families
from tests.support.music import MUSIC
from tests.support.samples import samples

DAY = date(2026, 3, 9)
KEYS = list(catalogue().families)
Items = dict[str, list[dict[str, dict[str, Any]]]]


def through(family: Family, items: Items, stage: str | None = None) -> tuple[str, Imported]:
    text = text_of(exported(family, items, stage, DAY))
    model, unknown = read(text.encode(), "family.json")
    assert unknown == []
    return text, declared(model, "family.json", family.key)


def evaluated(source: str) -> Family:
    """The family that a module defines."""
    names: dict[str, object] = {}
    exec(compile(source, "made.py", "exec"), names)
    family = names["FAMILY"]
    assert isinstance(family, Family)
    return family


def held(table: Table) -> Any:
    """What of a table the format holds."""
    return (
        table.hash_key,
        table.range_key,
        [(i.name, i.hash_key, i.range_key, i.projection, i.include) for i in table.indexes],
        [
            (entity.name, {k.name: entity.keys[k.name] for k in table.keys if k.name in entity.keys})
            for entity in table.entities
        ],
    )


def same_items(one: Any, other: Any) -> bool:
    return sorted(json.dumps(item, sort_keys=True) for item in one) == sorted(
        json.dumps(item, sort_keys=True) for item in other
    )


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("stage", [None, "dev"])
def test_a_family_of_this_project_comes_back(key: str, stage: str | None) -> None:
    family = catalogue().family(key)
    items = {table.name: samples(family, table.name) for table in family.tables}
    text, found = through(family, items, stage)
    assert found.notes == ()
    assert found.family.unused_indexes() == ()
    assert (found.family.title, found.family.owner, found.family.document) == (
        family.title,
        family.owner,
        family.document,
    )
    assert len(found.family.tables) == len(family.tables)
    for table, back in zip(family.tables, found.family.tables, strict=True):
        assert back.name == (family.table_name_for(table.name, stage) if stage else table.name)
        assert held(back) == held(table)
        types = {name: attribute.type for name, attribute in table.types.items()}
        assert {name: attribute.type for name, attribute in back.types.items() if name in types} == types
        assert same_items(found.items[back.name], items[table.name])
    again = exported(found.family, {name: list(given) for name, given in found.items.items()}, None, DAY)
    assert text_of(again) == text


@given(families())
def test_any_family_comes_back(made: tuple[Family, Items]) -> None:
    family, items = made
    text, found = through(family, items)
    assert (found.family.title, found.family.document) == (family.title, family.document)
    for table, back in zip(family.tables, found.family.tables, strict=True):
        assert held(back) == held(table)
        types = {name: attribute.type for name, attribute in table.types.items()}
        assert {name: attribute.type for name, attribute in back.types.items() if name in types} == types
        assert same_items(found.items[back.name], items[table.name])
    assert found.family.unused_indexes() == ()
    assert text_of(exported(found.family, found.items, None, DAY)) == text
    assert evaluated(module_source(found.family)) == found.family


def test_a_model_made_elsewhere_keeps_its_tables_indexes_and_items() -> None:
    model, _ = read(json.dumps(MUSIC).encode(), "music.json")
    found = declared(model, "music.json")
    again = json.loads(text_of(exported(found.family, found.items, None, DAY)))
    for table, back in zip(MUSIC["DataModel"], again["DataModel"], strict=True):
        for field in ("TableName", "KeyAttributes"):
            assert back[field] == table[field]
        assert sorted(map(str, back["NonKeyAttributes"])) == sorted(map(str, table["NonKeyAttributes"]))
    assert again["DataModel"][0]["TableFacets"][0] == MUSIC["DataModel"][0]["TableFacets"][0]
    assert again["DataModel"][0]["TableData"] == MUSIC["DataModel"][0]["TableFacets"][1]["TableData"]
    assert again["DataModel"][1]["GlobalSecondaryIndexes"] == MUSIC["DataModel"][1]["GlobalSecondaryIndexes"]
    assert again["DataModel"][1]["TableData"] == MUSIC["DataModel"][1]["TableData"]
