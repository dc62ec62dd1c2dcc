"""CloudStro: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

from datetime import datetime

from families.cloudstro import FAMILY
from tests.support.samples import samples, texts
from tests.unit.test_family_documents import DOCUMENTS

READS = {
    "users": {"user-profile", "user-by-email"},
    "social-accounts": {"accounts-of-user", "account-of-user", "accounts-on-platform"},
    "social-posts": {"posts-of-user", "posts-of-user-on-platform", "recent-posts-on-platform"},
    "social-engagement": {"engagement-of-post", "engagement-of-user"},
    "ai-insights": {"insights-of-user", "insights-by-type", "active-insights", "high-confidence-insights"},
}
TOKENS = {"accessToken", "refreshToken"}


def test_documented_reads_are_the_documents_list() -> None:
    documented = DOCUMENTS["cloudstro"].patterns.split()
    declared = {t.name: {p.name for p in t.patterns if p.reads and p.name in documented} for t in FAMILY.tables}
    assert declared == READS
    assert "recent-posts-of-user" not in documented


def test_variables_are_the_documents_without_being_declared() -> None:
    assert FAMILY.env == {}
    assert {FAMILY.variable(table) for table in READS} == {
        f"DYNAMODB_{name}_TABLE"
        for name in ("USERS", "SOCIAL_ACCOUNTS", "SOCIAL_POSTS", "SOCIAL_ENGAGEMENT", "AI_INSIGHTS")
    }


def test_no_index_and_no_list_gives_tokens() -> None:
    accounts = FAMILY.table("social-accounts")
    assert set(accounts.secrets) == TOKENS
    projected = accounts.projected(accounts.index("platform-accountStatus-index"))
    assert projected is not None
    assert set(accounts.types) - projected == TOKENS | {"platformSpecificData"}
    assert set(FAMILY.patterns["accounts-of-user"].projection) == set(accounts.types) - TOKENS


def test_support_reads_accounts_without_tokens() -> None:
    reads = {pattern.name for pattern in FAMILY.patterns_of(FAMILY.role("readonly"))}
    assert {pattern.name for pattern in FAMILY.access_patterns if pattern.reads} - reads == {"account-of-user"}


def test_an_engagements_post_id_is_the_posts_own_id() -> None:
    (post,) = FAMILY.table("social-posts").entities
    (engagement,) = FAMILY.table("social-engagement").entities
    assert post.keys["postId"] == "{platform}#{platform_post_id}"
    assert engagement.keys["engagementId"] == "{platform_post_id}#{timestamp}"
    posts, measured = samples(FAMILY, "social-posts")[0], samples(FAMILY, "social-engagement")
    assert texts(measured[0], "postId") == texts(posts, "id") != texts(posts, "postId")
    assert {texts(item, "postId")[0] for item in measured} == {"1234567890", "12345678901"}, "one begins as the other"
    assert FAMILY.patterns["engagement-of-post"].key == (
        "userId = :userId AND begins_with(engagementId, '{platform_post_id}#')"
    )


def test_recent_posts_over_all_platforms_go_by_the_user() -> None:
    pattern = FAMILY.patterns["recent-posts-of-user"]
    assert (pattern.index, pattern.key) == (None, "userId = :userId")


def test_insights_expire_when_they_cease_to_be_valid_and_no_read_gives_expired_ones() -> None:
    for item in samples(FAMILY, "ai-insights"):
        ttl, valid = texts(item, "TTL", "validUntil")
        assert int(ttl) == datetime.fromisoformat(valid).timestamp()
        assert texts(item, "validUntilISO") == (valid,)
    for name in READS["ai-insights"]:
        assert "validUntilISO > :now" in str(FAMILY.patterns[name].filter)


def test_days_of_the_week_are_those_of_the_dates() -> None:
    for item in samples(FAMILY, "social-engagement"):
        timestamp, day, hour = texts(item, "timestamp", "dayOfWeek", "hourOfDay")
        assert datetime.fromisoformat(timestamp).strftime("%A %-H") == f"{day} {hour}"


def test_every_put_is_conditional() -> None:
    puts = [pattern for pattern in FAMILY.access_patterns if pattern.operation == "put"]
    assert {pattern.condition for pattern in puts} == {"attribute_not_exists(userId)"}
