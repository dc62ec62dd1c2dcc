"""Families as data model files of NoSQL Workbench, in the form of files that the application exported."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from families import catalogue
from tablekit.model import Entity, Family, S
from tablekit.ops.workbench.export import exported, left_out
from tablekit.ops.workbench.format import text_of
from tests.support.declare import family, index, pattern, table
from tests.support.samples import samples

DAY = date(2026, 3, 9)


def document(found: Family, items: dict[str, Any] | None = None, stage: str | None = None) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text_of(exported(found, items or {}, stage, DAY)))
    return content


def test_a_small_family_word_for_word() -> None:
    shop = family(
        tables=(
            table(
                attributes={"ttl": "N", "total": "N", "paid": "BOOL"},
                indexes=(index(projection="INCLUDE", include=("total",)),),
            ),
        ),
        patterns=(pattern(index=None, operation="get", key="order_id = :o", example={"o": "1"}),),
    )
    item = {"order_id": {"S": "o1"}, "customer": {"S": "Ünal"}, "total": {"N": "3.30"}, "photo": {"B": "AAE="}}
    assert document(shop, {"orders": [item]}, "dev") == {
        "ModelName": "Shop",
        "ModelMetadata": {
            "Author": "shop-team",
            "DateCreated": "Mar 09, 2026, 12:00 AM",
            "DateLastModified": "Mar 09, 2026, 12:00 AM",
            "Description": "none",
            "AWSService": "Amazon DynamoDB",
            "Version": "3.0",
        },
        "DataModel": [
            {
                "TableName": "dev-shop-orders",
                "KeyAttributes": {"PartitionKey": {"AttributeName": "order_id", "AttributeType": "S"}},
                "NonKeyAttributes": [
                    {"AttributeName": "customer", "AttributeType": "S"},
                    {"AttributeName": "day", "AttributeType": "S"},
                    {"AttributeName": "ttl", "AttributeType": "N"},
                    {"AttributeName": "total", "AttributeType": "N"},
                    {"AttributeName": "paid", "AttributeType": "BOOL"},
                    {"AttributeName": "photo", "AttributeType": "B"},
                ],
                "TableFacets": [],
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "customer-day-index",
                        "KeyAttributes": {
                            "PartitionKey": {"AttributeName": "customer", "AttributeType": "S"},
                            "SortKey": {"AttributeName": "day", "AttributeType": "S"},
                        },
                        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
                    }
                ],
                "TableData": [item],
                "DataAccess": {"MySql": {}},
                "BillingMode": "PAY_PER_REQUEST",
            }
        ],
    }
    assert left_out([shop]) == "access patterns (1), roles (1), TTL attributes (1), retentions (1), classifications (1)"


def test_form_bridges_kinds_of_item_are_facets() -> None:
    form_bridge = catalogue().family("formbridge")
    items = samples(form_bridge, "FormBridgeData")
    (data,) = document(form_bridge, {"FormBridgeData": items})["DataModel"]
    aliases = {facet["FacetName"]: tuple(facet["KeyAttributeAlias"].values()) for facet in data["TableFacets"]}
    assert aliases == {entity.name: (entity.keys["PK"], entity.keys["SK"]) for entity in form_bridge.tables[0].entities}
    assert all(facet["TableData"] for facet in data["TableFacets"])
    ranges = {"submission": "SUB#", "destination": "DEST#", "tenant_config": "CONFIG#main", "domain_lookup": "LOOKUP#"}
    for facet in data["TableFacets"]:
        for item in facet["TableData"]:
            assert item["SK"]["S"].startswith(ranges.get(facet["FacetName"], ""))
    assert set(data["TableFacets"][0]) == {
        *("FacetName", "KeyAttributeAlias", "TableData", "NonKeyAttributes", "DataAccess"),
    }
    assert "TableData" not in data, "every item is of an entity"
    assert data["GlobalSecondaryIndexes"][2]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_an_item_goes_to_the_facet_with_the_most_constant_text_and_others_stay_with_the_table() -> None:
    shop = family(
        tables=(
            table(
                indexes=(),
                range_key=S("kind"),
                entities=(
                    Entity(name="any", keys={"order_id": "{id}"}),
                    Entity(name="line", keys={"order_id": "ORDER#{id}", "kind": "LINE#{line}"}),
                    Entity(name="head", keys={"order_id": "ORDER#{id}", "kind": "HEAD"}),
                ),
            ),
            table(name="plain", indexes=(), entities=(Entity(name="head", keys={"order_id": "ORDER#{id}"}),)),
        ),
        patterns=(),
    )
    line, head, other = ({"order_id": {"S": "ORDER#1"}, "kind": {"S": kind}} for kind in ("LINE#1", "HEAD", "HEADING"))
    loose = {"order_id": {"S": "1"}}
    first, second = document(shop, {"orders": [other, head, line], "plain": [loose]})["DataModel"]
    assert {facet["FacetName"]: facet["TableData"] for facet in first["TableFacets"]} == {
        "any": [other],
        "line": [line],
        "head": [head],
    }
    assert first["TableFacets"][0]["KeyAttributeAlias"] == {"PartitionKeyAlias": "{id}", "SortKeyAlias": "kind"}
    assert second["TableFacets"][0]["TableData"] == []
    assert second["TableData"] == [loose]


def test_a_local_index_is_left_out_and_its_key_kept_as_an_attribute() -> None:
    local = index(name="local-by-day", hash_key=S("order_id"), range_key=S("day"), local=True)
    shop = family(tables=(table(range_key=S("line"), indexes=(local,), attributes={"ttl": "N"}),), patterns=())
    (data,) = document(shop)["DataModel"]
    assert data["GlobalSecondaryIndexes"] == []
    assert [given["AttributeName"] for given in data["NonKeyAttributes"]] == ["day", "ttl"]
    assert "local indexes (1)" in left_out([shop])


def test_attributes_of_several_types_stand_last_by_name_whatever_the_order_of_the_items() -> None:
    shop = family(tables=(table(indexes=(), attributes={"ttl": "N"}),), patterns=())
    items: list[dict[str, dict[str, Any]]] = [
        {"order_id": {"S": "1"}, "z": {"S": "text"}, "a": {"N": "1"}, "plain": {"BOOL": True}},
        {"order_id": {"S": "2"}, "a": {"NULL": True}, "z": {"M": {}}},
        {"order_id": {"S": "3"}, "a": {"L": []}},
    ]
    for given in (items, items[::-1]):
        (data,) = document(shop, {"orders": given})["DataModel"]
        found = [tuple(attribute.values()) for attribute in data["NonKeyAttributes"]]
        assert found == [("ttl", "N"), ("plain", "BOOL"), ("a", "L"), ("z", "M")]
