"""Two contracts, compared, and what somebody allows of it: what a person, a pull request and a program read.

Allowances are entries of a file that is committed, and so reviewed. The JSON form is version 1.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pydantic import Field

from tablekit.contract import ContractError
from tablekit.contract.diff import Change, Demand, Level, demand, diff
from tablekit.contract.document import Document
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
            change.level is Level.BREAKING
            and self.family == (change.family or "")
            and fnmatchcase(change.object, self.object.replace("[", "[[]"))
            and self.change in (change.what, "*")
        )


def read_allowances(file: Path) -> list[Allowance]:
    """Those of a TOML file of `[[allow]]` entries. Raises ContractError."""
    return [
        Allowance.read(f"{file}: entry {number}", {**entry, "source": f"{file.name}, entry {number}"}, ContractError)
        for number, entry in enumerate(entries(file, EXAMPLE, ContractError), 1)
    ]


@dataclass(frozen=True)
class ContractReport:
    """The changes, each with what allows it, and what they ask of the version.

    unused: allowances that fit no breaking change, or ran out.
    """

    old: Document
    new: Document
    changes: list[tuple[Change, Allowance | None]]
    asked: Demand
    unused: list[str]

    @property
    def verdict(self) -> str:
        """In words."""
        return self.asked.text if self.asked is not Demand.NOTHING or self.changes else "no change"

    def as_json(self) -> dict[str, Any]:
        """The JSON form, version 1."""
        return {
            "version": 1,
            "old": _side(self.old),
            "new": _side(self.new),
            "verdict": self.verdict,
            "exitCode": int(self.asked),
            "changes": [
                {name: value for name, value in asdict(change).items() if name != "shape"}
                | {"allowed": _shown(allowed)}
                for change, allowed in self.changes
            ],
            "unused": self.unused,
        }


def compared(
    old: Document,
    new: Document,
    allowances: Sequence[Allowance],
    today: date,
    families: Collection[str] = (),
    across_stages: bool = False,
) -> ContractReport:
    """Compare the two, and apply what is allowed. Raises ContractError where they can't be compared."""
    holding = [each for each in allowances if each.holds_on(today)]
    changes = [
        (change, next((each for each in holding if each.fits(change)), None))
        for change in diff(old, new, families, across_stages)
    ]
    unused = [
        f"{each.text} ({each.source}) "
        f"{'fits no breaking change' if each in holding else f'ran out on {each.until}'}; remove it"
        for each in allowances
        if each not in [allowed for _, allowed in changes]
    ]
    return ContractReport(old, new, changes, demand([change for change, by in changes if not by], old, new), unused)


def _side(document: Document) -> dict[str, str]:
    return {"source": document.source, "contractVersion": document.version_text, "stage": document.stage}


def _shown(allowance: Allowance | None) -> dict[str, Any] | None:
    return allowance.model_dump(mode="json", include={"by", "reason", "source", "until"}) if allowance else None
