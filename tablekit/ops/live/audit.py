"""What records the use of tables on AWS against what is derived: trails, and private buckets with their parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients, ResourceNotFoundError
from tablekit.model.staged import Account
from tablekit.ops.live.backups import both
from tablekit.resources import (
    ANALYZER,
    ANOMALY_MONITOR,
    ANOMALY_SUBSCRIPTION,
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    INSIGHTS,
    TRAIL,
    Expected,
)

Rows = Iterator[tuple[str, Any, Any]]


def _asked(clients: Clients, expected: Expected, method: str) -> Any:
    """What a call about the bucket answers."""
    wanted = expected.inputs
    return getattr(clients.get("s3", wanted["region"]), method)(Bucket=wanted["bucket"])


def _bucket(clients: Clients, expected: Expected, account: Account) -> Rows:
    place = _asked(clients, expected, "get_bucket_location").get("LocationConstraint") or "us-east-1"
    yield "region", place, expected.inputs["region"]


def _access(clients: Clients, expected: Expected, account: Account) -> Rows:
    found = _asked(clients, expected, "get_public_access_block")["PublicAccessBlockConfiguration"]
    on = sorted(f"{name[0].lower()}{name[1:]}" for name, value in found.items() if value)
    yield "blocks", on, sorted(name for name, value in expected.inputs.items() if value is True)


def _ownership(clients: Clients, expected: Expected, account: Account) -> Rows:
    found = _asked(clients, expected, "get_bucket_ownership_controls")["OwnershipControls"]["Rules"]
    yield "owner", [rule["ObjectOwnership"] for rule in found], [expected.inputs["rule"]["objectOwnership"]]


def _encryption(clients: Clients, expected: Expected, account: Account) -> Rows:
    (rule,) = expected.inputs["rules"]
    wanted = rule["applyServerSideEncryptionByDefault"]
    found = _asked(clients, expected, "get_bucket_encryption")["ServerSideEncryptionConfiguration"]["Rules"]
    cipher = found[0].get("ApplyServerSideEncryptionByDefault") or {}
    yield "algorithm", cipher.get("SSEAlgorithm"), wanted["sseAlgorithm"]
    yield "key", cipher.get("KMSMasterKeyID"), wanted.get("kmsMasterKeyId")


def _versioning(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs["versioningConfiguration"]["status"]
    yield "status", _asked(clients, expected, "get_bucket_versioning").get("Status"), wanted


def _lifecycle(clients: Clients, expected: Expected, account: Account) -> Rows:
    found = _asked(clients, expected, "get_bucket_lifecycle_configuration")["Rules"]
    there = {rule["ID"]: _kept(rule, "Status", "Expiration", "Days", "Transitions", "StorageClass") for rule in found}
    wanted = {
        rule["id"]: _kept(rule, "status", "expiration", "days", "transitions", "storageClass")
        for rule in expected.inputs["rules"]
    }
    for name in sorted(there.keys() | wanted.keys()):
        yield f"rule {name!r}", there.get(name), wanted.get(name)


def _kept(rule: Mapping[str, Any], status: str, ends: str, days: str, colder: str, kind: str) -> dict[str, Any]:
    """A lifecycle's rule, by the names that AWS or the engine has for its parts."""
    moves = {each[kind]: each.get(days) for each in rule.get(colder) or ()}
    return {"status": rule[status], "days": (rule.get(ends) or {}).get(days), "colder": moves}


def _policy(clients: Clients, expected: Expected, account: Account) -> Rows:
    yield "policy", *both(_asked(clients, expected, "get_bucket_policy")["Policy"], expected.inputs["policy"])


