"""ACS: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

from datetime import datetime

import pytest

from families.acs import FAMILY
from tests.support.samples import samples, texts


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


def test_users_and_first_emails_carry_what_their_indexes_need() -> None:
    first = samples(FAMILY, "Users")[0]
    assert texts(first, "responseEmail", "userId", "createdAt") == texts(first, "email", "id", "created_at")
    assert any("responseEmail" not in item for item in samples(FAMILY, "Users"))
    flags = [item["is_first_email"] for item in samples(FAMILY, "Conversations")]
    assert {"N": "1"} in flags
    assert {"N": "0"} in flags


def test_sessions_live_seven_days_by_ttl() -> None:
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
