"""Content-AI against its document (000, table inventory), whose facts are written out here a second time."""

from __future__ import annotations

import pytest

from families.content_ai import FAMILY
from tablekit.model import Catalogue, CatalogueError
from tests.support import declare
from tests.support.shape import Shape, shape

DOCUMENT: Shape = {
    "blog-content-pipeline": ("contentId:S", "ttl", {}),
    "article-publishing-locks": ("job_id:S", None, {}),
    "post-publish-tracking": ("job_id:S", "ttl", {}),
    "Projects": ("id:S", None, {}),
    "ProjectTemplates": ("id:S", None, {}),
    "ai-response-cache": ("cache_key:S", None, {}),
}
ATTRIBUTES = {
    "blog-content-pipeline": {
        "title": "S",
        "category": "S",
        "keywords": "S",
        "country": "S",
        "status": "S",
        "jobId": "S",
        "generatedAt": "S",
        "ttl": "N",
    },
    "post-publish-tracking": {
        "post_id": "N",
        "title": "S",
        "status": "S",
        "published_at": "S",
        "webhook_data": "M",
        "results": "M",
        "ttl": "N",
    },
}
OTHERS = (
    "SuperchargedProjects",
    "project-manager-tasks",
    "ChatConversations",
    "project-assistant-conversations",
    "bot-manager-errors",
    "bot-manager-errors-prod",
    "circuit-breaker-state",
    "circuit-breaker-state-prod",
    "service-health-status",
    "service-health-status-prod",
)
PATTERNS = """
    create-content content-by-id content-in-status mark-content-published delete-content take-publishing-lock
    release-publishing-lock track-post post-of-job record-post-results posts-in-status posts-by-wordpress-id
    create-project create-project-template cached-response cache-response
"""
"""The access patterns that the document has."""


def test_the_documents_access_patterns_are_there() -> None:
    assert not set(PATTERNS.split()) - FAMILY.patterns.keys()


def test_counts() -> None:
    assert len(FAMILY.tables) == 6
    assert sum(len(table.indexes) for table in FAMILY.tables) == 0
    assert len(FAMILY.access_patterns) == 19
    assert len(PATTERNS.split()) == 16
    assert len(FAMILY.reserved) == 10


def test_keys_and_ttl_are_the_documents() -> None:
    assert shape(FAMILY) == DOCUMENT


@pytest.mark.parametrize("table", ATTRIBUTES)
def test_attributes_are_the_documents(table: str) -> None:
    declared = FAMILY.table(table).attributes
    assert {name: attribute.type for name, attribute in declared.items()} == ATTRIBUTES[table]


def test_statuses_are_the_documents() -> None:
    assert FAMILY.table("blog-content-pipeline").attributes["status"].values == ("pending", "published")
    assert FAMILY.table("post-publish-tracking").attributes["status"].values == ("success", "failed")


def test_names_and_region_are_the_documents() -> None:
    assert FAMILY.region == "eu-west-2"
    assert {FAMILY.table_name_for(table.name, "prod") for table in FAMILY.tables} == set(DOCUMENT)
    assert FAMILY.prefix("prod") is None  # so that roles name exact ARNs


def test_what_expires_is_kept_for_90_days() -> None:
    assert {table.name: table.retention.days for table in FAMILY.tables if table.retention.days} == {
        "blog-content-pipeline": 90,
        "post-publish-tracking": 90,
    }


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_tables_names_are_taken(name: str) -> None:
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
