"""CloudStro: posts, how they are received, and what the AI makes of them."""

from __future__ import annotations

from tablekit.model import (
    Attribute,
    Entity,
    Index,
    N,
    Retention,
    S,
    Table,
    batch_write,
    one_of,
    put,
    query,
    update,
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
    patterns=(
        query("posts-of-user", "A user's posts from all platforms", key="userId = :userId"),
        query(
            "posts-of-user-on-platform",
            "A user's posts from one platform",
            key="userId = :userId",
            filter="platform = :platform",
        ),
        query(
            "recent-posts-on-platform",
            "A user's posts from one platform since a time, out of all users' posts there, newest first",
            index="platform-createdAtISO-index",
            key="platform = :platform AND createdAtISO > :since",
            filter="userId = :userId",
            order="descending",
        ),
        query(
            "recent-posts-of-user",
            "A user's posts from all platforms since a time, which the platform index can't give",
            key="userId = :userId",
            filter="createdAtISO > :since",
        ),
        batch_write(
            "store-posts", "Store collected posts; one that is there is replaced by what its platform says now"
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
        Entity(name="engagement", keys={"userId": "{user_id}", "engagementId": "{platform_post_id}#{timestamp}"}),
    ),
    patterns=(
        query(
            "engagement-of-post",
            "A post's engagement over time, by the post's id on its platform",
            key="userId = :userId AND begins_with(engagementId, '{platform_post_id}#')",
        ),
        query(
            "engagement-of-user",
            "The engagement with a user's posts between two times, both included",
            key="userId = :userId",
            filter="timestampISO BETWEEN :start AND :end",
        ),
        put("record-engagement", "Store a measurement once", condition="attribute_not_exists(userId)"),
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
    patterns=(
        query(
            "insights-of-user",
            "A user's insights that are still valid",
            key="userId = :userId",
            filter="validUntilISO > :now",
        ),
        query(
            "insights-by-type",
            "A user's insights of one type that are still valid",
            key="userId = :userId",
            filter="insightType = :insightType AND validUntilISO > :now",
        ),
        query(
            "active-insights",
            "A user's insights that are active and still valid",
            key="userId = :userId",
            filter="validUntilISO > :now AND isActive = true",
        ),
        query(
            "high-confidence-insights",
            "All users' insights of one type above a confidence that are still valid",
            index="insightType-confidenceScore-index",
            key="insightType = :insightType AND confidenceScore > :confidenceScore",
            filter="validUntilISO > :now",
        ),
        put("store-insight", "Store a new insight, never over another", condition="attribute_not_exists(userId)"),
        update(
            "mark-insight-used",
            "Note that a user acted on an insight",
            key="userId = :userId AND insightId = :insightId",
            update="SET used = true",
            condition="attribute_exists(userId)",
        ),
    ),
)

TABLES = (_POSTS, _ENGAGEMENT, _INSIGHTS)
