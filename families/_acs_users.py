"""ACS: users and their sessions."""

from __future__ import annotations

from tablekit.model import Attribute, Index, Retention, S, Table, get, one_of, put, query, update

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
    patterns=(
        get("user", "A user by id", key="id = :id"),
        query(
            "user-by-email",
            "The user who signs in, by response address",
            index="responseEmail-index",
            key="responseEmail = :responseEmail",
        ),
        query(
            "activity-of-user",
            "A user's items since a time, oldest first",
            index="userId-createdAt-index",
            key="userId = :userId AND createdAt >= :since",
        ),
        put("create-user", "Store a new user, never over another", condition="attribute_not_exists(id)"),
        update(
            "set-user-preferences",
            "Change what a user is notified of and answered by",
            key="id = :id",
            update="SET preferences = :preferences, updated_at = :updated_at",
            condition="attribute_exists(id)",
        ),
        update(
            "set-user-status",
            "Activate, deactivate or suspend a user",
            key="id = :id",
            update="SET status = :status, updated_at = :updated_at",
            condition="attribute_exists(id)",
        ),
        query(
            "user-through-index",
            "By id, through the index that repeats the table's key; the table gives the same for less",
            index="id-index",
            key="id = :id",
        ),
    ),
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
    patterns=(
        query(
            "active-session",
            "A session by id while it is active; a query, since a get can't leave out an expired one",
            key="session_id = :session_id",
            filter="is_active = true AND expires_at > :now",
        ),
        query(
            "active-sessions-of-user",
            "A user's active sessions",
            index="user_id-index",
            key="user_id = :user_id",
            filter="is_active = true AND expires_at > :now",
        ),
        put("create-session", "Store a new session, never over another", condition="attribute_not_exists(session_id)"),
        update(
            "record-session-activity",
            "Note that an active session was used",
            key="session_id = :session_id",
            update="SET last_activity = :last_activity",
            condition="is_active = true AND expires_at > :last_activity",
        ),
        update(
            "end-session",
            "Sign a session out",
            key="session_id = :session_id",
            update="SET is_active = false",
            condition="attribute_exists(session_id)",
        ),
    ),
)

TABLES = (_USERS, _SESSIONS)
