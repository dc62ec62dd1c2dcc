"""What a stage records of the use of its tables: data events of CloudTrail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StrictBool, StrictInt

from tablekit.model import limits
from tablekit.model.base import Settings

DataEvents = Literal["none", "writes", "all"]
"""Which requests on items are recorded."""
Insights = Literal["none", "throttled", "all"]
"""Which keys of a table CloudWatch shows: those that were throttled most, or those that were asked for most too."""
_TYPES: Final = ("AWS::DynamoDB::Table", "AWS::DynamoDB::Stream")


class Trail(Settings):
    """How data events are kept.

    streams: reads of streams are recorded too. keep_days: after how many days a record goes.
    """

    streams: StrictBool = False
    keep_days: Annotated[StrictInt, Field(ge=1, le=limits.MAX_TRAIL_DAYS)] = 365

    def selectors(self, events: DataEvents, arns: Iterable[str]) -> list[dict[str, Any]]:
        """CloudTrail's advanced event selectors. arns: what the tables' ARNs begin with.

        By beginnings, since a request on an index is one on its table: too much is recorded rather than too little.
        """
        begins = sorted(arns)
        reads = [] if events == "all" else [{"field": "readOnly", "equals": ["false"]}]
        return [
            {
                "name": kind,
                "fieldSelectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": [kind]},
                    {"field": "resources.ARN", "startsWiths": begins},
                    # A stream is read and nothing else.
                    *(reads if kind == _TYPES[0] else []),
                ],
            }
            for kind in (_TYPES if self.streams else _TYPES[:1])
        ]

    def problem(self, region: str, names: Iterable[str]) -> str:
        """Why a region's tables are too many for one trail; empty where they are not. names: what theirs begin with."""
        values = sum(
            len(values)
            for selector in self.selectors("writes", names)
            for field in selector["fieldSelectors"]
            for name, values in field.items()
            if name != "field"
        )
        if values <= limits.MAX_TRAIL_VALUES:
            return ""
        return (
            f"the tables in {region} take {values} values of a trail's selectors; CloudTrail takes "
            f"{limits.MAX_TRAIL_VALUES}: give families a prefix, turn streams off, or deploy fewer families"
        )
