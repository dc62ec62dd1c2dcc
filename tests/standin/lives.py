"""A life of each type of the catalogue: what it is made of, changed to and replaced by."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from local.standin.values import Archive, Props

from .harness import (
    ALARM,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BUDGET,
    CATALOG_DATABASE,
    CATALOG_TABLE,
    COMPOSITE,
    DASHBOARD,
    EVENT_ARCHIVE,
    EVENT_BUS,
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    LOG_GROUP,
    PARAMETER,
    PERMISSION,
    PIPE,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    TABLE,
    TOPIC,
    VAULT,
    VAULT_LOCK,
)
from .test_checks import (
    BOARD,
    CHOSEN,
    COPY,
    COSTS,
    FAILED,
    HURT,
    LOCK,
    REPLICA,
    SCALED,
    TOTAL,
    TRUST,
    alarm,
    kept,
    query,
)
from .test_function_checks import COUNTS, STARTS
from .test_pipe_checks import CATALOGUED, PIPED, STREAM, piped
from .test_table import users

ARN = "arn:aws:{}:eu-west-2:123456789012:{}"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
DENY = ALLOW.replace("Allow", "Deny")
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": "*"}],
    }
)
RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
TARGET = "aws:appautoscaling/target:Target"
SCALING = "aws:appautoscaling/policy:Policy"
SCHEDULED = "aws:appautoscaling/scheduledAction:ScheduledAction"
EACH_DAY: Props = {"schedule": "cron(0 8 ? * * *)", "scalableTargetAction": {"minCapacity": 2}}
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"

ROLE_INPUTS: Props = {"name": "dev-app", "assumeRolePolicy": TRUST}
COUNTS_ROLE = (ROLE, "role", {"name": "dev-counts", "assumeRolePolicy": TRUST})


def tracking(value: float) -> Props:
    metric = {"predefinedMetricType": "DynamoDBReadCapacityUtilization"}
    return {"targetValue": value, "predefinedMetricSpecification": metric}


def queries(label: str) -> list[Props]:
    return [{**TOTAL, "label": label}, query(1), query(2)]


MATHS: Props = {
    key: value
    for key, value in alarm().items()
    if key not in ("namespace", "metricName", "statistic", "period", "dimensions")
}


@dataclass
class Life:
    """A type's inputs, changes that update and changes that replace, and what must be there before."""

    token: str
    inputs: Props
    updates: list[Props] = field(default_factory=list)
    replaces: dict[str, Any] = field(default_factory=dict)
    before: list[tuple[str, str, Props]] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)


A_ROLE = (ROLE, "role", ROLE_INPUTS)
A_TOPIC = (TOPIC, "topic", {"name": "dev-alarms"})
A_TABLE = (TABLE, "users", users())
PROVISIONED = (TABLE, "users", users(billingMode="PROVISIONED", readCapacity=1, writeCapacity=1))
A_TARGET = (TARGET, "target", {**SCALED, "minCapacity": 1, "maxCapacity": 5})
TOPIC_ARN = ARN.format("sns", "dev-alarms")
TABLE_ARN = ARN.format("dynamodb", "table/dev-users")

