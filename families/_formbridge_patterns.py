"""Form-Bridge: the access patterns of its table.

In a key template `{status}#` ends in `#`, so that one status never matches another that begins the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from tablekit.model import AccessPattern

_TABLE: Final = "FormBridgeData"
_SUBMISSION: Final = "0ee350a7-6747-5dfd-b938-03be498388eb"
_DELIVERED_SUBMISSION: Final = "a4672417-a72a-5d95-9b32-718c96bb937d"
_DESTINATION: Final = "e0b6d14d-1ba4-53e0-96a3-38c6937fdf06"

_SUBMISSIONS = (
    AccessPattern(
        name="submission",
        purpose="A submission by id and shard, which the indexes give in PK",
        table=_TABLE,
        operation="get",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND SK = 'SUB#{submission_id}'",
        example={"tenant_id": "acme", "shard_id": "3", "submission_id": _SUBMISSION},
    ),
    AccessPattern(
        name="submissions-of-shard",
        purpose="The submissions in one of a tenant's shards",
        table=_TABLE,
        operation="query",
        key="PK = 'TENANT#{tenant_id}#{shard_id}' AND begins_with(SK, 'SUB#')",
        example={"tenant_id": "acme", "shard_id": "3"},
    ),
    AccessPattern(
        name="submissions-of-tenant",
        purpose="A tenant's submissions within a time, over all shards, newest first, without payload",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND GSI1SK BETWEEN 'TS#{start}' AND 'TS#{end}'",
        order="descending",
        example={"tenant_id": "acme", "start": "2025-01-26T10:00:00Z", "end": "2025-01-26T11:00:00Z"},
    ),
    AccessPattern(
        name="submissions-by-status",
        purpose="A tenant's submissions in one status, oldest first, without payload",
        table=_TABLE,
        operation="query",
        index="GSI2",
        key="GSI2PK = 'TENANT#{tenant_id}#STATUS' AND begins_with(GSI2SK, '{status}#')",
        example={"tenant_id": "acme", "status": "PENDING"},
    ),
    AccessPattern(
        name="store-submission",
        purpose="Store a submission once, however often its event comes",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
    ),
    AccessPattern(
        name="set-submission-status",
        purpose="Move a submission on, in the index too",
        table=_TABLE,
        operation="update",
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
        documented=False,
    ),
)

_DESTINATIONS = (
    AccessPattern(
        name="destination",
        purpose="A tenant's destination by id",
        table=_TABLE,
        operation="get",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'DEST#{destination_id}'",
        example={"tenant_id": "acme", "destination_id": _DESTINATION},
    ),
    AccessPattern(
        name="destinations-of-tenant",
        purpose="Every destination of a tenant",
        table=_TABLE,
        operation="query",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'DEST#')",
        example={"tenant_id": "acme"},
    ),
    AccessPattern(
        name="destinations-by-type",
        purpose="A tenant's destinations of one type, oldest first",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DEST#{destination_type}#')",
        example={"tenant_id": "acme", "destination_type": "webhook"},
    ),
    AccessPattern(
        name="create-destination",
        purpose="Store a new destination, never over another",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
        documented=False,
    ),
)

_DELIVERIES = (
    AccessPattern(
        name="delivery-attempt",
        purpose="One attempt to deliver a submission to a destination",
        table=_TABLE,
        operation="get",
        key="PK = 'SUB#{submission_id}' AND SK = 'DEST#{destination_id}#ATTEMPT#{attempt_num}'",
        example={"submission_id": _DELIVERED_SUBMISSION, "destination_id": _DESTINATION, "attempt_num": "001"},
    ),
    AccessPattern(
        name="deliveries-of-submission",
        purpose="Every attempt to deliver a submission",
        table=_TABLE,
        operation="query",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#')",
        example={"submission_id": _DELIVERED_SUBMISSION},
    ),
    AccessPattern(
        name="deliveries-of-submission-to-destination",
        purpose="The attempts to deliver a submission to one destination, in order",
        table=_TABLE,
        operation="query",
        key="PK = 'SUB#{submission_id}' AND begins_with(SK, 'DEST#{destination_id}#ATTEMPT#')",
        example={"submission_id": _DELIVERED_SUBMISSION, "destination_id": _DESTINATION},
    ),
    AccessPattern(
        name="deliveries-of-tenant",
        purpose="A tenant's delivery attempts, grouped by status, oldest first",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#')",
        example={"tenant_id": "acme"},
    ),
    AccessPattern(
        name="deliveries-of-tenant-by-status",
        purpose="A tenant's delivery attempts that ended in one status",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'TENANT#{tenant_id}' AND begins_with(GSI1SK, 'DELIVERY#{status}#')",
        example={"tenant_id": "acme", "status": "FAILED"},
    ),
    AccessPattern(
        name="deliveries-to-destination-by-status",
        purpose="The delivery attempts to a destination that ended in one status",
        table=_TABLE,
        operation="query",
        index="GSI2",
        key="GSI2PK = 'DEST#{destination_id}' AND begins_with(GSI2SK, 'STATUS#{status}#')",
        example={"destination_id": _DESTINATION, "status": "FAILED"},
    ),
    AccessPattern(
        name="record-delivery",
        purpose="Store a delivery attempt once",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
    ),
    AccessPattern(
        name="record-deliveries",
        purpose="Store the delivery attempts of a batch",
        table=_TABLE,
        operation="batch-write",
    ),
)

_TENANTS = (
    AccessPattern(
        name="tenant-config",
        purpose="A tenant's configuration",
        table=_TABLE,
        operation="get",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        example={"tenant_id": "acme"},
    ),
    AccessPattern(
        name="active-tenants",
        purpose="Every active tenant",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'CONFIG#active'",
    ),
    AccessPattern(
        name="create-tenant-config",
        purpose="Store a new tenant's configuration, never over another",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
        documented=False,
    ),
    AccessPattern(
        name="deactivate-tenant",
        purpose="Take a tenant out of the active ones: without index keys it is not in the index",
        table=_TABLE,
        operation="update",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="REMOVE GSI1PK, GSI1SK",
        condition="attribute_exists(PK)",
        example={"tenant_id": "acme-eu"},
        documented=False,
    ),
    AccessPattern(
        name="activate-tenant",
        purpose="Put a tenant back among the active ones",
        table=_TABLE,
        operation="update",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'CONFIG#main'",
        update="SET GSI1PK = 'CONFIG#active', GSI1SK = 'TENANT#{tenant_id}'",
        condition="attribute_exists(PK)",
        example={"tenant_id": "acme-eu"},
        documented=False,
    ),
    AccessPattern(
        name="tenant-shards",
        purpose="A tenant's shard counts, past and present: the count stands in the key, and so can't be got",
        table=_TABLE,
        operation="query",
        key="PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'SHARDS#')",
        example={"tenant_id": "acme"},
    ),
    AccessPattern(
        name="set-tenant-shards",
        purpose="Store a tenant's further shard count; those before stay, for the submissions written under them",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
        documented=False,
    ),
    AccessPattern(
        name="tenant-by-domain",
        purpose="The tenant of a domain; domain_hash is the first 16 hexadecimal digits of the domain's SHA-256",
        table=_TABLE,
        operation="get",
        key="PK = 'DOMAIN#{domain_hash}' AND SK = 'LOOKUP#{domain}'",
        example={"domain_hash": "951623a26f8b3388", "domain": "shop.example.com"},
    ),
    AccessPattern(
        name="link-domain",
        purpose="Give a domain to a tenant, never another tenant's",
        table=_TABLE,
        operation="put",
        condition="attribute_not_exists(PK)",
        documented=False,
    ),
)

_METRICS = (
    AccessPattern(
        name="daily-metrics-of-tenant",
        purpose="A tenant's dashboard: its days from one to another, both included",
        table=_TABLE,
        operation="query",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#DAY#{start}' AND 'METRICS#DAY#{end}'",
        example={"tenant_id": "acme", "start": "2024-12-27", "end": "2025-01-26"},
    ),
    AccessPattern(
        name="daily-metrics-of-all-tenants",
        purpose="One day's metrics of every tenant",
        table=_TABLE,
        operation="query",
        index="GSI1",
        key="GSI1PK = 'METRICS#DAY#{date}'",
        example={"date": "2025-01-26"},
    ),
    AccessPattern(
        name="hourly-metrics-of-tenant",
        purpose="A tenant's hours from one to another, those of the last 72",
        table=_TABLE,
        operation="query",
        key="PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#HOUR#{start}' AND 'METRICS#HOUR#{end}'",
        filter="ttl > :now",
        example={"tenant_id": "acme", "start": "2025-01-26-10", "end": "2025-01-26-10", "now": 1737892800},
    ),
    AccessPattern(
        name="count-daily-submissions",
        purpose="Add to a tenant's submissions of a day",
        table=_TABLE,
        operation="update",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#DAY#{date}'",
        update="ADD submission_count :count SET GSI1PK = 'METRICS#DAY#{date}', GSI1SK = 'TENANT#{tenant_id}', "
        "tenant_id = :tenant_id, date = :date",
        example={"tenant_id": "acme", "date": "2025-01-26", "count": 1},
    ),
    AccessPattern(
        name="set-daily-rates",
        purpose="Store what is computed from a tenant's day: by destination, by form, and the error rate",
        table=_TABLE,
        operation="update",
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
        documented=False,
    ),
    AccessPattern(
        name="count-hourly-submissions",
        purpose="Add to a tenant's submissions of an hour, which expires 72 hours later",
        table=_TABLE,
        operation="update",
        key="PK = 'TENANT#{tenant_id}' AND SK = 'METRICS#HOUR#{datetime}'",
        update="ADD submission_count :count SET ttl = if_not_exists(ttl, :ttl), tenant_id = :tenant_id",
        example={"tenant_id": "acme", "datetime": "2025-01-26-10", "count": 1, "ttl": 1738144800},
    ),
)

ACCESS_PATTERNS = (*_SUBMISSIONS, *_DESTINATIONS, *_DELIVERIES, *_TENANTS, *_METRICS)
