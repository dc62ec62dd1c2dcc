"""ACS: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

from datetime import datetime

import pytest

from families.acs import FAMILY
from tests.support.samples import samples, texts

ENUMERATIONS = {
    "Users.status": "active|inactive|suspended",
    "Users.role": "admin|user|member",
    "Conversations.status": "received|processed|responded|scheduled",
    "Threads.status": "active|closed|archived",
    "Organizations.status": "active|inactive|suspended",
    "OrganizationMembers.role": "owner|admin|member|viewer",
    "OrganizationMembers.status": "active|inactive|pending",
    "OrganizationInvites.role": "member|admin",
    "OrganizationInvites.status": "pending|accepted|expired|cancelled",
    "Invocations.status": "success|error|timeout",
}


def test_enumerations() -> None:
    declared = {
        f"{table.name}.{name}": "|".join(attribute.values)
        for table in FAMILY.tables
        for name, attribute in table.attributes.items()
        if attribute.values
    }
    assert declared == ENUMERATIONS


@pytest.mark.parametrize(
    ("name", "table", "index", "key", "filtered"),
    [
        ("user-by-email", "Users", "responseEmail-index", "responseEmail", None),
        ("messages-in-conversation", "Conversations", None, "conversation_id", None),
        ("conversations-of-account", "Conversations", "associated_account-index", "associated_account", None),
        (
            "active-sessions-of-user",
            "Sessions",
            "user_id-index",
            "user_id",
            "is_active = true AND expires_at > :now",
        ),
    ],
)
def test_the_four_documented_queries(name: str, table: str, index: str | None, key: str, filtered: str | None) -> None:
    pattern = FAMILY.patterns[name]
    assert (pattern.table, pattern.index, pattern.key, pattern.filter) == (table, index, f"{key} = :{key}", filtered)


def test_first_email_flag_is_a_number_in_the_samples() -> None:
    values = [item["is_first_email"] for item in samples(FAMILY, "Conversations")]
    assert {"N": "1"} in values
    assert {"N": "0"} in values


def test_users_carry_what_their_indexes_need() -> None:
    first = samples(FAMILY, "Users")[0]
    assert texts(first, "responseEmail", "userId", "createdAt") == texts(first, "email", "id", "created_at")
    assert any("responseEmail" not in item for item in samples(FAMILY, "Users"))


def test_sessions_live_seven_days_by_ttl_and_nothing_else_expires() -> None:
    kept = {table.name: table.retention.days for table in FAMILY.tables if table.ttl or table.retention.days}
    assert kept == {"Sessions": 7}
    for item in samples(FAMILY, "Sessions"):
        created, expires, ttl = texts(item, "created_at", "expires_at", "ttl")
        assert int(ttl) == datetime.fromisoformat(expires).timestamp()
        assert (datetime.fromisoformat(expires) - datetime.fromisoformat(created)).days == 7


def test_invite_tokens_stand_in_their_own_index_only() -> None:
    invites = FAMILY.table("OrganizationInvites")
    projected = {index.name: invites.projected(index) for index in invites.indexes}
    assert [name for name, held in projected.items() if held is None or "invite_token" in held] == [
        "invite_token-index"
    ]


@pytest.mark.parametrize("name", ["accept-invite", "cancel-invite", "expire-invite"])
def test_an_invite_changes_only_while_it_is_pending(name: str) -> None:
    pattern = FAMILY.patterns[name]
    assert pattern.key == "invite_id = :invite_id AND timestamp = :timestamp"
    assert str(pattern.condition).startswith("status = 'pending'")


def test_every_put_but_those_of_collections_is_conditional_and_no_pattern_scans() -> None:
    bare = [p.name for p in FAMILY.access_patterns if p.operation == "put" and p.condition is None]
    assert bare == ["record-ev-data", "record-llm-data"]
    assert "scan" not in {pattern.operation for pattern in FAMILY.access_patterns}
