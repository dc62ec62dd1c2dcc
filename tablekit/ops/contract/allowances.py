"""Who allows which breaking change, and why: entries of a file that is committed, and so reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import Field

from tablekit.contract import ContractError
from tablekit.contract.diff import Change
from tablekit.ops.allowances import Granted, entries

EXAMPLE = """\
[[allow]]
family = "acs"
object = "index Users/email-index"   # as the report has it; * stands for anything
change = "removed"                   # removed, renamed, added, or the field that changes
by = "Ada Lovelace"
reason = "its one consumer moved to user-by-id in May"
until = 2026-12-31                   # optional: the last day on which it holds
"""


class Allowance(Granted):
    """Changes that somebody allows.

    family: its key; empty for what is of no family. object, change: as the report has them; * stands for anything.
    """

    family: str = ""
    object: str = Field(min_length=1)
    change: str = Field(min_length=1)

    @property
    def text(self) -> str:
        """What it allows."""
        return " ".join(filter(None, (self.family, self.object, self.change)))

    def fits(self, change: Change) -> bool:
        """Whether it is of this change."""
        return (
            self.family == (change.family or "")
            and fnmatchcase(change.object, self.object.replace("[", "[[]"))
            and self.change in (change.what, "*")
        )


def read_allowances(file: Path) -> list[Allowance]:
    """Those of a TOML file of `[[allow]]` entries. Raises ContractError."""
    return [
        Allowance.read(f"{file}: entry {number}", {**entry, "source": f"{file.name}, entry {number}"}, ContractError)
        for number, entry in enumerate(entries(file, EXAMPLE, ContractError), 1)
    ]


def unused(allowances: Sequence[Allowance], used: set[Allowance], today: date) -> list[str]:
    """Allowances that fit no change, or ran out."""
    return [
        f"{each.text} ({each.source}) "
        f"{'fits no breaking change' if each.holds_on(today) else f'ran out on {each.until}'}; remove it"
        for each in allowances
        if each not in used
    ]
