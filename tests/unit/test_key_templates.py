"""Composite keys of an item's fields, and the fields of its keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.model import Entity
from tablekit.model.templates import Template, compose, decompose

ENTITIES = [entity for family in catalogue() for table in family.tables for entity in table.entities]
VALUES = st.text("ab-:_.0Zé", min_size=1, max_size=6)


@given(entity=st.sampled_from(ENTITIES), values=st.lists(VALUES, min_size=12, max_size=12))
def test_the_keys_of_every_entity_give_back_its_fields(entity: Entity, values: list[str]) -> None:
    names = dict.fromkeys(field for text in entity.keys.values() for field in Template(text).fields)
    fields = dict(zip(names, values, strict=False))
    keys = compose(entity.keys, fields)
    assert keys.keys() == entity.keys.keys()
    assert decompose(entity.keys, keys) == fields


@pytest.mark.parametrize(
    "keys",
    [
        {"PK": "TENANT#acme"},
        {"PK": "TENANT#acme", "SK": "SUB#1"},
        {"PK": "TENANT#acme", "SK": "DEST#other#1"},
        {"PK": "acme", "SK": "DEST#acme#1"},
    ],
    ids=["a key is missing", "another form", "two values of one field", "no head"],
)
def test_what_is_not_of_the_templates_form_gives_nothing(keys: dict[str, str]) -> None:
    templates = {"PK": "TENANT#{tenant}", "SK": "DEST#{tenant}#{number}"}
    assert decompose(templates, {"PK": "TENANT#acme", "SK": "DEST#acme#1"}) == {"tenant": "acme", "number": "1"}
    assert decompose(templates, keys) is None


def test_a_field_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="number"):
        compose({"SK": "DEST#{number}"}, {})
