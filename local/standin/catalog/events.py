"""EventBridge's types."""

from __future__ import annotations

from typing import Final

from .. import backup_checks, function_checks
from ..codecs import JSON
from ..spec import Op, Prop, ResourceType, Step, Tagging

GONE: Final = ("ResourceNotFoundException",)
_RULE_SENDS: Final = ("name", "description", "eventPattern", "scheduleExpression", "state", "eventBusName", "roleArn")

RULE: Final = ResourceType(
    "aws:cloudwatch/eventRule:EventRule",
    service="events",
    named="name",
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("description", default=""),
        Prop("eventPattern", codec=JSON),
        Prop("scheduleExpression"),
        Prop("state", default="ENABLED"),
        Prop("eventBusName", default="default", replace=True),
        Prop("roleArn"),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    create=Op("put_rule", sends=_RULE_SENDS),
    reads=(Op("describe_rule", {"Name": "{name}"}, gone=GONE),),
    update=Op("put_rule", sends=_RULE_SENDS),
    tagging=Tagging(
        tag=Op("tag_resource", {"ResourceARN": "{arn}"}),
        untag=Op("untag_resource", {"ResourceARN": "{arn}", "TagKeys": "{keys}"}, gone=GONE),
        listing=Op("list_tags_for_resource", {"ResourceARN": "{arn}"}, at="Tags"),
    ),
    delete=Op("delete_rule", {"Name": "{name}"}, gone=GONE),
    checks=(backup_checks.event_rule, function_checks.schedule),
)

_TARGET: Final = {"Id": "{targetId}", "Arn": "{arn}", "RoleArn": "{roleArn}", "Input": "{input}"}
_PUT: Final = Op("put_targets", {"Rule": "{rule}", "Targets": [_TARGET]})

TARGET: Final = ResourceType(
    "aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    named="targetId",
    id="{rule}/{targetId}",
    props=(
        Prop("rule", replace=True),
        Prop("targetId", "Id", replace=True),
        Prop("arn"),
        Prop("roleArn"),
        Prop("input", codec=JSON),
    ),
    create=_PUT,
    reads=(Op("list_targets_by_rule", {"Rule": "{rule}"}, at="Targets[?Id=='{targetId}'] | [0]", gone=GONE),),
    steps=(Step(("arn", "roleArn", "input"), _PUT),),
    delete=Op("remove_targets", {"Rule": "{rule}", "Ids": ["{targetId}"]}, gone=GONE),
)

BUS: Final = ResourceType(
    "aws:cloudwatch/eventBus:EventBus",
    service="events",
    named="name",
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("description", default=""),
        Prop("kmsKeyIdentifier"),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    create=Op("create_event_bus", sends=("name", "description", "kmsKeyIdentifier")),
    reads=(Op("describe_event_bus", {"Name": "{name}"}, gone=GONE),),
    # moto has no such call: a change of it is made on AWS alone.
    update=Op("update_event_bus", {"Name": "{name}"}, sends=("description", "kmsKeyIdentifier")),
    tagging=RULE.tagging,
    delete=Op("delete_event_bus", {"Name": "{name}"}, gone=GONE),
)

_ARCHIVE: Final = {"ArchiveName": "{name}"}
_ARCHIVE_SENDS: Final = ("description", "eventPattern", "retentionDays", "kmsKeyIdentifier")

ARCHIVE: Final = ResourceType(
    "aws:cloudwatch/eventArchive:EventArchive",
    service="events",
    named="name",
    id="{name}",
    props=(
        Prop("name", "ArchiveName", replace=True),
        Prop("eventSourceArn", replace=True),
        Prop("description", default=""),
        Prop("eventPattern", codec=JSON),
        Prop("retentionDays", default=0),
        Prop("kmsKeyIdentifier", kept=True),
        Prop("arn", "ArchiveArn", output=True),
    ),
    create=Op("create_archive", sends=("name", "eventSourceArn", *_ARCHIVE_SENDS)),
    reads=(Op("describe_archive", _ARCHIVE, gone=GONE),),
    update=Op("update_archive", _ARCHIVE, sends=_ARCHIVE_SENDS),
    delete=Op("delete_archive", _ARCHIVE, gone=GONE),
)

TYPES: Final = (RULE, TARGET, BUS, ARCHIVE)
