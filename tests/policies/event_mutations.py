"""The ways to break a stage's events, a row each; `full` alone has them in prod."""

from __future__ import annotations

import json
from typing import Any, Final

from tests.policies.edits import DROP, grant

FULL: Final = "prod full"
PIPE, QUEUE = "pipe formbridge-FormBridgeData-events", "queue formbridge-undelivered"
BUS, KEPT = "cloudwatch/eventBus:EventBus formbridge-events", "cloudwatch/eventArchive:EventArchive formbridge-events"
ROLE = "formbridge-FormBridgeData-events"
STREAM = "sourceParameters/dynamodbStreamParameters"
STREAMS = "arn:aws:dynamodb:eu-west-2:111122223333:table/*"
OPEN = {"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
EVERYTHING = json.dumps({"eventName": ["INSERT"]})
HALF = json.dumps(
    {"eventName": ["INSERT", "REMOVE"], "dynamodb": {"NewImage": {"smoke_run": {"S": [{"exists": False}]}}}}
)
KEEPS, ATHENA = "pipe pse-campaign-tracking-archive", "glue/catalogTable:CatalogTable pse-archive"
FILTER = "sourceParameters/filterCriteria/filters/0"
BY_ANYBODY = json.dumps({"eventName": ["REMOVE"]})
BY_A_USER = json.dumps({"eventName": ["REMOVE"], "dynamodb": {"OldImage": {"smoke_run": {"S": [{"exists": False}]}}}})
EVENTS: Final[tuple[tuple[Any, ...], ...]] = (
    ("pipe-queue", PIPE, {f"{STREAM}/deadLetterConfig": DROP}, "has no deadLetterConfig; give it", FULL),
    (
        "pipe-queue",
        PIPE,
        {f"{STREAM}/maximumRecordAgeInSeconds": -1, f"{STREAM}/maximumRetryAttempts": -1},
        "it never gives up, so that one bad record",
        FULL,
    ),
    ("pipe-smoke", PIPE, {"sourceParameters/filterCriteria": DROP}, "it has no filter; give it one", FULL),
    ("pipe-smoke", PIPE, {"sourceParameters/filterCriteria/filters/0/pattern": EVERYTHING}, "lets smoke_run", FULL),
    ("pipe-smoke", PIPE, {"sourceParameters/filterCriteria/filters/0/pattern": HALF}, "lets smoke_run through", FULL),
    ("pipe-smoke", PIPE, {"sourceParameters/filterCriteria/filters/0/pattern": "{"}, "lets smoke_run through", FULL),
    ("pipe-running", PIPE, {"desiredState": "STOPPED"}, "desiredState is 'STOPPED'; make it RUNNING", FULL),
    ("event-archive", KEPT, {"": DROP}, "event bus formbridge-events: has no archive", FULL),
    ("event-archive", KEPT, {"eventSourceArn": "arn:other"}, "event bus formbridge-events: has no archive", FULL),
    ("queue-encrypted", QUEUE, {"kmsMasterKeyId": DROP, "sqsManagedSseEnabled": False}, "and it has no key", FULL),
    ("access-principal", QUEUE, {"policy/Statement/+": OPEN}, "allows principal", FULL),
    (
        "access-wildcard-resource",
        f"policy {ROLE}",
        grant("dynamodb:GetRecords", f"{STREAMS}/stream/*"),
        "name the",
        FULL,
    ),
    ("access-wildcard-resource", f"policy {ROLE}", grant("events:PutEvents", "*"), "is on '*'", FULL),
    (
        "alarm-published",
        "alarm formbridge-undelivered",
        {"metricQueries/0/metric/dimensions": {"Queue": "q"}},
        "is not published by",
        FULL,
    ),
    ("alarm-actions", "alarm formbridge-undelivered", {"alarmActions": []}, "alarmActions is empty", FULL),
    ("stack-inputs", f"role {ROLE}", {"assumeRolePolicy/Statement/0/Condition": DROP}, "assumeRolePolicy is", FULL),
    ("stack-inputs", f"policy {ROLE}", {"policy/Statement/3/Resource": ["*"]}, "policy is with", FULL),
    ("stack-inputs", PIPE, {"target": "arn:aws:events:eu-west-2:111122223333:event-bus/default"}, "target is", FULL),
    ("stack-inputs", PIPE, {"targetParameters/inputTemplate": DROP}, "inputTemplate is not given", FULL),
    ("stack-inputs", PIPE, {f"{STREAM}/startingPosition": "LATEST"}, "startingPosition is 'LATEST'", FULL),
    ("stack-inputs", KEPT, {"retentionDays": 1}, "retentionDays is 1, expected 90", FULL),
    ("stack-inputs", BUS, {"kmsKeyIdentifier": DROP}, "kmsKeyIdentifier is not given", FULL),
    ("pipe-smoke", KEEPS, {f"{FILTER}/pattern": BY_ANYBODY}, "lets smoke_run through", FULL),
    ("pipe-queue", KEEPS, {f"{STREAM}/maximumRecordAgeInSeconds": -1}, "it never gives up", FULL),
    ("pipe-running", KEEPS, {"desiredState": "STOPPED"}, "desiredState is 'STOPPED'", FULL),
    (
        "bucket-private",
        "s3/bucketPublicAccessBlock:BucketPublicAccessBlock pse-archive",
        {"": DROP},
        "pse-archive: no",
        FULL,
    ),
    ("bucket-private", "s3/bucketPolicy:BucketPolicy pse-archive", {"": DROP}, "pse-archive: no bucket policy", FULL),
    ("access-wildcard-resource", "policy pse-archive", grant("s3:PutObject", "*"), "is on '*'", FULL),
    ("access-wildcard-action", "policy pse-archive", grant("s3:*", "arn:a"), "allows 's3:*'", FULL),
    (
        "stack-inputs",
        "policy pse-archive",
        {"policy/Statement/0/Resource": ["arn:aws:s3:::a/*"]},
        "policy is with",
        FULL,
    ),
    ("stack-inputs", KEEPS, {f"{FILTER}/pattern": BY_A_USER}, "filters[0].pattern is", FULL),
    ("stack-inputs", KEEPS, {"target": "arn:aws:lambda:eu-west-2:111122223333:function:other"}, "target is", FULL),
    ("stack-inputs", ATHENA, {"parameters/projection.enabled": "false"}, "projection.enabled is 'false'", FULL),
    ("stack-options", "s3/bucket:Bucket pse-archive", {"@protect": False}, "protect is False, expected True", FULL),
    ("stack-complete", "function pse-archive", {"": DROP}, "function pse-archive: is not there", FULL),
    ("stack-complete", PIPE, {"": DROP}, "pipe formbridge-FormBridgeData-events: is not there", FULL),
    ("stack-undeclared", "pipe more", {"name": "more"}, "is not expected at all", FULL),
)
