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
TABLES, STREAMS = "AWS::DynamoDB::Table", "AWS::DynamoDB::Stream"
STREAM_READS: Final = ("GetRecords", "GetShardIterator")
"""What is recorded of a stream. To CloudTrail it is an event of the table too: a selector of tables takes it."""


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
        narrowed: list[dict[str, Any]] = []
        if events == "writes":
            narrowed = [{"field": "readOnly", "equals": ["false"]}]
        elif not self.streams:
            narrowed = [{"field": "eventName", "notEquals": list(STREAM_READS)}]
        return [
            {
                "name": kind,
                "fieldSelectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": [kind]},
                    {"field": "resources.ARN", "startsWiths": begins},
                    # A stream is read and nothing else.
                    *(narrowed if kind == TABLES else []),
                ],
            }
            for kind in ((TABLES, STREAMS) if self.streams else (TABLES,))
        ]

    def problem(self, events: DataEvents, region: str, names: Iterable[str]) -> str:
        """Why a region's tables are too many for one trail; empty where they are not. names: what theirs begin with."""
        values = sum(
            len(values)
            for selector in self.selectors(events, names)
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
