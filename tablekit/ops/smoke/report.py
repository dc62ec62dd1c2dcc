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


def write_junit(report: SmokeReport, file: Path) -> None:
    """JUnit's XML: a suite a family and plane, a case an object or access pattern. Raises TablekitError."""
    root = Xml.Element("testsuites", name=f"tablekit smoke {report.stage}", time=f"{report.seconds:.3f}")
    for family, plane in dict.fromkeys((outcome.family, outcome.plane) for outcome in report.outcomes):
        outcomes = [each for each in report.outcomes if (each.family, each.plane) == (family, plane)]
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=f"{family}.{plane}",
            tests=str(len(outcomes)),
            failures=str(sum(each.status == "failed" for each in outcomes)),
            skipped=str(sum(each.status == "not run" for each in outcomes)),
            errors=str(sum(each.status == "not judged" for each in outcomes)),
            time=f"{sum(each.seconds for each in outcomes):.3f}",
        )
        for each in outcomes:
            case = Xml.SubElement(
                suite, "testcase", classname=f"{family}.{plane}", name=each.name, time=f"{each.seconds:.3f}"
            )
            if each.status == "failed":
                Xml.SubElement(case, "failure", message=each.problems[0]).text = "\n".join(each.problems)
            elif each.status == "not judged":
                Xml.SubElement(case, "error", message=each.problems[0]).text = "\n".join(each.problems)
            elif each.status == "not run":
                Xml.SubElement(case, "skipped", message=each.note)
    if report.left_behind:
        suite = Xml.SubElement(root, "testsuite", name="cleaning", tests="1", failures="1", errors="0", skipped="0")
        case = Xml.SubElement(suite, "testcase", classname="cleaning", name="items are deleted")
        Xml.SubElement(case, "failure", message=report.left_behind[0]).text = "\n".join(report.left_behind)
    text = Xml.tostring(root, encoding="unicode", xml_declaration=True)
    write_files({file: f"{text}\n"}, OTHER_FILE)
