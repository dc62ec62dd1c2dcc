"""Form-Bridge: the access patterns of its table.

In a key template `{status}#` ends in `#`, so that one status never matches another that begins the same.
"""

from __future__ import annotations

from tablekit.model import batch_write, get, put, query, update

_SUBMISSIONS = (
    get(
        "submission",
        "A submission by id and shard, which the indexes give in PK",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND SK = 'SUB#{submission_id}'",
    ),
    query(
        "submissions-of-shard",
        "The submissions in one of a tenant's shards",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND begins_with(SK, 'SUB#')",
    ),
    query(
        "submissions-of-tenant",
        "A tenant's submissions within a time, over all shards, newest first, without payload",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND GSI1SK BETWEEN 'TS#{start}' AND 'TS#{end}'",
        order="descending",
    ),
    query(
        "submissions-by-status",
        "A tenant's submissions in one status, oldest first, without payload",
        index="GSI2",
        key="GSI2PK = 'TENANT#{tenant_id}#STATUS' AND begins_with(GSI2SK, '{status}#')",
    ),
    put(
        "store-submission",
        "Store a submission once, however often its event comes",
        entity="submission",
        condition="attribute_not_exists(PK)",
    ),
    update(
        "set-submission-status",
        "Move a submission on, in the index too",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND SK = 'SUB#{submission_id}'",
        update="SET status = :status, GSI2SK = '{status}#{timestamp}'",
        condition="attribute_exists(PK) AND timestamp = :timestamp",
    ),
)

_DESTINATIONS = (
    get(
        "destination", "A tenant's destination by id", key="PK = 'TENANT#{tenant_id}' AND SK = 'DEST#{destination_id}'"
    ),
    query(
        "destinations-of-tenant",
        "Every destination of a tenant",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'DEST#')",
    ),
    query(
        "destinations-by-type",
        "A tenant's destinations of one type, oldest first",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DEST#{destination_type}#')",
    ),
    put(
        "create-destination",
        "Store a new destination, never over another",
        entity="destination",
        condition="attribute_not_exists(PK)",
    ),
)

_DELIVERIES = (
    get(
        "delivery-attempt",
        "One attempt to deliver a submission to a destination",
        key="PK = 'SUB#{submission_id}' AND SK = 'DEST#{destination_id}#ATTEMPT#{attempt_num}'",
    ),
    query(
        "deliveries-of-submission",
        "Every attempt to deliver a submission",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#')",
    ),
    query(
        "deliveries-of-submission-to-destination",
        "The attempts to deliver a submission to one destination, in order",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#{destination_id}#ATTEMPT#')",
    ),
    query(
        "deliveries-of-tenant",
        "A tenant's delivery attempts, grouped by status, oldest first",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#')",
    ),
    query(
        "deliveries-of-tenant-by-status",
        "A tenant's delivery attempts that ended in one status",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#{status}#')",
    ),
    query(
        "deliveries-to-destination-by-status",
        "The delivery attempts to a destination that ended in one status",
        index="GSI2",
        key="GSI2PK = 'DEST#{destination_id}' AND begins_with(GSI2SK, 'STATUS#{status}#')",
    ),
    put(
        "record-delivery",
        "Store a delivery attempt once",
        entity="delivery_attempt",
        condition="attribute_not_exists(PK)",
    ),
    batch_write("record-deliveries", "Store the delivery attempts of a batch", entity="delivery_attempt"),
)

_TENANTS = (
    get("tenant-config", "A tenant's configuration", key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'"),
    query("active-tenants", "Every active tenant", index="GSI1", key="GSI1PK = 'CONFIG#active'"),
    put(
        "create-tenant-config",
        "Store a new tenant's configuration, never over another",
        entity="tenant_config",
        condition="attribute_not_exists(PK)",
    ),
    update(
        "deactivate-tenant",
        "Take a tenant out of the active ones: without index keys it is not in the index",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="REMOVE GSI1PK, GSI1SK",
        condition="attribute_exists(PK)",
    ),
    update(
        "activate-tenant",
        "Put a tenant back among the active ones",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="SET GSI1PK = 'CONFIG#active', GSI1SK = 'TENANT#{tenant_id}'",
        condition="attribute_exists(PK)",
    ),
    query(
        "tenant-shards",
        "A tenant's shard counts, past and present: the count stands in the key, and so can't be got",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'SHARDS#')",
    ),
    put(
        "set-tenant-shards",
        "Store a tenant's further shard count; those before stay, for the submissions written under them",
        entity="tenant_shards",
        condition="attribute_not_exists(PK)",
    ),
    get(
        "tenant-by-domain",
        "The tenant of a domain; domain_hash is the first 16 hexadecimal digits of the domain's SHA-256",
        key="PK = 'DOMAIN#{domain_hash}' AND SK = 'LOOKUP#{domain}'",
    ),
    put(
        "link-domain",
        "Give a domain to a tenant, never another tenant's",
        entity="domain_lookup",
        condition="attribute_not_exists(PK)",
    ),
)

_METRICS = (
    query(
        "daily-metrics-of-tenant",
        "A tenant's dashboard: its days from one to another, both included",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#DAY#{start}' AND 'METRICS#DAY#{end}'",
    ),
    query(
        "daily-metrics-of-all-tenants",
        "One day's metrics of every tenant",
        index="GSI1",
        key="GSI1PK = 'METRICS#DAY#{date}'",
    ),
    query(
        "hourly-metrics-of-tenant",
        "A tenant's hours from one to another, those of the last 72",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#HOUR#{start}' AND 'METRICS#HOUR#{end}'",
        filter="ttl > :now",
    ),
    update(
        "count-daily-submissions",
        "Add to a tenant's submissions of a day",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#DAY#{date}'",
        update="ADD submission_count :count SET GSI1PK = 'METRICS#DAY#{date}', GSI1SK = 'TENANT#{tenant_id}', "
        "tenant_id = :tenant_id, date = :date",
    ),
    update(
        "set-daily-rates",
        "Store what is computed from a tenant's day: by destination, by form, and the error rate",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#DAY#{date}'",
        update="SET destination_stats = :destination_stats, form_stats = :form_stats, error_rate = :error_rate",
        condition="attribute_exists(PK)",
    ),
    update(
        "count-hourly-submissions",
        "Add to a tenant's submissions of an hour, which expires 72 hours later",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#HOUR#{datetime}'",
        update="ADD submission_count :count SET ttl = if_not_exists(ttl, :ttl), tenant_id = :tenant_id",
    ),
)

PATTERNS = (*_SUBMISSIONS, *_DESTINATIONS, *_DELIVERIES, *_TENANTS, *_METRICS)
