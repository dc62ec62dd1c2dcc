"""MarketBrewer: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

import pytest

from families.marketbrewer import FAMILY
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account
from tests.support import declare


def test_composite_keys_are_as_documented() -> None:
    templates = {
        name: template for table in FAMILY.tables for entity in table.entities for name, template in entity.keys.items()
    }
    assert templates == {"keyword_id": "{slug}#{language}", "area_id": "{slug}", "template_id": "{page_type}#{version}"}


def test_template_history_goes_by_the_number() -> None:
    history = FAMILY.patterns["template-history"]
    assert (history.index, history.order) == ("business_id-version-index", "descending")


def test_nothing_is_deleted() -> None:
    assert not [pattern.name for pattern in FAMILY.access_patterns if pattern.operation == "delete"]


def test_every_list_leaves_out_what_is_deleted() -> None:
    for pattern in FAMILY.access_patterns:
        if pattern.operation in ("query", "scan"):
            assert "attribute_not_exists(_deleted) OR _deleted = false" in str(pattern.filter), pattern.name


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
    policy = role_policy(declare.staged(FAMILY, "prod"), role, Account("111122223333"))
    statements = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
    actions = {action.removeprefix("dynamodb:") for statement in statements for action in statement["Action"]}
    assert actions == {"DescribeTable", "GetItem", "Query", "Scan"} | writes
    for statement in statements:
        for resource in statement["Resource"]:
            assert resource.startswith("arn:aws:dynamodb:us-east-1:111122223333:table/seo_")
