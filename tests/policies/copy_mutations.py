"""The ways to break a stage's own keys and its replicas, a row each; `copies` has both."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.policies.edits import DROP, UNKNOWN

KEY, ALIAS = "key pse-key", "kms/alias:Alias pse-key"
REPLICA = "replica pse-keyword-intelligence-eu-west-1"
THERE, LAG = "eu-west-1", "alarm pse-keyword-intelligence-replication-to-eu-west-1"
COPIED, ANOTHER = "prod copies", "arn:aws:kms:eu-west-2:111122223333:key/2"
SOMEBODY = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "kms:Decrypt"}]}
COPIES: Final[tuple[tuple[Any, ...], ...]] = tuple(
    (*row, COPIED)
    for row in (
        ("key-rotation", KEY, {"enableKeyRotation": False}, "enableKeyRotation is false"),
        ("key-rotation", "key pse-key-eu-west-1", {"enableKeyRotation": DROP}, "enableKeyRotation is false"),
        ("key-owner", KEY, {"policy": json.dumps(SOMEBODY)}, "no statement that allows kms:* to"),
        ("key-owner", KEY, {"policy/Statement/0/Action": ["kms:Decrypt"]}, "no statement that allows kms:* to"),
        ("key-owner", KEY, {"bypassPolicyLockoutSafetyCheck": True}, "bypassPolicyLockoutSafetyCheck is true"),
        ("key-kept", KEY, {"deletionWindowInDays": 7}, "deletionWindowInDays is 7; set it to 30"),
        ("key-kept", KEY, {"isEnabled": False}, "isEnabled is false"),
        ("access-principal", KEY, {"policy/Statement/1/Principal": "*"}, 'allows principal ["*"]'),
        ("stack-inputs", KEY, {"policy/Statement/1/Principal": {"Service": "s3.amazonaws.com"}}, "policy is with"),
        ("stack-inputs", KEY, {"multiRegion": True}, "multiRegion is True, expected not given"),
        ("stack-inputs", ALIAS, {"name": "alias/dynamodb/prod/acs"}, "name is 'alias/dynamodb/prod/acs', expected"),
        ("stack-complete", "key pse-key-eu-north-1", {"": DROP}, "key pse-key-eu-north-1: is not there"),
        ("stack-complete", ALIAS, {"": DROP}, "key alias pse-key: is not there"),
        ("stack-options", KEY, {"@protect": False}, "protect is False, expected True"),
        ("stack-outputs", KEY, {"arn": ANOTHER}, "serverSideEncryption.kmsKeyArn is 'arn:aws:kms:eu-west-2"),
        ("stack-outputs", KEY, {"keyId": "2"}, "key alias pse-key: targetKeyId is"),
        ("replica-kept", REPLICA, {"pointInTimeRecovery": False}, "pointInTimeRecovery is false"),
        ("replica-kept", REPLICA, {"deletionProtectionEnabled": DROP}, "deletionProtectionEnabled is false"),
        ("replica-kept", REPLICA, {"@protect": False}, "protect is false"),
        ("replica-key", REPLICA, {"kmsKeyArn": DROP}, "has no kmsKeyArn, and its table has one"),
        ("replica-lag", LAG, {"": DROP}, "no alarm on ReplicationLatency to eu-west-1 in eu-west-2"),
        ("replica-lag", LAG, {"dimensions/ReceivingRegion": "eu-central-1"}, "no alarm on ReplicationLatency to eu-"),
        ("alarm-published", LAG, {"statistic": "Sum"}, "no statistic Sum"),
        ("alarm-published", LAG, {"dimensions/ReceivingRegion": DROP}, "not published by TableName"),
        ("stack-inputs", REPLICA, {"region": "us-east-1"}, "region is 'us-east-1', expected 'eu-west-1'"),
        ("stack-inputs", REPLICA, {"globalTableArn": UNKNOWN}, "globalTableArn is (known after the update)"),
        ("stack-inputs", REPLICA, {"tableClassOverride": "STANDARD_INFREQUENT_ACCESS"}, "tableClassOverride is"),
        ("stack-options", REPLICA, {"@ignore_changes": ()}, "ignoreChanges is without ['tableClassOverride']"),
        ("stack-complete", REPLICA, {"": DROP}, f"{REPLICA}: is not there"),
        ("stack-complete", "attached content-ai-ai-response-cache-eu-west-1-deny-writes", {"": DROP}, "is not there"),
        ("stack-options", "table pse-keyword-intelligence", {"@ignore_changes": ()}, "ignoreChanges is without"),
        ("stack-inputs", "policy pse-app", {"policy/Statement/0/Resource/0": DROP}, "policy is without"),
        ("stack-inputs", "topic pse-eu-west-1-alarms", {"kmsMasterKeyId": DROP}, "kmsMasterKeyId is not given"),
        ("stack-undeclared", "replica acs-Users-us-east-1", {"region": "us-east-1"}, "is not expected at all"),
    )
)
