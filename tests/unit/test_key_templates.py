"""Composite keys of an item's fields, and the fields of its keys."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.model import Entity
from tablekit.model.errors import ExpressionError
from tablekit.model.templates import Template, compose, decompose

ENTITIES = [entity for family in catalogue() for table in family.tables for entity in table.entities]
VALUES = st.text("ab-:_.0Zé", min_size=1, max_size=6)


@given(entity=st.sampled_from(ENTITIES), values=st.lists(VALUES, min_size=12, max_size=12))
def test_the_keys_of_every_entity_give_back_its_fields(entity: Entity, values: list[str]) -> None:
    templates = [Template(text) for text in entity.keys.values()]
    fields = dict(zip(dict.fromkeys(field for each in templates for field in each.fields), values, strict=False))
    fields |= {field: "7".zfill(width) for each in templates for field, width in each.widths.items()}
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7, "N#7#007"),
        (Decimal("7.0"), "N#7#007"),
        (Decimal("7E+1"), "N#70#070"),
        (Decimal("-0"), "N#0#000"),
        ("7", "N#7#007"),
    ],
)
def test_a_number_has_one_text_and_the_digits_of_its_field(value: object, text: str) -> None:
    assert "#".join(["N", *compose({"A": "{number}", "B": "{number:03}"}, {"number": value}).values()]) == text
    assert Template("{number:03}").fits("number", value)
    assert not any(Template("{number:03}").fits("number", wrong) for wrong in ("", "1000", "-1", "x", Decimal("0.5")))


def test_a_width_is_of_digits() -> None:
    with pytest.raises(ExpressionError, match=r"a field is \{name\}, letters, digits and underscores, or \{name:03\}"):
        Template("{number:x}").parts  # noqa: B018


def test_a_field_that_is_missing_is_named() -> None:
    with pytest.raises(KeyError, match="number"):
        compose({"SK": "DEST#{number}"}, {})
