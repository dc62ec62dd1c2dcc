"""What EventBridge Pipes refuses, and moto takes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from tablekit.model import limits as shared

from .backup_checks import is_pattern
from .schema import Complaint, refuse
from .values import Props


def pipe(inputs: Props) -> Iterator[Complaint]:
    """Filters that are patterns, and what a pipe from a stream has to be given."""
    source = inputs.get("sourceParameters")
    source = source if isinstance(source, Mapping) else {}
    filters = (source.get("filterCriteria") or {}).get("filters") or ()
    if len(filters) > shared.MAX_PIPE_FILTERS:
        path = "sourceParameters.filterCriteria.filters"
        yield refuse(path, len(filters), f"{shared.MAX_PIPE_FILTERS} filters or fewer", "Join some.")
    for place, each in enumerate(filters):
        path, pattern = f"sourceParameters.filterCriteria.filters[{place}].pattern", each.get("pattern")
        try:
            found = json.loads(pattern) if isinstance(pattern, str) else pattern
        except ValueError as error:
            yield refuse(path, pattern, f"valid JSON ({error})", "Build it with json.dumps.")
            continue
        if isinstance(found, list) or not is_pattern(found):
            allowed = "an object whose values are lists, not empty, or such objects"
            yield refuse(path, pattern, allowed, "Put each value into a list.")
    stream = str(inputs.get("source") or "").split(":")[2:3] == ["dynamodb"]
    if stream and not source.get("dynamodbStreamParameters"):
        path = "sourceParameters.dynamodbStreamParameters"
        yield refuse(path, None, "where it begins to read", "Give it startingPosition.")
    age = (source.get("dynamodbStreamParameters") or {}).get("maximumRecordAgeInSeconds")
    if isinstance(age, int) and -1 < age < _LEAST_AGE:
        path = "sourceParameters.dynamodbStreamParameters.maximumRecordAgeInSeconds"
        yield refuse(path, age, f"-1, or {_LEAST_AGE} or more", "Give more.")


_LEAST_AGE = 60
"""Seconds (Pipes' documentation of streams as sources; Lambda's has the same)."""
