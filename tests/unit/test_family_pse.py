"""PSE against its document (000, PSE platform), whose facts are written out here a second time."""

from __future__ import annotations

from typing import Any

import pytest

from families.content_ai import FAMILY as CONTENT_AI
from families.pse import FAMILY
from tablekit.model import Catalogue
from tablekit.model.permissions import role_policy
from tablekit.model.staged import Account
from tests.support import declare
from tests.support.shape import Shape, shape

DESIGNED: Shape = {
    "keyword-intelligence": (
        "keyword_id:S",
        None,
        {
            "service-google_cpc-index": "service:S google_cpc:N",
            "status-created_at-index": "status:S created_at:S",
            "content_id-index": "content_id:S",
            "wordpress_page_id-index": "wordpress_page_id:N",
        },
    ),
    "content-mapping": (
        "content_id:S campaign_id:S",
        None,
        {
            "campaign_id-content_id-index": "campaign_id:S content_id:S",
            "wordpress_page_id-campaign_id-index": "wordpress_page_id:N campaign_id:S",
        },
    ),
    "campaign-tracking": (
        "campaign_id:S date:S",
        "ttl",
        {"keyword_id-date-index": "keyword_id:S date:S", "status-date-index": "status:S date:S"},
    ),
    "revenue-attribution": (
        "attribution_id:S",
        "ttl",
        {
            "page_id-date-index": "page_id:N date:S",
            "source-date-index": "source:S date:S",
            "campaign_id-date-index": "campaign_id:S date:S",
        },
    ),
    "search-analytics": (
        "page_id:N search_key:S",
        "ttl",
        {"campaign_id-search_key-index": "campaign_id:S search_key:S"},
    ),
    "optimization-decisions": (
        "campaign_id:S decision_key:S",
        "ttl",
        {"keyword_id-decision_key-index": "keyword_id:S decision_key:S"},
    ),
    "performance-metrics": ("subject:S date:S", "ttl", {"date-roi-index": "date:S roi:N"}),
}
DOCUMENT = {
    "keyword-intelligence": {
        "S": "keyword_id keyword service location competition content_id status created_at updated_at",
        "N": "google_cpc adsense_cpc pse_cpc search_volume wordpress_page_id",
    },
    "campaign-tracking": {
        "S": "campaign_id keyword_id platform campaign_name ad_group date status",
        "N": "daily_budget actual_spend clicks impressions conversions pse_searches pse_clicks",
    },
    "revenue-attribution": {
        "S": "attribution_id date source currency campaign_id",
        "N": "page_id revenue clicks searches roi ttl",
    },
}
ADDED = {"keyword-intelligence": set(), "campaign-tracking": {"currency", "ttl"}, "revenue-attribution": set()}
CATALOGUE = Catalogue([CONTENT_AI, FAMILY])
ARN = "arn:aws:dynamodb:eu-west-2:111122223333:table/"
PATTERNS = """
    create-keyword keyword high-cpc-keywords-of-service keywords-of-content keywords-of-page
    update-keyword-estimates set-keyword-status link-keyword-to-page map-content-to-campaign
    campaigns-of-content record-campaign-day campaign-day campaign-days campaigns-of-keyword update-campaign-day
    set-campaign-status record-revenue attribution revenue-of-source revenue-of-campaign set-roi-of-attribution
    searches-on-page decisions-on-campaign performance-of-campaign performance-of-page performance-of-source
"""
"""The access patterns that the document has."""


def statements(role: str, *options: str) -> list[dict[str, Any]]:
    family = declare.staged(FAMILY, "prod", CATALOGUE, families=["pse"], options=list(options))
    policy = role_policy(family, role, Account("111122223333"))
    found: list[dict[str, Any]] = policy["Statement"]
    assert len({statement["Sid"] for statement in found}) == len(found)
    return found


def actions_on(found: list[dict[str, Any]], part: str) -> set[str]:
    return {
        action
        for statement in found
        if any(part in resource for resource in statement["Resource"])
        for action in statement["Action"]
    }


