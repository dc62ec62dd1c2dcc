"""What every declared thing shares: frozen, and extra fields forbidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict


class Declared(BaseModel):
    """Base of the declaration's types: immutable, strict about names, compared by value."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)


def repeated(values: Iterable[Any]) -> list[Any]:
    """The values that occur more than once, each once, in order of their second occurrence."""
    seen: set[Any] = set()
    twice: dict[Any, None] = {}
    for value in values:
        if value in seen:
            twice[value] = None
        seen.add(value)
    return list(twice)
