"""What a change of the contract's JSON Schema is to those who read outputs by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

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
    ],
)
def test_a_schema_that_is_none_is_refused_with_one_message(change: Callable[[Schema], object], says: str) -> None:
    with pytest.raises(ContractError) as error:
        diff(document(schema()), after(lambda found: change(found)))
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_schema_and_outputs_are_not_compared() -> None:
    with pytest.raises(ContractError, match=r"a\.json is a JSON Schema, b\.json is a stack's outputs"):
        diff(document(schema(), "a.json"), document(golden(), "b.json"))
    with pytest.raises(ContractError, match="has neither families nor stages"):
        diff(document(schema()), document(schema()), families=["acs"])
