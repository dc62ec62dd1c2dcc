"""The arguments that a pattern is shown and tried with: read off a sample item, or made up."""

from __future__ import annotations

from typing import Any

import pytest

from families import catalogue
from tablekit.client import connect, from_dynamodb
from tablekit.model import AccessPattern, Family
from tablekit.ops.examples import arguments, written
from tablekit.ops.samples import plain
from tablekit.ops.smoke.evaluate import matches
from tests.support import declare, tables
from tests.support.listener import Listener
from tests.support.samples import example, samples

CATALOGUE = catalogue()
PATTERNS = [(family, pattern) for family in CATALOGUE for pattern in family.patterns.values()]
IDS = [f"{family.key}/{pattern.name}" for family, pattern in PATTERNS]
ORDERS = [
    {"order_id": "o1", "customer": "CUSTOMER#c1", "total": 3, "labels": {"b", "a"}, "lines": ["x"]},
    {"order_id": "o2", "customer": "CUSTOMER#c2", "day": "2026-01-02", "total": 7, "paid": True, "ttl": 1800000000},
]


@pytest.mark.parametrize(("family", "pattern"), PATTERNS, ids=IDS)
def test_a_patterns_arguments_find_or_change_a_sample_item(family: Family, pattern: AccessPattern) -> None:
    given = example(family, pattern)
    assert given.keys() == pattern.parameters.keys() - pattern.body.keys()
    declared = declare.with_patterns(
        family.table(pattern.table), [pattern.model_copy(update={"example": given})]
    )  # types, sizes and bounds are checked
    trees = [tree for tree in (pattern.key_tree, pattern.filter_tree) if tree]
    items = [plain(item) for item in samples(family, declared.name)]
    assert not trees or any(all(matches(tree, item, given) for tree in trees) for item in items)


def test_what_a_put_is_shown_with_is_a_sample_item_of_its_entity() -> None:
    listener = Listener()
    connection = connect(tables.outputs(CATALOGUE, declare.stage("dev", CATALOGUE)), listener)
    puts = [(family, pattern) for family, pattern in PATTERNS if pattern.operation == "put"]
    for family, pattern in puts:
        table = family.table(pattern.table)
        items = [plain(item) for item in samples(family, table.name)]
        entity, fields = written(pattern, table, items)
        connection.family(family.key).put(pattern.name, fields, entity=entity, **example(family, pattern))
        assert from_dynamodb(listener.calls[-1][1]["Item"]) in items
    assert len(listener.calls) == len(puts) > 20


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"key": "customer = :c AND day >= :since"}, {"c": "CUSTOMER#c2", "since": "2026-01-02"}),
        ({"key": "customer = :c AND day > :since"}, {"c": "CUSTOMER#c2", "since": "2026-01-0"}),
        ({"key": "customer = :c AND day < :until"}, {"c": "CUSTOMER#c2", "until": "2026-01-022"}),
        ({"key": "customer = :c", "filter": "ttl > :now"}, {"c": "CUSTOMER#c2", "now": 1799999999}),
        ({"key": "customer = :c", "filter": ":t > total AND paid = :p"}, {"c": "CUSTOMER#c2", "t": 8, "p": True}),
        ({"key": "customer = 'CUSTOMER#{id}' AND begins_with(day, '{year}-')"}, {"id": "c2", "year": "2026"}),
        (
            {"key": "customer = 'CUSTOMER#{id}' AND day BETWEEN :a AND :b"},
            {"id": "c2", "a": "2026-01-02", "b": "2026-01-02"},
        ),
        (
            {"key": "customer = :c", "filter": "contains(labels, :l)", "parameters": {"l": "S"}},
            {"c": "CUSTOMER#c1", "l": "a"},
        ),
        ({"key": "customer = :c", "filter": "total IN (:x, :y)"}, {"c": "CUSTOMER#c1", "x": 3, "y": 3}),
        ({"key": "customer = :c", "filter": "status <> :s"}, {"c": "CUSTOMER#c1", "s": "example"}),
        ({"key": "customer = :c", "example": {"c": "CUSTOMER#c9"}}, {"c": "CUSTOMER#c9"}),
        ({"key": "customer = 'CUSTOMER#{id}'", "parameters": {"id": "N"}}, {"id": 1}),
    ],
)
def test_arguments_are_of_the_first_item_that_is_found(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    assert derived(declare.pattern(**{"example": {}, **fields})) == expected


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("SET total = total + :more", {"id": "o1", "more": 1}),
        ("ADD total :more", {"id": "o1", "more": 1}),
        ("SET day = :day, paid = :paid", {"id": "o1", "day": "2026-01-02", "paid": True}),
        ("DELETE labels :gone", {"id": "o1", "gone": {"a", "b"}}),
        ("SET status = if_not_exists(status, :status)", {"id": "o1", "status": "example"}),
    ],
)
def test_what_an_item_lacks_is_anothers_or_made_up(update: str, expected: dict[str, Any]) -> None:
    changes: dict[str, Any] = {
        "operation": "update",
        "index": None,
        "key": "order_id = :id",
        "update": update,
        "example": {},
    }
    assert derived(declare.pattern(**changes)) == expected


def test_without_items_all_is_made_up() -> None:
    pattern = declare.pattern(filter="ttl > :now", example={})
    made = declare.family(patterns=(pattern,))
    assert arguments(pattern, made.tables[0]) == {"customer": "example", "since": "example", "now": 1}


def derived(pattern: AccessPattern) -> dict[str, Any]:
    attributes = {"ttl": "N", "total": "N", "paid": "BOOL", "labels": "SS", "lines": "L", "status": "S"}
    made = declare.family(tables=(declare.table(attributes=attributes),), patterns=(pattern,))
    return arguments(made.patterns[pattern.name], made.tables[0], ORDERS)
