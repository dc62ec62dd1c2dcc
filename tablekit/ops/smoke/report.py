"""A run's outcomes: for people, as JSON, and as JUnit's XML."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from tablekit.ops.drift import RUNBOOK
from tablekit.ops.files import write_files
from tablekit.ops.smoke.outcomes import Outcome, SmokeReport

OTHER_FILE = "give --junit a file that can be written"
_STYLES = {"passed": "green", "failed": "red", "not judged": "yellow", "not run": "yellow"}


def show(report: SmokeReport, console: Console) -> None:
    """A table a family, failures first; then what was not compared, and a line of totals."""
    for family in dict.fromkeys(outcome.family for outcome in report.outcomes):
        console.print(_grid(family, [outcome for outcome in report.outcomes if outcome.family == family]))
    if report.repairs:
        console.print(f"to repair what differs from the declaration, in this order ({RUNBOOK}):")
        for command in report.repairs:
            console.print(f"  {command}", markup=False, highlight=False, soft_wrap=True)
    for line in report.unchecked:
        console.print(f"not compared: {line}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    for line in report.left_behind:
        console.print(f"left behind: {line}", style="red", markup=False, highlight=False, soft_wrap=True)
    style = "red" if report.failed else "yellow" if report.unjudged else "green"
    console.print(summary(report), style=style, highlight=False, soft_wrap=True)


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


def _grid(family: str, outcomes: list[Outcome]) -> Grid:
    grid = Grid(title=family, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("", "checked", "", "s", "units"):
        grid.add_column(column, justify="right" if column in ("s", "units") else "left", overflow="fold")
    rank = {"failed": 0, "not judged": 1, "not run": 2, "passed": 3}
    for outcome in sorted(outcomes, key=lambda each: (rank[each.status], each.plane, each.name)):
        said = "\n".join(outcome.problems) or outcome.note
        units = "" if outcome.units is None else f"{outcome.units:g}"
        status = Text(outcome.status, style=_STYLES[outcome.status])
        grid.add_row(status, outcome.name, Text(said), f"{outcome.seconds:.2f}", units)
    return grid


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
