"""CloudWatch alarms and the SNS topics they go to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from tablekit.model.alarms import Alarm, account_alarms, account_topic, composite_alarm, family_alarms
from tablekit.model.operations import Subscription
from tablekit.model.permissions import topic_policy
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.model.statements import Policy
from tablekit.resources.expected import ALARM, COMPOSITE_ALARM, SUBSCRIPTION, TOPIC, Expected, document, given


@dataclass(frozen=True)
class Alarms:
    """A topic with its subscribers and the alarms that go to it, and an alarm on these; arn: the topic's."""

    topic: Expected
    arn: str
    subscriptions: tuple[Expected, ...]
    alarms: tuple[Expected, ...]
    composite: Expected | None = None

    def __iter__(self) -> Any:
        return iter((self.topic, *self.subscriptions, *self.alarms, *([self.composite] if self.composite else [])))


def alarms_of_family(name: str, family: StagedFamily, account: Account) -> Alarms | None:
    """A family's, in its region; None where nothing of it is told to anybody. Its budget and
    failed backups go to the topic as well."""
    if not family.has_topic:
        return None
    arn = account.arn("sns", family.region, family.alarm_topic)
    policy = topic_policy(arn, account, family.tellers)
    found = _alarms(name, policy, arn, family_alarms(family), family.stage, family.kms_key, family.region, family.tags)
    if whole := composite_alarm(family):
        inputs = {
            "alarmName": whole.name,
            "alarmDescription": whole.description,
            "alarmRule": whole.rule,
            "alarmActions": [arn],
            "okActions": [arn],
            "region": family.region,
            "tags": {**family.tags, "severity": "critical"},
        }
        return replace(found, composite=Expected(COMPOSITE_ALARM, f"{name}-hurt", inputs))
    return found


def alarms_of_account(stage: StageConfig, region: str, account: Account) -> Alarms | None:
    """Those of a whole account and region: DynamoDB publishes user errors there only. None where the stage has none."""
    made = account_alarms(stage, region)
    arn = account.arn("sns", region, account_topic(stage))
    policy, key = topic_policy(arn, account), stage.key_of(region)
    return _alarms(f"account-{region}", policy, arn, made, stage, key, region, stage.own_tags) if made else None


def costs_of_stage(stage: StageConfig, account: Account) -> Alarms:
    """Who hears of unusual costs: a topic of the whole stage, in its own region."""
    arn = account.arn("sns", stage.region, f"{stage.stage}-dynamodb-cost-alarms")
    policy, key = topic_policy(arn, account, ["costalerts"]), stage.key_of(stage.region)
    return _alarms("cost", policy, arn, (), stage, key, stage.region, stage.own_tags)


def _alarms(
    name: str,
    policy: Policy,
    arn: str,
    alarms: tuple[Alarm, ...],
    stage: StageConfig,
    key: str | None,
    region: str,
    tags: dict[str, str],
) -> Alarms:
    topic = arn.rpartition(":")[2]
    inputs = given(name=topic, region=region, policy=document(policy), kmsMasterKeyId=key, tags=tags)
    return Alarms(
        Expected(TOPIC, f"{name}-alarms", inputs, {"policy": "policy"}),
        arn,
        tuple(_subscription(name, each, arn, region) for each in stage.alarm_subscriptions),
        tuple(_alarm(name, each, arn, region, tags) for each in alarms),
    )


def _subscription(name: str, hears: Subscription, topic: str, region: str) -> Expected:
    """The endpoint is a secret: it may hold a key, as a web hook's address does."""
    digest = hashlib.sha256(hears.endpoint.encode()).hexdigest()[:8]
    inputs = {"topic": topic, "protocol": hears.protocol, "endpoint": hears.endpoint, "region": region}
    return Expected(SUBSCRIPTION, f"{name}-alarms-{hears.protocol}-{digest}", inputs, secret=("endpoint",))


def _alarm(name: str, alarm: Alarm, topic: str, region: str, tags: dict[str, str]) -> Expected:
    single = alarm.metrics[0] if alarm.expression is None else None
    inputs = given(
        name=alarm.name,
        alarmDescription=alarm.description,
        comparisonOperator="GreaterThanThreshold",
        threshold=alarm.threshold,
        evaluationPeriods=alarm.looks_at,
        datapointsToAlarm=alarm.periods if alarm.looks_at > alarm.periods else None,
        treatMissingData=alarm.missing_data,
        alarmActions=[topic],
        okActions=[topic] if alarm.severity == "critical" else None,
        region=region,
        tags={**tags, "severity": alarm.severity},
        namespace=single.namespace if single else None,
        metricName=single.name if single else None,
        dimensions=single.dimensions or None if single else None,
        statistic=single.statistic if single else None,
        period=alarm.period if single else None,
        metricQueries=None if single else _queries(alarm),
    )
    return Expected(ALARM, f"{name}-{alarm.key}", inputs)


def _queries(alarm: Alarm) -> list[dict[str, Any]]:
    queries: list[dict[str, Any]] = [
        {
            "id": f"m{place}",
            "metric": given(
                namespace=metric.namespace,
                metricName=metric.name,
                dimensions=metric.dimensions or None,
                stat=metric.statistic,
                period=alarm.period,
            ),
        }
        for place, metric in enumerate(alarm.metrics)
    ]
    label = alarm.metrics[0].name
    return [*queries, {"id": "total", "expression": alarm.expression, "label": label, "returnData": True}]
