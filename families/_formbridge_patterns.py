"""Form-Bridge: the access patterns of its table.

In a key template `{status}#` ends in `#`, so that one status never matches another that begins the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tablekit.model import batch_write, get, put, query, update

_SUBMISSION: Final = "0ee350a7-6747-5dfd-b938-03be498388eb"
_DELIVERED_SUBMISSION: Final = "a4672417-a72a-5d95-9b32-718c96bb937d"
_DESTINATION: Final = "e0b6d14d-1ba4-53e0-96a3-38c6937fdf06"

_SUBMISSIONS = (
    get(
        "submission",
        "A submission by id and shard, which the indexes give in PK",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND SK = 'SUB#{submission_id}'",
        example={"tenant_id": "acme", "shard_id": "3", "submission_id": _SUBMISSION},
    ),
    query(
        "submissions-of-shard",
        "The submissions in one of a tenant's shards",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND begins_with(SK, 'SUB#')",
        example={"tenant_id": "acme", "shard_id": "3"},
    ),
    query(
        "submissions-of-tenant",
        "A tenant's submissions within a time, over all shards, newest first, without payload",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND GSI1SK BETWEEN 'TS#{start}' AND 'TS#{end}'",
        order="descending",
        example={"tenant_id": "acme", "start": "2025-01-26T10:00:00Z", "end": "2025-01-26T11:00:00Z"},
    ),
    query(
        "submissions-by-status",
        "A tenant's submissions in one status, oldest first, without payload",
        index="GSI2",
        key="GSI2PK = 'TENANT#{tenant_id}#STATUS' AND begins_with(GSI2SK, '{status}#')",
        example={"tenant_id": "acme", "status": "PENDING"},
    ),
    put(
        "store-submission",
        "Store a submission once, however often its event comes",
        condition="attribute_not_exists(PK)",
    ),
    update(
        "set-submission-status",
        "Move a submission on, in the index too",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND SK = 'SUB#{submission_id}'",
        update="SET status = :status, GSI2SK = '{status}#{timestamp}'",
        condition="attribute_exists(PK) AND timestamp = :timestamp",
        example={
            "tenant_id": "acme",
            "shard_id": "1",
            "submission_id": _DELIVERED_SUBMISSION,
            "status": "DELIVERED",
            "timestamp": "2025-01-26T11:40:00Z",
        },
    ),
)

_DESTINATIONS = (
    get(
        "destination",
        "A tenant's destination by id",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'DEST#{destination_id}'",
        example={"tenant_id": "acme", "destination_id": _DESTINATION},
    ),
    query(
        "destinations-of-tenant",
        "Every destination of a tenant",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'DEST#')",
        example={"tenant_id": "acme"},
    ),
    query(
        "destinations-by-type",
        "A tenant's destinations of one type, oldest first",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DEST#{destination_type}#')",
        example={"tenant_id": "acme", "destination_type": "webhook"},
    ),
    put("create-destination", "Store a new destination, never over another", condition="attribute_not_exists(PK)"),
)

_DELIVERIES = (
    get(
        "delivery-attempt",
        "One attempt to deliver a submission to a destination",
        key="PK = 'SUB#{submission_id}' AND SK = 'DEST#{destination_id}#ATTEMPT#{attempt_num}'",
        example={"submission_id": _DELIVERED_SUBMISSION, "destination_id": _DESTINATION, "attempt_num": "001"},
    ),
    query(
        "deliveries-of-submission",
        "Every attempt to deliver a submission",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#')",
        example={"submission_id": _DELIVERED_SUBMISSION},
    ),
    query(
        "deliveries-of-submission-to-destination",
        "The attempts to deliver a submission to one destination, in order",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#{destination_id}#ATTEMPT#')",
        example={"submission_id": _DELIVERED_SUBMISSION, "destination_id": _DESTINATION},
    ),
    query(
        "deliveries-of-tenant",
        "A tenant's delivery attempts, grouped by status, oldest first",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#')",
        example={"tenant_id": "acme"},
    ),
    query(
        "deliveries-of-tenant-by-status",
        "A tenant's delivery attempts that ended in one status",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#{status}#')",
        example={"tenant_id": "acme", "status": "FAILED"},
    ),
    query(
        "deliveries-to-destination-by-status",
        "The delivery attempts to a destination that ended in one status",
        index="GSI2",
        key="GSI2PK = 'DEST#{destination_id}' AND begins_with(GSI2SK, 'STATUS#{status}#')",
        example={"destination_id": _DESTINATION, "status": "FAILED"},
    ),
    put("record-delivery", "Store a delivery attempt once", condition="attribute_not_exists(PK)"),
    batch_write("record-deliveries", "Store the delivery attempts of a batch"),
)

_TENANTS = (
    get(
        "tenant-config",
        "A tenant's configuration",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        example={"tenant_id": "acme"},
    ),
    query("active-tenants", "Every active tenant", index="GSI1", key="GSI1PK = 'CONFIG#active'"),
    put(
        "create-tenant-config",
        "Store a new tenant's configuration, never over another",
        condition="attribute_not_exists(PK)",
    ),
    update(
        "deactivate-tenant",
        "Take a tenant out of the active ones: without index keys it is not in the index",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="REMOVE GSI1PK, GSI1SK",
        condition="attribute_exists(PK)",
        example={"tenant_id": "acme-eu"},
    ),
    update(
        "activate-tenant",
        "Put a tenant back among the active ones",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="SET GSI1PK = 'CONFIG#active', GSI1SK = 'TENANT#{tenant_id}'",
        condition="attribute_exists(PK)",
        example={"tenant_id": "acme-eu"},
    ),
    query(
        "tenant-shards",
        "A tenant's shard counts, past and present: the count stands in the key, and so can't be got",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'SHARDS#')",
        example={"tenant_id": "acme"},
    ),
    put(
        "set-tenant-shards",
        "Store a tenant's further shard count; those before stay, for the submissions written under them",
        condition="attribute_not_exists(PK)",
    ),
    get(
        "tenant-by-domain",
        "The tenant of a domain; domain_hash is the first 16 hexadecimal digits of the domain's SHA-256",
        key="PK = 'DOMAIN#{domain_hash}' AND SK = 'LOOKUP#{domain}'",
        example={"domain_hash": "951623a26f8b3388", "domain": "shop.example.com"},
    ),
    put("link-domain", "Give a domain to a tenant, never another tenant's", condition="attribute_not_exists(PK)"),
)

_METRICS = (
    query(
        "daily-metrics-of-tenant",
        "A tenant's dashboard: its days from one to another, both included",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#DAY#{start}' AND 'METRICS#DAY#{end}'",
        example={"tenant_id": "acme", "start": "2024-12-27", "end": "2025-01-26"},
    ),
    query(
        "daily-metrics-of-all-tenants",
        "One day's metrics of every tenant",
        index="GSI1",
        key="GSI1PK = 'METRICS#DAY#{date}'",
        example={"date": "2025-01-26"},
    ),
    query(
        "hourly-metrics-of-tenant",
        "A tenant's hours from one to another, those of the last 72",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#HOUR#{start}' AND 'METRICS#HOUR#{end}'",
        filter="ttl > :now",
        example={"tenant_id": "acme", "start": "2025-01-26-10", "end": "2025-01-26-10", "now": 1737892800},
    ),
    update(
        "count-daily-submissions",
        "Add to a tenant's submissions of a day",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#DAY#{date}'",
        update="ADD submission_count :count SET GSI1PK = 'METRICS#DAY#{date}', GSI1SK = 'TENANT#{tenant_id}', "
        "tenant_id = :tenant_id, date = :date",
        example={"tenant_id": "acme", "date": "2025-01-26", "count": 1},
    ),
    update(
        "set-daily-rates",
        "Store what is computed from a tenant's day: by destination, by form, and the error rate",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#DAY#{date}'",
        update="SET destination_stats = :destination_stats, form_stats = :form_stats, error_rate = :error_rate",
        condition="attribute_exists(PK)",
        example={
            "tenant_id": "acme",
            "date": "2025-01-26",
            "destination_stats": {_DESTINATION: 42},
            "form_stats": {"contact": 42},
            "error_rate": Decimal("0.02"),
        },
    ),
    update(
        "count-hourly-submissions",
        "Add to a tenant's submissions of an hour, which expires 72 hours later",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#HOUR#{datetime}'",
        update="ADD submission_count :count SET ttl = if_not_exists(ttl, :ttl), tenant_id = :tenant_id",
        example={"tenant_id": "acme", "datetime": "2025-01-26-10", "count": 1, "ttl": 1738144800},
    ),
)

PATTERNS = (*_SUBMISSIONS, *_DESTINATIONS, *_DELIVERIES, *_TENANTS, *_METRICS)
