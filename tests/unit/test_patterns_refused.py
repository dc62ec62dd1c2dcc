"""What an access pattern is refused for: what DynamoDB Local refused when tried, and what could never find an item."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tablekit.model import Entity, Family, Table
from tests.support.declare import Build, asking, assert_refused, family, pattern, refused, table, writing

_ATTRIBUTES = {"ttl": "N", "total": "N", "paid": "BOOL", "status": "S", "labels": "SS", "more": "M", "lines": "L"}


def _orders(*keys: dict[str, str]) -> Table:
    entities = tuple(Entity(name=f"kind-{number}", keys=given) for number, given in enumerate(keys))
    return table(attributes=_ATTRIBUTES, entities=entities)


def _updating(
    update: str, keys: dict[str, str] | None = None, parameters: dict[str, str] | None = None, **example: Any
) -> Family:
    """A family with an update of one order."""
    changes = {"operation": "update", "index": None, "key": "order_id = :o", "update": update}
    one = pattern(name="place", **changes, parameters=parameters or {}, example={"o": "o1", **example})
    return family(tables=(_orders(*([keys] if keys else [])),), patterns=(one,))


def _filtering(text: str, parameters: dict[str, str] | None = None, **example: Any) -> Family:
    """A family with a query that filters."""
    one = pattern(key="customer = :c", filter=text, parameters=parameters or {}, example={"c": "c1", **example})
    return family(tables=(_orders(),), patterns=(one,))


def _getting(key: str, keys: dict[str, str]) -> Family:
    """A family that gets an order by a composed key."""
    one = pattern(operation="get", index=None, key=key, example={"id": "1"})
    return family(tables=(_orders(keys),), patterns=(one,))


def _querying(key: str, **example: Any) -> Family:
    """A family that queries the index, which holds two kinds of order."""
    kinds = ({"customer": "C#{id}", "day": "DAY#{day}"}, {"customer": "GUEST#{id}", "day": "NIGHT#{day}"})
    return family(tables=(_orders(*kinds),), patterns=(pattern(key=key, example={"id": "1", **example}),))


REFUSED = (
    refused(
        lambda: asking(key="customer = :v", filter="total > :v", example={"v": "c"}),
        "parameter 'v' … 'customer', which is S … 'total', which is N … a parameter for each",
    ),
    refused(
        lambda: _updating("ADD status :x", x="x"),
        "'place': update 'ADD status :x': 'status' is S … ADD takes N, SS, NS, BS … use SET",
    ),
    refused(
        lambda: _updating("ADD labels :x", parameters={"x": "NS"}, x={1}),
        "'labels' is SS and ':x' is NS … give it a SS",
    ),
    refused(lambda: _updating("DELETE total :x", x=1), "'total' is N; DELETE takes SS, NS, BS"),
    refused(
        lambda: _updating("SET total = :x, total = :y", x=1, y=2),
        "changes 'total' and 'total', which overlap … keep one",
    ),
    refused(
        lambda: _updating("SET more = :x, more.b = :y", parameters={"y": "N"}, x={}, y=2),
        "changes 'more' and 'more.b', which overlap",
    ),
    refused(
        lambda: _updating("SET more.a[0] = :x, more.a.b = :x", parameters={"x": "N"}, x=1),
        "'more.a[0]' and 'more.a.b' … for a map and for a list",
    ),
    refused(
        lambda: _updating("SET status = status + :x", parameters={"x": "N"}, x=1),
        "'status + :x': 'status' is S; + takes N",
    ),
    refused(
        lambda: _updating("SET status = list_append(status, :x)", parameters={"x": "L"}, x=["a"]),
        "'status' is S; list_append takes L",
    ),
    refused(lambda: _updating("SET total = 'much'"), "'total' is N and stands beside 'much', a S … give it a N"),
    refused(lambda: asking(projection=("total", "total")), "projection names 'total' twice"),
    refused(
        lambda: _filtering("attribute_exists(:p)", parameters={"p": "S"}, p="x"),
        "'attribute_exists(:p)' names no attribute",
    ),
    refused(
        lambda: _filtering("attribute_exists(size(status))"), "attribute_exists takes an attribute, not 'size(status)'"
    ),
    refused(lambda: _filtering("attribute_type(status, 'XX')"), "'XX' is no type; types are S, N, B"),
    refused(lambda: _filtering("attribute_type(status, :t)", t="text"), "'text' is no type"),
    refused(
        lambda: _filtering("attribute_type(total, status)"),
        "attribute_type takes a type's letters, not the attribute 'status'",
    ),
    refused(lambda: _filtering("status = status"), "'status = status' compares 'status' with itself"),
    refused(lambda: _filtering("paid < :p", p=True), "'paid < :p': 'paid' is BOOL; < takes S, N, B"),
    refused(lambda: _filtering("more.a < :p", parameters={"p": "L"}, p=[]), "':p' is L; < takes S, N, B"),
    refused(lambda: _filtering("paid BETWEEN false AND true"), "'paid' is BOOL; BETWEEN takes S, N, B"),
    refused(lambda: _filtering("begins_with(total, :p)", p=1), "'total' is N; begins_with takes S, B"),
    refused(
        lambda: _filtering("total BETWEEN 5 AND 1"),
        "lower bound Decimal('5') is above the upper bound Decimal('1') … swap them",
    ),
    refused(
        lambda: asking(
            key="customer = :c AND day BETWEEN 'D#{since}' AND 'D#{until}'",
            example={"c": "c", "since": "2", "until": "1"},
        ),
        "lower bound 'D#2' is above the upper bound 'D#1'",
    ),
    refused(lambda: _filtering("more.a BETWEEN 5 AND 'x'"), "are of two types"),
    refused(
        lambda: asking(key="customer = :c", example={"c": ""}),
        "key 'customer' … has 0 bytes in the example … 1 to 2048",
    ),
    refused(
        lambda: asking(key="customer = :c AND begins_with(day, '')", example={"c": "c"}),
        "key 'day' … '', which has 0 bytes … 1 to 1024",
    ),
    refused(lambda: _updating("SET customer = ''"), "key 'customer' … has 0 bytes"),
    refused(
        lambda: _updating("SET total.x = :x", parameters={"x": "N"}, x=1),
        "'total.x': 'total' is N, and only a map (M) or list (L) has places in it",
    ),
    refused(lambda: _filtering("attribute_exists(more[0])"), "'more' is a map … write more.name"),
    refused(lambda: _filtering("attribute_exists(lines.x)"), "'lines' is a list … write lines[0]"),
    refused(
        lambda: family(patterns=(writing(condition="status = :item"),)),
        "'place-order': condition uses :item … a parameter of its own",
    ),
    refused(
        lambda: _updating("SET more = :m", m={"m": {"x": 0.5}}), 'example m.m.x=0.5 is a float … write Decimal("0.5")'
    ),
    refused(
        lambda: _updating("SET total = :m", m=Decimal("NaN")),
        "Decimal('NaN') is no number that DynamoDB holds … Decimal(\"0.5\")",
    ),
    refused(
        lambda: family(tables=(table(patterns=(writing(condition="status = :entity", example={"entity": "x"}),)),)),
        "access pattern 'place-order': condition uses :entity … give the value a parameter of another name",
    ),
    refused(lambda: _updating("SET total = :m", m=10**38 + 1), "up to 38 digits"),
    refused(lambda: _updating("SET total = :m", m=0.5), 'example m=0.5 is a float … write Decimal("0.5")'),
    refused(lambda: _updating("ADD labels :m", m=set()), "example m is an empty set"),
    refused(lambda: _updating("ADD labels :m", m={1}), "element 1 of a SS is no S"),
    refused(lambda: _updating("SET more = :m", m={"a": {"": 1}}), "example m.a: attribute name '' has 0 bytes"),
    refused(lambda: _updating("SET more = :m", m={1: 1}), "key 1 of a map is a int"),
    refused(lambda: _updating("SET more = :m", m={"a": object}), "example m.a= … is a type; give str"),
    refused(
        lambda: _getting("order_id = 'ODER#{id}'", {"order_id": "ORDER#{id}"}),
        "no entity of table 'orders' has such a 'order_id'; did you mean 'ORDER#{id}'? … fix the text",
    ),
    refused(
        lambda: _querying("customer = 'C#{id}' AND begins_with(day, 'DAI#')"),
        "begins_with(day, 'DAI#') … no entity of table 'orders' has such a 'day' … theirs are DAY#{day}, NIGHT#{day}",
    ),
    refused(
        lambda: _querying("customer = 'C#{id}' AND day BETWEEN 'DAI#{id}' AND 'DAY#{id}'"),
        "no entity of table 'orders' has such a 'day'",
    ),
    refused(
        lambda: _querying("customer = 'C#{id}' AND begins_with(day, 'NIGHT#')"),
        "no one entity of table 'orders' has such keys together",
    ),
    refused(
        lambda: _updating("SET day = 'DAI#{id}'", {"day": "DAY#{day}"}, id="1"),
        "update has \"day = 'DAI#{id}'\" … did you mean 'DAY#{day}'?",
    ),
)


@pytest.mark.parametrize(("build", "says"), REFUSED)
def test_a_pattern_that_can_not_run_is_refused_with_one_message(build: Build, says: str) -> None:
    assert_refused(build, says)


@pytest.mark.parametrize(
    "build",
    [
        lambda: _filtering("total BETWEEN 1 AND 5 AND :now BETWEEN total AND ttl", now=3),
        lambda: _filtering("size(status) > :n AND attribute_type(more.a, :t)", n=1, t="NS"),
        lambda: _filtering("status IN (:a, :b) AND total < ttl AND contains(labels, 'x')", a="x", b="y"),
        lambda: _updating("ADD labels :x, total 1 SET more.a = :y, more.b = :y", None, {"y": "N"}, x={"a"}, y=1),
        lambda: _updating("SET lines[0] = :y, lines[1] = :y REMOVE more", None, {"y": "S"}, y=""),
        lambda: _updating("SET more = :m", m={"a": [1, Decimal("0.5"), None, b"", {"b"}, {1, 2}, {b"c"}, (True,)]}),
        lambda: _updating("SET day = 'DAY#{id}#{part}'", {"day": "DAY#{day}"}, id="1", part="2"),
        lambda: _getting("order_id = '{id}'", {"order_id": "ORDER#{id}"}),
        lambda: _getting("order_id = 'ORDER#{id}'", {"order_id": "ORDER#{number}"}),
        lambda: _querying("customer = 'C#{id}' AND begins_with(day, 'DAY#2026-')"),
        lambda: _querying("customer = 'GUEST#{id}' AND day BETWEEN 'NIGHT#' AND 'NIGHT$'"),
        lambda: _querying("customer = :c AND day >= 'DAY#{id}'", c="anything"),
    ],
)
def test_what_is_close_to_it_is_accepted(build: Callable[[], Family]) -> None:
    assert build()
