"""What a declaration is refused for: one message each, with object, value, what is allowed, the fix."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tablekit.model import Entity, Family, N, Reach, Retention, S, TenantScope
from tests.support.declare import Refused, asking, assert_refused, family, index, pattern, role, shop, table, writing

_REACH = Reach(family="other", patterns=("x",), purpose="see")
_EXAMPLE = {"customer": "c1", "since": "2026-01-01"}

REFUSED: dict[str, Refused] = {
    "a boolean as an index key": (
        lambda: shop(indexes=(index(range_key=S("paid")),)),
        ("table 'orders'", "'paid' is BOOL", "keys are S, N or B"),
    ),
    "21 global indexes": (
        lambda: shop(indexes=tuple(index(name=f"customer-{n}-index") for n in range(21))),
        ("21 global secondary indexes", "at most 20"),
    ),
    "6 local indexes": (
        lambda: shop(
            range_key=S("line"),
            indexes=tuple(
                index(name=f"line-{n}-index", hash_key=S("order_id"), range_key=S(f"k{n}"), local=True)
                for n in range(6)
            ),
        ),
        ("6 local secondary indexes", "at most 5"),
    ),
    "a local index with another hash key": (
        lambda: shop(indexes=(index(local=True),)),
        ("local index 'customer-day-index'", "'order_id'"),
    ),
    "two indexes of one name": (
        lambda: shop(indexes=(index(), index())),
        ("two indexes are named 'customer-day-index'",),
    ),
    "an index name with a space": (
        lambda: shop(indexes=(index(name="by customer"),)),
        ("index 'by customer'", "3 to 255 of a-z A-Z 0-9 _ . -"),
    ),
    "a table name of two letters": (lambda: shop(name="ab"), ("table 'ab'", "3 to 255")),
    "a name too long with the stage in front": (lambda: shop(name="x" * 245), ("3 to 255", "the stage's included")),
    "a key attribute of two types": (
        lambda: shop(indexes=(index(), index(name="day-index", hash_key=N("day"), range_key=None))),
        ("key attribute 'day' is S here and N there",),
    ),
    "an INCLUDE of a misspelt attribute": (
        lambda: shop(indexes=(index(projection="INCLUDE", include=("totl",)),)),
        ("includes 'totl'", "did you mean 'total'?"),
    ),
    "INCLUDE without attributes": (
        lambda: shop(indexes=(index(projection="INCLUDE"),)),
        ("projection INCLUDE with 0 included attributes", "1 to 20"),
    ),
    "21 included attributes": (
        lambda: shop(indexes=(index(projection="INCLUDE", include=tuple(f"a{n}" for n in range(21))),)),
        ("21 included attributes", "at most 20"),
    ),
    "a secret in an index": (lambda: shop(secrets=("token",)), ("projects the secret 'token'", "INCLUDE without it")),
    "a TTL attribute that is a key": (lambda: shop(ttl="day"), ("TTL attribute 'day' is a key",)),
    "a TTL attribute that is no number": (lambda: shop(ttl="token"), ("TTL attribute 'token' is S", "declared as N")),
    "a TTL attribute of 256 characters": (lambda: shop(ttl="t" * 256), ("256 characters", "1 to 255")),
    "TTL on and off at once": (
        lambda: shop(ttl="ttl", ttl_was="ends"),
        ("ttl 'ttl' beside ttl_was 'ends'", "deploy ttl_was='ends' without ttl first, and an hour later ttl='ttl'"),
    ),
    "an old TTL attribute without a name": (
        lambda: shop(ttl=None, ttl_was="", retention=Retention(reason="kept")),
        ("ttl_was of 0 characters", "1 to 255"),
    ),
    "a retention that nothing deletes": (
        lambda: shop(ttl=None),
        ("retention of 90 days is promised", "no TTL attribute"),
    ),
    "an entity with a template for no key": (
        lambda: shop(entities=(Entity(name="order", keys={"ordr_id": "O#{id}"}),)),
        ("entity 'order'", "'ordr_id'", "did you mean 'order_id'?"),
    ),
    "an entity with a malformed template": (
        lambda: shop(entities=(Entity(name="order", keys={"order_id": "O#{id"}),)),
        ("key template 'O#{id'",),
    ),
    "a hash key that is the range key too": (
        lambda: shop(range_key=S("order_id")),
        ("'order_id' is hash and range key",),
    ),
    "a query without its hash key": (
        lambda: family(patterns=(pattern(key="day >= :since", example={"since": "x"}), writing())),
        ("'orders-of-customer'", "no equality on 'customer'", "index 'customer-day-index'"),
    ),
    "a query on an attribute that is no key": (
        lambda: asking(key="status = :status", index=None, example={"status": "x"}),
        ("names 'status', which is no key of table 'orders'", "declare an index"),
    ),
    "a query on an index that is not there": (
        lambda: asking(index="customer-date-index"),
        ("no index 'customer-date-index'", "did you mean 'customer-day-index'?"),
    ),
    "an OR between keys": (
        lambda: asking(key="customer = :a OR customer = :b", example={"a": "x", "b": "y"}),
        ("a key is compared with values", "put anything else into filter"),
    ),
    "begins_with on a number": (
        lambda: family(
            tables=(table(indexes=(index(range_key=N("total")),)),),
            patterns=(pattern(key="customer = :c AND begins_with(total, :t)", example={"c": "x", "t": 1}), writing()),
        ),
        ("no begins_with for a N key",),
    ),
    "a filter on the key": (
        lambda: asking(filter="day < :until", example={**_EXAMPLE, "until": "x"}),
        ("filter names the key 'day'", "move it into key"),
    ),
    "a filter on what the index doesn't project": (
        lambda: family(
            tables=(table(indexes=(index(projection="INCLUDE", include=("paid",)),)),),
            patterns=(pattern(filter="total > 5"),),
        ),
        ("filter names 'total'", "doesn't project"),
    ),
    "a projection of what the index doesn't project": (
        lambda: family(
            tables=(table(indexes=(index(projection="KEYS_ONLY"),)),), patterns=(pattern(projection=("paid",)),)
        ),
        ("projection names 'paid'", "doesn't project"),
    ),
    "a filter on a misspelt attribute": (lambda: asking(filter="totl > 5"), ("'totl'", "did you mean 'total'?")),
    "a get of half a key": (
        lambda: family(
            tables=(table(range_key=S("line")),),
            patterns=(pattern(operation="get", index=None, key="order_id = :order_id", example={"order_id": "o"}),),
        ),
        ("needs the whole key", "'line'"),
    ),
    "an update of a key": (
        lambda: asking(
            operation="update",
            index=None,
            key="order_id = :order_id",
            update="SET order_id = :other",
            example={"order_id": "o", "other": "p"},
        ),
        ("update changes the key 'order_id'",),
    ),
    "a scan without a reason": (
        lambda: asking(operation="scan", index=None, key=None, example={}),
        ("a scan needs scan_reason",),
    ),
    "a put with a filter": (
        lambda: family(patterns=(writing(filter="total > 5"),)),
        ("a put takes no filter", "query, scan"),
    ),
    "an example of the wrong type": (
        lambda: asking(example={"customer": 7, "since": "x"}),
        ("example customer=7 is no S",),
    ),
    "a value that the document doesn't list": (
        lambda: family(
            tables=(table(attributes={"ttl": "N", "status": {"type": "S", "values": ("open", "sent")}}),),
            patterns=(pattern(filter="status = 'lost'"),),
        ),
        ("'lost', which is none of its values: open, sent",),
    ),
    "an expression that is not DynamoDB's": (
        lambda: asking(key="customer == :customer"),
        ("not DynamoDB's grammar", "column"),
    ),
    "two patterns of one name": (
        lambda: family(patterns=(pattern(), pattern())),
        ("two access patterns are named 'orders-of-customer', of table 'orders'; rename one",),
    ),
    "two tables' patterns of one name": (
        lambda: family(tables=(table(patterns=(pattern(),)), table(name="returns", patterns=(pattern(),)))),
        ("two access patterns are named 'orders-of-customer', of table 'orders' and table 'returns'; rename one",),
    ),
    "values of a number": (
        lambda: shop(attributes={"ttl": "N", "total": {"type": "N", "values": ("1", "2")}}),
        ("values of an attribute that is N", "remove them"),
    ),
    "a read-only role that writes": (
        lambda: family(roles=(role(access="read-only", patterns=("place-order",)),)),
        ("role 'app' is read-only", "'place-order' writes (put)"),
    ),
    "a role with a pattern that is not there": (
        lambda: family(roles=(role(patterns=("place-ordr",)),)),
        ("no access pattern 'place-ordr'", "did you mean 'place-order'?"),
    ),
    "a tenant role outside its leading keys": (
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
        ("not within the tenant's leading keys",),
    ),
    "a tenant role that writes": (
        lambda: family(roles=(role(tenant=TenantScope(leading_keys=("TENANT#{tenant}",)), patterns=("x",)),)),
        ("a tenant's role is read-only",),
    ),
    "a leading key that a longer tenant id matches": (
        lambda: family(roles=(role(access="read-only", tenant=TenantScope(leading_keys=("TENANT#{tenant}*",))),)),
        ("a tenant whose id begins the same would match",),
    ),
    "a prefix without an end": (lambda: family(table_name="shop{table}"), ("must end in -, _ or .",)),
    "a table name without its place": (lambda: family(table_name="shop-"), ("must hold {table} once",)),
    "a region that is none": (lambda: family(region="Ireland"), ("region 'Ireland'", "eu-west-2")),
    "an unknown field": (
        lambda: Family.model_validate({**family().model_dump(), "prefx": "x"}),
        ("prefx: no such field",),
    ),
    "a tag with a forbidden key": (lambda: family(tags={"aws:x": "1"}), ("tag 'aws:x'", "no key begins with aws:")),
    "a variable for no table": (
        lambda: family(env={"order": "X"}),
        ("env names table 'order'", "did you mean 'orders'?"),
    ),
    "two reaches of one name": (
        lambda: family(roles=(role(reaches=(_REACH, _REACH)),)),
        ("two reaches are both of 'other'",),
    ),
    "a role name too long": (lambda: family(roles=(role(physical="r" * 60),)), ("1 to 64", "the stage's included")),
    "an included attribute of 256 bytes": (
        lambda: shop(indexes=(index(projection="INCLUDE", include=("x" * 256,)),)),
        ("index 'customer-day-index'", "256 bytes; allowed are 1 to 255"),
    ),
    "an attribute without a name": (
        lambda: shop(attributes={"ttl": "N", "": "S"}),
        ("table 'orders': attribute ''", "1 to 65536"),
    ),
    "an entity's retention that nothing deletes": (
        lambda: shop(
            ttl=None,
            retention=Retention(reason="kept"),
            entities=(Entity(name="order", keys={}, retention=Retention(days=3, reason="short")),),
        ),
        ("entity 'order': retention of 3 days is promised", "no TTL attribute"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_broken_family_is_refused_with_one_message(case: str) -> None:
    assert_refused(REFUSED[case])


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
