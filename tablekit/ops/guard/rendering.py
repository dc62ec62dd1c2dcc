"""A plan's report as it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from tablekit.ops.guard.changes import CHANGES
from tablekit.ops.guard.report import JudgedChange, PlanReport, TableReport
from tablekit.ops.report import Judged, Report, Sentence, Sign


def shown(plan: PlanReport) -> Report:
    """The report for a person at a terminal, a pull request and a program."""
    rows = [
        (
            table.name,
            change.change,
            Judged("allowed" if change.allowed else change.level, Sign.of(change.stands)),
            Sentence(_what(change)),
        )
        for table in plan.judged
        if table.changed
        for change in table.changes
    ]
    return Report(
        title="Guard",
        summary=_summary(plan),
        verdict=plan.verdict,
        exit_code=plan.exit_code,
        columns=("table", "change", "verdict", "what"),
        rows=rows,
        notes=list(_notes(plan)),
        data=plan.as_json(),
    )


def _what(change: JudgedChange) -> str:
    if change.allowed:
        until = f" until {change.allowed.until}" if change.allowed.until else ""
        return f"{change.detail}. Allowed by {change.allowed.by}{until}: {change.allowed.reason}"
    return change.detail


def _summary(report: PlanReport) -> str:
    unchanged = sum(not table.changed for table in report.tables)
    others = (
        ", ".join(f"{count} {op}" for op, count in report.others.items() if op not in ("same", "refresh"))
        or "none changes"
    )
    return (
        f"Stack {report.stack}: {_tables(len(report.tables) - unchanged)} changed, {unchanged} unchanged; "
        f"other resources: {others}."
    )


def _tables(count: int) -> str:
    return "1 table" if count == 1 else f"{count} tables"


def _notes(report: PlanReport) -> Iterator[tuple[str, list[str]]]:
    """What stands below the table: a heading and its lines."""
    for table in report.tables:
        if table.index_steps:
            steps = [f"{number}. {step}" for number, step in enumerate(table.index_steps, 1)]
            yield f"Index changes of {table.name}, one at a time:", steps
    standing = [change for table in report.judged for change in table.changes if change.stands]
    if standing:
        yield "What it means, and what to do:", list(dict.fromkeys(map(_meaning, standing)))
    if (allowances := list(_allowances(report.judged))) and not report.blocked:
        yield "To allow one, with a name and a reason (docs/guard.md):", allowances
    if report.blocked:
        yield "The plan is not whole; no allowance helps:", report.blocked
    if report.unused:
        yield "Allowances without use:", report.unused


def _meaning(change: JudgedChange) -> str:
    no_allowance = "" if change.allowable else " No allowance helps."
    return f"{change.change}: {CHANGES[change.change].means}. {change.fix}{no_allowance}"


def _allowances(tables: list[TableReport]) -> Iterator[str]:
    for table in tables:
        for key in dict.fromkeys(change.change for change in table.changes if change.stands and change.allowable):
            yield f"--allow {table.name}:{key}"
