"""What somebody allows, by whom and why: what the allowances of `guard` and of `contract diff` have in common."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from tablekit.model.errors import TablekitError
from tablekit.model.explain import explain


class Granted(BaseModel):
    """Base of an allowance: who gives it, why, and how long. until: the last day, None for ever.

    source: where it was found, for the report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    until: date | None = None
    source: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return self.until is None or day <= self.until

    @classmethod
    def read(cls, where: str, fields: Mapping[str, Any], error: type[TablekitError]) -> Self:
        """One of its fields. where: how messages call it. Raises the error."""
        try:
            return cls.model_validate(fields)
        except ValidationError as found:
            raise error(explain(where, found, cls)) from None


class Part(BaseModel):
    """Base of a report's parts, whose JSON form has camelCase names."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class Allowed(Part):
    """Who allows a change, and why; source: the option or the entry of a file."""

    by: str
    reason: str
    source: str
    until: date | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: list[dict[str, Any]] = []


def entries(file: Path, example: str, error: type[TablekitError]) -> list[dict[str, Any]]:
    """The `[[allow]]` entries of a TOML file. example: one that is right, for messages. Raises the error."""
    try:
        return _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).allow
    except OSError as found:
        raise error(f"{file}: {found.strerror or found}") from None
    except (UnicodeDecodeError, RecursionError):
        raise error(f"{file}: not TOML; write it as:\n{example}") from None
    except tomllib.TOMLDecodeError as found:
        raise error(f"{file}: not TOML: {found}; write it as:\n{example}") from None
    except ValidationError:
        raise error(f"{file}: not a list of [[allow]] entries and nothing else; write it as:\n{example}") from None
