"""What S3, CloudTrail, Access Analyzer and Cost Explorer refuse, or would take and then never do."""

from __future__ import annotations

import pytest

from local.standin.values import Props

from .harness import Plugin
from .record_lives import (
    ANALYZER,
    BUCKET,
    COUNTED,
    HEARD,
    INSIGHTS,
    LEFTOVERS,
    MONITOR,
    S3,
    TRACED,
    TRAIL,
    UNUSUAL,
    ciphered,
    expiring,
    selected,
)

LIFECYCLE = f"{S3}LifecycleConfiguration:BucketLifecycleConfiguration"
BLOCK = f"{S3}PublicAccessBlock:BucketPublicAccessBlock"
CIPHER = f"{S3}ServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
B = {"bucket": "dev-trail"}
WRONG: list[tuple[str, Props, str]] = [
    (BUCKET, {"bucket": "Dev"}, "bucket is 'Dev'; allowed: 3 to 63 of a-z 0-9 . -"),
    (BUCKET, {"bucket": "a" * 64}, "allowed: 3 to 63 of a-z 0-9 . -"),
    (BUCKET, {"bucket": "xn--a"}, "allowed: 3 to 63 of a-z 0-9 . -"),
    (BLOCK, {**B, "blockPublicAcl": True}, "has no property 'blockPublicAcl'; did you mean 'blockPublicAcls'?"),
    (LIFECYCLE, {**B, "rules": [expiring(365, (7, "STANDARD_IA"))]}, "days is 7; allowed: 30 or more for STANDARD_IA"),
    (LIFECYCLE, {**B, "rules": [expiring(90, (90, "GLACIER"))]}, "days is 90; allowed: less than expiration.days (90)"),
    (LIFECYCLE, {**B, "rules": [expiring(90, (60, "FROZEN"))]}, "storageClass is 'FROZEN'; allowed: GLACIER"),
    (LIFECYCLE, {**B, "rules": [{**LEFTOVERS, "status": "On"}]}, "status is 'On'; allowed: Enabled, Disabled"),
    (CIPHER, {**B, "rules": ciphered("AES")}, "'AES'; allowed: AES256, aws:"),
    (TRAIL, {**TRACED, "name": "a"}, "name is 'a'; allowed: 3 to 128 of a-z"),
    (TRAIL, {**TRACED, "name": "a--b"}, "name is 'a--b'; allowed: 3 to 128"),
    (
        TRAIL,
        {**TRACED, "advancedEventSelectors": selected("Table")},
        "is ['Table']; allowed: resources.type that equals a type, as AWS::DynamoDB::Table",
    ),
    (
        TRAIL,
        {**TRACED, "advancedEventSelectors": selected("AWS::DynamoDB::Table", values=499)},
        "advancedEventSelectors is 501; allowed: 500 values in all",
    ),
    (ANALYZER, {"analyzerName": "1a"}, "analyzerName is '1a'; allowed: what matches [A-Za-z_]"),
    (ANALYZER, {"analyzerName": "a", "type": "TEAM"}, "type is 'TEAM'; allowed: ACCOUNT, ORGANIZATION"),
    (INSIGHTS, {"tableName": "dev-users", "mode": "SOME"}, "'SOME'; allowed: ACCESSED_AND_THROTTLED_KEYS"),
    (MONITOR, {**COUNTED, "monitorType": "TAGS"}, "'TAGS'; allowed: DIMENSIONAL, CUSTOM"),
    (MONITOR, {**COUNTED, "monitorSpecification": None}, "monitorSpecification is None; allowed: an expression"),
    (UNUSUAL, {**HEARD, "frequency": "DAILY"}, "frequency is 'DAILY'; allowed: IMMEDIATE with subscribers of type SNS"),
    (UNUSUAL, {**HEARD, "frequency": "HOURLY"}, "frequency is 'HOURLY'"),
    (UNUSUAL, {**HEARD, "subscribers": [{"type": "SNS", "address": "ops"}]}, "allowed: 6 to 302 characters"),
]


@pytest.mark.parametrize(("token", "inputs", "words"), WRONG, ids=[words[:50] for _, _, words in WRONG])
def test_refused(plugin: Plugin, token: str, inputs: Props, words: str) -> None:
    assert words in plugin.reasons(token, {name: value for name, value in inputs.items() if value is not None})
