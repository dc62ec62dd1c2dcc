"""Content-AI: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

import pytest

from families.content_ai import FAMILY
from tablekit.model import Catalogue, CatalogueError
from tests.support import declare

ATTRIBUTES = {
    "blog-content-pipeline": {"S": "title category keywords country status jobId generatedAt", "N": "ttl"},
    "post-publish-tracking": {"S": "title status published_at", "N": "post_id ttl", "M": "webhook_data results"},
}
RESERVED = {
    "SuperchargedProjects": "SuperchargedProjects",
    "project-manager-*": "project-manager-tasks",
    "ChatConversations": "ChatConversations",
    "project-assistant-conversations": "project-assistant-conversations",
    "bot-manager-errors": "bot-manager-errors",
    "bot-manager-errors-prod": "bot-manager-errors-prod",
    "circuit-breaker-state": "circuit-breaker-state",
    "circuit-breaker-state-prod": "circuit-breaker-state-prod",
    "service-health-status": "service-health-status",
    "service-health-status-prod": "service-health-status-prod",
}
"""What is reserved, and a name that it takes."""


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_attributes_are_the_documents(table: str) -> None:
    documented = {name: kind for kind, names in ATTRIBUTES[table].items() for name in names.split()}
    assert {name: attribute.type for name, attribute in FAMILY.table(table).attributes.items()} == documented


def test_statuses_are_the_documents() -> None:
    assert FAMILY.table("blog-content-pipeline").attributes["status"].values == ("pending", "published")
    assert FAMILY.table("post-publish-tracking").attributes["status"].values == ("success", "failed")


def test_it_has_no_prefix_so_that_roles_name_exact_arns() -> None:
    assert FAMILY.prefix("prod") is None


def test_what_expires_is_kept_for_90_days() -> None:
    assert {table.name: table.retention.days for table in FAMILY.tables if table.retention.days} == {
        "blog-content-pipeline": 90,
        "post-publish-tracking": 90,
    }


def test_the_names_that_exist_beside_the_six_are_reserved() -> None:
    assert set(FAMILY.reserved) == RESERVED.keys()
    for name in RESERVED.values():
        family = declare.family(tables=(declare.table(name=name),), table_name="{table}", patterns=())
        with pytest.raises(CatalogueError, match="is reserved"):
            Catalogue([FAMILY, family])


def test_scans_are_these_and_leave_out_what_has_expired() -> None:
    scans = {pattern.name: pattern for pattern in FAMILY.access_patterns if pattern.operation == "scan"}
    assert set(scans) == {"content-in-status", "posts-in-status", "posts-by-wordpress-id"}
    assert all("ttl > :now" in str(pattern.filter) for pattern in scans.values())


def test_a_lock_and_a_cached_response_are_never_overwritten() -> None:
    assert FAMILY.patterns["take-publishing-lock"].condition == "attribute_not_exists(job_id)"
    assert FAMILY.patterns["cache-response"].condition == "attribute_not_exists(cache_key)"
