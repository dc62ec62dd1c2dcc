"""The ways to break what records, shows and denies, a row each: buckets, trails, insights, costs, tables' policies."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.policies.edits import DROP, UNKNOWN

FULL, REGION = "prod full", "trail-eu-west-2"
S3, POLICY = "s3/bucket", f"s3/bucketPolicy:BucketPolicy {REGION}"
BUCKET, BLOCK = f"bucket {REGION}", f"{S3}PublicAccessBlock:BucketPublicAccessBlock {REGION}"
KEPT, TRAIL = f"{S3}LifecycleConfiguration:BucketLifecycleConfiguration {REGION}", f"trail {REGION}"
CIPHER = f"{S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration {REGION}"
VERSIONS, OWNER = f"{S3}Versioning:BucketVersioning {REGION}", f"{S3}OwnershipControls:BucketOwnershipControls {REGION}"
ANALYZER = "accessanalyzer/analyzer:Analyzer access-analyzer-eu-west-2"
INSIGHTS = "dynamodb/contributorInsights:ContributorInsights content-ai-article-publishing-locks"
MONITOR, HEARD = (
    "costexplorer/anomalyMonitor:AnomalyMonitor costs",
    "costexplorer/anomalySubscription:AnomalySubscription costs",
)
USERS, FORMS = "attached acs-Users-deny-writes", "attached formbridge-FormBridgeData-deny-writes"
ANYBODY = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
LET_IN = "policy/Statement/2/Condition/ArnNotLike/aws:PrincipalArn"
CONDITION = "policy/Statement/2/Condition"
NO_BLOCK = f"bucket {REGION}: no public access block has all of"
RECORDS: Final[tuple[tuple[Any, ...], ...]] = (
    ("bucket-private", BLOCK, {"": DROP}, NO_BLOCK, FULL),
    ("bucket-private", BLOCK, {"blockPublicPolicy": False}, NO_BLOCK, FULL),
    ("bucket-private", BLOCK, {"bucket": "another"}, NO_BLOCK, FULL),
    ("bucket-private", POLICY, {"policy/Statement/2": DROP}, "no bucket policy denies requests by plain HTTP", FULL),
    ("bucket-private", POLICY, {"": DROP}, "no bucket policy denies requests by plain HTTP", FULL),
    ("trail-trusted", TRAIL, {"enableLogFileValidation": DROP}, "enableLogFileValidation is false", FULL),
    ("trail-trusted", TRAIL, {"enableLogging": False}, "enableLogging is false", FULL),
    ("access-principal", POLICY, {"policy/Statement/+": ANYBODY}, "allows principal", FULL),
    ("stack-inputs", POLICY, {"policy/Statement/1/Condition": DROP}, "policy is with", FULL),
    ("stack-inputs", TRAIL, {"advancedEventSelectors/0/fieldSelectors/2/startsWiths/0": DROP}, "startsWiths is", FULL),
    ("stack-inputs", TRAIL, {"advancedEventSelectors/0": DROP}, "advancedEventSelectors is", FULL),
    ("stack-inputs", TRAIL, {"s3BucketName": "mine"}, "s3BucketName is 'mine'", FULL),
    ("stack-inputs", TRAIL, {"kmsKeyId": DROP}, "kmsKeyId is not given", FULL),
    ("stack-inputs", KEPT, {"rules/0/expiration/days": 1}, "rules[0].expiration.days is 1, expected 90", FULL),
    ("stack-inputs", KEPT, {"rules/1": DROP}, "rules is", FULL),
    (
        "stack-inputs",
        CIPHER,
        {"rules/0/applyServerSideEncryptionByDefault/kmsMasterKeyId": DROP},
        "kmsMaster",
        FULL,
    ),
    ("stack-inputs", VERSIONS, {"versioningConfiguration/status": "Suspended"}, "is 'Suspended', expected", FULL),
    ("stack-inputs", OWNER, {"rule/objectOwnership": "ObjectWriter"}, "is 'ObjectWriter', expected", FULL),
    ("stack-inputs", BUCKET, {"forceDestroy": True}, "forceDestroy is True", FULL),
    ("stack-inputs", ANALYZER, {"type": "ACCOUNT_UNUSED_ACCESS"}, "type is 'ACCOUNT_UNUSED_ACCESS'", FULL),
    ("stack-inputs", INSIGHTS, {"mode": "THROTTLED_KEYS"}, "mode is 'THROTTLED_KEYS', expected", FULL),
    ("stack-inputs", MONITOR, {"monitorSpecification": json.dumps({"Tags": None})}, "monitorSpecification is", FULL),
    ("stack-inputs", HEARD, {"thresholdExpression/dimension/values": ["9999"]}, "values[0] is '9999'", FULL),
    ("stack-inputs", HEARD, {"subscribers": []}, "subscribers is", FULL),
    ("stack-inputs", HEARD, {"frequency": "WEEKLY"}, "frequency is 'WEEKLY'", FULL),
    ("stack-inputs", "topic cost-alarms", {"policy/Statement/2": DROP}, "costalerts.amazonaws.com", FULL),
    ("stack-inputs", USERS, {"policy/Statement/1": DROP}, "policy is without", FULL),
    ("stack-inputs", USERS, {f"{LET_IN}/+": "arn:aws:iam::111122223333:role/*"}, "policy is with", FULL),
    ("stack-inputs", USERS, {f"{CONDITION}/BoolIfExists": DROP}, "policy is without", FULL),
    ("stack-inputs", USERS, {f"{CONDITION}/StringEquals": {"aws:PrincipalTag/a": "b"}}, "policy is with", FULL),
    ("stack-inputs", FORMS, {"policy/Statement/1/Action": ["dynamodb:PutItem"]}, "policy is with", FULL),
    ("stack-inputs", FORMS, {"policy": UNKNOWN}, "policy is (known after the update)", FULL),
    ("stack-complete", TRAIL, {"": DROP}, f"trail {REGION}: is not there", FULL),
    ("stack-complete", KEPT, {"": DROP}, f"bucket lifecycle {REGION}: is not there", FULL),
    ("stack-complete", ANALYZER, {"": DROP}, "access analyzer access-analyzer-eu-west-2: is not there", FULL),
    ("stack-complete", HEARD, {"": DROP}, "cost anomaly subscription costs: is not there", FULL),
    ("stack-options", BUCKET, {"@protect": False}, "protect is False, expected True", FULL),
    (
        "stack-undeclared",
        "cloudtrail/trail:Trail more",
        {"name": "more", "s3BucketName": "more"},
        "is not expected at all",
    ),
)
