"""SNS's types. A topic's and a subscription's settings are attributes: one call each, as text."""

from __future__ import annotations

import json
from typing import Final

from .. import checks, limits
from ..codecs import JSON, PLAIN, POLICY, TEXT_BOOL, TEXT_INT, Codec
from ..spec import Op, Prop, ResourceType, Step, Tagging

GONE: Final = ("NotFound", "NotFoundException")

_FEEDBACK: Final = tuple(
    Prop(f"{kind}{what}", codec=TEXT_INT if what.endswith("Rate") else PLAIN)
    for kind in ("application", "firehose", "http", "lambda", "sqs")
    for what in ("SuccessFeedbackRoleArn", "FailureFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
"""Delivery logging: role for successes, role for failures, sample rate; for each protocol."""

_TOPIC_ATTRIBUTES: Final = (
    Prop("displayName", default=""),
    Prop("policy", codec=POLICY, computed=True),
    Prop("deliveryPolicy", codec=JSON),
    Prop("kmsMasterKeyId"),
    Prop("tracingConfig", computed=True),
    Prop("signatureVersion", codec=TEXT_INT, computed=True),
    Prop("contentBasedDeduplication", codec=TEXT_BOOL, default=False),
    Prop("fifoThroughputScope", computed=True),
    Prop("archivePolicy", codec=JSON),
    *_FEEDBACK,
)

_SET_TOPIC: Final = Op(
    "set_topic_attributes", {"TopicArn": "{id}", "AttributeName": "{attribute}", "AttributeValue": "{value}"}
)


_NAME_IN_ARN: Final = Codec(decode=lambda arn: arn.split(":")[-1])

TOPIC: Final = ResourceType(
    "aws:sns/topic:Topic",
    service="sns",
    named="name",
    marked=True,
    id="{arn}",
    props=(
        Prop("name", "TopicArn", _NAME_IN_ARN, replace=True),
        Prop("namePrefix", kept=True, replace=True),
        Prop("fifoTopic", "FifoTopic", TEXT_BOOL, default=False, replace=True),
        *_TOPIC_ATTRIBUTES,
        Prop("tags", default={}),
        Prop("arn", "TopicArn", output=True),
        Prop("owner", "Owner", output=True),
        Prop("beginningArchiveTime", output=True),
    ),
    # CreateTopic answers with the topic that is there; the AWS plugin asks first, and fails.
    there=Op("get_topic_attributes", {"TopicArn": "arn:aws:sns:{region}:{account}:{name}"}, at="Attributes", gone=GONE),
    create=Op("create_topic", {"Name": "{name}"}, sends=("fifoTopic",), under="Attributes"),
    reads=(Op("get_topic_attributes", {"TopicArn": "{id}"}, at="Attributes", gone=GONE),),
    steps=(Step(tuple(p.name for p in _TOPIC_ATTRIBUTES), _SET_TOPIC, each=True, at_creation=True),),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceArn": "{arn}"}),
        untag=Op("untag_resource", {"ResourceArn": "{arn}"}),
        listing=Op("list_tags_for_resource", {"ResourceArn": "{arn}"}, at="Tags"),
    ),
    delete=Op("delete_topic", {"TopicArn": "{id}"}, gone=GONE),
    checks=(
        checks.topic_name,
        checks.document("policy", 30 * 1024, "a topic policy", with_spaces=True),
        checks.one_of("tracingConfig", ("Active", "PassThrough")),
        checks.within("signatureVersion", range(1, 3)),
        checks.at_most("displayName", 100),
    ),
)

_DEFAULT_POLICY: Final = json.dumps(
    {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    f"SNS:{action}"
                    for action in (
                        "GetTopicAttributes",
                        "SetTopicAttributes",
                        "AddPermission",
                        "RemovePermission",
                        "DeleteTopic",
                        "Subscribe",
                        "ListSubscriptionsByTopic",
                        "Publish",
                    )
                ],
                "Resource": "{id}",
                "Condition": {"StringEquals": {"AWS:SourceOwner": "{owner}"}},
            }
        ],
    }
)
"""The policy of a topic that was given none (SNS guide: default topic policy)."""

TOPIC_POLICY: Final = ResourceType(
    "aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    id="{arn}",
    props=(
        Prop("arn", "TopicArn", replace=True),
        Prop("policy", codec=POLICY),
        Prop("owner", "Owner", output=True),
    ),
    create=Op("set_topic_attributes", {"TopicArn": "{arn}", "AttributeName": "Policy", "AttributeValue": "{policy}"}),
    reads=(Op("get_topic_attributes", {"TopicArn": "{id}"}, at="Attributes", gone=GONE),),
    steps=(
        Step(
            ("policy",),
            Op("set_topic_attributes", {"TopicArn": "{id}", "AttributeName": "Policy", "AttributeValue": "{policy}"}),
        ),
    ),
    # A topic always has a policy: deleting this one gives it back the one that it was born with.
    delete=Op(
        "set_topic_attributes",
        {"TopicArn": "{id}", "AttributeName": "Policy", "AttributeValue": _DEFAULT_POLICY},
        gone=GONE,
    ),
    checks=(checks.document("policy", 30 * 1024, "a topic policy", with_spaces=True),),
)

_SUBSCRIPTION_ATTRIBUTES: Final = (
    Prop("deliveryPolicy", codec=JSON),
    Prop("filterPolicy", codec=JSON),
    Prop("filterPolicyScope", computed=True),
    Prop("rawMessageDelivery", codec=TEXT_BOOL, default=False),
    Prop("redrivePolicy", codec=JSON),
    Prop("replayPolicy", codec=JSON),
    Prop("subscriptionRoleArn"),
)

TOPIC_SUBSCRIPTION: Final = ResourceType(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    id="{arn}",
    props=(
        Prop("topic", "TopicArn", replace=True),
        Prop("protocol", replace=True),
        Prop("endpoint", replace=True),
        Prop("confirmationTimeoutInMinutes", kept=True, default=1),
        Prop("endpointAutoConfirms", kept=True, default=False),
        *_SUBSCRIPTION_ATTRIBUTES,
        Prop("arn", "SubscriptionArn", output=True),
        Prop("ownerId", "Owner", output=True),
        Prop("pendingConfirmation", codec=TEXT_BOOL, output=True),
        Prop("confirmationWasAuthenticated", codec=TEXT_BOOL, output=True),
    ),
    create=Op("subscribe", {"ReturnSubscriptionArn": True}, sends=("topic", "protocol", "endpoint")),
    reads=(Op("get_subscription_attributes", {"SubscriptionArn": "{id}"}, at="Attributes", gone=GONE),),
    steps=(
        Step(
            tuple(p.name for p in _SUBSCRIPTION_ATTRIBUTES),
            Op(
                "set_subscription_attributes",
                {"SubscriptionArn": "{id}", "AttributeName": "{attribute}", "AttributeValue": "{value}"},
            ),
            each=True,
            at_creation=True,
        ),
    ),
    delete=Op("unsubscribe", {"SubscriptionArn": "{id}"}, gone=GONE),
    checks=(
        checks.one_of("protocol", limits.PROTOCOLS),
        checks.one_of("filterPolicyScope", ("MessageAttributes", "MessageBody")),
    ),
)

TYPES: Final = (TOPIC, TOPIC_POLICY, TOPIC_SUBSCRIPTION)
