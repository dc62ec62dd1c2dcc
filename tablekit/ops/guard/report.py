"""The whole of a plan, judged: what a reviewer and a pipeline read. Its JSON form is version 1."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from pydantic import Field

from tablekit.ops.allowances import Allowed, Part
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.allowances import Allowance
from tablekit.ops.guard.changes import CHANGES, Level, Verdict
from tablekit.ops.guard.classify import Finding, findings, index_steps, taken_names
from tablekit.ops.guard.pairing import Pair, Paired

IMPORTED: Final = (
    "The table was imported as it is on AWS, and no deployment has touched it: the declaration is wrong, fix it until "
    "the plan changes nothing that matters."
)
"""What to do about any change of a table that has just come into the stack."""


class Judged(Part):
    """One change. level: its verdict if nobody allows it. allowable: whether an allowance helps. allowed: by whom."""

    change: str
    level: Verdict
    detail: str
    fix: str
    allowable: bool = True
    allowed: Allowed | None = None

    @property
    def stands(self) -> Level:
        """Its verdict with what is allowed."""
        return Level.SAFE if self.allowed else CHANGES[self.change].level


class TableReport(Part):
    """One table. name: the resource's. table, region: the physical name's. index_steps: single changes, in order."""

    urn: str
    name: str
    table: str
    region: str | None
    changes: list[Judged]
    index_steps: list[str]

    @property
    def changed(self) -> bool:
        """Whether the plan does anything to it."""
        return [change.change for change in self.changes] != ["none"]


class Report(Part):
    """The verdict on a plan.

    blocked: what the engine itself refuses, so that the plan is not whole; it can't be allowed.
    unused: allowances that fit no change, or ran out. others: operations on resources other than tables.
    """

    version: int = 1
    project: str
    stack: str
    verdict: Verdict = "safe"
    exit_code: int = 0
    tables: list[TableReport]
    blocked: list[str]
    unused: list[str]
    others: dict[str, int] = Field(serialization_alias="otherResources")

    def as_json(self) -> dict[str, Any]:
        """The JSON form, version 1."""
        return self.model_dump(mode="json", by_alias=True)


def judge(paired: Paired, allowances: Sequence[Allowance], today: date) -> Report:
    """Classify every table, and apply what is allowed. Raises GuardError where an allowance fits two tables."""
    for allowance in allowances:
        named = [pair.urn for pair in paired.pairs if pair.name == allowance.table]
        if len(set(named)) > 1:
            raise GuardError(
                f"{allowance.source} {allowance.text}: two tables have that name; give the URN: {named[0]} …"
            )
    taken = taken_names(paired.pairs)
    used: set[Allowance] = set()
    hopeless: set[Allowance] = set()
    tables = []
    for pair in paired.pairs:
        judged = [
            _judged(pair, finding, allowances, today, used, hopeless) for finding in findings(pair, taken.get(pair.urn))
        ]
        shape = pair.after or pair.before
        tables.append(
            TableReport(
                urn=pair.urn,
                name=pair.name,
                table=shape.name if shape else "",
                region=shape.region if shape else None,
                changes=judged,
                index_steps=[step.text for step in index_steps(pair)],
            )
        )
    level = max((change.stands for table in tables for change in table.changes), default=Level.SAFE)
    if paired.blocked:
        level = Level.REFUSED
    return Report(
        project=paired.project,
        stack=paired.stack,
        verdict=level.text,
        exit_code=int(level),
        tables=tables,
        blocked=list(paired.blocked),
        unused=[_unused(allowance, today, allowance in hopeless) for allowance in allowances if allowance not in used],
        others=paired.others,
    )


def _judged(
    pair: Pair,
    finding: Finding,
    allowances: Sequence[Allowance],
    today: date,
    used: set[Allowance],
    hopeless: set[Allowance],
) -> Judged:
    fitting = (
        allowance
        for allowance in allowances
        if allowance.change == finding.change and allowance.table in (pair.urn, pair.name) and allowance.holds_on(today)
    )
    allowance = next(fitting, None)
    if allowance:
        (hopeless if finding.hopeless else used).add(allowance)
    return Judged(
        change=finding.change,
        level=finding.level.text,
        detail=finding.detail,
        fix=IMPORTED if pair.imported and finding.level else CHANGES[finding.change].fix,
        allowable=not finding.hopeless,
        allowed=Allowed(by=allowance.by, reason=allowance.reason, source=allowance.source, until=allowance.until)
        if allowance and not finding.hopeless
        else None,
    )


def _unused(allowance: Allowance, today: date, hopeless: bool) -> str:
    why = "fits no change of this plan" if allowance.holds_on(today) else f"ran out on {allowance.until}"
    if hopeless:
        why = "does not help: neither AWS nor its plugin makes this change"
    return f"{allowance.text} ({allowance.source}) {why}; remove it"
