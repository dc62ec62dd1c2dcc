"""What a declaration is refused for: one message each, with object, value, what is allowed, the fix."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tablekit.model import Entity, N, Reach, Retention, S, TenantScope
from tests.support.declare import (
    Build,
    asking,
    assert_refused,
    family,
    index,
    indexed,
    pattern,
    refused,
    role,
    shop,
    table,
    writing,
)

_REACH = Reach(family="other", patterns=("x",), purpose="see")
_EXAMPLE = {"customer": "c1", "since": "2026-01-01"}

REFUSED = (
    refused(lambda: indexed(range_key=S("paid")), "table 'orders' … 'paid' is BOOL … keys are S, N or B"),
    refused(
        lambda: shop(indexes=tuple(index(name=f"customer-{n}-index") for n in range(21))),
        "21 global secondary indexes … at most 20",
    ),
    refused(
        lambda: shop(
            range_key=S("line"),
            indexes=tuple(
                index(name=f"line-{n}-index", hash_key=S("order_id"), range_key=S(f"k{n}"), local=True)
                for n in range(6)
            ),
        ),
        "6 local secondary indexes … at most 5",
    ),
    refused(lambda: indexed(local=True), "local index 'customer-day-index' … 'order_id'"),
    refused(lambda: shop(indexes=(index(), index())), "two indexes are named 'customer-day-index'"),
    refused(lambda: shop(entities=(Entity(name="one", keys={}),) * 2), "two entities are named 'one'"),
    refused(lambda: family(tables=(table(), table())), "two tables are named 'orders'"),
    refused(lambda: indexed(name="by customer"), "index 'by customer' … 3 to 255 of a-z A-Z 0-9 _ . -"),
    refused(lambda: shop(name="ab"), "table 'ab' … 3 to 255"),
    refused(lambda: shop(name="x" * 245), "3 to 255 … the stage's included"),
    refused(
        lambda: shop(indexes=(index(), index(name="day-index", hash_key=N("day"), range_key=None))),
        "key attribute 'day' is S here and N there",
    ),
    refused(lambda: indexed(projection="INCLUDE"), "projection INCLUDE with 0 included attributes … 1 to 20"),
    refused(
        lambda: indexed(projection="INCLUDE", include=tuple(f"a{n}" for n in range(21))),
        "21 included attributes … at most 20",
    ),
    refused(lambda: shop(secrets=("token",)), "projects the secret 'token' … INCLUDE without it"),
    refused(lambda: shop(ttl="day"), "TTL attribute 'day' is a key"),
    refused(lambda: shop(ttl="t" * 256), "256 characters … 1 to 255"),
    refused(
        lambda: shop(ttl="ttl", ttl_was="ends"),
        "ttl 'ttl' beside ttl_was 'ends' … deploy ttl_was='ends' without ttl first, and an hour later ttl='ttl'",
    ),
    refused(
        lambda: shop(ttl=None, ttl_was="", retention=Retention(reason="kept")), "ttl_was of 0 characters … 1 to 255"
    ),
    refused(lambda: shop(ttl=None), "retention of 90 days is promised … no TTL attribute"),
    refused(
        lambda: shop(entities=(Entity(name="order", keys={"ordr_id": "O#{id}"}),)),
        "entity 'order' … 'ordr_id' … did you mean 'order_id'?",
    ),
    refused(lambda: shop(entities=(Entity(name="order", keys={"order_id": "O#{id"}),)), "key template 'O#{id'"),
    refused(lambda: shop(range_key=S("order_id")), "'order_id' is hash and range key"),
    refused(
        lambda: family(patterns=(pattern(key="day >= :since", example={"since": "x"}), writing())),
        "'orders-of-customer' … no equality on 'customer' … index 'customer-day-index'",
    ),
    refused(
        lambda: asking(key="customer = :a OR customer = :b", example={"a": "x", "b": "y"}),
        "a key is compared with values … put anything else into filter",
    ),
    refused(
        lambda: family(
            tables=(table(indexes=(index(range_key=N("total")),)),),
            patterns=(pattern(key="customer = :c AND begins_with(total, :t)", example={"c": "x", "t": 1}), writing()),
        ),
        "no begins_with for a N key",
    ),
    refused(
        lambda: asking(filter="day < :until", example={**_EXAMPLE, "until": "x"}),
        "filter names the key 'day' … move it into key",
    ),
    refused(
        lambda: family(
            tables=(table(indexes=(index(projection="INCLUDE", include=("paid",)),)),),
            patterns=(pattern(filter="total > 5"),),
        ),
        "filter names 'total' … doesn't project",
    ),
    refused(
        lambda: family(
            tables=(table(indexes=(index(projection="KEYS_ONLY"),)),), patterns=(pattern(projection=("paid",)),)
        ),
        "projection names 'paid' … doesn't project",
    ),
    refused(
        lambda: family(
            tables=(table(range_key=S("line")),),
            patterns=(pattern(operation="get", index=None, key="order_id = :order_id", example={"order_id": "o"}),),
        ),
        "needs the whole key … 'line'",
    ),
    refused(
        lambda: asking(
            operation="update",
            index=None,
            key="order_id = :order_id",
            update="SET order_id = :other",
            example={"order_id": "o", "other": "p"},
        ),
        "update changes the key 'order_id'",
    ),
    refused(lambda: asking(operation="scan", index=None, key=None, example={}), "a scan needs scan_reason"),
    refused(lambda: family(patterns=(writing(filter="total > 5"),)), "a put takes no filter … query, scan"),
    refused(lambda: asking(parameters={"custmer": "S"}), "'custmer' stands in no expression; did you mean 'customer'?"),
    refused(
        lambda: asking(filter="status = :x OR contains(status, :y)"), "parameter 'y' has no type; add it to parameters"
    ),
    refused(lambda: asking(example={"customer": 7, "since": "x"}), "example customer=7 is not of type S"),
    refused(
        lambda: family(
            tables=(table(attributes={"ttl": "N", "status": {"type": "S", "values": ("open", "sent")}}),),
            patterns=(pattern(filter="status = 'lost'"),),
        ),
        "'lost', which is none of its values: open, sent",
    ),
    refused(
        lambda: family(patterns=(pattern(), pattern())),
        "two access patterns are named 'orders-of-customer', of table 'orders'; rename one",
    ),
    refused(
        lambda: family(tables=(table(patterns=(pattern(),)), table(name="returns", patterns=(pattern(),)))),
        "two access patterns are named 'orders-of-customer', of table 'orders' and table 'returns'; rename one",
    ),
    refused(
        lambda: shop(attributes={"ttl": "N", "total": {"type": "N", "values": ("1", "2")}}),
        "values of an attribute that is N … remove them",
    ),
    refused(
        lambda: family(
            tables=(table(secrets=("token",), indexes=()),),
            patterns=(pattern(name="order", operation="get", index=None, key="order_id = :id", example={"id": "o1"}),),
            roles=(role(access="read-only", patterns=("order",)),),
        ),
        "role 'app' is read-only, and access pattern 'order' reads the secrets of table 'orders' … without 'token'",
    ),
    refused(
        lambda: family(roles=(role(access="read-only", patterns=("place-order",)),)),
        "role 'app' is read-only … 'place-order' writes (put)",
    ),
    refused(
        lambda: family(
            roles=(
                role(name="api"),
                role(
                    access="read-only",
                    patterns=("orders-of-customer",),
                    tenant=TenantScope(leading_keys=("TENANT#{tenant}",)),
                    assumed_by="api",
                ),
            )
        ),
        "not within the tenant's leading keys",
    ),
    refused(
        lambda: family(roles=(role(tenant=TenantScope(leading_keys=("TENANT#{tenant}",)), patterns=("x",)),)),
        "a tenant's role is read-only",
    ),
    refused(
        lambda: family(roles=(role(access="read-only", tenant=TenantScope(leading_keys=("TENANT#{tenant}*",))),)),
        "a tenant whose id begins the same would match",
    ),
    refused(lambda: family(table_name="shop{table}"), "must end in -, _ or ."),
    refused(lambda: family(table_name="shop-"), "must hold {table} once"),
    refused(lambda: family(region="Ireland"), "region: 'Ireland' … eu-west-2"),
    refused(lambda: family(tags={"aws:x": "1"}), "tag 'aws:x' … no key begins with aws:"),
    refused(lambda: family(env={"order": "X"}), "env names table 'order' … did you mean 'orders'?"),
    refused(lambda: family(roles=(role(reaches=(_REACH, _REACH)),)), "two reaches are both of 'other'"),
    refused(lambda: family(roles=(role(physical="r" * 60),)), "1 to 64 … the stage's included"),
    refused(
        lambda: indexed(projection="INCLUDE", include=("x" * 256,)),
        "index 'customer-day-index' … 256 bytes; allowed are 1 to 255",
    ),
    refused(lambda: shop(attributes={"ttl": "N", "": "S"}), "table 'orders': attribute '' … 1 to 65536"),
    refused(
        lambda: shop(
            ttl=None,
            retention=Retention(reason="kept"),
            entities=(Entity(name="order", keys={}, retention=Retention(days=3, reason="short")),),
        ),
        "entity 'order': retention of 3 days is promised … no TTL attribute",
    ),
)


@pytest.mark.parametrize(("build", "says"), REFUSED)
def test_a_broken_family_is_refused_with_one_message(build: Build, says: str) -> None:
    assert_refused(build, says)


def test_the_family_that_the_cases_break_is_accepted() -> None:
    assert family().patterns["orders-of-customer"].parameters == {"customer": "S", "since": "S"}
    assert family().patterns["place-order"].parameters == {"item": "M"}
    assert family().unused_indexes() == ()


def test_an_index_that_no_pattern_uses_is_reported() -> None:
    declared = family(patterns=(writing(),))
    assert [(t.name, i.name) for t, i in declared.unused_indexes()] == [("orders", "customer-day-index")]


def test_a_reach_needs_patterns() -> None:
    with pytest.raises(ValidationError):
        Reach(family="other", patterns=(), purpose="nothing")


def test_retention_is_whole_days() -> None:
    with pytest.raises(ValidationError):
        Retention(days=0, reason="none")
