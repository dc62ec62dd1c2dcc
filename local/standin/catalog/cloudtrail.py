"""CloudTrail's types."""

from __future__ import annotations

from typing import Any, Final

from .. import bucket as checks
from ..codecs import Nested, capitalized, uncapitalized
from ..spec import Op, Prop, ResourceType, Step, Tagging

_MANY: Final = {"startsWiths": "startsWith", "endsWiths": "endsWith"}
_MANY_NOT: Final = {"notStartsWiths": "notStartsWith", "notEndsWiths": "notEndsWith"}
_NAMES: Final = {**_MANY, **_MANY_NOT}
"""Pulumi has lists in the plural; CloudTrail has none but `equals`."""


def _renamed(selectors: Any, names: dict[str, str]) -> Any:
    return [
        {
            **each,
            "fieldSelectors": [
                {names.get(name, name): value for name, value in field.items()} for field in each["fieldSelectors"]
            ],
        }
        for each in selectors
    ]


_SELECTORS: Final = Nested(
    lambda given: capitalized(_renamed(given, _NAMES)),
    lambda found: _renamed(uncapitalized(found), {name: many for many, name in _NAMES.items()}),
)
_SENDS: Final = (
    "name",
    "s3BucketName",
    "s3KeyPrefix",
    "includeGlobalServiceEvents",
    "isMultiRegionTrail",
    "enableLogFileValidation",
    "kmsKeyId",
)
_TRAIL: Final = {"Name": "{id}"}

TRAIL: Final = ResourceType(
    "aws:cloudtrail/trail:Trail",
    service="cloudtrail",
    named="name",
    id="{arn}",
    props=(
        Prop("name", replace=True),
        Prop("s3BucketName"),
        Prop("s3KeyPrefix"),
        Prop("includeGlobalServiceEvents", default=True),
        Prop("isMultiRegionTrail", default=False),
        Prop("enableLogFileValidation", default=False),
        Prop("kmsKeyId"),
        Prop("advancedEventSelectors", codec=_SELECTORS),
        Prop("enableLogging"),
        Prop("tags", default={}),
        Prop("arn", "TrailARN", output=True),
        Prop("homeRegion", output=True),
    ),
    create=Op("create_trail", sends=_SENDS),
    reads=(
        Op(
            "get_trail",
            _TRAIL,
            at="Trail && merge(Trail, {EnableLogFileValidation: Trail.LogFileValidationEnabled})",
            gone=("TrailNotFoundException",),
        ),
        Op("get_trail_status", _TRAIL, at="{EnableLogging: IsLogging}"),
        Op("get_event_selectors", {"TrailName": "{id}"}, at="{AdvancedEventSelectors: AdvancedEventSelectors}"),
    ),
    update=Op("update_trail", sends=_SENDS),
    steps=(
        Step(
            ("advancedEventSelectors",),
            Op("put_event_selectors", {"TrailName": "{name}"}, sends=("advancedEventSelectors",)),
            at_creation=True,
        ),
        Step(
            ("enableLogging",),
            Op("start_logging", {"Name": "{name}"}),
            unset=Op("stop_logging", {"Name": "{name}"}),
            at_creation=True,
        ),
    ),
    tagging=Tagging(
        tag=Op("add_tags", {"ResourceId": "{arn}"}),
        untag=Op("remove_tags", {"ResourceId": "{arn}", "TagsList": "{pairs}"}),
        listing=Op("list_tags", {"ResourceIdList": ["{arn}"]}, at="ResourceTagList[0].TagsList"),
        named="TagsList",
        added="TagsList",
    ),
    # moto deletes nothing by the ARN.
    delete=Op("delete_trail", {"Name": "{name}"}, gone=("TrailNotFoundException",)),
    checks=(checks.trail,),
)

TYPES: Final = (TRAIL,)
