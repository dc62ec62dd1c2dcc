"""Two contracts, compared: what a person, a pull request and a program read. Its JSON form is version 1."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from tablekit.contract.diff import Change, Demand, Level, demand, diff
from tablekit.contract.document import Document
from tablekit.ops.allowances import Allowed, Part
from tablekit.ops.contract.allowances import Allowance, unused


class Side(Part):
    """One of the two. stage: empty for a JSON Schema."""

    source: str
    contract_version: str
    stage: str


class Judged(Part):
    """One change, as `tablekit.contract.diff` has it, and who allows it."""

    level: Level
    change: str
    family: str | None
    object: str
    field: str
    was: str
    now: str
    why: str
    allowed: Allowed | None = None

    @property
    def what(self) -> str:
        """The field that changed, or what happened to the object."""
        return self.field or self.change


class Report(Part):
    """The changes, and what they ask of the version. unused: allowances that fit no breaking change, or ran out."""

    version: int = 1
    old: Side
    new: Side
    verdict: str
    exit_code: int
    changes: list[Judged]
    unused: list[str]

    def as_json(self) -> dict[str, Any]:
        """The JSON form, version 1."""
        return self.model_dump(mode="json", by_alias=True)

    @property
    def major(self) -> bool:
        """Whether the new contract has a higher major version."""
        old, new = (int(side.contract_version.split(".")[0]) for side in (self.old, self.new))
        return new > old


def compared(
    old: Document,
    new: Document,
    allowances: Sequence[Allowance],
    today: date,
    families: Collection[str] = (),
    across_stages: bool = False,
) -> Report:
    """Compare the two, and apply what is allowed. Raises ContractError where they can't be compared."""
    judged, standing = [], []
    used: set[Allowance] = set()
    for change in diff(old, new, families, across_stages):
        allowance = _allowing(change, allowances, today)
        if allowance:
            used.add(allowance)
        else:
            standing.append(change)
        judged.append(_judged(change, allowance))
    asked = demand(standing, old, new)
    return Report(
        old=_side(old),
        new=_side(new),
        verdict=asked.text if asked is not Demand.NOTHING or judged else "no change",
        exit_code=int(asked),
        changes=judged,
        unused=unused(allowances, used, today),
    )


def _allowing(change: Change, allowances: Sequence[Allowance], today: date) -> Allowance | None:
    if change.level is not Level.BREAKING:
        return None
    return next((each for each in allowances if each.fits(change) and each.holds_on(today)), None)


def _judged(change: Change, allowance: Allowance | None) -> Judged:
    return Judged(
        level=change.level,
        change=change.change,
        family=change.family,
        object=change.object,
        field=change.field,
        was=change.was,
        now=change.now,
        why=change.why,
        allowed=Allowed(by=allowance.by, reason=allowance.reason, source=allowance.source, until=allowance.until)
        if allowance
        else None,
    )


def _side(document: Document) -> Side:
    return Side(source=document.source, contract_version=document.version_text, stage=document.stage)
