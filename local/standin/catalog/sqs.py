"""SQS's types. A queue's settings are attributes: one call each, as text."""

from __future__ import annotations

from typing import Final

from .. import checks
from ..codecs import PLAIN, POLICY, TEXT_BOOL, TEXT_NUMBER, Codec
from ..spec import Op, Prop, ResourceType, Step, Tagging

GONE: Final = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_NAME_IN_ARN: Final = Codec(decode=lambda arn: arn.split(":")[-1])

QUEUE: Final = ResourceType(
    "aws:sqs/queue:Queue",
    service="sqs",
    named="name",
    id="{url}",
    props=(
        Prop("name", "QueueArn", _NAME_IN_ARN, replace=True),
        Prop("messageRetentionSeconds", "MessageRetentionPeriod", TEXT_NUMBER, default=345_600),
        Prop("maxMessageSize", "MaximumMessageSize", TEXT_NUMBER, computed=True),
        Prop("policy", codec=POLICY),
        Prop("kmsMasterKeyId"),
        Prop("sqsManagedSseEnabled", codec=TEXT_BOOL, computed=True),
        Prop("tags", default={}),
        Prop("arn", "QueueArn", output=True),
        Prop("url", "QueueUrl", output=True),
    ),
    create=Op("create_queue", {"QueueName": "{name}"}),
    reads=(Op("get_queue_attributes", {"QueueUrl": "{id}", "AttributeNames": ["All"]}, at="Attributes", gone=GONE),),
    steps=(
        Step(
            # moto forgets the policy at each call that does not give it: it comes last.
            ("messageRetentionSeconds", "maxMessageSize", "kmsMasterKeyId", "sqsManagedSseEnabled", "policy"),
            Op("set_queue_attributes", {"QueueUrl": "{id}", "Attributes": {"{attribute}": "{value}"}}),
            each=True,
            at_creation=True,
        ),
    ),
    tagging=Tagging(
        tag=Op("tag_queue", {"QueueUrl": "{url}"}),
        untag=Op("untag_queue", {"QueueUrl": "{url}", "TagKeys": "{keys}"}),
        listing=Op("list_queue_tags", {"QueueUrl": "{url}"}, at="Tags"),
        codec=PLAIN,
        named="tags",
    ),
    delete=Op("delete_queue", {"QueueUrl": "{id}"}, gone=GONE),
    checks=(checks.document("policy", 8 * 1024, "a queue policy", with_spaces=True),),
)

TYPES: Final = (QUEUE,)
