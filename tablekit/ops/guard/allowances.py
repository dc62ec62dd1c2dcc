"""Who allows which change of which table, and why: from the command line, or from a file that is reviewed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from tablekit.model.errors import did_you_mean, explain
from tablekit.ops.guard.changes import CHANGES, Level
from tablekit.ops.guard.errors import GuardError

EXAMPLE = """\
[[allow]]
table = "shop-orders"       # the resource's name, or its whole URN
change = "index-drop"
by = "Ada Lovelace"
reason = "no consumer queries it since May"
until = 2026-12-31          # optional: the last day on which it holds
"""


class Allowance(BaseModel):
    """One change of one table that somebody allows.

    table: the resource's name or URN. until: the last day, None for ever. source: where it was found, for the report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    table: str = Field(min_length=1)
    change: str
    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    until: date | None = None
    source: str = "--allow"

    @field_validator("change")
    @classmethod
    def _known(cls, change: str) -> str:
        judged = [key for key, kind in CHANGES.items() if kind.level is not Level.SAFE]
        if change not in CHANGES:
            raise ValueError(f"no change {change!r}{did_you_mean(change, judged)}; allowed are {', '.join(judged)}")
        if change not in judged:
            raise ValueError(f"{change!r} is safe and needs no allowance; remove it")
        return change

    @property
    def text(self) -> str:
        """What it allows."""
        return f"{self.table}:{self.change}"

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return self.until is None or day <= self.until


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: list[dict[str, Any]] = []


def given_as_words(words: Iterable[str], by: str | None, reason: str | None) -> list[Allowance]:
    """Those of the command line, as TABLE:CHANGE. Raises GuardError."""
    found = []
    for word in words:
        table, _, change = word.rpartition(":")
        if not table:
            raise GuardError(f"--allow {word!r}: write TABLE:CHANGE, as shop-orders:index-drop, or URN:CHANGE")
        if not by or not reason:
            raise GuardError(f"--allow {word}: say who allows it and why: --by NAME --reason TEXT")
        found.append(_one(f"--allow {word}", {"table": table, "change": change, "by": by, "reason": reason}))
    return found


def read_allowances(file: Path) -> list[Allowance]:
    """Those of a TOML file of `[[allow]]` entries. Raises GuardError."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        entries = _File.model_validate(content).allow
    except OSError as error:
        raise GuardError(f"{file}: {error.strerror or error}") from None
    except (UnicodeDecodeError, RecursionError):
        raise GuardError(f"{file}: not TOML; write it as:\n{EXAMPLE}") from None
    except tomllib.TOMLDecodeError as error:
        raise GuardError(f"{file}: not TOML: {error}; write it as:\n{EXAMPLE}") from None
    except ValidationError:
        raise GuardError(f"{file}: not a list of [[allow]] entries and nothing else; write it as:\n{EXAMPLE}") from None
    return [
        _one(f"{file}: entry {number}", {"source": f"{file.name}, entry {number}", **entry})
        for number, entry in enumerate(entries, 1)
    ]


def _one(where: str, fields: dict[str, Any]) -> Allowance:
    try:
        return Allowance.model_validate(fields)
    except ValidationError as error:
        raise GuardError(explain(where, error, Allowance.model_fields)) from None
