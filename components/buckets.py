"""How a private bucket is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from components.resource import Made
from tablekit.model.stage import StageConfig
from tablekit.resources import (
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    Expected,
)

_PARTS: Final = (
    *(BUCKET, BUCKET_ACCESS, BUCKET_OWNERSHIP, BUCKET_ENCRYPTION),
    *(BUCKET_VERSIONING, BUCKET_LIFECYCLE, BUCKET_POLICY),
)


def kept(stage: StageConfig) -> Callable[[Expected, Made], tuple[Expected, dict[str, Any]]]:
    """For `register_in_turn`: a bucket is protected and retained as tables are, and all of its parts with it, so that
    one that leaves the stack stays as private as it was.
    """

    def adapt(expected: Expected, made: Made) -> tuple[Expected, dict[str, Any]]:
        if expected.type not in _PARTS:
            return expected, {}
        return expected, {"protect": expected.protect, "retain_on_delete": stage.retain_on_delete}

    return adapt
