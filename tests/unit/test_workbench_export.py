"""Families as data model files of NoSQL Workbench. The schema is typed from files that the application exported."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import jsonschema
import pytest

from families import catalogue
from tablekit.model import Entity, Family, S
from tablekit.ops.workbench.export import exported, left_out
from tablekit.ops.workbench.format import text_of
from tests.support.declare import family, index, pattern, table
from tests.support.samples import samples

DAY = date(2026, 3, 9)


def _object(required: list[str], optional: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**fields, **(optional or {})},
        "required": required,
        "additionalProperties": False,
    }


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT, "uniqueItems": True}
_DATE = {"type": "string", "pattern": r"^[A-Z][a-z]{2} \d{2}, \d{4}, \d{2}:\d{2} [AP]M$"}
_NAMES = ["AttributeName", "AttributeType"]
_KEY = _object(_NAMES, AttributeName=_TEXT, AttributeType={"enum": ["S", "N", "B"]})
_KEYS = _object(["PartitionKey"], PartitionKey=_KEY, SortKey=_KEY)
_TYPES = ["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"]
_ATTRIBUTE = _object(_NAMES, AttributeName=_TEXT, AttributeType={"enum": _TYPES})
_ITEM = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"enum": _TYPES},
        "properties": {"S": _TEXT, "N": _TEXT, "B": _TEXT, "BOOL": {"type": "boolean"}, "NULL": {"const": True}},
    },
}
_ITEMS = {"type": "array", "items": _ITEM}
_ACCESS = _object(["MySql"], MySql={"type": "object", "maxProperties": 0})
_ALIAS = _object(["PartitionKeyAlias"], PartitionKeyAlias=_TEXT, SortKeyAlias=_TEXT)
_FACET = _object(
    ["FacetName", "KeyAttributeAlias", "TableData", "NonKeyAttributes", "DataAccess"],
    FacetName=_TEXT,
    KeyAttributeAlias=_ALIAS,
    TableData=_ITEMS,
    NonKeyAttributes=_TEXTS,
    DataAccess=_ACCESS,
)
_PROJECTION = {
    "oneOf": [
        _object(["ProjectionType"], ProjectionType={"enum": ["ALL", "KEYS_ONLY"]}),
        _object(["ProjectionType", "NonKeyAttributes"], ProjectionType={"const": "INCLUDE"}, NonKeyAttributes=_TEXTS),
    ]
}
_INDEX = _object(
    ["IndexName", "KeyAttributes", "Projection"], IndexName=_TEXT, KeyAttributes=_KEYS, Projection=_PROJECTION
)
_TABLE = _object(
    ["TableName", "KeyAttributes", "NonKeyAttributes", "GlobalSecondaryIndexes", "DataAccess", "BillingMode"],
    {"TableData": _ITEMS},
    TableName=_TEXT,
    KeyAttributes=_KEYS,
    NonKeyAttributes={"type": "array", "items": _ATTRIBUTE},
    TableFacets={"type": "array", "items": _FACET},
    GlobalSecondaryIndexes={"type": "array", "items": _INDEX},
    DataAccess=_ACCESS,
    BillingMode={"const": "PAY_PER_REQUEST"},
)
_METADATA = _object(
    ["Author", "DateCreated", "DateLastModified", "Description", "AWSService", "Version"],
    Author=_TEXT,
    DateCreated=_DATE,
    DateLastModified=_DATE,
    Description=_TEXT,
    AWSService={"const": "Amazon DynamoDB"},
    Version={"const": "3.0"},
)
SCHEMA = _object(
    ["ModelName", "ModelMetadata", "DataModel"],
    ModelName=_TEXT,
    ModelMetadata=_METADATA,
    DataModel={"type": "array", "items": _TABLE, "minItems": 1},
)


def document(found: Family, stage: str | None = None) -> dict[str, Any]:
    items = {each.name: samples(found, each.name) for each in found.tables}
    content: dict[str, Any] = json.loads(text_of(exported(found, items, stage, DAY)))
    return content


def items_of(data: dict[str, Any]) -> list[dict[str, Any]]:
    facets = [item for facet in data["TableFacets"] for item in facet["TableData"]]
    return [*facets, *data.get("TableData", [])]


@pytest.mark.parametrize("key", catalogue().families)
def test_every_family_is_a_data_model_with_all_its_tables_indexes_and_items(key: str) -> None:
    found = catalogue().family(key)
    content = document(found)
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    assert [data["TableName"] for data in content["DataModel"]] == [each.name for each in found.tables]
    for data, each in zip(content["DataModel"], found.tables, strict=True):
        assert [given["IndexName"] for given in data["GlobalSecondaryIndexes"]] == [i.name for i in each.indexes]
        wanted = samples(found, each.name)
        assert sorted(map(json.dumps, items_of(data))) == sorted(map(json.dumps, wanted))
        named = {given["AttributeName"] for given in data["NonKeyAttributes"]}
        assert {name for item in wanted for name in item} <= named | {key.name for key in each.keys}
        for facet in data["TableFacets"]:
            assert set(facet["NonKeyAttributes"]) <= named
            assert {name for item in facet["TableData"] for name in item} <= named | {key.name for key in each.keys}


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
    assert json.loads(text_of(exported(shop, {"orders": [item]}, "dev", DAY))) == {
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


def test_form_bridges_kinds_of_item_are_facets() -> None:
    (data,) = document(catalogue().family("formbridge"))["DataModel"]
    aliases = {
        facet["FacetName"]: (
            facet["KeyAttributeAlias"]["PartitionKeyAlias"],
            facet["KeyAttributeAlias"]["SortKeyAlias"],
        )
        for facet in data["TableFacets"]
    }
    assert aliases == {
        "submission": ("TENANT#{tenant_id}#{shard_id}", "SUB#{submission_id}"),
        "destination": ("TENANT#{tenant_id}", "DEST#{destination_id}"),
        "delivery_attempt": ("SUB#{submission_id}", "DEST#{destination_id}#ATTEMPT#{attempt_num:03}"),
        "tenant_config": ("TENANT#{tenant_id}", "CONFIG#main"),
        "tenant_shards": ("TENANT#{tenant_id}", "SHARDS#{shard_count}"),
        "daily_metrics": ("TENANT#{tenant_id}", "METRICS#DAY#{date}"),
        "hourly_metrics": ("TENANT#{tenant_id}", "METRICS#HOUR#{datetime}"),
        "domain_lookup": ("DOMAIN#{domain_hash}", "LOOKUP#{domain}"),
    }
    ranges = {"submission": "SUB#", "destination": "DEST#", "tenant_config": "CONFIG#main", "domain_lookup": "LOOKUP#"}
    for facet in data["TableFacets"]:
        assert facet["TableData"], facet["FacetName"]
        for item in facet["TableData"]:
            assert item["SK"]["S"].startswith(ranges.get(facet["FacetName"], ""))
    assert "TableData" not in data, "every item is of an entity"
    (given,) = [index for index in data["GlobalSecondaryIndexes"] if index["IndexName"] == "GSI3"]
    assert given["Projection"] == {"ProjectionType": "KEYS_ONLY"}


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
    content = json.loads(text_of(exported(shop, {"orders": [other, head, line], "plain": [loose]}, None, DAY)))
    first, second = content["DataModel"]
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
    (data,) = json.loads(text_of(exported(shop, {}, None, DAY)))["DataModel"]
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
        (data,) = json.loads(text_of(exported(shop, {"orders": given}, None, DAY)))["DataModel"]
        assert data["NonKeyAttributes"] == [
            {"AttributeName": "ttl", "AttributeType": "N"},
            {"AttributeName": "plain", "AttributeType": "BOOL"},
            {"AttributeName": "a", "AttributeType": "L"},
            {"AttributeName": "z", "AttributeType": "M"},
        ]


def test_what_is_left_out_is_counted() -> None:
    assert left_out([family()]) == (
        "access patterns (2), roles (1), TTL attributes (1), retentions (1), classifications (1)"
    )
    text = left_out(catalogue())
    assert f"access patterns ({sum(len(each.access_patterns) for each in catalogue())})" in text
    assert f"roles ({sum(len(each.roles) for each in catalogue())})" in text


@pytest.mark.parametrize(
    ("stage", "name"), [(None, "users"), ("prod", "cloudstro-users"), ("dev", "dev-cloudstro-users")]
)
def test_tables_are_named_as_asked(stage: str | None, name: str) -> None:
    assert document(catalogue().family("cloudstro"), stage)["DataModel"][0]["TableName"] == name
