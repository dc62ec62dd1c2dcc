"""Who allows which change of which table, and why: from the command line, or from a file that is reviewed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field, field_validator

from tablekit.model.errors import did_you_mean
from tablekit.ops.allowances import Granted, entries
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.changes import CHANGES, Level

EXAMPLE = """\
[[allow]]
table = "shop-orders"       # the resource's name, or its whole URN
change = "index-drop"
by = "Ada Lovelace"
reason = "no consumer queries it since May"
until = 2026-12-31          # optional: the last day on which it holds
"""


class Allowance(Granted):
    """One change of one table that somebody allows.

    table: the resource's name or URN.
    """

    table: str = Field(min_length=1)
    change: str
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


def given_as_words(words: Iterable[str], by: str | None, reason: str | None) -> list[Allowance]:
    """Those of the command line, as TABLE:CHANGE. Raises GuardError."""
    found = []
    for word in words:
        table, _, change = word.rpartition(":")
        if not table:
            raise GuardError(f"--allow {word!r}: write TABLE:CHANGE, as shop-orders:index-drop, or URN:CHANGE")
        if not by or not reason:
            raise GuardError(f"--allow {word}: say who allows it and why: --by NAME --reason TEXT")
        fields = {"table": table, "change": change, "by": by, "reason": reason}
        found.append(Allowance.read(f"--allow {word}", fields, GuardError))
    return found


def read_allowances(file: Path) -> list[Allowance]:
    """Those of a TOML file of `[[allow]]` entries. Raises GuardError."""
    return [
        Allowance.read(f"{file}: entry {number}", {"source": f"{file.name}, entry {number}", **entry}, GuardError)
        for number, entry in enumerate(entries(file, EXAMPLE, GuardError), 1)
    ]
