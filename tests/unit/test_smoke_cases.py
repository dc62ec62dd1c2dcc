"""What the smoke test derives: what an expression decides, values that meet it, and a pattern's items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.model import AccessPattern, N, get
from tablekit.model.attributes import Attribute
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.naming import SMOKE_MARK
from tablekit.ops.errors import UnderivableError
from tablekit.ops.smoke.cases import read_cases, write_cases
from tablekit.ops.smoke.context import PatternContext, sorts
from tablekit.ops.smoke.evaluate import ABSENT, UnsureError, matches, same, updated
from tablekit.ops.smoke.solve import Solver
from tests.support import declare

NOW = 1_800_000_000
ITEM: dict[str, Any] = {
    "text": "abc",
    "number": Decimal(5),
    "flag": True,
    "list": ["a", 1],
    "tags": {"a", "b"},
    "map": {"inner": {"deep": 1}},
    "bytes": b"ab",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text = 'abc'", True),
        ("number = :five", True),
        ("flag = :five", False),
        ("flag = true AND NOT flag = false", True),
        ("missing = :five OR attribute_exists(text)", True),
        ("NOT missing > :five", True),
        ("number BETWEEN 5 AND 5", True),
        ("number > 5", False),
        ("text > 'abb' AND text < 'abd'", True),
        ("text > 5", False),
        ("text IN ('x', 'abc')", True),
        ("begins_with(text, 'ab')", True),
        ("contains(text, 'bc') AND contains(tags, 'a') AND contains(list, 'a')", True),
        ("contains(tags, 'c')", False),
        ("size(text) = 3 AND size(list) = 2 AND size(bytes) >= 2", True),
        ("attribute_type(map, 'M')", True),
        ("map.inner.deep = 1 AND list[1] = 1 AND attribute_not_exists(map.other)", True),
        ("text <> 'x'", True),
    ],
)
def test_a_condition_decides_as_dynamodb_documents_it(text: str, expected: bool) -> None:
    assert matches(parse_condition(text), ITEM, {"five": 5}) is expected


def test_what_is_not_documented_is_not_guessed() -> None:
    with pytest.raises(UnsureError):
        matches(parse_condition("missing <> 'x'"), ITEM, {})


def test_an_update_leaves_what_dynamodb_documents() -> None:
    text = (
        "SET number = number + :one, map.inner.deep = number, made = if_not_exists(made, :one), "
        "list = list_append(list, :more) REMOVE text ADD count 2, tags :tag DELETE gone :tag"
    )
    after = updated(parse_update(text), {**ITEM, "gone": {"c"}}, {"one": 1, "more": ["z"], "tag": {"c"}})
    assert after == {
        "number": 6,
        "flag": True,
        "list": ["a", 1, "z"],
        "tags": {"a", "b", "c"},
        "map": {"inner": {"deep": 5}},
        "bytes": b"ab",
        "made": 1,
        "count": 2,
    }
    assert ITEM["map"] == {"inner": {"deep": 1}}, "the item before is as it was"


@given(st.recursive(st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_a_value_is_the_same_as_itself_and_not_as_another_type(value: Any) -> None:
    assert same(value, value)
    assert not same(value, [value])
    assert not same(True, 1)
    assert not same(ABSENT, ABSENT)


TYPES = {"a": "S", "b": "S", "n": "N", "m": "N", "f": "BOOL", "l": "L"}
SIMPLE = st.sampled_from(
    [
        "a = :p", "a > :p", "a BETWEEN :p AND :q", "begins_with(a, :p)", "contains(b, :p)", "size(b) > 2", "n <= 5",
        "n < m", "f = true", "attribute_not_exists(b)", "attribute_exists(l)", "contains(l, :p)", "NOT n > 7",
        "attribute_type(b, 'S')", "a IN (:p, :q)",
    ]
)  # fmt: skip
CONDITIONS = st.recursive(
    SIMPLE,
    lambda inner: st.builds("({}) AND ({})".format, inner, inner) | st.builds("({}) OR ({})".format, inner, inner),
    max_leaves=3,
)


@given(CONDITIONS)
def test_solutions_are_solutions_and_near_misses_miss(text: str) -> None:
    types = {name: Attribute(type=type_) for name, type_ in TYPES.items()}
    solver = Solver(parse_condition(text), {"p": "mm", "q": "pp"}, types)
    for assignment in solver.satisfying(5):
        assert solver.decides(assignment) is True
    for assignment in solver.violating(5):
        assert solver.decides(assignment) is False


PATTERNS = [(family, name) for family in catalogue() for name in family.patterns]


@pytest.mark.parametrize(("family", "name"), PATTERNS, ids=[f"{family.key}/{name}" for family, name in PATTERNS])
def test_every_pattern_has_items_of_its_own(family: Any, name: str) -> None:
    pattern = family.patterns[name]
    context = PatternContext(family.key, pattern, family.table(pattern.table), "smoke0123456789", NOW)
    if not pattern.reads:
        writes = write_cases(context)
        assert any(not write.refused for write in writes)
        assert any(write.refused for write in writes) is bool(pattern.condition)
        return
    cases = read_cases(context)
    assert cases[0].found
    if pattern.operation != "scan" or pattern.filter:
        assert any(case.others for case in cases)
    for case in cases:
        identities = [repr(context.key(item)) for item in case.items]
        assert len(set(identities)) == len(identities)
        assert all(item[SMOKE_MARK] == "smoke0123456789" for item in case.items)
        for tree in (pattern.key_tree, pattern.filter_tree):
            assert tree is None or all(matches(tree, item, case.arguments) for item in case.found)
        for what, item in case.others:
            trees = [tree for tree in (pattern.key_tree, pattern.filter_tree) if tree]
            beyond = what == f"beyond the limit of {pattern.limit}"
            assert all(matches(tree, item, case.arguments) for tree in trees) is beyond, what
        if case.ordered:
            values = [sorts(item[case.ordered]) for item in case.found]
            assert values == sorted(values, reverse=pattern.order == "descending")


def context(pattern: AccessPattern, **changes: Any) -> PatternContext:
    family = declare.family(patterns=(pattern,), tables=(declare.table(**changes),))
    return PatternContext("shop", family.patterns[pattern.name], family.tables[0], "smoke0123456789", NOW)


def test_bounds_are_tried_themselves_and_just_beyond() -> None:
    between = declare.pattern(
        key="customer = :customer AND day BETWEEN :low AND :high",
        example={"customer": "c", "low": "2026-01-01", "high": "2026-02-01"},
    )
    case = read_cases(context(between))[0]
    days = [item["day"] for item in case.found]
    assert {"2026-01-01", "2026-02-01"} <= set(days)
    beyond = [item["day"] for _, item in case.others if "day" in item]
    assert min(beyond) < "2026-01-01" < "2026-02-01" < max(beyond)


def test_no_two_patterns_have_one_number() -> None:
    table = {"hash_key": N("number"), "indexes": ()}
    numbers = set()
    for name in ("one", "two"):
        pattern = get(name, "one", key="number = :number", example={"number": 1})
        numbers |= {item["number"] for item in read_cases(context(pattern, **table))[0].items}
    assert len(numbers) == 4


def test_a_time_beside_the_ttl_is_the_present() -> None:
    living = declare.pattern(filter="ttl > :now", example={"customer": "c", "since": "2026-01-01", "now": 1})
    case = read_cases(context(living))[0]
    assert case.arguments["now"] == NOW
    assert {item["ttl"] for item in case.found} == {NOW + 3600}


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        (declare.pattern(filter="paid = true AND paid = false"), "found no item that meets"),
        (declare.pattern(filter="attribute_exists(order_id)"), "found no item that fails"),
    ],
)
def test_what_no_items_can_show_is_an_error(pattern: AccessPattern, says: str) -> None:
    with pytest.raises(UnderivableError) as error:
        read_cases(context(pattern))
    assert str(error.value).startswith("shop/orders-of-customer: ")
    assert says in str(error.value)
