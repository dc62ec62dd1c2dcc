"""CloudWatch alarms and the SNS topics they go to."""

from __future__ import annotations

import hashlib

import pulumi
import pulumi_aws as aws

from components.naming import child, token
from tablekit.model.alarms import Alarm, account_alarms, account_topic, family_alarms
from tablekit.model.naming import PROJECT
from tablekit.model.stage import StageConfig
from tablekit.model.staged import StagedFamily


class FamilyAlarms(pulumi.ComponentResource):
    """A family's alarms and their topic, in its region; neither where the stage has no alarms.

    name: what its resources' names begin with; its own is that with `-alarms`.
    Outputs: topic_arn (None without alarms), names.
    """

    topic_arn: pulumi.Output[str | None]
    names: list[str]

    def __init__(self, name: str, family: StagedFamily, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("FamilyAlarms"), f"{name}-alarms", None, opts)
        alarms = family_alarms(family)
        self.topic_arn = _alarms(self, name, family.alarm_topic, alarms, family.stage, family.region, family.tags)
        self.names = [alarm.name for alarm in alarms]
        self.register_outputs({"topicArn": self.topic_arn, "names": self.names})


class AccountAlarms(pulumi.ComponentResource):
    """The alarms of a whole account and region: DynamoDB publishes user errors there only."""

    def __init__(self, stage: StageConfig, region: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(token("AccountAlarms"), f"account-{region}-alarms", None, opts)
        tags = {"project": PROJECT, "stage": stage.stage, **stage.tags}
        alarms = account_alarms(stage, region)
        _alarms(self, f"account-{region}", account_topic(stage), alarms, stage, region, tags)
        self.register_outputs({})


def _alarms(
    parent: pulumi.Resource,
    name: str,
    topic_name: str,
    alarms: tuple[Alarm, ...],
    stage: StageConfig,
    region: str,
    tags: dict[str, str],
) -> pulumi.Output[str | None]:
    """The topic, its subscriptions and the alarms that go to it; the topic's ARN, None where there are no alarms."""
    if not alarms:
        return pulumi.Output.from_input(None)
    topic = aws.sns.Topic(f"{name}-alarms", name=topic_name, region=region, tags=tags, opts=child(parent))
    for subscription in stage.alarm_subscriptions:
        aws.sns.TopicSubscription(
            f"{name}-alarms-{subscription.protocol}-{hashlib.sha256(subscription.endpoint.encode()).hexdigest()[:8]}",
            topic=topic.arn,
            protocol=subscription.protocol,
            endpoint=pulumi.Output.secret(subscription.endpoint),  # may hold a key, as a web hook's address does
            region=region,
            opts=child(parent),
        )
    for alarm in alarms:
        single = alarm.metrics[0] if alarm.expression is None else None
        aws.cloudwatch.MetricAlarm(
            f"{name}-{alarm.key}",
            name=alarm.name,
            alarm_description=alarm.description,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.missing_data,
            alarm_actions=[topic.arn],
            ok_actions=[topic.arn] if alarm.severity == "critical" else None,
            region=region,
            tags={**tags, "severity": alarm.severity},
            namespace=single.namespace if single else None,
            metric_name=single.name if single else None,
            dimensions=single.dimensions or None if single else None,
            statistic=single.statistic if single else None,
            period=alarm.period if single else None,
            metric_queries=None if single else _sum(alarm),
            opts=child(parent),
        )
    arn: pulumi.Output[str | None] = topic.arn.apply(lambda value: value)
    return arn


def _sum(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    queries: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": f"m{place}",
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": metric.dimensions,
                "stat": metric.statistic,
                "period": alarm.period,
            },
        }
        for place, metric in enumerate(alarm.metrics)
    ]
    label = alarm.metrics[0].name
    return [*queries, {"id": "total", "expression": alarm.expression, "label": label, "return_data": True}]
