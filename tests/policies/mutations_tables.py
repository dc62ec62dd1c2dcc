"""Mutations of tables and their indexes."""

from __future__ import annotations

from policies.resource import TABLE
from tests.policies.mutate import (
    FORMS,
    KEYWORDS,
    LOCKS,
    PIPELINE,
    POSTS,
    USERS,
    Broken,
    Change,
    Mutations,
    add,
    as_it_is,
    both,
    drop,
    option,
    put,
    table,
)

TABLES: Mutations = {
    "table-recovery": [
        Broken(USERS, put("pointInTimeRecovery/enabled", False), "is off"),
        Broken(USERS, drop("pointInTimeRecovery"), "is off", "dev"),
    ],
    "table-recovery-window": [
        Broken(FORMS, put("pointInTimeRecovery/recoveryPeriodInDays", 1), "1 days; allowed are 14 to 35"),
    ],
    "table-deletion-protection": [
        Broken(LOCKS, put("deletionProtectionEnabled", False), "deletionProtectionEnabled is false"),
    ],
    "table-protect": [
        Broken(USERS, option(protect=False), "protect is false"),
    ],
    "table-encryption": [
        Broken(USERS, drop("serverSideEncryption"), "enabled is false"),
    ],
    "table-customer-key": [
        Broken(USERS, as_it_is, "holds pii"),
    ],
    "table-billing": [
        Broken(USERS, drop("billingMode"), "PROVISIONED in stage dev", "dev"),
        Broken(POSTS, put("billingMode", "PROVISIONED"), "PAY_PER_REQUEST", "dev"),
    ],
    "table-autoscaling": [
        Broken(POSTS, put("billingMode", "PROVISIONED"), "no autoscaling target raises its read capacity"),
    ],
    "table-tags": [
        Broken(USERS, drop("tags/owner"), "no tag 'owner'"),
        Broken(KEYWORDS, drop("tags"), "no tag 'family'", "local"),
        Broken(USERS, put("tags/family", "pse"), "it must be 'acs'"),
        Broken(USERS, put("tags/data-classification", "internal"), "it must be 'pii'"),
    ],
    "table-name": [
        Broken(KEYWORDS, put("name", "pse-keyword-intelligence"), "dev-", "dev"),
        Broken(USERS, put("name", "pse-Users"), "within the prefix 'pse-'"),
        Broken(
            table("other"),
            add(
                TABLE,
                "other",
                {"name": "cloudstro-other", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}]},
            ),
            "within the prefix 'cloudstro-'",
        ),
    ],
    "table-region": [
        Broken(KEYWORDS, put("region", "eu-central-1"), "is in eu-central-1"),
    ],
    "table-retention": [
        Broken(PIPELINE, drop("ttl"), "TTL is on no attribute"),
        Broken(PIPELINE, put("ttl/enabled", False), "promises 90 days", "dev"),
        Broken(PIPELINE, put("ttl/attributeName", "expires"), "on expires"),
    ],
    "table-ttl-key": [
        Broken(PIPELINE, put("ttl/attributeName", "contentId"), "'contentId', a key"),
    ],
    "table-keys": [
        Broken(PIPELINE, put("hashKey", "jobId"), "declared as 'contentId'"),
        Broken(PIPELINE, put("attributes/0/type", "N"), "has type N"),
    ],
    "table-limits": [
        Broken(
            PIPELINE,
            put("attributes", [{"name": "contentId", "type": "S"}, {"name": "title", "type": "S"}]),
            "'title' is listed and no key",
        ),
        Broken(PIPELINE, put("name", "ab"), "3 to 255"),
        Broken(USERS, put("tags", {f"tag-{count}": "x" for count in range(51)}), "51 tags", "local"),
    ],
    "table-stream": [
        Broken(FORMS, both(drop("streamEnabled"), drop("streamViewType")), "is off"),
        Broken(FORMS, put("streamViewType", "KEYS_ONLY"), "NEW_AND_OLD_IMAGES", "dev"),
    ],
    "table-ignored-changes": [
        Broken(USERS, option(ignore_changes=("pointInTimeRecovery.enabled",)), "ignoreChanges has"),
    ],
}

_GSI = {"keySchemas": [{"attributeName": "spare", "keyType": "HASH"}], "projectionType": "ALL"}


def more_indexes(count: int) -> Change:
    return put("globalSecondaryIndexes", [{**_GSI, "name": f"spare-{place}"} for place in range(count)])


INDEXES: Mutations = {
    "index-declared": [
        Broken(USERS, drop("globalSecondaryIndexes/0"), "has no index"),
        Broken(
            FORMS,
            put("globalSecondaryIndexes/0/keySchemas", [{"attributeName": "SK", "keyType": "HASH"}]),
            "declared are GSI1PK, GSI1SK",
        ),
        Broken(USERS, put("globalSecondaryIndexes/0/projectionType", "KEYS_ONLY"), "projects KEYS_ONLY"),
        Broken(LOCKS, more_indexes(1), "'spare-0' is not declared", "dev"),
    ],
    "index-unused": [
        Broken(FORMS, as_it_is, "'GSI3'"),
    ],
    "index-repeats-key": [
        Broken(
            LOCKS,
            put(
                "globalSecondaryIndexes",
                [{"name": "again", "keySchemas": [{"attributeName": "job_id", "keyType": "HASH"}]}],
            ),
            "keyed by job_id, as the table is",
        ),
    ],
    "index-projection": [
        Broken(
            table("cloudstro-social-accounts"), put("globalSecondaryIndexes/0/projectionType", "ALL"), "project ALL"
        ),
    ],
    "index-secrets": [
        Broken(
            table("cloudstro-social-accounts"),
            put("globalSecondaryIndexes/0/projectionType", "ALL"),
            "the secret 'accessToken'",
        ),
    ],
    "index-limits": [
        Broken(LOCKS, more_indexes(21), "21 global secondary indexes; at most 20"),
        Broken(
            LOCKS,
            put("globalSecondaryIndexes", [{**_GSI, "name": "wide", "nonKeyAttributes": [f"a{n}" for n in range(21)]}]),
            "21 non-key attributes",
        ),
    ],
}