def _trail(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("cloudtrail", wanted["region"])
    found = client.get_trail(Name=wanted["name"])["Trail"]
    yield "bucket", found.get("S3BucketName"), wanted["s3BucketName"]
    yield "files are validated", found.get("LogFileValidationEnabled", False), wanted["enableLogFileValidation"]
    yield "key", found.get("KmsKeyId") or None, wanted.get("kmsKeyId")
    yield "is on", client.get_trail_status(Name=wanted["name"]).get("IsLogging", False), wanted["enableLogging"]
    selectors = client.get_event_selectors(TrailName=wanted["name"]).get("AdvancedEventSelectors") or ()
    there = [_selects(each["FieldSelectors"], "Field", "Equals", "StartsWith", "NotEquals") for each in selectors]
    asked = [
        _selects(each["fieldSelectors"], "field", "equals", "startsWiths", "notEquals")
        for each in wanted["advancedEventSelectors"]
    ]
    yield "selectors", there, asked


def _selects(fields: Any, name: str, equals: str, begins: str, apart: str) -> dict[str, list[str]]:
    return {
        each[name]: sorted(
            [*(each.get(equals) or ()), *(each.get(begins) or ()), *(f"not {value}" for value in each.get(apart) or ())]
        )
        for each in fields
    }


def _analyzer(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("accessanalyzer", wanted["region"])
    found = client.get_analyzer(analyzerName=wanted["analyzerName"])["analyzer"]
    yield "type", found.get("type"), wanted["type"]
    yield "status", found.get("status"), "ACTIVE"


def _insights(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    index = {"IndexName": wanted["indexName"]} if "indexName" in wanted else {}
    client = clients.get("dynamodb", wanted["region"])
    found = client.describe_contributor_insights(TableName=wanted["tableName"], **index)
    yield "status", found.get("ContributorInsightsStatus"), "ENABLED"
    yield "keys", found.get("ContributorInsightsMode"), wanted["mode"]


def _monitor(clients: Clients, expected: Expected, account: Account) -> Rows:
    found = _of_name(clients, expected, "get_anomaly_monitors", "AnomalyMonitors", "MonitorName")
    wanted = json.loads(expected.inputs["monitorSpecification"])["Tags"]
    tags = (found.get("MonitorSpecification") or {}).get("Tags") or {}
    yield "what is counted", [tags.get("Key"), tags.get("Values")], [wanted["Key"], wanted["Values"]]


def _subscription(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = _of_name(clients, expected, "get_anomaly_subscriptions", "AnomalySubscriptions", "SubscriptionName")
    heard = sorted(each["Address"] for each in found.get("Subscribers") or ())
    yield "who hears of it", heard, [each["address"] for each in wanted["subscribers"]]
    yield "how often", found.get("Frequency"), wanted["frequency"]
    least = ((found.get("ThresholdExpression") or {}).get("Dimensions") or {}).get("Values")
    yield "from which amount", least, wanted["thresholdExpression"]["dimension"]["values"]


def _of_name(clients: Clients, expected: Expected, method: str, listed: str, name: str) -> Mapping[str, Any]:
    """Cost Explorer names nothing by its name: all are read."""
    client = clients.get("ce", "us-east-1")  # where the one endpoint of all regions is
    more: dict[str, str] = {}
    while True:
        page: Any = getattr(client, method)(**more)
        for each in page[listed]:
            if each[name] == expected.inputs["name"]:
                found: Mapping[str, Any] = each
                return found
        if not page.get("NextPageToken"):
            raise ResourceNotFoundError(f"{expected.inputs['name']!r} is not there")
        more = {"NextPageToken": page["NextPageToken"]}


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    BUCKET: ("bucket", "s3:GetBucketLocation", _bucket),
    BUCKET_ACCESS: ("bucket", "s3:GetBucketPublicAccessBlock", _access),
    BUCKET_OWNERSHIP: ("bucket", "s3:GetBucketOwnershipControls", _ownership),
    BUCKET_ENCRYPTION: ("bucket", "s3:GetEncryptionConfiguration", _encryption),
    BUCKET_VERSIONING: ("bucket", "s3:GetBucketVersioning", _versioning),
    BUCKET_LIFECYCLE: ("bucket", "s3:GetLifecycleConfiguration", _lifecycle),
    BUCKET_POLICY: ("bucket", "s3:GetBucketPolicy", _policy),
    TRAIL: ("name", "cloudtrail:GetTrail and its like", _trail),
    ANALYZER: ("analyzerName", "access-analyzer:GetAnalyzer", _analyzer),
    INSIGHTS: ("tableName indexName", "dynamodb:DescribeContributorInsights", _insights),
    ANOMALY_MONITOR: ("name", "ce:GetAnomalyMonitors", _monitor),
    ANOMALY_SUBSCRIPTION: ("name", "ce:GetAnomalySubscriptions", _subscription),
}
"""By type: the input that is its name on AWS, what a role needs to look at it, and what is compared."""
EMULATED: Final = (
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_OWNERSHIP,
    BUCKET_ENCRYPTION,
    BUCKET_VERSIONING,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
    TRAIL,
)
"""Those of them that an emulator has."""
