"""What a change of the contract's JSON Schema is to those who read outputs by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.contract.diff import Demand, demand, diff
from tablekit.contract.diff.schemas import fields
from tablekit.contract.document import Document
from tablekit.contract.errors import ContractError
from tablekit.contract.schema import SCHEMA_FILE
from tests.support.contracts import document, golden

Schema = dict[str, Any]
Line = tuple[str, str, str, str, str]


def schema() -> Schema:
    found: Schema = json.loads(SCHEMA_FILE.read_text())
    return found


def after(change: Callable[[Schema], object], version: str = "1.0") -> Document:
    found = schema()
    found["properties"]["contractVersion"]["default"] = version
    change(found)
    return document(found, "schema.json")


def table(found: Schema) -> Schema:
    inner: Schema = found["$defs"]["ExportedTable"]
    return inner


def drop(name: str) -> Callable[[Schema], object]:
    def change(found: Schema) -> None:
        del table(found)["properties"][name]
        table(found)["required"].remove(name)

    return change


def rename(found: Schema) -> None:
    table(found)["properties"]["tableArn"] = table(found)["properties"].pop("arn")
    table(found)["required"] = ["tableArn" if name == "arn" else name for name in table(found)["required"]]


TABLE = "field families.*.tables.*"
CASES: dict[str, tuple[Callable[[Schema], object], list[Line]]] = {
    "nothing": (lambda found: found, []),
    "words alone": (lambda found: found.update(title="other", description="other"), []),
    "a field is gone": (drop("ttlAttribute"), [("breaking", f"{TABLE}.ttlAttribute", "removed", "null or string", "")]),
    "a field is renamed": (
        rename,
        [
            ("breaking", f"{TABLE}.arn", "removed", "string", ""),
            ("additive", f"{TABLE}.tableArn", "added", "", "string"),
        ],
    ),
    "a field is another type": (
        lambda found: table(found)["properties"].update(name={"type": "array", "items": {"type": "string"}}),
        [
            ("breaking", f"{TABLE}.name", "changed", "string", "array"),
            ("additive", f"{TABLE}.name[]", "added", "", "string"),
        ],
    ),
    "a field may be null": (
        lambda found: table(found)["properties"].update(name={"type": ["string", "null"]}),
        [("breaking", f"{TABLE}.name", "changed", "string", "null or string")],
    ),
    "a field is never null any more": (
        lambda found: table(found)["properties"].update(ttlAttribute={"type": "string"}),
        [("neutral", f"{TABLE}.ttlAttribute", "changed", "null or string", "string")],
    ),
    "a field may be missing": (
        lambda found: table(found)["required"].remove("name"),
        [("breaking", f"{TABLE}.name", "changed", "string", "string, may be missing")],
    ),
    "a value that nobody knows": (
        lambda found: found["$defs"]["ExportedKey"]["properties"]["type"]["enum"].append("X"),
        [
            ("breaking", f"{TABLE}.{key}.type", "changed", '"B" or "N" or "S"', '"B" or "N" or "S" or "X"')
            for key in ("hashKey", "indexes.*.hashKey", "indexes.*.rangeKey", "rangeKey")
        ],
    ),
    "a value less": (
        lambda found: found["$defs"]["ExportedAccessPattern"]["properties"]["order"]["enum"].pop(),
        [
            (
                "neutral", "field families.*.accessPatterns.*.order", "changed",
                '"ascending" or "descending"', '"ascending"',
            )
        ],
    ),
    "a text is one value from now on": (
        lambda found: table(found)["properties"].update(name={"const": "orders"}),
        [("neutral", f"{TABLE}.name", "changed", "string", '"orders"')],
    ),
    "a text is one of some values from now on": (
        lambda found: table(found)["properties"].update(name={"type": "string", "enum": ["orders", "users"]}),
        [("neutral", f"{TABLE}.name", "changed", "string", '"orders" or "users"')],
    ),
    "a text is a number from now on": (
        lambda found: table(found)["properties"].update(name={"enum": ["orders", 5]}),
        [("breaking", f"{TABLE}.name", "changed", "string", '"orders" or 5')],
    ),
    "a value is any text": (
        lambda found: found["$defs"]["ExportedAccessPattern"]["properties"].update(order={"type": "string"}),
        [
            (
                "breaking", "field families.*.accessPatterns.*.order", "changed",
                '"ascending" or "descending"', "string",
            )
        ],
    ),
    "a text keeps to a rule from now on": (
        lambda found: table(found)["properties"]["name"].update(pattern="^[a-z]+$"),
        [("neutral", f"{TABLE}.name", "changed", "string", 'string, {"pattern": "^[a-z]+$"}')],
    ),
    "a value that keeps to the rule there was": (
        lambda found: found["properties"].update(contractVersion={"const": "1.0", "default": "1.0"}),
        [
            (
                "neutral", "field contractVersion", "changed",
                'string, {"pattern": "^\\\\d+\\\\.\\\\d+$"}', '"1.0"',
            )
        ],
    ),
    "a value that does not keep to the rule there was": (
        lambda found: found["properties"].update(contractVersion={"const": "one", "default": "1.0"}),
        [
            (
                "breaking", "field contractVersion", "changed",
                'string, {"pattern": "^\\\\d+\\\\.\\\\d+$"}', '"one"',
            )
        ],
    ),
    "a reference in allOf": (
        lambda found: table(found)["properties"].update(hashKey={"allOf": [{"$ref": "#/$defs/ExportedKey"}]}),
        [],
    ),
    "a reference with words beside it": (
        lambda found: table(found)["properties"].update(
            hashKey={"$ref": "#/$defs/ExportedKey", "description": "x", "anyOf": [{"type": "object"}]}
        ),
        [],
    ),
    "allOf that adds a field and a value less": (
        lambda found: table(found)["properties"].update(
            hashKey={
                "allOf": [
                    {"$ref": "#/$defs/ExportedKey"},
                    {"properties": {"order": {"type": "integer"}, "type": {"enum": ["S", "N"]}}, "required": ["order"]},
                ]
            }
        ),
        [
            ("additive", f"{TABLE}.hashKey.order", "added", "", "integer"),
            ("neutral", f"{TABLE}.hashKey.type", "changed", '"B" or "N" or "S"', '"N" or "S"'),
        ],
    ),
    "another rule for a value": (
        lambda found: found["properties"]["contractVersion"].update(pattern="^v"),
        [
            (
                "breaking", "field contractVersion", "changed",
                'string, {"pattern": "^\\\\d+\\\\.\\\\d+$"}', 'string, {"pattern": "^v"}',
            )
        ],
    ),
    "a new field": (
        lambda found: table(found)["properties"].update(itemCount={"type": "integer"}),
        [("additive", f"{TABLE}.itemCount", "added", "", "integer, may be missing")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_of_the_schema_has_its_level(case: str) -> None:
    change, expected = CASES[case]
    found = diff(document(schema()), after(change))
    assert [(each.level.value, each.object, each.what, each.was, each.now) for each in found] == expected


def test_what_the_version_has_to_do() -> None:
    old = document(schema())
    demands = {
        (case, version): demand(diff(old, new), old, new)
        for case in ("a field is gone", "a new field", "a value less")
        for version in ("1.0", "1.1", "2.0")
        for new in (after(CASES[case][0], version),)
    }
    assert demands == {
        ("a field is gone", "1.0"): Demand.MAJOR,
        ("a field is gone", "1.1"): Demand.MAJOR,
        ("a field is gone", "2.0"): Demand.NOTHING,
        ("a new field", "1.0"): Demand.MINOR,
        ("a new field", "1.1"): Demand.NOTHING,
        ("a new field", "2.0"): Demand.NOTHING,
        ("a value less", "1.0"): Demand.NOTHING,
        ("a value less", "1.1"): Demand.NOTHING,
        ("a value less", "2.0"): Demand.NOTHING,
    }


def test_every_field_of_the_golden_outputs_is_in_the_schema() -> None:
    """So that the walk over the schema passes none by."""
    known = set(fields(document(schema())))
    names = {"families", "tables", "indexes", "roles", "accessPatterns", "parameters", "env"}

    def held(value: Any, path: str, named: bool) -> set[str]:
        if not isinstance(value, dict):
            return {path}
        steps = ((f"{path}.{'*' if named else key}".lstrip("."), key, inner) for key, inner in value.items())
        return {path} | set().union(*(held(inner, step, not named and key in names) for step, key, inner in steps))

    assert held(golden(), "", False) <= known


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda found: found["$defs"].pop("ExportedKey"), "#/$defs/ExportedKey: there is nothing of that name"),
        (
            lambda found: found["$defs"].update(ExportedKey={"$ref": "#/$defs/ExportedKey"}),
            "#/$defs/ExportedKey: a reference that leads nowhere",
        ),
        (
            lambda found: table(found)["properties"].update(tables={"$ref": "#/$defs/ExportedTable"}),
            "a field within itself",
        ),
        (lambda found: found["properties"].pop("contractVersion"), "no contractVersion"),
        (
            lambda found: table(found).update(required=5),
            "families.*.tables.*: required: '5' is not allowed: write a list",
        ),
        (
            lambda found: found["$defs"]["ExportedRole"].update(properties=["a"]),
            "families.*.roles.*: properties: \"['a']\" is not allowed: write an object",
        ),
        (lambda found: found.update(anyOf=3), "the whole: anyOf: '3' is not allowed: write a list"),
        (lambda found: found.update(allOf="x"), "the whole: allOf: 'x' is not allowed: write a list"),
        (lambda found: table(found)["properties"].update(name={"enum": 3}), "tables.*.name: enum: '3' is not allowed"),
        (
            lambda found: found["$defs"].update(ExportedKey={"allOf": [{"$ref": "#/$defs/ExportedKey"}]}),
            "within itself",
        ),
        (
            lambda found: table(found)["properties"].update(name={"allOf": [{"anyOf": [{}] * 5}] * 4}),
            "tables.*.name: more than 100 alternatives",
        ),
    ],
)
def test_a_schema_that_is_none_is_refused_with_one_message(change: Callable[[Schema], object], says: str) -> None:
    with pytest.raises(ContractError) as error:
        diff(document(schema()), after(lambda found: change(found)))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


WORDS = ("$ref", "allOf", "anyOf", "oneOf", "properties", "required", "enum", "const", "type", "items", "pattern")
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["string", "null", "#", "#/$defs/a", "#/a", "["]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from((*WORDS, "additionalProperties", "a")), inner)
    ),
    max_leaves=12,
)


@given(old=ANYTHING, new=ANYTHING)
def test_any_schema_is_compared_or_refused_with_one_message(old: Any, new: Any) -> None:
    def made(part: Any) -> Document:
        version = {"type": "string", "default": "1.0"}
        return document({"$defs": {"a": part}, "properties": {"contractVersion": version, "a": part}}, "schema.json")

    said = "schema.json: "
    try:
        assert diff(made(old), made(old)) == []
        diff(made(old), made(new))
    except ContractError as error:
        said = str(error)
    assert said.startswith("schema.json: ")
    assert "\n" not in said


def test_a_schema_and_outputs_are_not_compared() -> None:
    with pytest.raises(ContractError, match=r"a\.json is a JSON Schema, b\.json is a stack's outputs"):
        diff(document(schema(), "a.json"), document(golden(), "b.json"))
    with pytest.raises(ContractError, match="has neither families nor stages"):
        diff(document(schema()), document(schema()), families=["acs"])
