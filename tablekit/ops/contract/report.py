"""Two contracts, compared, and what somebody allows of it: what a person, a pull request and a program read.

Allowances are entries of a file that is committed, and so reviewed. The JSON form is version 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from fnmatch import fnmatchcase
from typing import ClassVar, Final

from pydantic import Field

from tablekit.contract import ContractError
from tablekit.contract.diff import Change, Demand, Level, demand, diff
from tablekit.contract.document import Document
from tablekit.model.allowances import Granted
from tablekit.ops.report import Judged, Report, Sign

_SIGNS = {Level.BREAKING: Sign.BAD, Level.ADDITIVE: Sign.GOOD, Level.NEUTRAL: Sign.NONE}
_WHAT_TO_DO = {
    Demand.MINOR: "Raise the contract's minor version (VERSION in tablekit/contract/v1.py).",
    Demand.MAJOR: "Keep what consumers read and add what is new beside it (docs/contract.md), raise the contract's "
    "major version, or have the change allowed: an entry in contract-allow.toml, with who and why.",
}
_LONGEST: Final = 300
"""Characters of a value that are shown; the JSON form has all."""


class Allowance(Granted):
    """Changes that somebody allows.

    family: its key; empty for what is of no family. object, change: as the report has them; * stands for anything.
    """

    ERROR = ContractError
    EXAMPLE: ClassVar[str] = """\
[[allow]]
family = "acs"
object = "index Users/email-index"   # as the report has it; * stands for anything
change = "removed"                   # removed, renamed, added, or the field that changes
by = "Ada Lovelace"
reason = "its one consumer moved to user-by-id in May"
until = 2026-12-31                   # optional: the last day on which it holds
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


Judgement = tuple[Change, Allowance | None]
"""A change, and what allows it."""


def compared(
    old: Document,
    new: Document,
    allowances: Sequence[Allowance],
    today: date,
    families: Collection[str] = (),
    across_stages: bool = False,
) -> Report:
    """Compare the two, and apply what is allowed. Raises ContractError where they can't be compared."""
    holding = [each for each in allowances if each.holds_on(today)]
    found: list[Judgement] = [
        (change, next((each for each in holding if each.fits(change)), None))
        for change in diff(old, new, families, across_stages)
    ]
    unused = [
        f"{each.text} ({each.source}) "
        f"{'fits no breaking change' if each in holding else f'ran out on {each.until}'}; remove it"
        for each in allowances
        if each not in [allowed for _, allowed in found]
    ]
    asked = demand([change for change, by in found if not by], old, new)
    verdict = "no change" if not found and asked is Demand.NOTHING else asked.text
    breaking_first = sorted(found, key=lambda judged: list(Level).index(judged[0].level))
    counts = [f"{sum(change.level is level for change, _ in found)} {level}" for level in Level]
    return Report(
        title=f"Contract, stage {new.stage}" if new.stage else "Contract's JSON Schema",
        summary=f"{' to '.join(f'{each.source} (version {each.version_text})' for each in (old, new))}: "
        f"{', '.join(counts)}.",
        verdict=verdict,
        exit_code=int(asked),
        columns=("verdict", "family", "object", "what", "was", "is"),
        rows=[_row(change, by) for change, by in breaking_first],
        notes=list(_notes(breaking_first, asked, unused)),
        data={
            "version": 1,
            "old": _side(old),
            "new": _side(new),
            "verdict": verdict,
            "exitCode": int(asked),
            "changes": [
                {name: value for name, value in asdict(change).items() if name != "shape"}
                | {"allowed": by.as_json() if by else None}
                for change, by in found
            ],
            "unused": unused,
        },
    )


def _side(document: Document) -> dict[str, str]:
    return {"source": document.source, "contractVersion": document.version_text, "stage": document.stage}


def _row(change: Change, by: Allowance | None) -> tuple[str | Judged, ...]:
    level = Judged(f"{change.level}, allowed", Sign.GOOD) if by else Judged(change.level, _SIGNS[change.level])
    was, now = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in (change.was, change.now))
    return level, change.family or "", change.object, change.what, was, now


def _notes(found: Sequence[Judgement], asked: Demand, unused: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What stands below the table: a heading and its lines."""
    meanings: dict[str, list[str]] = {}
    for change, _ in found:
        if change.level is Level.BREAKING:
            noun = change.object.rpartition(" ")[0] or change.object
            meanings.setdefault(change.why, []).append(f"{noun} {change.what}")
    if meanings:
        yield "What breaks:", [f"{', '.join(dict.fromkeys(names))}: {why}." for why, names in meanings.items()]
    if allowed := [_allowed(change, by) for change, by in found if by]:
        yield "Allowed:", allowed
    if asked in _WHAT_TO_DO:
        yield "What to do:", [_WHAT_TO_DO[asked]]
    if unused:
        yield "Allowances without use:", unused


def _allowed(change: Change, by: Allowance) -> str:
    what = " ".join(filter(None, (change.family, change.object, change.what)))
    return f"{what}: by {by.by}{f' until {by.until}' if by.until else ''}: {by.reason}"
