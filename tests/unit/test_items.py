"""Items against their table: what the service refuses, and what it would accept to our loss."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import N
from tablekit.model.items import check_item, item_size
from tests.support.declare import index, table

ORDERS = table(
    range_key=N("line"),
    indexes=(index(),),
    attributes={"ttl": "N", "status": {"type": "S", "values": ("open", "sent")}, "paid": "BOOL"},
)
GOOD: dict[str, dict[str, Any]] = {"order_id": {"S": "o1"}, "line": {"N": "1"}}


def nested(containers: int, kind: str = "M") -> dict[str, Any]:
    """A number within that many maps or lists."""
    value: dict[str, Any] = {"N": "1"}
    for _ in range(containers):
        value = {"M": {"a": value}} if kind == "M" else {"L": [value]}
    return value


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"order_id": None}, "no key 'order_id'"),
        ({"order_id": {"N": "1"}}, "key 'order_id' is N; it must be S"),
        ({"order_id": {"S": ""}}, "key 'order_id' is empty"),
        ({"order_id": {"S": "x" * 2049}}, "2049 bytes; allowed are 2048"),
        ({"day": {"S": "x" * 1025}}, "1025 bytes; allowed are 1024"),
        ({"day": {"BOOL": True}}, "key 'day' is BOOL; it must be S"),
        ({"customer": {"S": ""}}, "key 'customer' is empty"),
        ({"line": {"N": "one"}}, "is not a number"),
        ({"line": {"N": "1" * 37 + "11"}}, "up to 38 digits"),
        ({"ttl": {"S": "soon"}}, "TTL attribute 'ttl' is S"),
        ({"ttl": {"N": "1765295377000"}}, "whole seconds"),
        ({"status": {"S": "lost"}}, "its values are open, sent"),
        ({"paid": {"S": "yes"}}, "attribute 'paid' is S, declared as BOOL"),
        ({"note": "plain"}, "not DynamoDB JSON"),
        ({"note": {"T": "x"}}, "has type 'T'"),
        ({"note": {"S": 5}}, "5 is not of type S"),
        ({"note": {"SS": []}}, "one element or more"),
        ({"note": {"SS": ["a", "a"]}}, "each once"),
        ({"note": {"B": "§"}}, "base64"),
        ({"": {"S": "x"}}, "attribute name '' has 0 bytes; allowed are 1 to 65536"),
        ({"note": {"M": {"": {"N": "1"}}}}, "in 'note': attribute name '' has 0 bytes"),
        ({"note": {"L": [{"M": {"a": {"M": {"": {"N": "1"}}}}}]}}, "in 'note.0.a': attribute name ''"),
        ({"note": nested(32)}, "deeper than 32 levels"),
        ({"note": {"M": {"in": {"N": "x"}}}}, "'note.in': 'x' is not a number"),
        ({"note": {"S": "x" * 409_600}}, "at most 409600"),
    ],
)
def test_what_is_refused(change: dict[str, Any], says: str) -> None:
    item = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    (problem,) = check_item(ORDERS, item)
    assert says in problem


def test_a_whole_item_is_accepted() -> None:
    item = {
        **GOOD,
        "day": {"S": "2026-01-01"},
        "customer": {"S": "c"},
        "ttl": {"N": "1765295377"},
        "paid": {"BOOL": True},
    }
    assert check_item(ORDERS, item) == []
    assert check_item(ORDERS, {**GOOD, "paid": {"NULL": True}, "note": {"M": {"a": {"L": [{"NS": ["1", "2"]}]}}}}) == []


values = st.recursive(
    st.one_of(
        st.text(max_size=5).map(lambda text: {"S": text}),
        st.integers(-(10**37), 10**37).map(lambda number: {"N": str(number)}),
        st.booleans().map(lambda truth: {"BOOL": truth}),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda many: {"L": many}),
        st.dictionaries(st.text(min_size=1, max_size=4), inner, max_size=3).map(lambda many: {"M": many}),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.from_regex("x[a-z]{0,3}", fullmatch=True), values, max_size=4))
def test_any_well_formed_attributes_are_accepted_and_measured(extra: dict[str, Any]) -> None:
    item = {**GOOD, **extra}
    assert check_item(ORDERS, item) == []
    assert item_size(item) >= item_size(GOOD) + sum(len(name) for name in extra)


def test_32_levels_are_accepted() -> None:
    """The attribute's value, 30 more containers in it, and what the last one holds: as DynamoDB Local counts."""
    for kind in ("M", "L"):
        assert check_item(ORDERS, {**GOOD, "note": nested(31, kind)}) == []


def test_size_is_as_the_service_bills_it() -> None:
    assert item_size({"id": {"S": "abc"}}) == 5
    assert item_size({"n": {"N": "100"}}) == 1 + 2
    assert item_size({"m": {"M": {"a": {"BOOL": True}}}}) == 1 + 3 + 1 + 1 + 1
