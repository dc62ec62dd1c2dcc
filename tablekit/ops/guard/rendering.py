"""A report for a person at a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from tablekit.ops.guard.changes import CHANGES, Level
from tablekit.ops.guard.report import JudgedChange, PlanReport, TableReport
from tablekit.ops.output import code, escaped, plain, print_table

_STYLES = {Level.SAFE: "green", Level.APPROVAL: "yellow", Level.REFUSED: "bold red"}
_SIGNS = {Level.SAFE: "✅", Level.APPROVAL: "⚠️", Level.REFUSED: "⛔"}


def show(report: PlanReport, console: Console) -> None:
    """Print it; colours where the console is a terminal."""
    changed = [table for table in report.tables if table.changed]
    if changed:
        rows: list[list[str | Text]] = [
            [
                plain(table.name),
                change.change,
                Text("allowed" if change.allowed else change.level, style=_STYLES[change.stands]),
                plain(_what(change)),
            ]
            for table in changed
            for change in table.changes
        ]
        print_table(console, "", ("table", "change", "verdict", "what"), rows)
    for heading, lines in _notes(report):
        console.print(Text(plain(heading)))
        for line in lines:
            console.print(Text(f"  {plain(line)}"), soft_wrap=True)
    console.print(
        Text(f"{_summary(report)} Verdict: ")
        + Text(report.verdict, style=_STYLES[Level(report.exit_code)])
        + Text(f" (exit code {report.exit_code})."),
        soft_wrap=True,
    )


def markdown(report: PlanReport) -> str:
    """The report as Markdown."""
    sign = _SIGNS[Level(report.exit_code)]
    lines = [f"### {sign} Guard: {report.verdict}", "", escaped(_summary(report)), ""]
    changed = [table for table in report.tables if table.changed]
    if changed:
        lines += ["| table | change | verdict | what |", "|---|---|---|---|"]
        lines += [
            f"| {code(table.name)} | {code(change.change)} | {_SIGNS[change.stands]} "
            f"{'allowed' if change.allowed else change.level} | {escaped(_what(change))} |"
            for table in changed
            for change in table.changes
        ]
        lines.append("")
    for heading, texts in _notes(report):
        numbered = texts[0].startswith("1. ")
        lines += [
            f"**{escaped(heading)}**",
            "",
            *(f"{'' if numbered else '- '}{escaped(text)}" for text in texts),
            "",
        ]
    return "\n".join(lines)


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
    standing = [change for table in report.tables for change in table.changes if change.stands]
    if standing:
        yield "What it means, and what to do:", list(dict.fromkeys(map(_meaning, standing)))
    if (allowances := list(_allowances(report.tables))) and not report.blocked:
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
