"""What somebody allows, by whom and why: what the allowances of `guard` and of `contract diff` have in common."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tablekit.model.errors import TablekitError
from tablekit.model.explain import explain


class Granted(BaseModel):
    """Base of an allowance: who gives it, why, and how long. until: the last day, None for ever.

    source: where it was found, for the report. EXAMPLE: an entry of a file. ERROR: what is raised where one is wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    EXAMPLE: ClassVar[str]
    ERROR: ClassVar[type[TablekitError]]

    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    source: str = ""
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return self.until is None or day <= self.until

    def as_json(self) -> dict[str, Any]:
        """Who allows it, and why."""
        return self.model_dump(mode="json", include={"by", "reason", "source", "until"})

    @classmethod
    def of(cls, where: str, fields: Mapping[str, Any]) -> Self:
        """One of its fields. where: how messages call it. Raises ERROR."""
        try:
            return cls.model_validate(fields)
        except ValidationError as found:
            raise cls.ERROR(explain(where, found, cls)) from None

    @classmethod
    def read_file(cls, file: Path) -> list[Self]:
        """Those of a TOML file of `[[allow]]` entries. Raises ERROR."""
        example = f"write it as:\n{cls.EXAMPLE}"
        try:
            entries = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).allow
        except OSError as found:
            raise cls.ERROR(f"{file}: {found.strerror or found}") from None
        except (UnicodeDecodeError, RecursionError):
            raise cls.ERROR(f"{file}: not TOML; {example}") from None
        except tomllib.TOMLDecodeError as found:
            raise cls.ERROR(f"{file}: not TOML: {found}; {example}") from None
        except ValidationError:
            raise cls.ERROR(f"{file}: not a list of [[allow]] entries and nothing else; {example}") from None
        return [
            cls.of(f"{file}: entry {number}", {**entry, "source": f"{file.name}, entry {number}"})
            for number, entry in enumerate(entries, 1)
        ]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: list[dict[str, Any]] = []
