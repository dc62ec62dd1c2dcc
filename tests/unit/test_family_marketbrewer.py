"""MarketBrewer: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

import pytest

from families.marketbrewer import FAMILY
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account
from tests.support import declare

ATTRIBUTES = {
    "businesses": {
        "S": "business_id name industry phone email website created_at updated_at",
        "N": "_version",
        "BOOL": "_deleted",
    },
    "questionnaires": {"S": "business_id created_at updated_at", "M": "data", "N": "completeness_score _version"},
    "keywords": {"S": "business_id keyword_id slug keyword language search_intent created_at", "BOOL": "_deleted"},
    "service_areas": {
        "S": "business_id area_id slug city state country county created_at updated_at",
        "N": "priority",
        "BOOL": "_deleted",
    },
    "prompt_templates": {
        "S": "business_id template_id page_type template created_at",
        "N": "version word_count_target",
        "L": "required_variables optional_variables",
        "BOOL": "is_active _deleted",
    },
}


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_attributes_are_the_documents(table: str) -> None:
    documented = {name: kind for kind, names in ATTRIBUTES[table].items() for name in names.split()}
    assert {name: attribute.type for name, attribute in FAMILY.table(table).types.items()} == documented


def test_languages_are_the_documents() -> None:
    assert FAMILY.table("keywords").attributes["language"].values == ("en", "es")


def test_composite_keys_are_as_documented() -> None:
    templates = {
        name: template for table in FAMILY.tables for entity in table.entities for name, template in entity.keys.items()
    }
    assert templates == {"keyword_id": "{slug}#{language}", "area_id": "{slug}", "template_id": "{page_type}#{version}"}


def test_template_history_goes_by_the_number() -> None:
    history = FAMILY.patterns["template-history"]
    assert (history.index, history.order) == ("business_id-version-index", "descending")


def test_nothing_expires_and_nothing_is_deleted() -> None:
    assert all(table.ttl is None and table.retention.days is None for table in FAMILY.tables)
    assert not [pattern.name for pattern in FAMILY.access_patterns if pattern.operation == "delete"]


def test_every_list_leaves_out_what_is_deleted() -> None:
    for pattern in FAMILY.access_patterns:
        if pattern.operation in ("query", "scan"):
            assert "attribute_not_exists(_deleted) OR _deleted = false" in str(pattern.filter), pattern.name


def test_the_only_scan_lists_the_businesses() -> None:
    assert [pattern.name for pattern in FAMILY.access_patterns if pattern.operation == "scan"] == ["list-businesses"]


def test_updates_of_versioned_items_ask_for_the_version_and_raise_it() -> None:
    updates = [
        pattern
        for pattern in FAMILY.access_patterns
        if pattern.operation == "update" and pattern.table in ("businesses", "questionnaires")
    ]
    assert len(updates) == 4
    for pattern in updates:
        assert "_version = :_version" in str(pattern.condition)
        assert "_version = _version + 1" in str(pattern.update)


@pytest.mark.parametrize(
    ("role", "writes"),
    [("app", {"PutItem", "UpdateItem"}), ("sync", {"BatchWriteItem", "PutItem"}), ("readonly", set())],
)
def test_batch_writes_are_the_sync_roles_alone_and_none_deletes_or_leaves_the_prefix(
    role: str, writes: set[str]
) -> None:
    statements = role_policy(declare.staged(FAMILY, "prod"), role, Account("111122223333"))["Statement"]
    actions = {action.removeprefix("dynamodb:") for statement in statements for action in statement["Action"]}
    assert actions == {"DescribeTable", "GetItem", "Query", "Scan"} | writes
    for statement in statements:
        for resource in statement["Resource"]:
            assert resource.startswith("arn:aws:dynamodb:us-east-1:111122223333:table/seo_")
