"""CloudWatch alarms and the SNS topics they go to."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.resource import register, token
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.alarms import Alarms, alarms_of_account, alarms_of_family


class FamilyAlarms(pulumi.ComponentResource):
    """A family's alarms and their topic, in its region; neither where nothing of it is told to anybody.

    name: what its resources' names begin with; its own is that with `-alarms`.
    Outputs: topic_arn (None without a topic), names.
    """

    topic_arn: pulumi.Output[str | None]
    names: list[str]

    def __init__(
        self, name: str, family: StagedFamily, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("FamilyAlarms"), f"{name}-alarms", None, opts)
        alarms = alarms_of_family(name, family, account)
        self.topic_arn = _register(alarms, self)
        self.names = [alarm.inputs["name"] for alarm in alarms.alarms] if alarms else []
        self.register_outputs({"topicArn": self.topic_arn, "names": self.names})


class AccountAlarms(pulumi.ComponentResource):
    """The alarms of a whole account and region: DynamoDB publishes user errors there only."""

    def __init__(
        self, stage: StageConfig, region: str, account: Account, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(token("AccountAlarms"), f"account-{region}-alarms", None, opts)
        _register(alarms_of_account(stage, region, account), self)
        self.register_outputs({})


def _register(alarms: Alarms | None, parent: pulumi.Resource) -> pulumi.Output[str | None]:
    """The topic, its subscriptions and the alarms that go to it; the topic's ARN, None where there is none."""
    if alarms is None:
        return pulumi.Output.from_input(None)
    topic = register(aws.sns.Topic, alarms.topic, parent)
    for subscription in alarms.subscriptions:
        register(aws.sns.TopicSubscription, subscription, parent, depends_on=[topic])
    made = [register(aws.cloudwatch.MetricAlarm, alarm, parent, depends_on=[topic]) for alarm in alarms.alarms]
    if alarms.composite:
        register(aws.cloudwatch.CompositeAlarm, alarms.composite, parent, depends_on=made)
    arn: pulumi.Output[str | None] = topic.arn.apply(lambda value: value)
    return arn
