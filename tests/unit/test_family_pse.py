"""PSE: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

from typing import Any

from families.content_ai import FAMILY as CONTENT_AI
from families.pse import FAMILY
from tablekit.model import Catalogue
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account
from tests.support import declare

CATALOGUE = Catalogue([CONTENT_AI, FAMILY])
ARN = "arn:aws:dynamodb:eu-west-2:111122223333:table/"


def actions(role: str, *options: str) -> dict[str, set[str]]:
    """What the role may do: each resource with its actions."""
    family = declare.staged(FAMILY, "prod", CATALOGUE, families=["pse"], options=list(options))
    found: dict[str, set[str]] = {}
    for statement in role_policy(family, role, Account("111122223333"))["Statement"]:
        for resource in statement["Resource"] if statement["Effect"] == "Allow" else ():
            granted = {action.removeprefix("dynamodb:") for action in statement["Action"]}
            found.setdefault(resource.removeprefix(ARN), set()).update(granted)
    return found


def test_queries_of_what_expires_leave_out_what_has_expired() -> None:
    queries = [
        pattern
        for pattern in FAMILY.access_patterns
        if pattern.operation == "query" and FAMILY.table(pattern.table).ttl is not None
    ]
    assert len(queries) == 15
    assert all(pattern.filter == "ttl > :now" for pattern in queries)


def test_no_query_needs_a_scan_and_nothing_is_deleted() -> None:
    assert {pattern.operation for pattern in FAMILY.access_patterns} == {"get", "query", "put", "update"}


def test_indexes_carry_only_what_is_asked_of_them() -> None:
    assert {index.projection for table in FAMILY.tables for index in table.indexes} == {"INCLUDE"}


def test_the_apps_role_is_named_as_in_the_document() -> None:
    app = FAMILY.role("app")
    assert (FAMILY.role_name(app, "prod"), FAMILY.role_name(app, "dev")) == (
        "pse-platform-lambda-role",
        "dev-pse-platform-lambda-role",
    )


def test_the_app_writes_its_own_tables_and_only_reads_content_ais_but_for_an_option() -> None:
    app: dict[str, Any] = {
        "pse-*": {"GetItem", "PutItem", "Query", "UpdateItem"},
        "pse-*/index/*": {"Query"},
        "blog-content-pipeline": {"GetItem", "Scan"},
        "post-publish-tracking": {"GetItem", "Scan"},
        "*": {"cloudwatch:PutMetricData"},
    }
    assert actions("app") == app
    assert actions("app", "pse-shares-ai-response-cache") == app | {"ai-response-cache": {"GetItem", "PutItem"}}


def test_readonly_reads_and_never_shares_the_cache() -> None:
    found = actions("readonly", "pse-shares-ai-response-cache")
    assert set().union(*found.values()) == {"GetItem", "Query", "Scan"}
    assert "ai-response-cache" not in found
