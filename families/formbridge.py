"""Form-Bridge (document 003): form submissions of many tenants and their delivery to destinations, in one table.

The document names the table `FormBridgeData`, without a prefix, and no region. PK and SK are composed; `entities`
below are its seven kinds of item and the domain look-up, each with the templates of its keys.

What shaped it:
- a tenant's own role reads and nothing else, by leading key; tenant ids match [A-Za-z0-9_-]+ (ADR 0025);
- submissions are sharded in the table and not in its indexes, so that one needs its shard to be got (ADR 0026);
- the indexes leave the payload out, and GSI3, which nothing uses, has keys only (ADR 0027);
- a submission's event says its keys, tenant and status; its payload is large and personal, and stays (ADR 0071);
- hourly metrics expire after 72 hours by `ttl`, a Number, and readers leave out expired ones (ADR 0022).
"""

from __future__ import annotations

from families._formbridge_patterns import PATTERNS
from tablekit.model import (
    Attribute,
    Budget,
    Entity,
    Events,
    Family,
    Index,
    Retention,
    Role,
    S,
    Table,
    TenantScope,
    one_of,
)

_ENTITIES = (
    Entity(
        name="submission",
        keys={
            "PK": "TENANT#{tenant_id}#{shard_id}",
            "SK": "SUB#{submission_id}",
            "GSI1PK": "TENANT#{tenant_id}",
            "GSI1SK": "TS#{timestamp}",
            "GSI2PK": "TENANT#{tenant_id}#STATUS",
            "GSI2SK": "{status}#{timestamp}",
        },
        attributes=(
            "tenant_id",
            "shard_id",
            "submission_id",
            "form_id",
            "status",
            "timestamp",
            "data",
            "compressed",
            "compression_algorithm",
            "compression_ratio",
            "compression_note",
            "original_size",
            "storage_size",
        ),
    ),
    Entity(
        name="destination",
        keys={
            "PK": "TENANT#{tenant_id}",
            "SK": "DEST#{destination_id}",
            "GSI1PK": "TENANT#{tenant_id}",
            "GSI1SK": "DEST#{destination_type}#{created_at}",
        },
        attributes=("tenant_id", "destination_id", "destination_type", "created_at"),
    ),
    Entity(
        name="delivery_attempt",
        keys={
            "PK": "SUB#{submission_id}",
            "SK": "DEST#{destination_id}#ATTEMPT#{attempt_num:03}",
            "GSI1PK": "TENANT#{tenant_id}",
            "GSI1SK": "DELIVERY#{status}#{timestamp}",
            "GSI2PK": "DEST#{destination_id}",
            "GSI2SK": "STATUS#{status}#{timestamp}",
        },
        attributes=("tenant_id", "submission_id", "destination_id", "attempt_num", "status", "timestamp"),
    ),
    Entity(
        name="tenant_config",
        keys={
            "PK": "TENANT#{tenant_id}",
            "SK": "CONFIG#main",
            "GSI1PK": "CONFIG#active",
            "GSI1SK": "TENANT#{tenant_id}",
        },
        attributes=("tenant_id", "created_at"),
    ),
    Entity(
        name="tenant_shards",
        keys={"PK": "TENANT#{tenant_id}", "SK": "SHARDS#{shard_count}"},
        attributes=("tenant_id", "shard_count", "shard_mapping", "distribution_strategy"),
    ),
    Entity(
        name="daily_metrics",
        keys={
            "PK": "TENANT#{tenant_id}",
            "SK": "METRICS#DAY#{date}",
            "GSI1PK": "METRICS#DAY#{date}",
            "GSI1SK": "TENANT#{tenant_id}",
        },
        attributes=("tenant_id", "date", "submission_count", "destination_stats", "error_rate", "form_stats"),
    ),
    Entity(
        name="hourly_metrics",
        keys={"PK": "TENANT#{tenant_id}", "SK": "METRICS#HOUR#{datetime}"},
        attributes=("tenant_id", "submission_count", "ttl"),
        retention=Retention(days=3, reason="72 hours after the hour, by ttl"),
    ),
    Entity(
        name="domain_lookup",
        keys={"PK": "DOMAIN#{domain_hash}", "SK": "LOOKUP#{domain}"},
        attributes=("tenant_id", "domain"),
    ),
)

