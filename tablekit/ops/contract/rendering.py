"""A comparison for a person at a terminal, and as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from tablekit.contract.diff import Level
from tablekit.ops.contract.report import Judged, Report
from tablekit.ops.output import code, escaped, plain, print_table

_COLUMNS = ("verdict", "family", "object", "what", "was", "is")
_STYLES = {Level.BREAKING: "bold red", Level.ADDITIVE: "green", Level.NEUTRAL: "dim"}
_SIGNS = {Level.BREAKING: "⛔", Level.ADDITIVE: "✅", Level.NEUTRAL: "▫️"}
_ORDER = {level: place for place, level in enumerate(Level)}
_VERDICT_STYLES = {0: "green", 2: "yellow", 3: "bold red"}
_VERDICT_SIGNS = {0: "✅", 2: "⚠️", 3: "⛔"}
_LONGEST = 300
"""Characters of a value that are shown; the JSON form has all."""


def show(report: Report, console: Console) -> None:
    """Print it; colours where the console is a terminal."""
    if report.changes:
        rows: list[list[str | Text]] = [
            [
                Text(_level(change), style="green" if change.allowed else _STYLES[change.level]),
                *map(plain, _cells(change)),
            ]
            for change in _sorted(report)
        ]
        print_table(console, "", _COLUMNS, rows)
    for heading, lines in _notes(report):
        console.print(Text(plain(heading)))
        for line in lines:
            console.print(Text(f"  {plain(line)}"), soft_wrap=True)
    console.print(
        Text(f"{plain(_summary(report))} Verdict: ")
        + Text(report.verdict, style=_VERDICT_STYLES[report.exit_code])
        + Text(f" (exit code {report.exit_code})."),
        soft_wrap=True,
    )


def markdown(report: Report) -> str:
    """The comparison as Markdown."""
    what = f"Contract, stage {report.new.stage}" if report.new.stage else "Contract's JSON Schema"
    lines = [
        f"### {_VERDICT_SIGNS[report.exit_code]} {escaped(what)}: {report.verdict}",
        "",
        escaped(_summary(report)),
        "",
    ]
    if report.changes:
        lines += [f"| {' | '.join(_COLUMNS)} |", f"|{'---|' * len(_COLUMNS)}"]
        lines += [
            f"| {'✅' if change.allowed else _SIGNS[change.level]} {_level(change)} | "
            f"{' | '.join(code(cell) for cell in _cells(change))} |"
            for change in _sorted(report)
        ]
        lines.append("")
    for heading, texts in _notes(report):
        lines += [f"**{escaped(heading)}**", "", *(f"- {escaped(text)}" for text in texts), ""]
    return "\n".join(lines)


def _sorted(report: Report) -> list[Judged]:
    """Breaking ones first, otherwise as they were found."""
    return sorted(report.changes, key=lambda change: _ORDER[change.level])


def _level(change: Judged) -> str:
    return f"{change.level}, allowed" if change.allowed else change.level.value


def _cells(change: Judged) -> tuple[str, ...]:
    return change.family or "", change.object, change.what, _short(change.was), _short(change.now)


def _summary(report: Report) -> str:
    counts = [sum(change.level is level for change in report.changes) for level in Level]
    return (
        f"{_side(report.old.source, report.old.contract_version)} to "
        f"{_side(report.new.source, report.new.contract_version)}: "
        f"{', '.join(f'{count} {level}' for count, level in zip(counts, Level, strict=True))}."
    )


def _side(source: str, version: str) -> str:
    return f"{source} (version {version})"


def _notes(report: Report) -> Iterator[tuple[str, list[str]]]:
    """What stands below the table: a heading and its lines."""
    meanings: dict[str, list[str]] = {}
    for change in _sorted(report):
        if change.level is Level.BREAKING:
            noun, _, _ = change.object.rpartition(" ")
            meanings.setdefault(change.why, []).append(f"{noun or change.object} {change.what}")
    if meanings:
        yield (
            "What breaks:",
            [f"{', '.join(dict.fromkeys(names))}: {why}." for why, names in meanings.items()],
        )
    allowed = [change for change in report.changes if change.allowed]
    if allowed:
        yield "Allowed:", [_allowed(change) for change in allowed]
    if report.exit_code == 3:
        yield (
            "What to do:",
            [
                "Keep what consumers read and add what is new beside it (docs/contract.md), raise the contract's major "
                "version, or have the change allowed: an entry in contract-allow.toml, with who and why."
            ],
        )
    if report.exit_code == 2:
        yield "What to do:", ["Raise the contract's minor version (VERSION in tablekit/contract/v1.py)."]
    if report.unused:
        yield "Allowances without use:", report.unused


def _allowed(change: Judged) -> str:
    assert change.allowed is not None
    until = f" until {change.allowed.until}" if change.allowed.until else ""
    where = f"{change.family} " if change.family else ""
    return f"{where}{change.object} {change.what}: by {change.allowed.by}{until}: {change.allowed.reason}"


def _short(text: str) -> str:
    """A value, no longer than is read."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
