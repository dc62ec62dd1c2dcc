"""Application Auto Scaling's types: capacity of tables and indexes that follows their use."""

from __future__ import annotations

from typing import Final

from .. import checks
from ..codecs import NESTED
from ..spec import ALL, Op, Prop, ResourceType
from ..values import Props

GONE: Final = ("ObjectNotFoundException", "ValidationException: No scalable", "ValidationException: No scaling")
_WHOSE: Final = (
    Prop("serviceNamespace", replace=True),
    Prop("resourceId", replace=True),
    Prop("scalableDimension", replace=True),
)
_TARGET: Final = {
    "ServiceNamespace": "{serviceNamespace}",
    "ResourceId": "{resourceId}",
    "ScalableDimension": "{scalableDimension}",
}

TARGET: Final = ResourceType(
    "aws:appautoscaling/target:Target",
    service="application-autoscaling",
    id="{resourceId}",
    import_id="{serviceNamespace}/{resourceId}/{scalableDimension}",
    props=(
        *_WHOSE,
        Prop("minCapacity"),
        Prop("maxCapacity"),
        Prop("roleArn", "RoleARN", computed=True),
        Prop("suspendedState", codec=NESTED, computed=True),
        Prop("tags", default={}),
        Prop("arn", "ScalableTargetARN", output=True),
    ),
    create=Op("register_scalable_target", sends=ALL),
    reads=(
        Op(
            "describe_scalable_targets",
            {
                "ServiceNamespace": "{serviceNamespace}",
                "ResourceIds": ["{resourceId}"],
                "ScalableDimension": "{scalableDimension}",
            },
            at="ScalableTargets[0]",
        ),
    ),
    update=Op("register_scalable_target", sends=ALL),
    # moto answers no question about a target's tags: none are sent, and given ones are reported as not held.
    delete=Op("deregister_scalable_target", _TARGET, gone=GONE),
    checks=(checks.capacity_bounds,),
)


def _alarms(actual: Props) -> Props:
    return {**actual, "alarmArns": [alarm["alarmARN"] for alarm in actual.get("alarmArns") or []]}


POLICY: Final = ResourceType(
    "aws:appautoscaling/policy:Policy",
    service="application-autoscaling",
    named="name",
    id="{name}",
    import_id="{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
    props=(
        Prop("name", "PolicyName", replace=True),
        *_WHOSE,
        Prop("policyType", default="StepScaling", replace=True),
        Prop("stepScalingPolicyConfiguration", codec=NESTED),
        Prop("targetTrackingScalingPolicyConfiguration", codec=NESTED),
        Prop("arn", "PolicyARN", output=True),
        Prop("alarmArns", "Alarms", NESTED, output=True),
    ),
    create=Op("put_scaling_policy", sends=ALL),
    reads=(
        Op("describe_scaling_policies", {**_TARGET, "PolicyNames": ["{name}"]}, at="ScalingPolicies[0]", gone=GONE),
    ),
    update=Op("put_scaling_policy", sends=ALL),
    delete=Op("delete_scaling_policy", {**_TARGET, "PolicyName": "{name}"}, gone=GONE),
    tidy=_alarms,
    checks=(checks.tracked_use,),
)

SCHEDULED: Final = ResourceType(
    "aws:appautoscaling/scheduledAction:ScheduledAction",
    service="application-autoscaling",
    named="name",
    id="{name}-dynamodb-{resourceId}",
    import_id="{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
    props=(
        Prop("name", "ScheduledActionName", replace=True),
        *_WHOSE,
        Prop("schedule"),
        Prop("timezone", default="UTC"),
        Prop("scalableTargetAction", codec=NESTED),
        Prop("arn", "ScheduledActionARN", output=True),
    ),
    create=Op("put_scheduled_action", sends=ALL),
    reads=(
        Op(
            "describe_scheduled_actions",
            {**_TARGET, "ScheduledActionNames": ["{name}"]},
            at="ScheduledActions[0]",
            gone=GONE,
        ),
    ),
    update=Op("put_scheduled_action", sends=ALL),
    delete=Op("delete_scheduled_action", {**_TARGET, "ScheduledActionName": "{name}"}, gone=GONE),
    checks=(checks.scheduled_floor,),
)

TYPES: Final = (TARGET, POLICY, SCHEDULED)