_TABLE = Table(
    name="FormBridgeData",
    purpose="Everything of Form-Bridge: submissions, destinations, deliveries, tenants, metrics, domains",
    hash_key=S("PK"),
    range_key=S("SK"),
    ttl="ttl",
    stream="NEW_AND_OLD_IMAGES",
    classification="pii",
    retention=Retention(reason="Only hourly metrics expire; the document sets no end for the rest"),
    indexes=(
        Index(
            name="GSI1",
            hash_key=S("GSI1PK"),
            range_key=S("GSI1SK"),
            purpose="A tenant's submissions by time, destinations by type and deliveries by status; "
            "the active tenants; one day's metrics of all tenants",
            projection="INCLUDE",
            include=(
                "tenant_id",
                "shard_id",
                "submission_id",
                "form_id",
                "status",
                "timestamp",
                "destination_id",
                "destination_type",
                "created_at",
                "attempt_num",
                "date",
                "submission_count",
                "destination_stats",
                "error_rate",
                "form_stats",
            ),
        ),
        Index(
            name="GSI2",
            hash_key=S("GSI2PK"),
            range_key=S("GSI2SK"),
            purpose="A tenant's submissions by status; a destination's deliveries by status",
            projection="INCLUDE",
            include=(
                "tenant_id",
                "shard_id",
                "submission_id",
                "form_id",
                "status",
                "timestamp",
                "destination_id",
                "attempt_num",
            ),
        ),
        Index(
            name="GSI3",
            hash_key=S("GSI3PK"),
            range_key=S("GSI3SK"),
            purpose="None yet: the document declares it, and no entity or query of it uses it",
            projection="KEYS_ONLY",
        ),
    ),
    attributes={
        "ttl": Attribute(
            type="N", note="Unix time in seconds; auto_cleanup_72h, as the document has it, is not a value"
        ),
        "tenant_id": Attribute(type="S", note="[A-Za-z0-9_-]+: a # in it would reach into another tenant's keys"),
        "shard_id": Attribute(type="S", note="0 where the tenant has one shard"),
        "submission_id": "S",
        "form_id": "S",
        "status": Attribute(type="S", note="A submission begins as PENDING; the document lists no others"),
        "timestamp": "S",
        "data": Attribute(type="M", also=("S",), note="The payload; as text once compressed"),
        "compressed": "BOOL",
        "compression_algorithm": one_of("gzip"),
        "compression_ratio": "N",
        "compression_note": "S",
        "original_size": "N",
        "storage_size": "N",
        "destination_id": "S",
        "destination_type": "S",
        "created_at": "S",
        "attempt_num": Attribute(type="N", note="Three digits in SK, so that attempts sort"),
        "shard_count": "N",
        "shard_mapping": "M",
        "distribution_strategy": "S",
        "date": "S",
        "submission_count": "N",
        "destination_stats": "M",
        "error_rate": "N",
        "form_stats": "M",
        "domain": "S",
    },
    entities=_ENTITIES,
    events=Events(
        purpose="DynamoDB Streams → EventBridge Pipes for real-time processing",
        entities=("submission",),
        attributes=("tenant_id", "shard_id", "submission_id", "status", "timestamp"),
    ),
    patterns=PATTERNS,
)

FAMILY = Family(
    key="formbridge",
    title="Form-Bridge",
    document="003 DynamoDB Architect Strategy (Form-Bridge)",
    table_name="{table}",
    owner="formbridge-team",
    cost_centre="formbridge",
    tags={"system": "Form-Bridge"},
    budget=Budget(purpose="Real-time cost alerts at $10, $15, $20 thresholds", alerts=(10, 15, 20)),
    tables=(_TABLE,),
    roles=(
        Role(name="app", purpose="The Form-Bridge functions: every access pattern", access="read-write"),
        Role(name="readonly", purpose="Support and analysis, over all tenants: every read", access="read-only"),
        Role(
            name="tenant",
            purpose="One tenant's session: reads what stands under that tenant's own keys",
            access="read-only",
            patterns=(
                "submission",
                "submissions-of-shard",
                "submissions-of-tenant",
                "submissions-by-status",
                "destination",
                "destinations-of-tenant",
                "destinations-by-type",
                "deliveries-of-tenant",
                "deliveries-of-tenant-by-status",
                "tenant-config",
                "tenant-shards",
                "daily-metrics-of-tenant",
                "hourly-metrics-of-tenant",
            ),
            tenant=TenantScope(tag="tenant", leading_keys=("TENANT#{tenant}", "TENANT#{tenant}#*")),
            assumed_by="app",
        ),
    ),
)