LIVES = {
    "table": Life(
        TABLE,
        users(),
        [
            {"ttl": {"attributeName": "expires", "enabled": True}},
            {"ttl": {"attributeName": "expires", "enabled": False}},
            {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 3}},
            {"streamEnabled": True, "streamViewType": "KEYS_ONLY"},
            {"deletionProtectionEnabled": True},
            {"tags": {"a": "b", "c": ""}},
            {"billingMode": "PROVISIONED", "readCapacity": 3, "writeCapacity": 4},
            {"warmThroughput": {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000}},
        ],
        {
            "region": "us-east-1",
            "name": "dev-people",
            "hashKey": "id",
            "rangeKey": None,
            "localSecondaryIndexes": [{"name": "by-at", "rangeKey": "at", "projectionType": "ALL"}],
        },
        outputs={"arn": TABLE_ARN, "region": "eu-west-2", "streamArn": "", "tagsAll": {}},
    ),
    "role": Life(
        ROLE,
        ROLE_INPUTS,
        [
            {"description": "x"},
            {"assumeRolePolicy": TRUST.replace("lambda", "ecs-tasks")},
            {"maxSessionDuration": 7200},
            {"permissionsBoundary": "arn:aws:iam::123456789012:policy/edge"},
            {"tags": {"a": "b"}},
        ],
        {"name": "dev-other", "path": "/app/"},
        outputs={"arn": "arn:aws:iam::123456789012:role/dev-app", "path": "/", "maxSessionDuration": 3600},
    ),
    "role policy": Life(
        ROLE_POLICY,
        {"name": "read", "role": "dev-app", "policy": ALLOW},
        [{"policy": DENY}],
        {"name": "write"},
        before=[A_ROLE],
    ),
    "resource policy": Life(
        RESOURCE_POLICY, {"resourceArn": TABLE_ARN, "policy": ALLOW}, [{"policy": DENY}], before=[A_TABLE]
    ),
    "alarm": Life(
        ALARM,
        alarm(alarmActions=[TOPIC_ARN], treatMissingData="notBreaching", tags={"a": "b"}),
        [
            {"threshold": 5.5},
            {"period": 300, "evaluationPeriods": 3, "datapointsToAlarm": 2},
            {"dimensions": {"TableName": "dev-users", "GlobalSecondaryIndexName": "by-email"}},
            {"treatMissingData": None},
            {"alarmActions": None, "okActions": [TOPIC_ARN, TOPIC_ARN + "2"]},
            {"actionsEnabled": False},
            {"alarmDescription": "told to nobody"},
            {"tags": {"a": "c"}},
            {"tags": None},
        ],
        {"name": "dev-other"},
        outputs={"arn": ARN.format("cloudwatch", "alarm:dev-throttle"), "actionsEnabled": True},
    ),
    "alarm with maths": Life(
        ALARM, {**MATHS, "metricQueries": queries("all")}, [{"metricQueries": queries("some")}, {"threshold": 3}]
    ),
    "dashboard": Life(
        DASHBOARD,
        BOARD,
        [{"dashboardBody": '{"widgets": [{"type": "text", "properties": {"markdown": "x"}}]}'}],
        {"dashboardName": "other"},
        outputs={"dashboardArn": "arn:aws:cloudwatch::123456789012:dashboard/dev-shop"},
    ),
    "composite alarm": Life(
        COMPOSITE,
        HURT,
        [{"alarmRule": 'ALARM("b")'}, {"alarmActions": [TOPIC_ARN]}, {"tags": {"a": "b"}}],
        {"alarmName": "other", "actionsEnabled": False},
        outputs={"arn": ARN.format("cloudwatch", "alarm:dev-hurt"), "actionsEnabled": True},
    ),
    "budget": Life(
        BUDGET,
        COSTS,
        [{"limitAmount": "30"}, {"notifications": None}, {"tags": {"a": "b"}}],
        {"name": "other"},
        outputs={"arn": "arn:aws:budgets::123456789012:budget/dev-shop", "accountId": "123456789012"},
    ),
    "backup vault": Life(
        VAULT,
        {"name": "dev-shop", "tags": {"a": "b"}},
        [{"tags": {"a": "c"}}, {"tags": None}],
        {"name": "dev-shops", "kmsKeyArn": ARN.format("kms", "key/1")},
        outputs={"arn": ARN.format("backup", "backup-vault:dev-shop")},
    ),
    "vault lock": Life(
        VAULT_LOCK,
        LOCK,
        replaces={"backupVaultName": "other", "minRetentionDays": 7, "maxRetentionDays": 500, "changeableForDays": 3},
        before=[(VAULT, "vault", {"name": "dev-shop"}), (VAULT, "other", {"name": "other"})],
    ),
    "backup plan": Life(
        BACKUP_PLAN,
        {"tags": {"a": "b"}, **kept()},
        [
            kept(lifecycle={"deleteAfter": 35}),
            kept(copyActions=[{**COPY, "lifecycle": {"deleteAfter": 35}}]),
            {"tags": None},
        ],
        {"name": "dev-shops"},
        outputs={"arn": ARN.format("backup", "backup-plan:dev-shop"), "version": "1"},
    ),
    "backup selection": Life(BACKUP_SELECTION, CHOSEN, replaces={"name": "all", "planId": "q", "conditions": []}),
    "event rule": Life(
        EVENT_RULE,
        {**FAILED, "tags": {"a": "b"}},
        [{"eventPattern": '{"source": ["aws.s3"]}'}, {"state": "DISABLED"}, {"description": "x"}, {"tags": {"a": "c"}}],
        {"name": "dev-others"},
        outputs={"arn": ARN.format("events", "rule/dev-failed")},
    ),
    "event target": Life(
        EVENT_TARGET,
        {"rule": "dev-failed", "targetId": "alarms", "arn": TOPIC_ARN},
        [{"arn": TOPIC_ARN + "2"}, {"input": '{"a": 1}'}],
        {"targetId": "others"},
        before=[(EVENT_RULE, "rule", FAILED)],
    ),
    "function": Life(
        FUNCTION,
        {**COUNTS, "tags": {"a": "b"}},
        [
            {"code": Archive({"counts.py": "def handler(event, context): return 2\n"})},
            {"timeout": 60},
            {"environment": {"variables": {"A": "b"}}},
            {"reservedConcurrentExecutions": 2},
            {"tags": {"a": "c"}},
        ],
        {"name": "dev-others"},
        before=[COUNTS_ROLE],
        outputs={"arn": ARN.format("lambda", "function:dev-counts"), "version": "$LATEST"},
    ),
    "permission": Life(
        PERMISSION,
        STARTS,
        replaces={"statementId": "other", "principal": "s3.amazonaws.com", "sourceArn": ARN.format("events", "rule/x")},
        before=[COUNTS_ROLE, (FUNCTION, "function", COUNTS)],
    ),
    "log group": Life(
        LOG_GROUP,
        {"name": "/aws/lambda/dev-counts", "retentionInDays": 30, "tags": {"a": "b"}},
        [{"retentionInDays": 7}, {"retentionInDays": None}, {"tags": {"a": "c"}}],
        {"name": "/aws/lambda/dev-others"},
        outputs={"arn": ARN.format("logs", "log-group:/aws/lambda/dev-counts")},
    ),
    "event bus": Life(
        EVENT_BUS,
        {"name": "dev-shop", "tags": {"a": "b"}},
        [{"tags": {"a": "c"}}, {"tags": None}],
        {"name": "dev-shops"},
        outputs={"arn": ARN.format("events", "event-bus/dev-shop")},
    ),
    "event archive": Life(
        EVENT_ARCHIVE,
        {"name": "dev-shop", "eventSourceArn": ARN.format("events", "event-bus/dev-shop"), "retentionDays": 90},
        [{"retentionDays": 7}],
        {"name": "dev-shops", "eventSourceArn": ARN.format("events", "event-bus/other")},
        before=[(EVENT_BUS, "bus", {"name": "dev-shop"}), (EVENT_BUS, "other", {"name": "other"})],
        outputs={"arn": ARN.format("events", "archive/dev-shop")},
    ),
    "queue": Life(
        QUEUE,
        {"name": "dev-undelivered", "messageRetentionSeconds": 1_209_600, "sqsManagedSseEnabled": True},
        [
            {"messageRetentionSeconds": 3600},
            {"tags": {"a": "b"}},
            {"policy": OPEN.replace("sns:Publish", "sqs:SendMessage")},
            {"maxMessageSize": 262_144},
        ],
        {"name": "dev-others"},
        outputs={"arn": ARN.format("sqs", "dev-undelivered")},
    ),
    "pipe": Life(
        PIPE,
        PIPED,
        [
            {"sourceParameters": piped(batchSize=5)},
            {"desiredState": "STOPPED"},
            {"target": ARN.format("events", "event-bus/other")},
            {"tags": {"a": "b"}},
        ],
        {"source": STREAM + "2", "name": "dev-others"},
        outputs={"arn": ARN.format("pipes", "pipe/dev-shop-orders-events")},
    ),
    "catalog database": Life(
        CATALOG_DATABASE,
        {"name": "dev_shop", "tags": {"a": "b"}},
        [{"description": "x"}, {"tags": {"a": "c"}}],
        {"name": "dev_shops"},
        outputs={"arn": ARN.format("glue", "database/dev_shop")},
    ),
    "catalog table": Life(
        CATALOG_TABLE,
        CATALOGUED,
        [{"parameters": {"projection.enabled": "false"}}, {"partitionKeys": []}],
        {"name": "others", "databaseName": "dev_shops"},
        outputs={"arn": ARN.format("glue", "table/dev_shop/expired")},
    ),
    "topic": Life(
        TOPIC,
        {"name": "dev-alarms"},
        [{"displayName": "Alarms"}, {"tags": {"a": "b"}}, {"policy": OPEN}, {"kmsMasterKeyId": "alias/aws/sns"}],
        {"name": "dev-others"},
        outputs={"arn": TOPIC_ARN, "name": "dev-alarms", "owner": "123456789012"},
    ),
    "subscription": Life(
        SUBSCRIPTION,
        {"topic": TOPIC_ARN, "protocol": "email", "endpoint": "a@example.com"},
        replaces={"endpoint": "b@example.com", "protocol": "email-json"},
        before=[A_TOPIC],
        outputs={"ownerId": "123456789012"},
    ),
    "scaling target": Life(
        TARGET,
        {**SCALED, "minCapacity": 1, "maxCapacity": 5},
        [{"maxCapacity": 9}],
        {"scalableDimension": "dynamodb:table:WriteCapacityUnits"},
        before=[PROVISIONED],
    ),
    "scaling policy": Life(
        SCALING,
        {
            **SCALED,
            "name": "reads",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": tracking(70),
        },
        [{"targetTrackingScalingPolicyConfiguration": tracking(60)}],
        {"name": "others"},
        before=[PROVISIONED, A_TARGET],
    ),
    "scheduled floor": Life(
        SCHEDULED,
        {**SCALED, "name": "day", **EACH_DAY},
        [{"schedule": "cron(0 9 ? * * *)", "timezone": "Europe/London"}, {"scalableTargetAction": {"minCapacity": 3}}],
        {"name": "night"},
        before=[PROVISIONED, A_TARGET],
    ),
    "parameter": Life(
        PARAMETER,
        {"name": "/dev/users", "type": "String", "insecureValue": "dev-users", "tags": {"a": "b"}},
        [{"insecureValue": "other"}, {"description": "x"}, {"tags": {"a": "c"}}, {"tier": "Advanced"}],
        {"name": "/dev/others"},
        outputs={"arn": ARN.format("ssm", "parameter/dev/users"), "version": 1},
    ),
    "replica": Life(
        REPLICA,
        {"globalTableArn": TABLE_ARN.replace("eu-west-2", "eu-west-1"), "pointInTimeRecovery": True},
        [{"pointInTimeRecovery": False}, {"deletionProtectionEnabled": True}, {"tags": {"a": "b"}}],
        {"kmsKeyArn": ARN.format("kms", "key/1"), "tableClassOverride": "STANDARD"},
        outputs={"arn": TABLE_ARN},
    ),
    "key": Life(
        KEY,
        {"description": "tables", "deletionWindowInDays": 7},
        [{"description": "all tables"}, {"enableKeyRotation": True}, {"tags": {"a": "b"}}, {"isEnabled": False}],
    ),
}
