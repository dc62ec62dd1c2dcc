"""ACS: users and their sessions."""

from __future__ import annotations

from families import _acs_examples as example
from tablekit.model import AccessPattern, Attribute, Index, Retention, S, Table, one_of

_USERS = Table(
    name="Users",
    purpose="User accounts and profiles",
    hash_key=S("id"),
    classification="pii",
    retention=Retention(reason="For the life of the account; the document sets no end"),
    indexes=(
        Index(name="id-index", hash_key=S("id"), purpose="A user by id (repeats the table's key)"),
        Index(name="responseEmail-index", hash_key=S("responseEmail"), purpose="A user by response address"),
        Index(
            name="userId-createdAt-index",
            hash_key=S("userId"),
            range_key=S("createdAt"),
            purpose="What a user did, in order of time",
        ),
    ),
    attributes={
        "email": "S",
        "name": "S",
        "created_at": "S",
        "updated_at": "S",
        "status": one_of("active", "inactive", "suspended"),
        "preferences": "M",
        "organization_id": "S",
        "role": one_of("admin", "user", "member"),
        "responseEmail": Attribute(type="S", note="Not in the data model; only users who carry it are found by it"),
        "userId": Attribute(type="S", note="Not in the data model; only items that carry it are in the index"),
        "createdAt": Attribute(type="S", note="Not in the data model; beside created_at, for the index"),
    },
)

_SESSIONS = Table(
    name="Sessions",
    purpose="Signed-in sessions, which expire by themselves",
    hash_key=S("session_id"),
    ttl="ttl",
    classification="pii",
    retention=Retention(days=7, reason="A session lives 7 days: ttl is the second that expires_at names"),
    indexes=(
        Index(
            name="user_id-index",
            hash_key=S("user_id"),
            purpose="The sessions of a user, which the document queries without an index",
            documented=False,
        ),
    ),
    attributes={
        "account_id": "S",
        "created_at": "S",
        "last_activity": "S",
        "expires_at": "S",
        "ttl": "N",
        "ip_address": "S",
        "user_agent": "S",
        "is_active": "BOOL",
        "metadata": "M",
    },
)

TABLES = (_USERS, _SESSIONS)

_USER_PATTERNS = (
    AccessPattern(
        name="user",
        purpose="A user by id",
        table="Users",
        operation="get",
        key="id = :id",
        example={"id": example.USER},
        documented=False,
    ),
    AccessPattern(
        name="user-by-email",
        purpose="The user who signs in, by response address",
        table="Users",
        operation="query",
        index="responseEmail-index",
        key="responseEmail = :responseEmail",
        example={"responseEmail": "user@example.com"},
    ),
    AccessPattern(
        name="activity-of-user",
        purpose="A user's items since a time, oldest first",
        table="Users",
        operation="query",
        index="userId-createdAt-index",
        key="userId = :userId AND createdAt >= :since",
        example={"userId": example.USER, "since": "2024-01-01T00:00:00Z"},
    ),
    AccessPattern(
        name="create-user",
        purpose="Store a new user, never over another",
        table="Users",
        operation="put",
        condition="attribute_not_exists(id)",
        documented=False,
    ),
    AccessPattern(
        name="set-user-preferences",
        purpose="Change what a user is notified of and answered by",
        table="Users",
        operation="update",
        key="id = :id",
        update="SET preferences = :preferences, updated_at = :updated_at",
        condition="attribute_exists(id)",
        example={
            "id": example.USER,
            "preferences": {"email_notifications": True, "ai_auto_response": True},
            "updated_at": "2024-01-01T00:00:00Z",
        },
        documented=False,
    ),
    AccessPattern(
        name="set-user-status",
        purpose="Activate, deactivate or suspend a user",
        table="Users",
        operation="update",
        key="id = :id",
        update="SET status = :status, updated_at = :updated_at",
        condition="attribute_exists(id)",
        example={"id": example.OTHER_USER, "status": "suspended", "updated_at": "2024-01-02T00:00:00Z"},
        documented=False,
    ),
)

_SESSION_PATTERNS = (
    AccessPattern(
        name="active-session",
        purpose="A session by id while it is active; a query, since a get can't leave out an expired one",
        table="Sessions",
        operation="query",
        key="session_id = :session_id",
        filter="is_active = true AND expires_at > :now",
        example={"session_id": example.SESSION, "now": "2024-01-01T12:00:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="active-sessions-of-user",
        purpose="A user's active sessions",
        table="Sessions",
        operation="query",
        index="user_id-index",
        key="user_id = :user_id",
        filter="is_active = true AND expires_at > :now",
        example={"user_id": example.USER, "now": "2024-01-01T12:00:00Z"},
    ),
    AccessPattern(
        name="create-session",
        purpose="Store a new session, never over another",
        table="Sessions",
        operation="put",
        condition="attribute_not_exists(session_id)",
        documented=False,
    ),
    AccessPattern(
        name="record-session-activity",
        purpose="Note that an active session was used",
        table="Sessions",
        operation="update",
        key="session_id = :session_id",
        update="SET last_activity = :last_activity",
        condition="is_active = true AND expires_at > :last_activity",
        example={"session_id": example.SESSION, "last_activity": "2024-01-01T00:30:00Z"},
        documented=False,
    ),
    AccessPattern(
        name="end-session",
        purpose="Sign a session out",
        table="Sessions",
        operation="update",
        key="session_id = :session_id",
        update="SET is_active = false",
        condition="attribute_exists(session_id)",
        example={"session_id": example.OTHER_SESSION},
        documented=False,
    ),
)

ACCESS_PATTERNS = (*_USER_PATTERNS, *_SESSION_PATTERNS)
