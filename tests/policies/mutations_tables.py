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
    Change,
    Mutation,
    add,
    as_it_is,
    both,
    drop,
    option,
    put,
    table,
)

TABLES = (
    Mutation("recovery off", "table-recovery", USERS, put("pointInTimeRecovery/enabled", False), "is off"),
    Mutation("no recovery block", "table-recovery", USERS, drop("pointInTimeRecovery"), "is off", stage="dev"),
    Mutation(
        "a day's window",
        "table-recovery-window",
        FORMS,
        put("pointInTimeRecovery/recoveryPeriodInDays", 1),
        "1 days; allowed are 14 to 35",
    ),
    Mutation(
        "deletion protection off",
        "table-deletion-protection",
        LOCKS,
        put("deletionProtectionEnabled", False),
        "deletionProtectionEnabled is false",
    ),
    Mutation("not protected", "table-protect", USERS, option(protect=False), "protect is false"),
    Mutation("DynamoDB's own key", "table-encryption", USERS, drop("serverSideEncryption"), "enabled is false"),
    Mutation(
        "the AWS-managed key",
        "table-customer-key",
        USERS,
        as_it_is,
        "holds pii",
        level="advisory",
    ),
    Mutation("no mode", "table-billing", USERS, drop("billingMode"), "PROVISIONED in stage dev", stage="dev"),
    Mutation(
        "provisioned in dev", "table-billing", POSTS, put("billingMode", "PROVISIONED"), "PAY_PER_REQUEST", stage="dev"
    ),
    Mutation(
        "provisioned without autoscaling",
        "table-autoscaling",
        POSTS,
        put("billingMode", "PROVISIONED"),
        "no autoscaling target raises its read capacity",
    ),
    Mutation("no owner", "table-tags", USERS, drop("tags/owner"), "no tag 'owner'"),
    Mutation("no tags", "table-tags", KEYWORDS, drop("tags"), "no tag 'family'", stage="local"),
    Mutation("another's tag", "table-tags", USERS, put("tags/family", "pse"), "it must be 'acs'"),
    Mutation(
        "understated class",
        "table-tags",
        USERS,
        put("tags/data-classification", "internal"),
        "it must be 'pii'",
    ),
    Mutation("prod's name in dev", "table-name", KEYWORDS, put("name", "pse-keyword-intelligence"), "dev-", "dev"),
    Mutation("another family's name", "table-name", USERS, put("name", "pse-Users"), "within the prefix 'pse-'"),
    Mutation(
        "a name within a prefix",
        "table-name",
        table("other"),
        add(TABLE, "other", {"name": "cloudstro-other", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}]}),
        "within the prefix 'cloudstro-'",
    ),
    Mutation("another region", "table-region", KEYWORDS, put("region", "eu-central-1"), "is in eu-central-1"),
    Mutation("no TTL", "table-retention", PIPELINE, drop("ttl"), "TTL is on no attribute"),
    Mutation("TTL disabled", "table-retention", PIPELINE, put("ttl/enabled", False), "promises 90 days", "dev"),
    Mutation("another TTL attribute", "table-retention", PIPELINE, put("ttl/attributeName", "expires"), "on expires"),
    Mutation("TTL on a key", "table-ttl-key", PIPELINE, put("ttl/attributeName", "contentId"), "'contentId', a key"),
    Mutation("another hash key", "table-keys", PIPELINE, put("hashKey", "jobId"), "declared as 'contentId'"),
    Mutation("a key's type", "table-keys", PIPELINE, put("attributes/0/type", "N"), "has type N"),
    Mutation(
        "an attribute too many",
        "table-limits",
        PIPELINE,
        put("attributes", [{"name": "contentId", "type": "S"}, {"name": "title", "type": "S"}]),
        "'title' is listed and no key",
    ),
    Mutation("a name of 2", "table-limits", PIPELINE, put("name", "ab"), "3 to 255"),
    Mutation(
        "51 tags", "table-limits", USERS, put("tags", {f"tag-{count}": "x" for count in range(51)}), "51 tags", "local"
    ),
    Mutation("no stream", "table-stream", FORMS, both(drop("streamEnabled"), drop("streamViewType")), "is off"),
    Mutation("keys only", "table-stream", FORMS, put("streamViewType", "KEYS_ONLY"), "NEW_AND_OLD_IMAGES", "dev"),
    Mutation(
        "recovery ignored",
        "table-ignored-changes",
        USERS,
        option(ignore_changes=("pointInTimeRecovery.enabled",)),
        "ignoreChanges has",
    ),
)

_GSI = {"keySchemas": [{"attributeName": "spare", "keyType": "HASH"}], "projectionType": "ALL"}


def more_indexes(count: int) -> Change:
    return put("globalSecondaryIndexes", [{**_GSI, "name": f"spare-{place}"} for place in range(count)])


INDEXES = (
    Mutation("an index dropped", "index-declared", USERS, drop("globalSecondaryIndexes/0"), "has no index"),
    Mutation(
        "an index rekeyed",
        "index-declared",
        FORMS,
        put("globalSecondaryIndexes/0/keySchemas", [{"attributeName": "SK", "keyType": "HASH"}]),
        "declared are GSI1PK, GSI1SK",
    ),
    Mutation(
        "an index narrowed",
        "index-declared",
        USERS,
        put("globalSecondaryIndexes/0/projectionType", "KEYS_ONLY"),
        "projects KEYS_ONLY",
    ),
    Mutation("an index of nobody's", "index-declared", LOCKS, more_indexes(1), "'spare-0' is not declared", "dev"),
    Mutation("unused", "index-unused", FORMS, as_it_is, "'GSI3'", level="advisory"),
    Mutation(
        "as the table",
        "index-repeats-key",
        LOCKS,
        put(
            "globalSecondaryIndexes",
            [{"name": "again", "keySchemas": [{"attributeName": "job_id", "keyType": "HASH"}]}],
        ),
        "keyed by job_id, as the table is",
        level="advisory",
    ),
    Mutation(
        "all of a wide table",
        "index-projection",
        table("cloudstro-social-accounts"),
        put("globalSecondaryIndexes/0/projectionType", "ALL"),
        "project ALL",
        level="advisory",
    ),
    Mutation(
        "tokens projected",
        "index-secrets",
        table("cloudstro-social-accounts"),
        put("globalSecondaryIndexes/0/projectionType", "ALL"),
        "the secret 'accessToken'",
    ),
    Mutation("21 indexes", "index-limits", LOCKS, more_indexes(21), "21 global secondary indexes; at most 20"),
    Mutation(
        "21 attributes",
        "index-limits",
        LOCKS,
        put("globalSecondaryIndexes", [{**_GSI, "name": "wide", "nonKeyAttributes": [f"a{n}" for n in range(21)]}]),
        "21 non-key attributes",
    ),
)
