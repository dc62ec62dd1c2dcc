"""A comparison for a person at a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from tablekit.contract.diff import Change, Demand, Level
from tablekit.contract.document import Document
from tablekit.ops.contract.report import Allowance, ContractReport
from tablekit.ops.output import code, escaped, plain, print_table

_COLUMNS = ("verdict", "family", "object", "what", "was", "is")
_STYLES = {Level.BREAKING: "bold red", Level.ADDITIVE: "green", Level.NEUTRAL: "dim"}
_SIGNS = {Level.BREAKING: "⛔", Level.ADDITIVE: "✅", Level.NEUTRAL: "▫️"}
_VERDICTS = {Demand.NOTHING: ("green", "✅"), Demand.MINOR: ("yellow", "⚠️"), Demand.MAJOR: ("bold red", "⛔")}
_WHAT_TO_DO = {
    Demand.MINOR: "Raise the contract's minor version (VERSION in tablekit/contract/v1.py).",
    Demand.MAJOR: "Keep what consumers read and add what is new beside it (docs/contract.md), raise the contract's "
    "major version, or have the change allowed: an entry in contract-allow.toml, with who and why.",
}
_LONGEST = 300
"""Characters of a value that are shown; the JSON form has all."""


def show(report: ContractReport, console: Console) -> None:
    """Print it; colours where the console is a terminal."""
    if report.changes:
        rows: list[list[str | Text]] = [
            [Text(_level(change, by), style="green" if by else _STYLES[change.level]), *map(plain, _cells(change))]
            for change, by in _sorted(report)
        ]
        print_table(console, "", _COLUMNS, rows)
    for heading, lines in _notes(report):
        console.print(Text("\n".join([plain(heading), *(f"  {plain(line)}" for line in lines)])))
    verdict = Text(report.verdict, style=_VERDICTS[report.asked][0])
    console.print(Text.assemble(f"{plain(_summary(report))} Verdict: ", verdict, f" (exit code {int(report.asked)})."))


def markdown(report: ContractReport) -> str:
    """The comparison as Markdown."""
    what = f"Contract, stage {report.new.stage}" if report.new.stage else "Contract's JSON Schema"
    sign = _VERDICTS[report.asked][1]
    lines = [f"### {sign} {escaped(what)}: {report.verdict}", "", escaped(_summary(report)), ""]
    if report.changes:
        lines += [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}"]
        lines += [
            f"| {'✅' if by else _SIGNS[change.level]} {_level(change, by)} | {' | '.join(map(code, _cells(change)))} |"
            for change, by in _sorted(report)
        ]
        lines.append("")
    for heading, texts in _notes(report):
        lines += [f"**{escaped(heading)}**", "", *(f"- {escaped(text)}" for text in texts), ""]
    return "\n".join(lines)


def _sorted(report: ContractReport) -> list[tuple[Change, Allowance | None]]:
    """Breaking ones first, otherwise as they were found."""
    return sorted(report.changes, key=lambda judged: list(Level).index(judged[0].level))


def _level(change: Change, by: Allowance | None) -> str:
    return f"{change.level}, allowed" if by else change.level.value


def _cells(change: Change) -> tuple[str, ...]:
    was, now = (text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in (change.was, change.now))
    return change.family or "", change.object, change.what, was, now


def _summary(report: ContractReport) -> str:
    counts = [f"{sum(change.level is level for change, _ in report.changes)} {level}" for level in Level]
    return f"{_side(report.old)} to {_side(report.new)}: {', '.join(counts)}."


def _side(document: Document) -> str:
    return f"{document.source} (version {document.version_text})"


def _notes(report: ContractReport) -> Iterator[tuple[str, list[str]]]:
    """What stands below the table: a heading and its lines."""
    meanings: dict[str, list[str]] = {}
    for change, _ in _sorted(report):
        if change.level is Level.BREAKING:
            noun = change.object.rpartition(" ")[0] or change.object
            meanings.setdefault(change.why, []).append(f"{noun} {change.what}")
    if meanings:
        yield "What breaks:", [f"{', '.join(dict.fromkeys(names))}: {why}." for why, names in meanings.items()]
    if allowed := [_allowed(change, by) for change, by in _sorted(report) if by]:
        yield "Allowed:", allowed
    if report.asked in _WHAT_TO_DO:
        yield "What to do:", [_WHAT_TO_DO[report.asked]]
    if report.unused:
        yield "Allowances without use:", report.unused


def _allowed(change: Change, by: Allowance) -> str:
    what = " ".join(filter(None, (change.family, change.object, change.what)))
    return f"{what}: by {by.by}{f' until {by.until}' if by.until else ''}: {by.reason}"
