"""Content-AI: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

import pytest

from families.content_ai import FAMILY
from tablekit.model import Catalogue, CatalogueError
from tests.support import declare

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


def test_it_has_no_prefix_so_that_roles_name_exact_arns() -> None:
    assert FAMILY.prefix("prod") is None


def test_the_names_that_exist_beside_the_six_are_reserved() -> None:
    assert set(FAMILY.reserved) == RESERVED.keys()
    for name in RESERVED.values():
        family = declare.family(tables=(declare.table(name=name),), table_name="{table}", patterns=())
        with pytest.raises(CatalogueError, match="is reserved"):
            Catalogue([FAMILY, family])


def test_scans_leave_out_what_has_expired() -> None:
    scans = [pattern for pattern in FAMILY.access_patterns if pattern.operation == "scan"]
    assert all("ttl > :now" in str(pattern.filter) for pattern in scans)


def test_a_lock_and_a_cached_response_are_never_overwritten() -> None:
    assert FAMILY.patterns["take-publishing-lock"].condition == "attribute_not_exists(job_id)"
    assert FAMILY.patterns["cache-response"].condition == "attribute_not_exists(cache_key)"
