"""Who allows which breaking change, and why: entries of a file that is committed, and so reviewed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tablekit.contract import ContractError
from tablekit.contract.diff import Change
from tablekit.model.errors import explain

EXAMPLE = """\
[[allow]]
family = "acs"
object = "index Users/email-index"   # as the report has it; * stands for anything
change = "removed"                   # removed, renamed, added, or the field that changes
by = "Ada Lovelace"
reason = "its one consumer moved to user-by-id in May"
until = 2026-12-31                   # optional: the last day on which it holds
"""


class Allowance(BaseModel):
    """Changes that somebody allows.

    family: its key; empty for what is of no family. object, change: as the report has them; * stands for anything.
    until: the last day, None for ever. source: where it was found, for the report.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    family: str = ""
    object: str = Field(min_length=1)
    change: str = Field(min_length=1)
    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    until: date | None = None
    source: str = ""

    @property
    def text(self) -> str:
        """What it allows."""
        return " ".join(filter(None, (self.family, self.object, self.change)))

    def holds_on(self, day: date) -> bool:
        """Whether it has not run out."""
        return self.until is None or day <= self.until

    def fits(self, change: Change) -> bool:
        """Whether it is of this change."""
        return (
            self.family == (change.family or "")
            and fnmatchcase(change.object, self.object.replace("[", "[[]"))
            and self.change in (change.what, "*")
        )


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: list[dict[str, Any]] = []


def read_allowances(file: Path) -> list[Allowance]:
    """Those of a TOML file of `[[allow]]` entries. Raises ContractError."""
    try:
        entries = _File.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).allow
    except OSError as error:
        raise ContractError(f"{file}: {error.strerror or error}") from None
    except (UnicodeDecodeError, RecursionError):
        raise ContractError(f"{file}: not TOML; write it as:\n{EXAMPLE}") from None
    except tomllib.TOMLDecodeError as error:
        raise ContractError(f"{file}: not TOML: {error}; write it as:\n{EXAMPLE}") from None
    except ValidationError:
        raise ContractError(
            f"{file}: not a list of [[allow]] entries and nothing else; write it as:\n{EXAMPLE}"
        ) from None
    return [_one(file, number, entry) for number, entry in enumerate(entries, 1)]


def _one(file: Path, number: int, entry: dict[str, Any]) -> Allowance:
    try:
        return Allowance.model_validate({**entry, "source": f"{file.name}, entry {number}"})
    except ValidationError as error:
        raise ContractError(explain(f"{file}: entry {number}", error, Allowance.model_fields)) from None


def unused(allowances: Sequence[Allowance], used: set[Allowance], today: date) -> list[str]:
    """Allowances that fit no change, or ran out."""
    return [
        f"{each.text} ({each.source}) "
        f"{'fits no breaking change' if each.holds_on(today) else f'ran out on {each.until}'}; remove it"
        for each in allowances
        if each not in used
    ]
