"""CloudStro (document 004): social media accounts, posts, engagement and the AI's insights, by user.

Five tables, named `cloudstro-…`, in us-east-1. Every table's hash key is `userId`; the composite range keys are in
`entities`. The variables DYNAMODB_USERS_TABLE and so on are those that the names give by themselves.

What shaped it:
- the platform indexes and the one by insight type cross all users on few hash keys; what they can't serve is served
  from the user's own partition (ADR 0028);
- tokens are encrypted by the application, stand in no index, and are left out of lists (ADR 0028);
- engagement is keyed by the post's id on its platform, which is not the `postId` of social-posts (ADR 0029);
- insights are deleted by `TTL`, the second that `validUntil` names; times are text in UTC to the second (ADR 0022).
"""

from __future__ import annotations

from families._cloudstro_patterns import ACCESS_PATTERNS
from tablekit.model import Attribute, Entity, Family, Index, N, Retention, Role, S, Table, one_of

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
)

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
            include=(
                "id",
                "accountId",
                "accountName",
                "accountHandle",
                "profilePicture",
                "followerCount",
                "followingCount",
                "tokenExpiresAt",
                "isActive",
                "connectedAt",
                "lastSyncAt",
                "syncStatus",
                "permissions",
                "createdAt",
                "updatedAt",
                "accountType",
            ),
        ),
    ),
    attributes={
        "id": Attribute(type="S", note="userId#platform#accountId"),
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
    },
    secrets=("accessToken", "refreshToken"),
    entities=(
        Entity(
            name="social_account",
            keys={"userId": "{user_id}", "platformAccountId": "{platform}#{account_id}", "platform": "{platform}"},
        ),
    ),
)

_POSTS = Table(
    name="social-posts",
    purpose="Posts collected from every platform, with their analysis",
    hash_key=S("userId"),
    range_key=S("postId"),
    classification="pii",
    retention=Retention(reason="Until deleted; the document sets no end"),
    indexes=(
        Index(
            name="platform-createdAtISO-index",
            hash_key=S("platform"),
            range_key=S("createdAtISO"),
            purpose="A platform's posts by time, over all users",
        ),
    ),
    attributes={
        "id": Attribute(type="S", note="The post's id on its platform, as engagement has it in postId"),
        "content": "S",
        "authorId": "S",
        "authorName": "S",
        "authorHandle": "S",
        "url": "S",
        "engagement": "M",
        "engagementRate": "N",
        "media": "L",
        "hashtags": "L",
        "mentions": "L",
        "sentiment": one_of("positive", "negative", "neutral"),
        "aiAnalysis": "M",
        "createdAt": "S",
        "fetchedAt": "S",
        "isOwn": "BOOL",
        "postType": one_of("social_media_post"),
        "hasMedia": "BOOL",
        "engagementScore": "N",
    },
    entities=(
        Entity(
            name="social_post",
            keys={"userId": "{user_id}", "postId": "{platform}#{platform_post_id}", "platform": "{platform}"},
        ),
    ),
)

_ENGAGEMENT = Table(
    name="social-engagement",
    purpose="A post's likes, shares, comments and views, measured again and again",
    hash_key=S("userId"),
    range_key=S("engagementId"),
    classification="confidential",
    retention=Retention(reason="Until deleted; the document sets no end"),
    attributes={
        "postId": Attribute(type="S", note="The post's id on its platform: no platform# before it"),
        "platform": "S",
        "likes": "N",
        "shares": "N",
        "comments": "N",
        "views": "N",
        "clickThroughRate": "N",
        "reachRate": "N",
        "timestamp": "S",
        "hourOfDay": Attribute(type="N", note="0 to 23"),
        "dayOfWeek": one_of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "contentType": one_of("text_post", "image_post", "video_post"),
        "hasHashtags": "BOOL",
        "hashtagCount": "N",
        "characterCount": "N",
        "engagementVelocity": "M",
        "timestampISO": "S",
        "engagementType": one_of("social_media_engagement"),
    },
    entities=(
        Entity(
            name="engagement",
            keys={"userId": "{user_id}", "engagementId": "{platform_post_id}#{timestamp}"},
        ),
    ),
)

_INSIGHTS = Table(
    name="ai-insights",
    purpose="What the AI recommends to a user, for as long as it is valid",
    hash_key=S("userId"),
    range_key=S("insightId"),
    ttl="TTL",
    classification="confidential",
    retention=Retention(reason="Until validUntil, by TTL: seven days in the example, the generator's choice for each"),
    indexes=(
        Index(
            name="insightType-confidenceScore-index",
            hash_key=S("insightType"),
            range_key=N("confidenceScore"),
            purpose="Insights of one type by confidence, over all users",
        ),
    ),
    attributes={
        "type": "S",
        "platform": "S",
        "confidence": Attribute(type="N", note="0 to 1"),
        "recommendation": "S",
        "reasoning": "S",
        "data": "M",
        "generatedAt": "S",
        "validUntil": "S",
        "isActive": "BOOL",
        "used": "BOOL",
        "metadata": "M",
        "generatedAtISO": "S",
        "validUntilISO": "S",
        "recordType": one_of("ai_insight"),
        "TTL": Attribute(type="N", note="validUntil in Unix seconds"),
    },
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
    tables=(_USERS, _ACCOUNTS, _POSTS, _ENGAGEMENT, _INSIGHTS),
    access_patterns=ACCESS_PATTERNS,
    roles=(
        Role(name="app", purpose="The CloudStro backend: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis: every read", access="read-only"),
    ),
)
