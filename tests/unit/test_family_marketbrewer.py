"""MarketBrewer against its document (002), whose facts are written out here a second time."""

from __future__ import annotations

from typing import Any

import pytest

from families.marketbrewer import FAMILY
from tablekit.model import Catalogue
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account
from tests.support import declare
from tests.support.shape import Shape, shape

DOCUMENT: Shape = {
    "businesses": ("business_id:S", None, {}),
    "questionnaires": ("business_id:S", None, {}),
    "keywords": ("business_id:S keyword_id:S", None, {}),
    "service_areas": ("business_id:S area_id:S", None, {}),
    "prompt_templates": ("business_id:S template_id:S", None, {"business_id-version-index": "business_id:S version:N"}),
}
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
CATALOGUE = Catalogue([FAMILY])
PATTERNS = """
    list-businesses business create-business update-business delete-business restore-business sync-business
    questionnaire create-questionnaire update-questionnaire sync-questionnaire keywords-of-business
    keyword-by-slug create-keyword set-keyword-deleted load-keywords areas-of-business area-by-slug create-area
    update-area set-area-deleted load-areas templates-of-business template-version template-history
    create-template-version set-template-deleted load-templates
"""
"""The access patterns that the document has."""


def statements(role: str) -> list[dict[str, Any]]:
    family = declare.staged(FAMILY, "prod", CATALOGUE)
    policy = role_policy(family, role, Account("111122223333"))
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def actions(role: str) -> set[str]:
    return {action.removeprefix("dynamodb:") for statement in statements(role) for action in statement["Action"]}


def test_the_documents_access_patterns_are_there() -> None:
    assert not set(PATTERNS.split()) - FAMILY.patterns.keys()


def test_counts() -> None:
    assert len(FAMILY.tables) == 5
    assert sum(len(table.indexes) for table in FAMILY.tables) == 1
    assert len(FAMILY.access_patterns) == 32
    assert len(PATTERNS.split()) == 28
    assert FAMILY.unused_indexes() == ()


def test_keys_are_the_documents_and_one_index_is_ours() -> None:
    assert shape(FAMILY) == DOCUMENT


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_attributes_are_the_documents(table: str) -> None:
    documented = {name: kind for kind, names in ATTRIBUTES[table].items() for name in names.split()}
    assert {name: attribute.type for name, attribute in FAMILY.table(table).types.items()} == documented


def test_languages_are_the_documents() -> None:
    assert FAMILY.table("keywords").attributes["language"].values == ("en", "es")


def test_names_and_region_are_the_documents() -> None:
    assert FAMILY.region == "us-east-1"
    assert {FAMILY.table_name_for(table.name, "prod") for table in FAMILY.tables} == {
        "seo_businesses",
        "seo_questionnaires",
        "seo_keywords",
        "seo_service_areas",
        "seo_prompt_templates",
    }


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


def test_the_app_can_update_but_neither_delete_nor_create_tables() -> None:
    assert actions("app") == {"DescribeTable", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"}


def test_batch_writes_are_the_sync_roles_alone() -> None:
    assert actions("sync") == {"BatchWriteItem", "DescribeTable", "GetItem", "PutItem", "Query", "Scan"}
    assert actions("readonly") == {"DescribeTable", "GetItem", "Query", "Scan"}


@pytest.mark.parametrize("role", ["app", "sync", "readonly"])
def test_roles_reach_seo_tables_only(role: str) -> None:
    for statement in statements(role):
        for resource in statement["Resource"]:
            assert resource.startswith("arn:aws:dynamodb:us-east-1:111122223333:table/seo_")
