"""The whole of a plan, judged, and who allows which change: what a reviewer reads. Its JSON form is version 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from tablekit.model.allowances import Granted
from tablekit.model.errors import did_you_mean
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.changes import CHANGES, Finding, Level, Verdict
from tablekit.ops.guard.classify import findings, index_steps, taken_names
from tablekit.ops.guard.pairing import Pair, Paired
from tablekit.ops.guard.watches import Watch, watches

IMPORTED: Final = (
    "The table was imported as it is on AWS, and no deployment has touched it: the declaration is wrong, fix it until "
    "the plan changes nothing that matters."
)
"""What to do about any change of a table that has just come into the stack."""


class Allowance(Granted):
    """One change of one table that somebody allows.

    table: the resource's name or URN.
    """

    ERROR = GuardError
    EXAMPLE: ClassVar[str] = """\
[[allow]]
table = "shop-orders"       # the resource's name, or its whole URN
change = "index-drop"
by = "Ada Lovelace"
reason = "no consumer queries it since May"
until = 2026-12-31          # optional: the last day on which it holds
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

    def fits(self, change: str, table: Pair | Watch | TableReport) -> bool:
        """Whether it is about that change of that table."""
        return change == self.change and self.table in (table.urn, table.name)

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
        found.append(Allowance.of(f"--allow {word}", fields))
    return found


class Part(BaseModel):
    """Base of a report's parts, whose JSON form has camelCase names."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)


class JudgedChange(Part):
    """One change. level: its verdict if nobody allows it. allowable: whether an allowance helps. allowed: by whom."""

    change: str
    level: Verdict
    detail: str
    fix: str
    allowable: bool = True
    allowed: Granted | None = None

    @property
    def stands(self) -> Level:
        """Its verdict with what is allowed."""
        return Level.SAFE if self.allowed else CHANGES[self.change].level


class TableReport(Part):
    """One table, or what watches beside them. name: the resource's. table: its name on AWS, or what kind it is.

    region: a table's. index_steps: its single changes, in order.
    """

    urn: str
    name: str
    table: str
    region: str | None
    changes: list[JudgedChange]
    index_steps: list[str]

    @property
    def changed(self) -> bool:
        """Whether the plan does anything to it."""
        return [change.change for change in self.changes] != ["none"]


class PlanReport(Part):
    """The verdict on a plan.

    blocked: what the engine itself refuses, so that the plan is not whole; it can't be allowed.
    watches: budgets, composite alarms and dashboards that are touched.
    unused: allowances that fit no change, or ran out. others: operations on resources other than tables.
    """

    version: int = 1
    project: str
    stack: str
    verdict: Verdict = "safe"
    exit_code: int = 0
    tables: list[TableReport]
    watches: list[TableReport] = []
    blocked: list[str]
    unused: list[str]
    others: dict[str, int] = Field(serialization_alias="otherResources")

    @property
    def judged(self) -> list[TableReport]:
        """All that has a verdict."""
        return [*self.tables, *self.watches]

    def as_json(self) -> dict[str, Any]:
        """The JSON form, version 1."""
        return self.model_dump(mode="json", by_alias=True)


def judge(paired: Paired, allowances: Sequence[Allowance], today: date) -> PlanReport:
    """Classify every table and what watches them, and apply what is allowed.

    Raises GuardError where an allowance fits two.
    """
    new = {pair.after.name for pair in paired.pairs if pair.before is None and pair.after and "create" in pair.ops}
    beside = watches(paired.beside, new)
    for allowance in allowances:
        named = [pair.urn for pair in paired.pairs if pair.name == allowance.table]
        named += [watch.urn for watch in beside if watch.name == allowance.table]
        if len(set(named)) > 1:
            raise GuardError(
                f"{allowance.source} {allowance.text}: two tables have that name; give the URN: {named[0]} …"
            )
    taken = taken_names(paired.pairs)
    tables = []
    for pair in paired.pairs:
        shape = pair.after or pair.before
        tables.append(
            TableReport(
                urn=pair.urn,
                name=pair.name,
                table=shape.name if shape else "",
                region=shape.region if shape else None,
                changes=[
                    _judged(pair, each, allowances, today, pair.imported)
                    for each in findings(pair, taken.get(pair.urn))
                ],
                index_steps=[step.text for step in index_steps(pair)],
            )
        )
    touched = [
        TableReport(
            urn=watch.urn,
            name=watch.name,
            table=watch.word,
            region=None,
            changes=[_judged(watch, each, allowances, today) for each in watch.findings],
            index_steps=[],
        )
        for watch in beside
    ]
    judged = [*tables, *touched]
    level = max((change.stands for table in judged for change in table.changes), default=Level.SAFE)
    if paired.blocked:
        level = Level.REFUSED
    return PlanReport(
        project=paired.project,
        stack=paired.stack,
        verdict=level.text,
        exit_code=int(level),
        tables=tables,
        watches=touched,
        blocked=list(paired.blocked),
        unused=[line for allowance in allowances if (line := _unused(allowance, judged, today))],
        others=paired.others,
    )


def _judged(
    of: Pair | Watch, finding: Finding, allowances: Sequence[Allowance], today: date, imported: bool = False
) -> JudgedChange:
    allowance = next((each for each in allowances if each.fits(finding.change, of) and each.holds_on(today)), None)
    return JudgedChange(
        change=finding.change,
        level=finding.level.text,
        detail=finding.detail,
        fix=IMPORTED if imported and finding.level else CHANGES[finding.change].fix,
        allowable=not finding.hopeless,
        allowed=None if finding.hopeless else allowance,
    )


def _unused(allowance: Allowance, tables: list[TableReport], today: date) -> str:
    """Why the allowance is to be removed; empty where it helps."""
    fitting = [change for table in tables for change in table.changes if allowance.fits(change.change, table)]
    if not allowance.holds_on(today):
        why = f"ran out on {allowance.until}"
    elif not fitting:
        why = "fits no change of this plan"
    elif not any(change.allowable for change in fitting):
        why = "does not help: neither AWS nor its plugin makes this change"
    else:
        return ""
    return f"{allowance.text} ({allowance.source}) {why}; remove it"
