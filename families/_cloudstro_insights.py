"""CloudStro: how posts are received, and what the AI makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tablekit.model import Attribute, Entity, Index, N, Retention, S, Table, one_of, put, query, update

_USER: Final = "user_12345"

ENGAGEMENT = Table(
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
            example={"userId": _USER, "platform_post_id": "1234567890"},
        ),
        query(
            "engagement-of-user",
            "The engagement with a user's posts between two times, both included",
            key="userId = :userId",
            filter="timestampISO BETWEEN :start AND :end",
            example={"userId": _USER, "start": "2025-09-20T00:00:00Z", "end": "2025-09-20T23:59:59Z"},
        ),
        put("record-engagement", "Store a measurement once", condition="attribute_not_exists(userId)"),
    ),
)

INSIGHTS = Table(
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
            example={"userId": _USER, "now": "2025-09-20T12:00:00Z"},
        ),
        query(
            "insights-by-type",
            "A user's insights of one type that are still valid",
            key="userId = :userId",
            filter="insightType = :insightType AND validUntilISO > :now",
            example={"userId": _USER, "insightType": "optimal_timing", "now": "2025-09-20T12:00:00Z"},
        ),
        query(
            "active-insights",
            "A user's insights that are active and still valid",
            key="userId = :userId",
            filter="validUntilISO > :now AND isActive = true",
            example={"userId": _USER, "now": "2025-09-20T12:00:00Z"},
        ),
        query(
            "high-confidence-insights",
            "All users' insights of one type above a confidence that are still valid",
            index="insightType-confidenceScore-index",
            key="insightType = :insightType AND confidenceScore > :confidenceScore",
            filter="validUntilISO > :now",
            example={
                "insightType": "content_strategy",
                "confidenceScore": Decimal("0.8"),
                "now": "2025-09-20T12:00:00Z",
            },
        ),
        put("store-insight", "Store a new insight, never over another", condition="attribute_not_exists(userId)"),
        update(
            "mark-insight-used",
            "Note that a user acted on an insight",
            key="userId = :userId AND insightId = :insightId",
            update="SET used = true",
            condition="attribute_exists(userId)",
            example={"userId": _USER, "insightId": "optimal_timing_1632140400_abc123"},
        ),
    ),
)
