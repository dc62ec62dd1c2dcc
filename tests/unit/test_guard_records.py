"""What the guard makes of a plan's changes of what is recorded, and of what tables' and buckets' own policies say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tablekit.ops.guard.report import judge
from tests.support.guarded import Document, inputs, paired, plan, resource, state, step
from tests.unit.test_guard_watches import HEARS, KINDS, UNKNOWN, report, watch

S3, ROLE = "aws:s3/bucket", "arn:aws:iam::123456789012:role/"
KINDS |= {
    "bucket": f"{S3}:Bucket",
    "block": f"{S3}PublicAccessBlock:BucketPublicAccessBlock",
    "versions": f"{S3}Versioning:BucketVersioning",
    "cipher": f"{S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "kept": f"{S3}LifecycleConfiguration:BucketLifecycleConfiguration",
    "opened": f"{S3}Policy:BucketPolicy",
    "trail": "aws:cloudtrail/trail:Trail",
    "analyzer": "aws:accessanalyzer/analyzer:Analyzer",
    "insights": "aws:dynamodb/contributorInsights:ContributorInsights",
    "monitor": "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    "unusual": "aws:costexplorer/anomalySubscription:AnomalySubscription",
    "policy": "aws:dynamodb/resourcePolicy:ResourcePolicy",
}
BUCKET = {"bucket": "trail", "region": "eu-west-1"}
BLOCK = {"bucket": "trail", "blockPublicAcls": True, "blockPublicPolicy": False}
ON = {"bucket": "trail", "versioningConfiguration": {"status": "Enabled"}}
EXPIRES = {"id": "kept", "expiration": {"days": 365}}
OLD = {"id": "old", "noncurrentVersionExpiration": {"noncurrentDays": 30}}
KEPT = {"bucket": "trail", "rules": [EXPIRES, OLD]}
LET_IN = "Condition ArnNotLike aws:PrincipalArn"
TYPE = {"field": "resources.type", "equals": ["AWS::DynamoDB::Table"]}


def selects(*begins: str, only: str = "", **events: list[str]) -> list[Document]:
    """A trail's selectors of tables. events: an operator on the events' names."""
    fields: list[Document] = [TYPE, {"field": "resources.ARN", "startsWiths": list(begins)}]
    fields += [{"field": "eventName", **events}] if events else []
    return [{"fieldSelectors": [*fields, *([{"field": "readOnly", "equals": [only]}] if only else [])]}]


TRAIL: Document = {"name": "dev", "enableLogFileValidation": True, "enableLogging": True, "s3BucketName": "trail"}
TRAIL |= {"advancedEventSelectors": selects("arn:a", "arn:b")}
WRITES = {**TRAIL, "advancedEventSelectors": selects("arn:a", only="false")}
OF_STREAMS = ["GetRecords", "GetShardIterator"]
SUBSCRIBED: Document = {"subscribers": [{"type": "SNS", "address": HEARS}], "frequency": "IMMEDIATE"}
TLS: Document = {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "dynamodb:*"}
TLS |= {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
READS = {"Sid": "Reads", "Effect": "Allow", "Principal": {"AWS": f"{ROLE}a"}, "Action": ["dynamodb:GetItem"]}
NOBODY = {"Sid": "DenyWrites", "Effect": "Deny", "Principal": {"AWS": [f"{ROLE}a", f"{ROLE}b"]}, "Action": "x"}


def only(*names: str) -> Document:
    condition = {"ArnNotLike": {"aws:PrincipalArn": [f"{ROLE}{name}" for name in names]}}
    return {"Sid": "OnlyPrincipals", "Effect": "Deny", "Principal": "*", "Action": "y", "Condition": condition}


def policy(*statements: Document, table: str = "shop-orders") -> Document:
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return {"resourceArn": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table}", "policy": text}


@pytest.mark.parametrize(
    ("op", "kind", "before", "new", "says", "code"),
    [
        ("create", "bucket", None, BUCKET, "create: a new bucket", 0),
        ("delete", "bucket", BUCKET, None, "records-lost: the bucket goes", 2),
        ("replace", "bucket", BUCKET, {"bucket": "b"}, "records-lost: bucket: trail → b, which is another bucket", 2),
        ("delete", "block", BLOCK, None, "records-lost: the public access block goes", 2),
        ("update", "block", BLOCK, {"blockPublicAcls": False}, "records-loosened: blockPublicAcls: true → false", 2),
        ("update", "block", BLOCK, {"blockPublicPolicy": True}, "in-place: the public access block is changed", 0),
        ("update", "versions", ON, {"versioningConfiguration": {"status": "Suspended"}}, "records-loosened: ver", 2),
        ("update", "cipher", {"rules": [1]}, {"rules": [2]}, "records-loosened: rules: [1] → [2]", 2),
        ("update", "kept", KEPT, {"rules": [{**EXPIRES, "expiration": {"days": 30}}, OLD]},
         "records-loosened: rule 'kept': kept for 365 → 30 days", 2),
        ("update", "kept", {"rules": []}, {"rules": [EXPIRES]}, "records-loosened: rule 'kept': kept for ever → 3", 2),
        ("update", "kept", KEPT, {"rules": [EXPIRES]}, "in-place: the bucket lifecycle is changed", 0),
        ("update", "kept", KEPT, {"rules": [{**EXPIRES, "expiration": {"days": 900}}, OLD]}, "in-place: the bucket", 0),
        ("delete", "trail", TRAIL, None, "records-lost: the trail goes", 2),
        ("update", "trail", TRAIL, {"enableLogging": False}, "records-loosened: the trail is off", 2),
        ("update", "trail", TRAIL, {"enableLogFileValidation": False}, "records-loosened: its files are not valid", 2),
        ("update", "trail", TRAIL, {"s3BucketName": "b"}, "records-loosened: s3BucketName: trail → b", 2),
        ("update", "trail", TRAIL, {"advancedEventSelectors": selects("arn:b")},
         "records-loosened: not recorded any more: reads of AWS::DynamoDB::Stream arn:a*, reads of AWS::Dyn", 2),
        ("update", "trail", TRAIL, {"advancedEventSelectors": selects("arn:a", "arn:b", notEquals=OF_STREAMS)},
         "records-loosened: not recorded any more: reads of AWS::DynamoDB::Stream arn:a*, reads of AWS::Dyna", 2),
        ("update", "trail", TRAIL, {"advancedEventSelectors": selects("arn:a", "arn:b", equals=["PutItem"])},
         "records-loosened: not recorded any more: reads of AWS::DynamoDB::Stream arn:a*, reads of AWS::Dyna", 2),
        ("update", "trail", WRITES, {"advancedEventSelectors": selects("arn:a", notEquals=OF_STREAMS)}, "in-place", 0),
        ("update", "trail", TRAIL, {"advancedEventSelectors": selects("arn:a", "arn:b", only="false")},
         "records-loosened: not recorded any more: reads of AWS::DynamoDB::Stream arn:a*, reads of AWS", 2),
        ("update", "trail", TRAIL, {"advancedEventSelectors": selects("arn:a", "arn:b", "arn:c")}, "in-place: the", 0),
        ("delete", "analyzer", {"type": "ACCOUNT"}, None, "watch-lost: the access analyzer goes", 2),
        ("replace", "analyzer", {"type": "ACCOUNT"}, {"type": "ACCOUNT_UNUSED_ACCESS"}, "watch-loosened: type: ACC", 2),
        ("delete", "insights", {"mode": "THROTTLED_KEYS"}, None, "watch-lost: the contributor insights goes", 2),
        ("update", "insights", {"mode": "ACCESSED_AND_THROTTLED_KEYS"}, {"mode": "THROTTLED_KEYS"},
         "watch-loosened: shown are the keys alone that were throttled", 2),
        ("replace", "monitor", {"monitorSpecification": "{}"}, {"monitorSpecification": "{1}"},
         "watch-loosened: monitorSpecification: {} → {1}", 2),
        ("create", "unusual", None, {**SUBSCRIBED, "monitorArnLists": UNKNOWN}, "create: a new cost anomaly subsc", 0),
        ("update", "unusual", SUBSCRIBED, {"subscribers": []}, f"watch-loosened: {HEARS} does not hear of it any", 2),
        ("update", "unusual", SUBSCRIBED, {"frequency": "DAILY"}, "watch-loosened: frequency: IMMEDIATE → DAILY", 2),
        ("delete", "opened", policy(TLS), None, "access-loosened: the bucket policy goes", 2),
        ("update", "opened", policy(TLS), policy(TLS, READS), "access-loosened: statement 'Reads' (Allow) comes", 2),
        ("delete", "policy", policy(TLS), None, "access-loosened: the resource policy goes", 2),
        ("update", "policy", policy(TLS, NOBODY), policy(NOBODY), "access-loosened: statement 'TlsOnly' (Deny) go", 2),
        ("update", "policy", policy(TLS), policy(TLS, only("a")), "access-tightened: statement 'OnlyPrincipals' (D", 2),
        ("update", "policy", policy(only("a")), policy(only("a", "b")),
         f"access-loosened: statement 'OnlyPrincipals' (Deny) changes: {LET_IN} with {ROLE}b",
         2),
        ("update", "policy", policy(only("a", "b")), policy(only("a")),
         f"access-tightened: statement 'OnlyPrincipals' (Deny) changes: {LET_IN} without {ROLE}b",
         2),
        ("update", "policy", policy(NOBODY), policy({**NOBODY, "Principal": {"AWS": f"{ROLE}a"}}),
         f"access-loosened: statement 'DenyWrites' (Deny) changes: Principal AWS without {ROLE}b", 2),
        ("update", "policy", policy(TLS), policy({**TLS, "Condition": {**TLS["Condition"], "Null": {"k": "true"}}}),
         "access-loosened: statement 'TlsOnly' (Deny) changes: Condition Null k with true", 2),
        ("update", "policy", policy(READS), policy({**READS, "Action": ["dynamodb:GetItem", "dynamodb:Scan"]}),
         "access-loosened: statement 'Reads' (Allow) changes: Action with dynamodb:Scan", 2),
        ("update", "policy", policy(NOBODY), policy({**NOBODY, "Principal": {"AWS": [f"{ROLE}b", f"{ROLE}a"]}}),
         "in-place: the resource policy is changed", 0),
        ("update", "policy", policy(TLS), {"policy": UNKNOWN}, "unknown: a value of the resource policy is a sec", 2),
        ("create", "policy", None, policy(TLS), "access-tightened: statement 'TlsOnly' (Deny) comes", 2),
    ],
)  # fmt: skip
def test_what_is_recorded_and_denied_is_judged(
    tmp_path: Path, op: str, kind: str, before: Any, new: Any, says: str, code: int
) -> None:
    touched = watch(op, kind, before, {**(before or {}), **new} if new is not None else None)
    found = report(tmp_path, touched)
    lines = [f"{change.change}: {change.detail}" for each in found.watches for change in each.changes]
    assert [line[: len(says)] for line in lines] == [says]
    assert found.exit_code == code


def test_the_policy_of_a_new_table_is_nobodys_loss(tmp_path: Path) -> None:
    made = resource(inputs(name="new-orders"), name="shop-new")
    own = watch("create", "policy", None, policy(TLS, table="new-orders"))
    steps = (step("same", resource(), resource()), step("create", None, made), own)
    found = judge(paired(tmp_path, plan(*steps), state(resource())), (), date(2026, 6, 1))
    assert [change.change for each in found.watches for change in each.changes] == ["create"]
    assert found.exit_code == 0
