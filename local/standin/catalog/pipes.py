"""EventBridge Pipes. moto has a pipe and its settings; nothing flows through it."""

from __future__ import annotations

from typing import Any, Final

from .. import pipe_checks
from ..codecs import PLAIN, Nested, capitalized, uncapitalized
from ..spec import Op, Prop, ResourceType, Tagging
from ..values import Props

GONE: Final = ("NotFoundException",)
_NAMES: Final = {
    "DynamodbStreamParameters": "DynamoDBStreamParameters",
    "EventbridgeEventBusParameters": "EventBridgeEventBusParameters",
}
"""Those that the service spells otherwise than with a capital alone."""


def _renamed(given: Props, names: Props) -> Props:
    return {names.get(name, name): value for name, value in given.items()}


def _encoded(given: Any) -> Any:
    return _renamed(capitalized(given), _NAMES)


def _decoded(given: Any) -> Any:
    return uncapitalized(_renamed(given, {ours: name for name, ours in _NAMES.items()}))


def _begun(source: Props, name: str = "dynamodbStreamParameters", where: str = "startingPosition") -> Props:
    """Without where the pipe began to read, which is of its creation alone: moto forgets it at a change."""
    stream = {key: value for key, value in (source.get(name) or {}).items() if key != where}
    return {**source, name: stream}


def _changeable(sent: Props) -> Props:
    source = _begun(sent["SourceParameters"], "DynamoDBStreamParameters", "StartingPosition")
    return {**sent, "SourceParameters": source}


class _Source(Nested):
    def equal(self, wanted: Any, actual: Any) -> bool:
        return super().equal(_begun(wanted), _begun(actual))


_PARAMETERS: Final = Nested(_encoded, _decoded)
_SENDS: Final = ("description", "desiredState", "roleArn", "sourceParameters", "target", "targetParameters")

PIPE: Final = ResourceType(
    "aws:pipes/pipe:Pipe",
    service="pipes",
    named="name",
    id="{name}",
    props=(
        Prop("name", replace=True),
        Prop("description"),
        Prop("desiredState", default="RUNNING"),
        Prop("roleArn"),
        Prop("source", replace=True),
        Prop("sourceParameters", codec=_Source(_encoded, _decoded)),
        Prop("target"),
        Prop("targetParameters", codec=_PARAMETERS),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    create=Op("create_pipe", sends=("name", "source", *_SENDS)),
    reads=(Op("describe_pipe", {"Name": "{name}"}, gone=GONE),),
    update=Op("update_pipe", {"Name": "{name}"}, sends=_SENDS, shaped=_changeable),
    tagging=Tagging(
        tag=Op("tag_resource", {"resourceArn": "{arn}"}),
        untag=Op("untag_resource", {"resourceArn": "{arn}", "tagKeys": "{keys}"}),
        codec=PLAIN,
        added="tags",
    ),
    delete=Op("delete_pipe", {"Name": "{name}"}, gone=GONE),
    checks=(pipe_checks.pipe,),
)

TYPES: Final = (PIPE,)
