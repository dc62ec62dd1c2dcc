"""Check refuses what pulumi-aws does not have and what AWS refuses: object, value, what is allowed, the fix."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.standin.values import UNKNOWN, Props

from .harness import (
    ALARM,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BUDGET,
    COMPOSITE,
    DASHBOARD,
    EVENT_RULE,
    PARAMETER,
    ROLE,
    ROLE_POLICY,
    TABLE,
    VAULT,
    VAULT_LOCK,
    Plugin,
    PluginError,
)
from .test_table import indexed, users

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)


def alarm(**more: Any) -> Props:
    given = {
        "name": "dev-throttle",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "threshold": 0,
        "namespace": "AWS/DynamoDB",
        "metricName": "ReadThrottleEvents",
        "statistic": "Sum",
        "period": 60,
        "dimensions": {"TableName": "dev-users"},
        **more,
    }
    return {key: value for key, value in given.items() if value is not None}


def lasting(seconds: int) -> Props:
    """A query whose metric has this period."""
    return {**query(1), "metric": {**query(1)["metric"], "period": seconds}}


def maths(queries: list[Props]) -> Props:
    return alarm(metricQueries=queries, namespace=None, metricName=None, statistic=None, period=None, dimensions=None)


def query(number: int, **more: Any) -> Props:
    metric = {"namespace": "AWS/DynamoDB", "metricName": "SystemErrors", "period": 60, "stat": "Sum"}
    return {"id": f"m{number}", "metric": metric, **more}


TOTAL: Props = {"id": "total", "expression": "SUM(METRICS())", "returnData": True}


def parameter(**more: Any) -> Props:
    return {"name": "/dev/users", "type": "String", "insecureValue": "x", **more}


FLOOR = "aws:appautoscaling/scheduledAction:ScheduledAction"
SCALED: Props = {
    "serviceNamespace": "dynamodb",
    "resourceId": "table/dev-users",
    "scalableDimension": "dynamodb:table:ReadCapacityUnits",
}


def with_index(**change: Any) -> Props:
    inputs = indexed("email")
    inputs["globalSecondaryIndexes"][0].update(change)
    return inputs


def many(count: int) -> Props:
    return indexed(*(f"a{number:02}" for number in range(count)))


def included(indexes: int, each: int) -> Props:
    inputs = many(indexes)
    for number, index in enumerate(inputs["globalSecondaryIndexes"]):
        names = [f"x{number}-{n}" for n in range(each)]
        index.update(projectionType="INCLUDE", nonKeyAttributes=names)
    return inputs


def local_indexes(count: int) -> Props:
    names = [f"l{number}" for number in range(count)]
    inputs = users()
    inputs["attributes"] = [*inputs["attributes"], *({"name": name, "type": "S"} for name in names)]
    inputs["localSecondaryIndexes"] = [
        {"name": f"by-{name}", "rangeKey": name, "projectionType": "ALL"} for name in names
    ]
    return inputs


KEYS = users()["attributes"]
PROVISIONED: Props = {"billingMode": "PROVISIONED", "readCapacity": 1, "writeCapacity": 1}
LIMITS: Props = {"onDemandThroughput": {"maxReadRequestUnits": 5}}
KEY_SCHEMA = [{"attributeName": "email", "keyType": "HASH"}]

NOTIFIED: Props = {"comparisonOperator": "GREATER_THAN", "notificationType": "ACTUAL", "threshold": 10}
NOTIFIED |= {"thresholdType": "ABSOLUTE_VALUE", "subscriberSnsTopicArns": ["arn:aws:sns:eu-west-2:123456789012:dev"]}
COSTS: Props = {
    "name": "dev-shop",
    "budgetType": "COST",
    "timeUnit": "MONTHLY",
    "limitAmount": "20",
    "limitUnit": "USD",
}
COSTS |= {"costFilters": [{"name": "TagKeyValue", "values": ["user:family$shop"]}], "notifications": [NOTIFIED]}
HURT: Props = {"alarmName": "dev-hurt", "alarmRule": 'ALARM("a") OR ALARM("b")'}
BOARD: Props = {"dashboardName": "dev-shop", "dashboardBody": '{"widgets": []}'}
LOCK: Props = {"backupVaultName": "dev-shop", "minRetentionDays": 30, "maxRetentionDays": 400}
COPY: Props = {"destinationVaultArn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:dev-shop"}
KEPT: Props = {"ruleName": "daily", "targetVaultName": "dev-shop", "schedule": "cron(0 3 * * ? *)"}
KEPT |= {"startWindow": 60, "completionWindow": 1440, "lifecycle": {"coldStorageAfter": 10, "deleteAfter": 100}}
CHOSEN: Props = {"name": "dev-shop", "planId": "p", "iamRoleArn": "arn:aws:iam::123456789012:role/dev-shop"}
CHOSEN |= {"resources": ["arn:aws:dynamodb:eu-west-2:123456789012:table/dev-*"]}
CHOSEN |= {"conditions": [{"stringEquals": [{"key": "aws:ResourceTag/family", "value": "shop"}]}]}
FAILED: Props = {"name": "dev-failed", "eventPattern": '{"source": ["aws.backup"]}'}


REPLICA = "aws:dynamodb/tableReplica:TableReplica"


def replica(**changed: Any) -> Props:
    """One of a table, this changed."""
    arn = "arn:aws:dynamodb:eu-west-2:123456789012:table/dev-users"
    return {"globalTableArn": arn, "region": "eu-west-1", **changed}


def kept(**changed: Any) -> Props:
    """A plan of one rule, this changed."""
    return {"name": "dev-shop", "rules": [{**KEPT, **changed}]}


def notified(**changed: Any) -> Props:
    """The budget, its one notification changed."""
    return {**COSTS, "notifications": [{**NOTIFIED, **changed}]}


def board(**changed: Any) -> Props:
    """A dashboard of one graph with these properties, or without those that are None."""
    graph = {"region": "eu-west-2", "metrics": [["AWS/SNS", "NumberOfMessagesPublished"]], **changed}
    graph = {name: value for name, value in graph.items() if value is not None}
    return {**BOARD, "dashboardBody": json.dumps({"widgets": [{"type": "metric", "properties": graph}]})}


def tracks(use: int) -> Props:
    metric = {"predefinedMetricType": "DynamoDBReadCapacityUtilization"}
    tracked = {"targetValue": use, "predefinedMetricSpecification": metric}
    return {**SCALED, "name": "reads", "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": tracked}  # fmt: skip


WRONG: list[tuple[str, Props, str]] = [
    # what pulumi-aws does not have
    (TABLE, users(hashkey="pk"), "has no property 'hashkey'; did you mean 'hashKey'?"),
    (TABLE, users(arn="arn:x"), "has no property 'arn'"),
    (TABLE, with_index(projection="ALL"), "TableGlobalSecondaryIndex (at globalSecondaryIndexes[0] of aws:dynamodb"),
    (TABLE, users(name=7), "name is 7 (int); allowed: a string"),
    (TABLE, users(readCapacity=1.5), "readCapacity is 1.5 (float); allowed: a whole number"),
    (TABLE, users(tags={"a": 1}), "tags.a is 1 (int); allowed: a string"),
    (TABLE, users(attributes={"name": "pk"}), "allowed: a list"),
    (TABLE, users(ttl="expires"), "allowed: an object with attributeName, enabled"),
    (ROLE, {"name": "x"}, "lacks the required property 'assumeRolePolicy'"),
    (ALARM, alarm(metricQueries=[{"expression": "a"}]), "lacks the required property 'id'"),
    # what the stand-in doesn't carry is not dropped
    (TABLE, users(restoreSourceName="old"), "what the stand-in AWS plugin carries of"),
    # what the services' published models refuse: values, lengths, ranges, numbers of entries, patterns
    (TABLE, with_index(projectionType="SOME"), "[0].projection.projectionType is 'SOME'; allowed: ALL, KEYS"),
    (TABLE, users(attributes=[{"name": "pk", "type": "BOOL"}, KEYS[1]]), "attributeType is 'BOOL'; allowed: S, N, B"),
    (TABLE, users(billingMode="ON_DEMAND", readCapacity=1), "billingMode is 'ON_DEMAND'; allowed: PROV"),
    (TABLE, users(ttl={"attributeName": "t" * 256, "enabled": True}), "allowed: 1 to 255 characters, it has 256"),
    (TABLE, users(ttl={"attributeName": "", "enabled": True}), "attributeName is ''; allowed: 1 to 255 characters"),
    (TABLE, users(pointInTimeRecovery={"enabled": True, "recoveryPeriodInDays": 36}), "is 36; allowed: 1 to 35. "),
    (TABLE, users(hashKey=None, rangeKey=None, attributes=[]), "keySchema is []; allowed: 1 or more entries, it has 0"),
    (TABLE, included(1, 21), "allowed: 1 to 20 entries, it has 21"),
    (ROLE, {"name": "a b", "assumeRolePolicy": TRUST}, r"name is 'a b'; allowed: what matches [\w+=,.@-]+."),
    (ROLE, {"assumeRolePolicy": TRUST, "description": "the \u201capp\u201d"}, "allowed: what matches [\\u0009"),
    (ALARM, alarm(evaluationPeriods=0), "evaluationPeriods is 0; allowed: 1 or more"),
    ("aws:kms/key:Key", {"enableKeyRotation": True, "rotationPeriodInDays": 1}, "is 1; allowed: 90 to 2560"),
    (BUDGET, {**COSTS, "name": "a:b"}, "name is 'a:b'; allowed: a text without : and"),
    (BUDGET, {**COSTS, "name": "n" * 101}, "allowed: 1 to 100 characters, it has 101"),
    (BUDGET, {**COSTS, "limitAmount": "ten"}, "budget.budgetLimit.amount is 'ten'; allowed: what matches"),
    (BUDGET, {**COSTS, "budgetType": "MONEY"}, "budget.budgetType is 'MONEY'; allowed: USAGE, COST"),
    (BUDGET, {**COSTS, "timeUnit": "WEEKLY"}, "budget.timeUnit is 'WEEKLY'; allowed: DAILY, MONTHLY"),
    (BUDGET, {**COSTS, "notifications": [NOTIFIED] * 11}, "allowed: 0 to 10 entries, it has 11"),
    (BUDGET, notified(subscriberSnsTopicArns=[]), "subscribers is []; allowed: 1 to 11 entries, it has 0"),
    (BUDGET, notified(notificationType="SOON"), "notificationType is 'SOON'; allowed: ACTUAL, FORECASTED"),
    (BUDGET, notified(threshold=-1), "threshold is -1; allowed: 0 to"),
    (VAULT, {"name": "a.b"}, "name is 'a.b'; allowed: what matches"),
    (BACKUP_PLAN, kept(ruleName="a b"), "rules[0].ruleName is 'a b'; allowed: what matches"),
    (BACKUP_PLAN, kept(targetVaultName="v"), "rules[0].targetBackupVaultName is 'v'; allowed: what matches"),
    (BACKUP_SELECTION, {**CHOSEN, "name": "n" * 51}, "selectionName is 'nnn"),
    (EVENT_RULE, {**FAILED, "name": "a b"}, "name is 'a b'; allowed: what matches"),
    (EVENT_RULE, {**FAILED, "state": "OFF"}, "state is 'OFF'; allowed: ENABLED, DISABLED"),
    (COMPOSITE, {**HURT, "alarmRule": "ALARM(" + "a" * 10_240 + ")"}, "allowed: 1 to 10240 characters"),
    (BUDGET, {**COSTS, "billingViewArn": "arn:x"}, "what the stand-in AWS plugin carries of"),
    (COMPOSITE, {**HURT, "alarmActions": [f"arn:{n}" for n in range(6)]}, "allowed: 0 to 5 entries, it has 6"),
    # tables
    (TABLE, users(name="ab"), "name is 'ab'; allowed: 3 to 255 of"),
    (TABLE, many(21), "globalSecondaryIndexes is '21 indexes'; allowed: at most 20 a table"),
    (TABLE, local_indexes(6), "localSecondaryIndexes is '6 indexes'; allowed: at most 5 a table"),
    (TABLE, {**many(2), "globalSecondaryIndexes": many(1)["globalSecondaryIndexes"] * 2}, "each index name once"),
    (TABLE, users(attributes=[*KEYS, {"name": "z", "type": "S"}]), "the keys of the table and its indexes, each once"),
    (TABLE, users(attributes=KEYS[:1]), "attributes is ['pk']; allowed: the keys of the table and its indexes, each"),
    (TABLE, users(attributes=[*KEYS, KEYS[0]]), "each once (pk, sk). Add what is missing"),
    (TABLE, users(rangeKey="pk", attributes=KEYS[:1]), "another attribute than hashKey"),
    (TABLE, {**local_indexes(1), "rangeKey": None}, "local indexes only on a table with a rangeKey"),
    (TABLE, with_index(keySchemas=KEY_SCHEMA), "one of the two forms"),
    (TABLE, with_index(nonKeyAttributes=["x"]), "allowed: none, as projectionType is ALL"),
    (TABLE, with_index(projectionType="INCLUDE"), "at least one, as projectionType is INCLUDE"),
    (TABLE, included(6, 17), "'102 non-key attributes'; allowed: at most 100 a table"),
    (TABLE, users(billingMode=None), "readCapacity is None; allowed: 1 or more, as billingMode is PROVISIONED"),
    (TABLE, with_index(readCapacity=5), "nothing, as billingMode is PAY_PER_REQUEST"),
    (TABLE, {**indexed("a"), **PROVISIONED}, "globalSecondaryIndexes[0].readCapacity is None; allowed: 1 or more"),
    (TABLE, users(**PROVISIONED, **LIMITS), "nothing, as billingMode is PROVISIONED"),
    (TABLE, users(streamEnabled=False, streamViewType="KEYS_ONLY"), "nothing, as streamEnabled is false"),
    (TABLE, users(replicas=[{"regionName": "us-east-1"}]), "true with NEW_AND_OLD_IMAGES, as the table has replicas"),
    (TABLE, users(region="Ireland"), "region is 'Ireland'; allowed: a region such as eu-west-2"),
    (TABLE, users(tags={"aws:x": "y"}), "not beginning with aws:"),
    (TABLE, users(tags={"a": "§" * 3}), "values of 0 to 256"),
    (TABLE, users(tags={f"k{n}": "v" for n in range(51)}), "'51 tags'; allowed: at most 50"),
    # roles and policies
    (ROLE, {"assumeRolePolicy": "{"}, "assumeRolePolicy is '{'; allowed: valid JSON"),
    (ROLE, {"assumeRolePolicy": "{}"}, 'allowed: a JSON object with "Version" and "Statement"'),
    (ROLE, {"assumeRolePolicy": TRUST.replace("lambda", "l" * 2100)}, "allowed: at most 2048"),
    (ROLE, {"assumeRolePolicy": '{"Statement": [{"Effect": "Allow"}]}'}, "has no Principal"),
    (ROLE, {"assumeRolePolicy": TRUST.replace('"Effect"', '"Resource": "*", "Effect"')}, "none in a trust policy"),
    (ROLE_POLICY, {"role": "r", "policy": json.dumps({"Statement": ["x" * 10_240]})}, "allowed: at most 10240"),
    # alarms
    (ALARM, alarm(period=45), "period is 45; allowed: 10, 20, 30 or a multiple of 60 seconds"),
    (ALARM, alarm(period=90), "period is 90; allowed: 10, 20, 30 or a multiple of 60 seconds"),
    (ALARM, alarm(evaluationPeriods=1441), "at most 86400 s together"),
    (ALARM, alarm(evaluationPeriods=169, period=3600), "at most 604800 s together"),
    (ALARM, alarm(datapointsToAlarm=2), "datapointsToAlarm is 2; allowed: 1 to evaluationPeriods (1)"),
    (ALARM, alarm(statistic=None), "exactly one of statistic and extendedStatistic"),
    (ALARM, alarm(statistic=None, extendedStatistic="p101"), "extendedStatistic is 'p101'"),
    (ALARM, alarm(treatMissingData="ok"), "allowed: breaching, notBreaching, ignore, missing"),
    (ALARM, alarm(metricQueries=[TOTAL]), "either metricName with its period and statistic, or metricQueries"),
    (COMPOSITE, {**HURT, "alarmRule": 'ALARM("a") AND'}, "with AND, OR, NOT and brackets"),
    (COMPOSITE, {**HURT, "alarmRule": 'FIRING("a")'}, "with AND, OR, NOT and brackets"),
    (
        COMPOSITE,
        {**HURT, "alarmRule": " OR ".join(f"ALARM(a{n})" for n in range(101))},
        "'101 alarms'; allowed: at most",
    ),
    (DASHBOARD, {**BOARD, "dashboardName": "dev.shop"}, "dashboardName is 'dev.shop'; allowed: 1 to 255 of A-Z"),
    (DASHBOARD, {**BOARD, "dashboardBody": "{"}, "allowed: valid JSON"),
    (DASHBOARD, {**BOARD, "dashboardBody": "{}"}, "'widgets' is a required property"),
    (DASHBOARD, board(region=None), "dashboardBody.widgets[0].properties"),
    (DASHBOARD, board(metrics=[["AWS/SNS"]]), "dashboardBody.widgets[0].properties.metrics[0] is ['AWS/SNS']"),
    (DASHBOARD, board(stat="Mean"), "dashboardBody.widgets[0].properties.stat is 'Mean'"),
    (DASHBOARD, board(period=45), "dashboardBody.widgets[0].properties.period is 45"),
    (DASHBOARD, board(colour="red"), "'colour' was unexpected"),
    (VAULT_LOCK, {**LOCK, "minRetentionDays": 401}, "minRetentionDays is 401; allowed: at most maxRetentionDays (400)"),
    (VAULT_LOCK, {**LOCK, "maxRetentionDays": 36_501}, "maxRetentionDays is 36501; allowed: 1 to 36500 days"),
    (VAULT_LOCK, {**LOCK, "changeableForDays": 2}, "changeableForDays is 2; allowed: 3 days or more"),
    (
        BACKUP_PLAN,
        kept(lifecycle={"coldStorageAfter": 10, "deleteAfter": 99}),
        "deleteAfter is 99; allowed: coldStorage",
    ),
    (
        BACKUP_PLAN,
        kept(copyActions=[{**COPY, "lifecycle": {"coldStorageAfter": 1, "deleteAfter": 90}}]),
        "rules[0].copyActions[0].lifecycle.deleteAfter is 90; allowed: coldStorageAfter and 90 days or more (91)",
    ),
    (BACKUP_PLAN, {"name": "p", "rules": [KEPT, KEPT]}, "rules is ['daily', 'daily']; allowed: each rule's name once"),
    (BACKUP_SELECTION, {**CHOSEN, "resources": None}, "ARNs, or selectionTags instead"),
    (EVENT_RULE, {"name": "a"}, "eventPattern is None; allowed: a pattern, or scheduleExpression instead"),
    (EVENT_RULE, {**FAILED, "eventPattern": "{"}, "allowed: valid JSON"),
    (EVENT_RULE, {**FAILED, "eventPattern": '{"source": "aws.backup"}'}, "an object whose values are lists, not empty"),
    (
        EVENT_RULE,
        {**FAILED, "eventPattern": '{"detail": {"state": []}}'},
        "an object whose values are lists, not empty",
    ),
    (BUDGET, {**COSTS, "limitAmount": None}, "an amount, and limitUnit beside it"),
    (BUDGET, notified(subscriberSnsTopicArns=["arn:a", "arn:b"]), "subscriberSnsTopicArns is '2 entries'; allowed: at"),
    (ALARM, alarm(metricName=None), "a metric's name, or metricQueries instead"),
    (ALARM, alarm(namespace=None), "namespace is None; allowed: a value, as metricName is given"),
    (ALARM, maths([TOTAL, *(query(n) for n in range(11))]), "'11 metrics'; allowed: at most 10"),
    (ALARM, maths([query(1), query(2)]), "exactly one with returnData true"),
    (ALARM, maths([TOTAL, query(1, expression="m2")]), "exactly one of the two"),
    (ALARM, maths([TOTAL, {"id": "M1", "expression": "1"}]), "begins with a small letter"),
    (ALARM, maths([TOTAL, lasting(50)]), "metric.period is 50; allowed: 1, 5, 10, 20, 30 or a multiple of 60 seconds"),
    (ALARM, maths([TOTAL, query(1, metric={**query(1)["metric"], "stat": "Mean"})]), "stat is 'Mean'; allowed: Sample"),
    # the others
    (PARAMETER, parameter(name="dev/users"), "in levels by /, which then stands before the first too"),
    (PARAMETER, parameter(name="/a" * 16), "allowed: at most 15 levels, it has 16"),
    (PARAMETER, parameter(name="/dev/" + "a" * 970), "with its ARN's beginning, it has 1019"),
    (PARAMETER, parameter(insecureValue="é" * 2049), "'4098 bytes'; allowed: at most 4096 bytes in this tier"),
    (PARAMETER, parameter(tier="Advanced", insecureValue="a" * 8193), "allowed: at most 8192 bytes in this tier"),
    (PARAMETER, parameter(insecureValue="{{ssm:other}}"), "a text without {{, which means another parameter"),
    ("aws:kms/key:Key", {"deletionWindowInDays": 3}, "allowed: 7 to 30 days"),
    (REPLICA, replica(region="eu-west-2"), "region is 'eu-west-2'; allowed: another region than the table's"),
    (REPLICA, replica(region="Ireland"), "region is 'Ireland'; allowed: a region such as eu-west-2"),
    (REPLICA, replica(globalTableArn="users"), "globalTableArn is 'users'; allowed: the ARN of a table"),
    (REPLICA, replica(tableClassOverride="COLD"), "is 'COLD'; allowed: STANDARD, STANDARD_INFREQUENT_ACCESS"),
    ("aws:appautoscaling/target:Target", {**SCALED, "minCapacity": 6, "maxCapacity": 5}, "at most maxCapacity (5)"),
    ("aws:appautoscaling/policy:Policy", tracks(15), "targetValue is 15; allowed: 20 to 90, percent"),
    (FLOOR, {**SCALED, "name": "day", "schedule": "at eight", "scalableTargetAction": {"minCapacity": 2}}, "cron(minu"),
    (FLOOR, {**SCALED, "name": "day", "schedule": "rate(1 day)", "scalableTargetAction": {}}, "minCapacity, maxCapac"),
]


@pytest.mark.parametrize(("token", "inputs", "words"), WRONG, ids=[words[:50] for _, _, words in WRONG])
def test_refused(plugin: Plugin, token: str, inputs: Props, words: str) -> None:
    assert words in plugin.reasons(token, inputs)


RIGHT: list[tuple[str, Props]] = [
    (PARAMETER, parameter(name="/dynamodb/dev/cloudstro/env/AWS_REGION")),
    (PARAMETER, parameter(name="/a" * 15, insecureValue="a" * 4096)),
    (PARAMETER, parameter(name="paws.ssm", insecureValue='{"a":{"b":{}}}')),
    (PARAMETER, parameter(tier="Advanced", insecureValue="a" * 8192)),
    (TABLE, many(20)),
    (TABLE, local_indexes(5)),
    (TABLE, included(5, 20)),
    (TABLE, users(ttl={"attributeName": "t" * 255, "enabled": True})),
    (TABLE, users(ttl={"enabled": False})),
    (TABLE, users(pointInTimeRecovery={"enabled": False, "recoveryPeriodInDays": 7})),
    (TABLE, with_index(hashKey=None, keySchemas=KEY_SCHEMA)),
    (ROLE, {"name": "x" * 64, "assumeRolePolicy": TRUST}),
    (ROLE, {"assumeRolePolicy": TRUST, "description": "caf\u00e9: 'read' & \"write\"\n"}),
    (ALARM, alarm(period=10, threshold=-5)),
    (COMPOSITE, {**HURT, "alarmRule": "NOT (ALARM(a) AND OK('b c')) OR FALSE"}),
    (DASHBOARD, board(metrics=[[{"expression": "SUM(METRICS())", "id": "s"}], ["A", "B", "C", "d", {"id": "m"}]])),
    (ALARM, alarm(period=86_400, evaluationPeriods=7)),
    (ALARM, alarm(evaluationPeriods=1440)),
    (ALARM, alarm(statistic=None, extendedStatistic="p99.9")),
    (ALARM, maths([TOTAL, *(query(n) for n in range(10))])),
    (ALARM, maths([{**TOTAL, "period": 1}, lasting(5)])),
]


@pytest.mark.parametrize(("token", "inputs"), RIGHT)
def test_accepted_at_the_very_limit(plugin: Plugin, token: str, inputs: Props) -> None:
    assert plugin.reasons(token, inputs) == ""


def test_a_failure_names_the_property_to_which_the_engine_adds_the_resource(plugin: Plugin) -> None:
    _, failures = plugin.check(TABLE, "acs-Users", users(name="ab"))
    assert [path for path, _ in failures] == ["name"]
    assert failures[0][1] == "name is 'ab'; allowed: 3 to 255 of a-z A-Z 0-9 _ . -. Rename it."


@pytest.mark.parametrize("name", sorted(users(ttl={"attributeName": "x", "enabled": True}, streamEnabled=True)))
def test_what_is_not_known_yet_passes(plugin: Plugin, name: str) -> None:
    inputs = indexed("a", ttl={"attributeName": "x", "enabled": True}, streamEnabled=True, streamViewType="KEYS_ONLY")
    checked, failures = plugin.check(TABLE, "x", {**inputs, name: UNKNOWN})
    assert failures == []
    assert checked[name] is UNKNOWN


def test_parts_that_are_not_known_yet_pass(plugin: Plugin) -> None:
    inputs = indexed("a")
    inputs["globalSecondaryIndexes"][0]["hashKey"] = UNKNOWN
    inputs["tags"] = {"a": UNKNOWN}
    assert plugin.check(TABLE, "x", inputs)[1] == []
    assert plugin.check(ROLE_POLICY, "x", {"role": UNKNOWN, "policy": UNKNOWN})[1] == []
    assert plugin.check(ALARM, "x", alarm(dimensions={"TableName": UNKNOWN}, alarmActions=[UNKNOWN]))[1] == []


def test_an_unknown_type_says_what_there_is(plugin: Plugin) -> None:
    with pytest.raises(PluginError, match="aws:ec2/instance:Instance: the stand-in AWS plugin has no such") as caught:
        plugin.check("aws:ec2/instance:Instance", "x", {})
    assert "aws:dynamodb/table:Table" in str(caught.value)
    assert "AWS_PLUGIN=real" in str(caught.value)


def test_a_document_given_as_an_object_goes_on_as_text(plugin: Plugin) -> None:
    checked, _ = plugin.check(ROLE, "x", {"assumeRolePolicy": json.loads(TRUST)})
    assert json.loads(checked["assumeRolePolicy"]) == json.loads(TRUST)
