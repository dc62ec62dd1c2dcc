"""SNS's types. A topic's settings are attributes: one call each, as text."""

from __future__ import annotations

from typing import Final

from .. import checks
from ..codecs import POLICY, TEXT_BOOL, Codec
from ..spec import Op, Prop, ResourceType, Step, Tagging

GONE: Final = ("NotFound", "NotFoundException")
_NAME_IN_ARN: Final = Codec(decode=lambda arn: arn.split(":")[-1])

TOPIC: Final = ResourceType(
    "aws:sns/topic:Topic",
    service="sns",
    named="name",
    marked=True,
    id="{arn}",
    props=(
        Prop("name", "TopicArn", _NAME_IN_ARN, replace=True),
        Prop("displayName", default=""),
        Prop("policy", codec=POLICY, computed=True),
        Prop("kmsMasterKeyId"),
        Prop("tags", default={}),
        Prop("arn", "TopicArn", output=True),
        Prop("owner", "Owner", output=True),
    ),
    # CreateTopic answers with the topic that is there; the AWS plugin asks first, and fails.
    there=Op("get_topic_attributes", {"TopicArn": "arn:aws:sns:{region}:{account}:{name}"}, at="Attributes", gone=GONE),
    create=Op("create_topic", {"Name": "{name}"}),
    reads=(Op("get_topic_attributes", {"TopicArn": "{id}"}, at="Attributes", gone=GONE),),
    steps=(
        Step(
            ("displayName", "policy", "kmsMasterKeyId"),
            Op(
                "set_topic_attributes",
                {"TopicArn": "{id}", "AttributeName": "{attribute}", "AttributeValue": "{value}"},
            ),
            each=True,
            at_creation=True,
        ),
    ),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceArn": "{arn}"}),
        untag=Op("untag_resource", {"ResourceArn": "{arn}", "TagKeys": "{keys}"}),
        listing=Op("list_tags_for_resource", {"ResourceArn": "{arn}"}, at="Tags"),
    ),
    delete=Op("delete_topic", {"TopicArn": "{id}"}, gone=GONE),
    checks=(checks.document("policy", 30 * 1024, "a topic policy", with_spaces=True),),
)

TOPIC_SUBSCRIPTION: Final = ResourceType(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    id="{arn}",
    props=(
        Prop("topic", "TopicArn", replace=True),
        Prop("protocol", replace=True),
        Prop("endpoint", replace=True),
        Prop("arn", "SubscriptionArn", output=True),
        Prop("ownerId", "Owner", output=True),
        Prop("pendingConfirmation", codec=TEXT_BOOL, output=True),
        Prop("confirmationWasAuthenticated", codec=TEXT_BOOL, output=True),
    ),
    create=Op("subscribe", {"ReturnSubscriptionArn": True}, sends=("topic", "protocol", "endpoint")),
    reads=(Op("get_subscription_attributes", {"SubscriptionArn": "{id}"}, at="Attributes", gone=GONE),),
    delete=Op("unsubscribe", {"SubscriptionArn": "{id}"}, gone=GONE),
)

TYPES: Final = (TOPIC, TOPIC_SUBSCRIPTION)
