"""CloudStro (document 004): social media accounts, posts, engagement and the AI's insights, by user.

Five tables, named `cloudstro-…`, in us-east-1. Every table's hash key is `userId`; the composite range keys are in
`entities`. The variables DYNAMODB_USERS_TABLE and so on are those that the names give by themselves.

What shaped it:
- the platform indexes and the one by insight type cross all users on few hash keys; what they can't serve is served
  from the user's own partition (ADR 0028);
- tokens are encrypted by the application, stand in no index, and are left out of lists (ADR 0028); `readonly` can't
  read them (ADR 0061);
- engagement is keyed by the post's id on its platform, which is not the `postId` of social-posts (ADR 0029);
- insights are deleted by `TTL`, the second that `validUntil` names; times are text in UTC to the second (ADR 0022).
"""

from __future__ import annotations

from typing import Final

from families import _cloudstro_posts
from tablekit.model import (
    Attribute,
    Entity,
    Family,
    Index,
    Retention,
    Role,
    S,
    Table,
    get,
    one_of,
    put,
    query,
    update,
)

_USERS = Table(
    name="users",
    purpose="User profiles, with what each asks of the AI",
    hash_key=S("userId"),
    range_key=S("recordType"),
    classification="pii",
    retention=Retention(reason="For the life of the account; the document sets no end"),
    indexes=(Index(name="email-index", hash_key=S("email"), range_key=S("userId"), purpose="A user by e-mail"),),
    attributes={
        "recordType": one_of("USER_PROFILE"),
        "username": Attribute(type="S", note="Unique by the document; no key or index makes it so"),
        "fullName": "S",
        "avatar": "S",
        "subscription": one_of("premium", "basic", "free"),
        "socialAccountsConnected": "L",
        "aiPreferences": "M",
        "createdAt": "S",
        "updatedAt": "S",
        "isActive": "BOOL",
        "lastLoginAt": "S",
        "accountType": one_of("USER_ACCOUNT"),
        "status": one_of("active", "inactive"),
    },
    entities=(Entity(name="user_profile", keys={"userId": "{user_id}", "recordType": "USER_PROFILE"}),),
    patterns=(
        get("user-profile", "A user's profile", key="userId = :userId AND recordType = 'USER_PROFILE'"),
        query("user-by-email", "The user with an e-mail address", index="email-index", key="email = :email"),
        put("create-user", "Store a new user, never over another", condition="attribute_not_exists(userId)"),
        update(
            "record-login",
            "Note when a user last signed in",
            key="userId = :userId AND recordType = 'USER_PROFILE'",
            update="SET lastLoginAt = :lastLoginAt",
            condition="attribute_exists(userId)",
        ),
        update(
            "set-ai-preferences",
            "Change what a user asks of the AI",
            key="userId = :userId AND recordType = 'USER_PROFILE'",
            update="SET aiPreferences = :aiPreferences, updatedAt = :updatedAt",
            condition="attribute_exists(userId)",
        ),
    ),
)

_TOKENS: Final = ("accessToken", "refreshToken")
_ACCOUNT_ATTRIBUTES: Final = {
    "id": Attribute(type="S", note="userId#platform#accountId"),
    "platform": "S",
    "accountId": "S",
    "accountName": "S",
    "accountHandle": "S",
    "profilePicture": "S",
    "followerCount": "N",
    "followingCount": "N",
    "accessToken": Attribute(type="S", note="Encrypted by the application before it is stored"),
    "refreshToken": Attribute(type="S", note="Encrypted by the application before it is stored"),
    "tokenExpiresAt": "S",
    "isActive": "BOOL",
    "connectedAt": "S",
    "lastSyncAt": "S",
    "syncStatus": one_of("active", "error", "paused"),
    "permissions": "L",
    "platformSpecificData": Attribute(type="M", note="Whatever a platform gives, and so in no index"),
    "createdAt": "S",
    "updatedAt": "S",
    "accountStatus": one_of("active", "inactive"),
    "accountType": one_of("social_media"),
}
_LISTED: Final = tuple(name for name in _ACCOUNT_ATTRIBUTES if name not in _TOKENS)
"""What lists of accounts show: all but the tokens."""

_ACCOUNTS = Table(
    name="social-accounts",
    purpose="The social media accounts that users have connected",
    hash_key=S("userId"),
    range_key=S("platformAccountId"),
    classification="pii",
    retention=Retention(reason="While the account is connected; the document sets no end"),
    indexes=(
        Index(
            name="platform-accountStatus-index",
            hash_key=S("platform"),
            range_key=S("accountStatus"),
            purpose="A platform's accounts in one status, over all users",
            projection="INCLUDE",
            include=tuple(n for n in _LISTED if n not in ("platform", "accountStatus", "platformSpecificData")),
        ),
    ),
    attributes=_ACCOUNT_ATTRIBUTES,
    secrets=_TOKENS,
    entities=(
        Entity(
            name="social_account",
            keys={"userId": "{user_id}", "platformAccountId": "{platform}#{account_id}", "platform": "{platform}"},
        ),
    ),
    patterns=(
        query(
            "accounts-of-user",
            "The accounts that a user has connected, without tokens",
            key="userId = :userId",
            projection=("userId", "platformAccountId", *_LISTED),
        ),
        get(
            "account-of-user",
            "One account of a user, with its tokens, for who acts in the user's name",
            key="userId = :userId AND platformAccountId = :platformAccountId",
        ),
        query(
            "accounts-on-platform",
            "All users' accounts on a platform in one status, without tokens",
            index="platform-accountStatus-index",
            key="platform = :platform AND accountStatus = :accountStatus",
        ),
        put(
            "create-account",
            "Connect an account, never over one that is connected",
            condition="attribute_not_exists(userId)",
        ),
        update(
            "refresh-account-tokens",
            "Store an account's new tokens, encrypted",
            key="userId = :userId AND platformAccountId = :platformAccountId",
            update="SET accessToken = :accessToken, refreshToken = :refreshToken, tokenExpiresAt = :tokenExpiresAt, "
            "updatedAt = :updatedAt",
            condition="attribute_exists(userId)",
        ),
        update(
            "record-account-sync",
            "Note how an account's last synchronisation went",
            key="userId = :userId AND platformAccountId = :platformAccountId",
            update="SET lastSyncAt = :lastSyncAt, syncStatus = :syncStatus, followerCount = :followerCount, "
            "followingCount = :followingCount",
            condition="attribute_exists(userId)",
        ),
        update(
            "set-account-status",
            "Activate or deactivate an account, in the index too",
            key="userId = :userId AND platformAccountId = :platformAccountId",
            update="SET isActive = :isActive, accountStatus = :accountStatus, updatedAt = :updatedAt",
            condition="attribute_exists(userId)",
        ),
    ),
)

FAMILY = Family(
    key="cloudstro",
    title="CloudStro",
    document="004 Complete DynamoDB Schema for CloudStro AI Social Media System",
    table_name="cloudstro-{table}",
    region="us-east-1",
    owner="cloudstro-team",
    cost_centre="cloudstro",
    tags={"system": "CloudStro"},
    tables=(_USERS, _ACCOUNTS, *_cloudstro_posts.TABLES),
    roles=(
        Role(name="app", purpose="The CloudStro backend: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis: every read but the tokens", access="read-only"),
    ),
)