def test_the_documents_access_patterns_are_there() -> None:
    assert not set(PATTERNS.split()) - FAMILY.patterns.keys()


def test_counts() -> None:
    assert len(FAMILY.tables) == 7
    assert sum(len(table.indexes) for table in FAMILY.tables) == 14
    assert len(FAMILY.access_patterns) == 40
    assert len(PATTERNS.split()) == 26
    assert FAMILY.unused_indexes() == ()


def test_keys_and_ttl_are_as_designed() -> None:
    assert shape(FAMILY) == DESIGNED


@pytest.mark.parametrize("table", DOCUMENT)
def test_attributes_are_the_documents_and_what_was_added(table: str) -> None:
    documented = {name: kind for kind, names in DOCUMENT[table].items() for name in names.split()}
    declared = {name: attribute.type for name, attribute in FAMILY.table(table).types.items()}
    assert {name: declared[name] for name in documented} == documented
    assert set(declared) - set(documented) == ADDED[table]


def test_enumerations_are_the_documents() -> None:
    values = {
        (table.name, name): attribute.values
        for table in FAMILY.tables
        for name, attribute in table.attributes.items()
        if attribute.values and table.name in DOCUMENT
    }
    assert values == {
        ("keyword-intelligence", "competition"): ("High", "Medium", "Low"),
        ("keyword-intelligence", "status"): ("pending", "approved", "live"),
        ("campaign-tracking", "platform"): ("google", "bing"),
        ("campaign-tracking", "status"): ("active", "paused", "ended"),
        ("campaign-tracking", "currency"): ("GBP", "USD"),
        ("revenue-attribution", "source"): ("adsense", "pse", "affiliate"),
        ("revenue-attribution", "currency"): ("GBP", "USD"),
    }


def test_retention_is_365_days_for_money_and_90_for_what_is_transient() -> None:
    assert {table.name: table.retention.days for table in FAMILY.tables} == {
        "keyword-intelligence": None,
        "content-mapping": None,
        "campaign-tracking": 365,
        "revenue-attribution": 365,
        "search-analytics": 90,
        "optimization-decisions": 90,
        "performance-metrics": 365,
    }


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


def test_names_are_the_documents() -> None:
    assert FAMILY.region == "eu-west-2"
    assert FAMILY.table_name_for("keyword-intelligence", "prod") == "pse-keyword-intelligence"
    assert FAMILY.table_name_for("keyword-intelligence", "dev") == "dev-pse-keyword-intelligence"
    assert FAMILY.role_name(FAMILY.role("app"), "prod") == "pse-platform-lambda-role"
    assert FAMILY.role_name(FAMILY.role("app"), "dev") == "dev-pse-platform-lambda-role"


def test_the_app_writes_its_own_tables_and_only_reads_content_ais() -> None:
    found = statements("app")
    assert actions_on(found, f"{ARN}pse-*") == {
        f"dynamodb:{name}" for name in ("GetItem", "PutItem", "Query", "UpdateItem")
    }
    for table in ("blog-content-pipeline", "post-publish-tracking"):
        assert actions_on(found, f"{ARN}{table}") == {"dynamodb:GetItem", "dynamodb:Scan"}
    assert not actions_on(found, "ai-response-cache")
    metrics = next(statement for statement in found if statement["Resource"] == ["*"])
    assert metrics["Action"] == ["cloudwatch:PutMetricData"]
    assert metrics["Condition"] == {"StringEquals": {"cloudwatch:namespace": "PSE"}}


def test_the_shared_cache_is_an_option() -> None:
    assert actions_on(statements("app", "pse-shares-ai-response-cache"), f"{ARN}ai-response-cache") == {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
    }


def test_readonly_reads_and_never_shares_the_cache() -> None:
    found = statements("readonly", "pse-shares-ai-response-cache")
    assert {action for statement in found for action in statement["Action"]} == {
        f"dynamodb:{name}" for name in ("GetItem", "Query", "Scan")
    }
    assert not actions_on(found, "ai-response-cache")
