"""A run's outcomes: for people, as JSON, and as JUnit's XML."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from tablekit.ops.drift import RUNBOOK
from tablekit.ops.files import write_files
from tablekit.ops.output import print_table
from tablekit.ops.smoke.outcomes import Outcome, SmokeReport, Status

OTHER_FILE = "give --junit a file that can be written"
_STYLES: dict[Status, str] = {"failed": "red", "not judged": "yellow", "not run": "yellow", "passed": "green"}
"""By status, the gravest first."""


def show(report: SmokeReport, to: Console, verbose: bool = False) -> None:
    """A line a family and what failed, or with `verbose` every check; then what to do, and a line of totals."""
    for family in dict.fromkeys(outcome.family for outcome in report.outcomes):
        outcomes = [outcome for outcome in report.outcomes if outcome.family == family]
        if verbose:
            print_table(to, family, ("", "checked", "", "s", "units"), map(_cells, sorted(outcomes, key=_rank)))
            continue
        counts = Counter(outcome.status for outcome in outcomes)
        worst = min(outcomes, key=_rank).status
        to.print(
            Text.assemble(
                (f"{family}: ", _STYLES[worst]), ", ".join(f"{counts[each]} {each}" for each in _STYLES if counts[each])
            )
        )
        for outcome in sorted(outcomes, key=_rank):
            for line in outcome.problems:
                to.print(Text.assemble("  ", (outcome.status, _STYLES[outcome.status]), f" {outcome.name}: {line}"))
    if report.repairs:
        to.print(f"to repair what differs from the declaration, in this order ({RUNBOOK}):")
        for command in report.repairs:
            to.print(f"  {command}")
    for line in report.unchecked:
        to.print(f"not compared: {line}", style="yellow")
    for line in report.left_behind:
        to.print(f"left behind: {line}", style="red")
    to.print(summary(report), style="red" if report.failed else "yellow" if report.unjudged else "green")


def _rank(outcome: Outcome) -> tuple[int, str, str]:
    return list(_STYLES).index(outcome.status), outcome.plane, outcome.name


def _cells(outcome: Outcome) -> tuple[str | Text, ...]:
    units = "" if outcome.units is None else f"{outcome.units:g}"
    status = Text(outcome.status, style=_STYLES[outcome.status])
    return status, outcome.name, "\n".join(outcome.problems) or outcome.note, f"{outcome.seconds:.2f}", units


def summary(report: SmokeReport) -> str:
    """One line."""
    patterns = report.count("passed", "data") + report.count("failed", "data")
    objects = report.count("passed", "control") + report.count("failed", "control")
    units = sum(outcome.units or 0 for outcome in report.outcomes)
    parts = [
        f"{report.count('failed')} failed",
        f"{report.count('passed', 'data')} of {patterns} access patterns passed",
        f"{report.count('passed', 'control')} of {objects} objects are as declared",
    ]
    if unjudged := report.count("not judged"):
        parts.append(f"{unjudged} could not be judged")
    if idle := report.count("not run"):
        parts.append(f"{idle} not run: writes, and this run is read-only")
    end = f"{report.seconds:.1f} s, concurrency {report.concurrency}, {units:g} capacity units"
    return f"stage {report.stage}: {', '.join(parts)}; {end}"


def as_json(report: SmokeReport) -> dict[str, Any]:
    """The report as JSON: its own fields, and `failed`."""
    return {"failed": report.failed, **asdict(report)}


_TAGS: dict[Status, tuple[str, str]] = {
    "failed": ("failures", "failure"),
    "not run": ("skipped", "skipped"),
    "not judged": ("errors", "error"),
}
"""JUnit's name of their number, and of one of them."""


def write_junit(report: SmokeReport, file: Path, what: str = "smoke") -> None:
    """JUnit's XML: a suite a family and plane, a case an object or access pattern. Raises TablekitError.

    what: the command.
    """
    suites: dict[str, list[Outcome]] = {}
    for each in report.outcomes:
        suites.setdefault(f"{each.family}.{each.plane}", []).append(each)
    if report.left_behind:
        suites["cleaning"] = [Outcome("cleaning", "data", "items are deleted", "failed", report.left_behind)]
    root = Xml.Element("testsuites", name=f"tablekit {what} {report.stage}", time=f"{report.seconds:.3f}")
    for name, outcomes in suites.items():
        counts = {number: str(sum(each.status == status for each in outcomes)) for status, (number, _) in _TAGS.items()}
        seconds = f"{sum(each.seconds for each in outcomes):.3f}"
        suite = Xml.SubElement(root, "testsuite", name=name, tests=str(len(outcomes)), time=seconds, attrib=counts)
        for each in outcomes:
            case = Xml.SubElement(suite, "testcase", classname=name, name=each.name, time=f"{each.seconds:.3f}")
            if each.status in _TAGS:
                lines = each.problems or (each.note,)
                found = Xml.SubElement(case, _TAGS[each.status][1], message=lines[0])
                found.text = "\n".join(each.problems) or None
    text = Xml.tostring(root, encoding="unicode", xml_declaration=True)
    write_files({file: f"{text}\n"}, OTHER_FILE)
