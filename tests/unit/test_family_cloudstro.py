"""CloudStro against its document: keys, indexes and queries are typed here from the document, not from the family."""

from __future__ import annotations

from datetime import datetime

import pytest

from families.cloudstro import FAMILY
from tests.support.samples import samples, texts
from tests.support.shape import Shape, shape

DESIGNED: Shape = {
    "users": ("userId:S recordType:S", None, {"email-index": "email:S userId:S"}),
    "social-accounts": (
        "userId:S platformAccountId:S",
        None,
        {"platform-accountStatus-index": "platform:S accountStatus:S"},
    ),
    "social-posts": ("userId:S postId:S", None, {"platform-createdAtISO-index": "platform:S createdAtISO:S"}),
    "social-engagement": ("userId:S engagementId:S", None, {}),
    "ai-insights": (
        "userId:S insightId:S",
        "TTL",
        {"insightType-confidenceScore-index": "insightType:S confidenceScore:N"},
    ),
}
VARIABLES = {
    "users": "DYNAMODB_USERS_TABLE",
    "social-accounts": "DYNAMODB_SOCIAL_ACCOUNTS_TABLE",
    "social-posts": "DYNAMODB_SOCIAL_POSTS_TABLE",
    "social-engagement": "DYNAMODB_SOCIAL_ENGAGEMENT_TABLE",
    "ai-insights": "DYNAMODB_AI_INSIGHTS_TABLE",
}
ENUMERATIONS = {
    ("users", "subscription"): ("premium", "basic", "free"),
    ("users", "status"): ("active", "inactive"),
    ("social-accounts", "syncStatus"): ("active", "error", "paused"),
    ("social-accounts", "accountStatus"): ("active", "inactive"),
    ("social-posts", "sentiment"): ("positive", "negative", "neutral"),
    ("social-engagement", "contentType"): ("text_post", "image_post", "video_post"),
}
READS = {
    "users": {"user-profile", "user-by-email"},
    "social-accounts": {"accounts-of-user", "account-of-user", "accounts-on-platform"},
    "social-posts": {"posts-of-user", "posts-of-user-on-platform", "recent-posts-on-platform"},
    "social-engagement": {"engagement-of-post", "engagement-of-user"},
    "ai-insights": {"insights-of-user", "insights-by-type", "active-insights", "high-confidence-insights"},
}
TOKENS = {"accessToken", "refreshToken"}
PATTERNS = """
    user-profile user-by-email accounts-of-user account-of-user accounts-on-platform create-account
    posts-of-user posts-of-user-on-platform recent-posts-on-platform engagement-of-post engagement-of-user
    insights-of-user insights-by-type active-insights high-confidence-insights
"""
"""The access patterns that the document has."""


def test_the_documents_access_patterns_are_there() -> None:
    assert not set(PATTERNS.split()) - FAMILY.patterns.keys()


def test_counts() -> None:
    assert len(FAMILY.tables) == 5
    assert sum(len(table.indexes) for table in FAMILY.tables) == 4
    assert len(FAMILY.access_patterns) == 26
    assert len(PATTERNS.split()) == 15


def test_tables_and_indexes() -> None:
    assert shape(FAMILY) == DESIGNED


def test_every_index_has_a_pattern() -> None:
    assert FAMILY.unused_indexes() == ()


def test_documented_reads_are_the_documents_list() -> None:
    declared = {
        table.name: {p.name for p in table.patterns if p.reads and p.name in PATTERNS.split()}
        for table in map(FAMILY.table, READS)
    }
    assert declared == READS


@pytest.mark.parametrize(("place", "values"), ENUMERATIONS.items())
def test_enumerations(place: tuple[str, str], values: tuple[str, ...]) -> None:
    table, attribute = place
    assert FAMILY.table(table).attributes[attribute].values == values


def test_variables_are_the_documents_without_being_declared() -> None:
    assert FAMILY.env == {}
    assert {table: FAMILY.variable(table) for table in VARIABLES} == VARIABLES


def test_names_and_region() -> None:
    assert FAMILY.table_name_for("social-accounts", "prod") == "cloudstro-social-accounts"
    assert FAMILY.table_name_for("social-accounts", "dev") == "dev-cloudstro-social-accounts"
    assert FAMILY.region == "us-east-1"


def test_no_index_and_no_list_gives_tokens() -> None:
    accounts = FAMILY.table("social-accounts")
    assert set(accounts.secrets) == TOKENS
    projected = accounts.projected(accounts.index("platform-accountStatus-index"))
    assert projected is not None
    left_out = set(accounts.types) - projected
    assert left_out == TOKENS | {"platformSpecificData"}
    assert set(FAMILY.patterns["accounts-of-user"].projection) == set(accounts.types) - TOKENS | {
        "userId",
        "platformAccountId",
    }


def test_an_engagements_post_id_is_the_posts_own_id() -> None:
    (post,) = FAMILY.table("social-posts").entities
    (engagement,) = FAMILY.table("social-engagement").entities
    assert post.keys["postId"] == "{platform}#{platform_post_id}"
    assert engagement.keys["engagementId"] == "{platform_post_id}#{timestamp}"
    posts, measured = samples(FAMILY, "social-posts")[0], samples(FAMILY, "social-engagement")[0]
    assert texts(measured, "postId") == texts(posts, "id") != texts(posts, "postId")
    assert FAMILY.patterns["engagement-of-post"].key == (
        "userId = :userId AND begins_with(engagementId, '{platform_post_id}#')"
    )


def test_samples_hold_a_post_whose_id_begins_the_same() -> None:
    ids = {texts(item, "postId")[0] for item in samples(FAMILY, "social-engagement")}
    assert ids == {"1234567890", "12345678901"}


def test_recent_posts_over_all_platforms_go_by_the_user() -> None:
    pattern = FAMILY.patterns["recent-posts-of-user"]
    assert (pattern.index, pattern.key) == (None, "userId = :userId")
    assert pattern.name not in PATTERNS.split()


def test_insights_expire_when_they_cease_to_be_valid() -> None:
    assert FAMILY.table("ai-insights").retention.days is None
    for item in samples(FAMILY, "ai-insights"):
        ttl, valid = texts(item, "TTL", "validUntil")
        assert int(ttl) == datetime.fromisoformat(valid).timestamp()
        assert texts(item, "validUntilISO") == (valid,)


def test_every_read_of_insights_leaves_out_expired_ones() -> None:
    for name in READS["ai-insights"]:
        assert "validUntilISO > :now" in str(FAMILY.patterns[name].filter)


def test_days_of_the_week_are_those_of_the_dates() -> None:
    for item in samples(FAMILY, "social-engagement"):
        timestamp, day, hour = texts(item, "timestamp", "dayOfWeek", "hourOfDay")
        assert datetime.fromisoformat(timestamp).strftime("%A") == day
        assert datetime.fromisoformat(timestamp).hour == int(hour)


def test_every_put_is_conditional() -> None:
    puts = [pattern for pattern in FAMILY.access_patterns if pattern.operation == "put"]
    assert {pattern.condition for pattern in puts} == {"attribute_not_exists(userId)"}
