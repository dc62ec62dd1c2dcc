"""Form-Bridge: what its document says beyond names, keys and counts (see test_family_documents.py)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from families.formbridge import FAMILY
from tablekit.model.templates import Template
from tests.support.samples import samples, texts

TABLE = FAMILY.tables[0]
SAMPLES = samples(FAMILY, "FormBridgeData")

ENTITIES = {
    "submission": {
        "PK": "TENANT#{tenant_id}#{shard_id}",
        "SK": "SUB#{submission_id}",
        "GSI1PK": "TENANT#{tenant_id}",
        "GSI1SK": "TS#{timestamp}",
        "GSI2PK": "TENANT#{tenant_id}#STATUS",
        "GSI2SK": "{status}#{timestamp}",
    },
    "destination": {
        "PK": "TENANT#{tenant_id}",
        "SK": "DEST#{destination_id}",
        "GSI1PK": "TENANT#{tenant_id}",
        "GSI1SK": "DEST#{destination_type}#{created_at}",
    },
    "delivery_attempt": {
        "PK": "SUB#{submission_id}",
        "SK": "DEST#{destination_id}#ATTEMPT#{attempt_num:03}",
        "GSI1PK": "TENANT#{tenant_id}",
        "GSI1SK": "DELIVERY#{status}#{timestamp}",
        "GSI2PK": "DEST#{destination_id}",
        "GSI2SK": "STATUS#{status}#{timestamp}",
    },
    "tenant_config": {
        "PK": "TENANT#{tenant_id}",
        "SK": "CONFIG#main",
        "GSI1PK": "CONFIG#active",
        "GSI1SK": "TENANT#{tenant_id}",
    },
    "tenant_shards": {"PK": "TENANT#{tenant_id}", "SK": "SHARDS#{shard_count}"},
    "daily_metrics": {
        "PK": "TENANT#{tenant_id}",
        "SK": "METRICS#DAY#{date}",
        "GSI1PK": "METRICS#DAY#{date}",
        "GSI1SK": "TENANT#{tenant_id}",
    },
    "hourly_metrics": {"PK": "TENANT#{tenant_id}", "SK": "METRICS#HOUR#{datetime}"},
    "domain_lookup": {"PK": "DOMAIN#{domain_hash}", "SK": "LOOKUP#{domain}"},
}
TENANT_READS = """
    submission submissions-of-shard submissions-of-tenant submissions-by-status destination destinations-of-tenant
    destinations-by-type deliveries-of-tenant deliveries-of-tenant-by-status tenant-config tenant-shards
    daily-metrics-of-tenant hourly-metrics-of-tenant
"""


def test_key_templates_and_the_stream_are_the_documents() -> None:
    assert {entity.name: entity.keys for entity in TABLE.entities} == ENTITIES
    assert TABLE.stream == "NEW_AND_OLD_IMAGES"
    assert FAMILY.prefix("prod") is None


@pytest.mark.parametrize("name", ENTITIES)
def test_each_entity_has_a_sample_item(name: str) -> None:
    def fits(item: dict[str, dict[str, str]]) -> bool:
        return all(
            attribute in item and Template(template).parse(item[attribute]["S"]) is not None
            for attribute, template in ENTITIES[name].items()
        ) and {key for key in TABLE.all_keys if key in item} == set(ENTITIES[name])

    assert any(fits(item) for item in SAMPLES)


def test_no_index_holds_payloads() -> None:
    assert [index.projection for index in TABLE.indexes] == ["INCLUDE", "INCLUDE", "KEYS_ONLY"]
    assert all("data" not in index.include for index in TABLE.indexes)


def test_sample_shards_are_those_of_the_documents_hash() -> None:
    assert {texts(item, "tenant_id")[0] for item in SAMPLES} == {"acme", "acme-eu"}, "one begins as the other"
    counts = {texts(i, "tenant_id")[0]: int(texts(i, "shard_count")[0]) for i in SAMPLES if "shard_count" in i}
    submissions = [item for item in SAMPLES if "shard_id" in item]
    assert len(submissions) == 3
    for item in submissions:
        tenant, shard, timestamp = texts(item, "tenant_id", "shard_id", "timestamp")
        digest = hashlib.md5(f"{tenant}#{timestamp}".encode(), usedforsecurity=False).hexdigest()
        assert int(shard) == int(digest[:8], 16) % counts[tenant]


def test_sample_domains_are_hashed_as_documented() -> None:
    for item in SAMPLES:
        if "domain" in item:
            (domain,) = texts(item, "domain")
            assert texts(item, "PK") == (f"DOMAIN#{hashlib.sha256(domain.encode()).hexdigest()[:16]}",)


def test_hourly_metrics_expire_72_hours_after_their_hour() -> None:
    kept = {entity.name: entity.retention.days for entity in TABLE.entities if entity.retention}
    assert kept == {"hourly_metrics": 3}
    expiring = [item for item in SAMPLES if "ttl" in item]
    assert len(expiring) == 3
    for item in expiring:
        key, ttl = texts(item, "SK", "ttl")
        hour = datetime.strptime(key, "METRICS#HOUR#%Y-%m-%d-%H").replace(tzinfo=UTC)
        assert int(ttl) == (hour + timedelta(hours=72)).timestamp()
    assert FAMILY.patterns["hourly-metrics-of-tenant"].filter == "ttl > :now"


def test_tenant_role_reads_its_own_keys_only() -> None:
    role = FAMILY.role("tenant")
    assert role.access == "read-only"
    assert role.tenant is not None
    assert role.tenant.tag == "tenant"
    assert role.tenant.leading_keys == ("TENANT#{tenant}", "TENANT#{tenant}#*")
    reads = FAMILY.patterns_of(role)
    assert {pattern.name for pattern in reads} == set(TENANT_READS.split())
    assert all("PK = 'TENANT#{tenant_id}" in str(pattern.key) for pattern in reads)


def test_how_patterns_ask_and_write() -> None:
    patterns = FAMILY.patterns
    shards, submission = patterns["tenant-shards"], patterns["submission"]
    assert (shards.operation, submission.operation) == ("query", "get")
    assert shards.key == "PK = 'TENANT#{tenant_id}' AND begins_with(SK, 'SHARDS#')"
    assert set(submission.parameters) == {"tenant_id", "shard_id", "submission_id"}
    assert patterns["daily-metrics-of-tenant"].key == (
        "PK = 'TENANT#{tenant_id}' AND SK BETWEEN 'METRICS#DAY#{start}' AND 'METRICS#DAY#{end}'"
    )
    puts = [pattern.condition for pattern in patterns.values() if pattern.operation == "put"]
    assert puts == ["attribute_not_exists(PK)"] * 6
    for name in ("count-daily-submissions", "count-hourly-submissions"):
        assert str(patterns[name].update).startswith("ADD submission_count :count")
