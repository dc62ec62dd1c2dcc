"""ACS against its document: keys, indexes and TTL are typed here from the document, not taken from the family."""

from __future__ import annotations

from datetime import datetime

import pytest

from families.acs import FAMILY
from tests.support.samples import samples, texts
from tests.support.shape import Shape, shape

DESIGNED: Shape = {
    "Users": (
        "id:S",
        None,
        {
            "id-index": "id:S",
            "responseEmail-index": "responseEmail:S",
            "userId-createdAt-index": "userId:S createdAt:S",
        },
    ),
    "Conversations": (
        "conversation_id:S response_id:S",
        None,
        {
            "associated_account-index": "associated_account:S",
            "associated_account-is_first_email-index": "associated_account:S is_first_email:N",
            "conversation_id-index": "conversation_id:S",
            "message_id-index": "message_id:S",
            "response_id-index": "response_id:S",
        },
    ),
    "Threads": (
        "conversation_id:S",
        None,
        {"associated_account": "associated_account:S", "conversation_id-index": "conversation_id:S"},
    ),
    "Organizations": ("organization_id:S", None, {}),
    "OrganizationMembers": ("organization_id:S user_id:S", None, {"user_id-index": "user_id:S"}),
    "OrganizationInvites": (
        "invite_id:S timestamp:S",
        None,
        {
            "email-index": "email:S",
            "invite_token-index": "invite_token:S",
            "organization_id-index": "organization_id:S",
        },
    ),
    "Sessions": ("session_id:S", "ttl", {"user_id-index": "user_id:S"}),  # the index is ours
    "RL_AI": ("associated_account:S", None, {"associated_account-index": "associated_account:S"}),
    "RL_AWS": ("associated_account:S", None, {"associated_account-index": "associated_account:S"}),
    "EVDataCollection": ("conversation_id:S", None, {"conversation_id-index": "conversation_id:S"}),
    "LLMDataCollection": ("conversation_id:S", None, {"conversation_id-index": "conversation_id:S"}),
    "LLMReportData": ("report_id:S", None, {"report_id-index": "report_id:S"}),
    "Invocations": ("id:S", None, {"associated_account-index": "associated_account:S", "id-index": "id:S"}),
}
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
QUERIES = {
    "user-by-email": ("Users", "responseEmail-index", "responseEmail = :responseEmail", None),
    "messages-in-conversation": ("Conversations", None, "conversation_id = :conversation_id", None),
    "conversations-of-account": (
        "Conversations",
        "associated_account-index",
        "associated_account = :associated_account",
        None,
    ),
    "active-sessions-of-user": (
        "Sessions",
        "user_id-index",
        "user_id = :user_id",
        "is_active = true AND expires_at > :now",
    ),
}
PATTERNS = """
    user-by-email activity-of-user active-sessions-of-user organizations-of-user invites-by-email
    invite-by-token invites-of-organization messages-in-conversation conversations-of-account
    first-emails-of-account follow-up-emails-of-account message-by-message-id message-by-response-id
    threads-of-account invocations-of-account user-through-index conversation-through-index thread-through-index
    ai-rate-limit-through-index aws-rate-limit-through-index ev-data-through-index llm-data-through-index
    llm-report-through-index invocation-through-index
"""
"""The access patterns that the document has."""


def test_the_documents_access_patterns_are_there() -> None:
    assert not set(PATTERNS.split()) - FAMILY.patterns.keys()


def test_counts() -> None:
    assert len(FAMILY.tables) == 13
    assert sum(len(table.indexes) for table in FAMILY.tables) == 22
    assert len(FAMILY.access_patterns) == 73
    assert len(PATTERNS.split()) == 24


def test_tables_and_indexes() -> None:
    assert shape(FAMILY) == DESIGNED


def test_enumerations() -> None:
    declared = {
        f"{table.name}.{name}": "|".join(attribute.values)
        for table in FAMILY.tables
        for name, attribute in table.attributes.items()
        if attribute.values
    }
    assert declared == ENUMERATIONS


def test_every_index_has_a_pattern() -> None:
    assert FAMILY.unused_indexes() == ()


@pytest.mark.parametrize(("name", "query"), QUERIES.items())
def test_the_four_documented_queries(name: str, query: tuple[str, str | None, str, str | None]) -> None:
    pattern = FAMILY.patterns[name]
    assert (pattern.table, pattern.index, pattern.key, pattern.filter) == query
    assert name in PATTERNS.split()


def test_names_carry_the_stage_in_every_stage() -> None:
    assert FAMILY.table_name_for("Users", "prod") == "acsd2p-prod-Users"
    assert FAMILY.table_name_for("RL_AI", "dev") == "acsd2p-dev-RL_AI"
    assert FAMILY.region is None


def test_first_email_flag_is_a_number_in_the_samples() -> None:
    values = [item["is_first_email"] for item in samples(FAMILY, "Conversations")]
    assert {"N": "1"} in values
    assert {"N": "0"} in values


def test_users_carry_what_their_indexes_need() -> None:
    first = samples(FAMILY, "Users")[0]
    assert texts(first, "responseEmail", "userId", "createdAt") == texts(first, "email", "id", "created_at")
    assert any("responseEmail" not in item for item in samples(FAMILY, "Users"))


def test_sessions_live_seven_days_by_ttl() -> None:
    assert FAMILY.table("Sessions").retention.days == 7
    for item in samples(FAMILY, "Sessions"):
        created, expires, ttl = texts(item, "created_at", "expires_at", "ttl")
        assert int(ttl) == datetime.fromisoformat(expires).timestamp()
        assert (datetime.fromisoformat(expires) - datetime.fromisoformat(created)).days == 7


def test_no_other_table_expires() -> None:
    assert [table.name for table in FAMILY.tables if table.ttl or table.retention.days] == ["Sessions"]


def test_invite_tokens_stand_in_their_own_index_only() -> None:
    invites = FAMILY.table("OrganizationInvites")
    holding = [
        index.name
        for index in invites.indexes
        if (projected := invites.projected(index)) is None or "invite_token" in projected
    ]
    assert holding == ["invite_token-index"]


@pytest.mark.parametrize("name", ["accept-invite", "cancel-invite", "expire-invite"])
def test_an_invite_changes_only_while_it_is_pending(name: str) -> None:
    pattern = FAMILY.patterns[name]
    assert pattern.key == "invite_id = :invite_id AND timestamp = :timestamp"
    assert str(pattern.condition).startswith("status = 'pending'")


@pytest.mark.parametrize("name", ["record-ev-data", "record-llm-data"])
def test_collections_are_overwritten(name: str) -> None:
    assert FAMILY.patterns[name].operation == "put"
    assert FAMILY.patterns[name].condition is None


def test_every_other_put_is_conditional() -> None:
    bare = [p.name for p in FAMILY.access_patterns if p.operation == "put" and p.condition is None]
    assert bare == ["record-ev-data", "record-llm-data"]


def test_no_pattern_scans() -> None:
    assert [pattern.name for pattern in FAMILY.access_patterns if pattern.operation == "scan"] == []
