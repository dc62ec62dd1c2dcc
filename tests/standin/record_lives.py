"""The lives of what records: buckets with their parts, and trails."""

from __future__ import annotations

from typing import Any

from local.standin.values import Props

from .lives import ALLOW, ARN, DENY, Life

BUCKET, S3, TRAIL = "aws:s3/bucket:Bucket", "aws:s3/bucket", "aws:cloudtrail/trail:Trail"
A_BUCKET = (BUCKET, "bucket", {"bucket": "dev-trail"})
LEFTOVERS: Props = {"id": "leftovers", "status": "Enabled", "filter": {"prefix": ""}}
LEFTOVERS |= {"expiration": {"expiredObjectDeleteMarker": True}, "noncurrentVersionExpiration": {"noncurrentDays": 30}}
LEFTOVERS |= {"abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}


def expiring(days: int, *colder: tuple[int, str]) -> Props:
    """A rule of a bucket's lifecycle."""
    rule: Props = {"id": "kept", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": days}}
    return rule | ({"transitions": [{"days": at, "storageClass": kind} for at, kind in colder]} if colder else {})


def ciphered(algorithm: str, **more: Any) -> list[Props]:
    cipher = {"sseAlgorithm": algorithm, **more}
    return [{"applyServerSideEncryptionByDefault": cipher, "bucketKeyEnabled": bool(more)}]


def selected(*kinds: str, values: int = 1) -> list[Props]:
    """Selectors of a trail's data events, of that many ARNs each."""
    category = {"field": "eventCategory", "equals": ["Data"]}
    arns = {"field": "resources.ARN", "startsWiths": [f"arn:{number}" for number in range(values)]}
    return [
        {"name": kind, "fieldSelectors": [category, {"field": "resources.type", "equals": [kind]}, arns]}
        for kind in kinds
    ]


TRACED: Props = {"name": "dev-tables", "s3BucketName": "dev-trail", "enableLogFileValidation": True}
TRACED |= {"enableLogging": True, "isMultiRegionTrail": False, "tags": {"a": "b"}}
TRACED |= {"advancedEventSelectors": selected("AWS::DynamoDB::Table")}


ANALYZER = "aws:accessanalyzer/analyzer:Analyzer"
INSIGHTS = "aws:dynamodb/contributorInsights:ContributorInsights"
MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor"
UNUSUAL = "aws:costexplorer/anomalySubscription:AnomalySubscription"
COUNTED: Props = {"name": "dev-tables", "monitorType": "CUSTOM"}
COUNTED |= {"monitorSpecification": '{"And": null, "Tags": {"Key": "project", "MatchOptions": null, "Values": ["x"]}}'}


def least(amount: str) -> Props:
    options = {"key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE", "matchOptions": ["GREATER_THAN_OR_EQUAL"]}
    return {"dimension": {**options, "values": [amount]}}


HEARD: Props = {"name": "dev-tables", "frequency": "IMMEDIATE", "thresholdExpression": least("25")}
HEARD |= {"monitorArnLists": ["arn:aws:ce::123456789012:anomalymonitor/m"]}
HEARD |= {"subscribers": [{"type": "SNS", "address": ARN.format("sns", "dev-costs")}]}
LIVES = {
    "bucket": Life(
        BUCKET,
        {"bucket": "dev-trail", "region": "eu-west-2", "tags": {"a": "b"}},
        [{"tags": {"a": "c"}}, {"tags": None}],
        {"bucket": "dev-trails"},
        outputs={"arn": "arn:aws:s3:::dev-trail"},
    ),
    "public access block": Life(
        f"{S3}PublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "dev-trail", "blockPublicAcls": True, "restrictPublicBuckets": True},
        [{"blockPublicPolicy": True}, {"blockPublicAcls": None}],
        before=[A_BUCKET],
    ),
    "bucket ownership": Life(
        f"{S3}OwnershipControls:BucketOwnershipControls",
        {"bucket": "dev-trail", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        [{"rule": {"objectOwnership": "ObjectWriter"}}],
        before=[A_BUCKET],
    ),
    "bucket encryption": Life(
        f"{S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        {"bucket": "dev-trail", "rules": ciphered("aws:kms", kmsMasterKeyId="k")},
        [{"rules": ciphered("AES256")}],
        before=[A_BUCKET],
    ),
    "bucket versioning": Life(
        f"{S3}Versioning:BucketVersioning",
        {"bucket": "dev-trail", "versioningConfiguration": {"status": "Enabled"}},
        before=[A_BUCKET],
    ),
    "bucket lifecycle": Life(
        f"{S3}LifecycleConfiguration:BucketLifecycleConfiguration",
        {"bucket": "dev-trail", "rules": [expiring(365), LEFTOVERS]},
        [{"rules": [expiring(30), LEFTOVERS]}, {"rules": [expiring(365, (30, "STANDARD_IA"), (90, "GLACIER"))]}],
        before=[A_BUCKET],
    ),
    "bucket policy": Life(
        f"{S3}Policy:BucketPolicy", {"bucket": "dev-trail", "policy": ALLOW}, [{"policy": DENY}], before=[A_BUCKET]
    ),
    "trail": Life(
        TRAIL,
        TRACED,
        [
            {"advancedEventSelectors": selected("AWS::DynamoDB::Table", "AWS::DynamoDB::Stream")},
            {"enableLogging": False},
            {"enableLogFileValidation": False},
            {"tags": {"a": "c"}},
            {"tags": {"c": "d"}},
        ],
        {"name": "dev-others"},
        before=[A_BUCKET],
        outputs={"arn": ARN.format("cloudtrail", "trail/dev-tables")},
    ),
    "access analyzer": Life(
        ANALYZER,
        {"analyzerName": "dev-tables", "type": "ACCOUNT"},
        [{"tags": {"a": "b"}}],
        {"analyzerName": "other", "type": "ORGANIZATION"},
        outputs={"arn": ARN.format("access-analyzer", "analyzer/dev-tables")},
    ),
    "contributor insights": Life(
        INSIGHTS,
        {"tableName": "dev-users", "mode": "THROTTLED_KEYS"},
        [{"mode": "ACCESSED_AND_THROTTLED_KEYS"}],
        {"tableName": "dev-others", "indexName": "by-email"},
    ),
    "cost anomaly monitor": Life(
        MONITOR,
        COUNTED,
        [{"tags": {"a": "b"}}],
        {"monitorSpecification": '{"Tags": {"Key": "family", "Values": ["shop"]}}'},
        outputs={"arn": "arn:aws:ce::123456789012:anomalymonitor/dev-tables"},
    ),
    "cost anomaly subscription": Life(
        UNUSUAL,
        HEARD,
        [
            {"thresholdExpression": least("50")},
            {"frequency": "DAILY", "subscribers": [{"type": "EMAIL", "address": "ops@example.com"}]},
        ],
        {"name": "other"},
    ),
}
