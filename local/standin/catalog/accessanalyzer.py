"""Access Analyzer's types. moto has none of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..spec import Prop, ResourceType
from ..values import Props


def _analyzer(inputs: Props) -> Iterator[tuple[str, Props]]:
    named = {"analyzerName": inputs.get("analyzerName"), "type": inputs.get("type", "ACCOUNT")}
    yield "create_analyzer", {**named, **({"tags": inputs["tags"]} if inputs.get("tags") else {})}


ANALYZER: Final = ResourceType(
    "aws:accessanalyzer/analyzer:Analyzer",
    service="accessanalyzer",
    named="analyzerName",
    id="{analyzerName}",
    props=(
        Prop("analyzerName", replace=True),
        Prop("type", default="ACCOUNT", replace=True),
        Prop("tags", default={}),
        Prop("arn", output=True),
    ),
    requests=_analyzer,
    held={"arn": "arn:aws:access-analyzer:{region}:{account}:analyzer/{analyzerName}"},
)

TYPES: Final = (ANALYZER,)
