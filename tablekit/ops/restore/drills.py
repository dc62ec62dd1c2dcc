"""The drill: the smallest table of each family restored beside it, verified and deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial

from rich.console import Console

from tablekit.client import NoCredentialsError, UnreachableError
from tablekit.model.errors import TablekitError
from tablekit.ops.errors import RestoreError
from tablekit.ops.output import print_table
from tablekit.ops.restore import beside
from tablekit.ops.restore.compare import compare
from tablekit.ops.restore.source import Deployed, Source
from tablekit.ops.smoke.outcomes import Outcome, SmokeReport, judges_nothing

Drill = tuple[Source, str]
"""A table, and what the drill's copy of it is called."""


def run(stage: Deployed, families: list[str], segments: int, say: beside.Say) -> SmokeReport:
    """Restore, verify and delete; a drill that was cut off is finished. Raises what keeps every table from it."""
    started = time.monotonic()
    tables: dict[str, list[Source]] = {}
    for source in stage.all(families):
        tables.setdefault(source.target.family.key, []).append(source)
    drills: list[Drill] = []
    outcomes: list[Outcome] = []
    for family, sources in tables.items():
        source = smallest(sources)
        drill = source, f"{beside.PREFIX}{source.name}.drill"
        failed = _judged(family, source.target.table.name, partial(_begin, source, drill[1], say))
        outcomes += [failed] if failed.problems else []
        drills += [] if failed.problems else [drill]
    # All are restored at a time: each takes minutes at least, whatever its size.
    for source, name in drills:
        outcomes.append(
            _judged(
                source.target.family.key,
                source.target.table.name,
                partial(_finish, source, name, segments, say),
            )
        )
    seconds = time.monotonic() - started
    return SmokeReport(stage.contract.stage, False, 1, seconds, tuple(outcomes), stage.settings.unchecked)


def smallest(sources: Iterable[Source]) -> Source:
    """The smallest that holds something, by DynamoDB's own figures, which are some hours old. Raises CallError."""
    sizes = []
    for source in sources:
        found = beside.described(source, source.name) or {}
        size = found.get("TableSizeBytes", 0), found.get("ItemCount", 0)
        sizes.append((not found, size[1] == 0, *size, source.name, source))
    return min(sizes, key=lambda each: each[:-1])[-1]


def _judged(family: str, table: str, do: Callable[[], tuple[list[str], str]]) -> Outcome:
    started = time.monotonic()
    try:
        problems, note = do()
    except (UnreachableError, NoCredentialsError):
        raise
    except TablekitError as error:
        status = "not judged" if judges_nothing(error) else "failed"
        problems, note = [str(error)], ""
    else:
        status = "failed" if problems else "passed"
    return Outcome(family, "control", f"restore {table}", status, tuple(problems), note, time.monotonic() - started)  # type: ignore[arg-type]


def _begin(source: Source, name: str, say: beside.Say) -> tuple[list[str], str]:
    """To the last moment that can be restored to."""
    moments = beside.window(source)
    if moments is None:
        raise RestoreError(f"table {source.name!r} has no point-in-time recovery, so nothing can be restored of it")
    beside.begin(source, name, moments[1], None, say)
    return [], ""


def _finish(source: Source, name: str, segments: int, say: beside.Say) -> tuple[list[str], str]:
    """What is wrong with it, and what was counted. It is deleted, whatever is found."""
    beside.wait(source, name, say)
    problems = beside.put_back(source, name, say)
    counts = compare(source, name, None, time.time(), segments).counts
    restored = counts["same"] + counts["changed"] + counts["missing"] + counts["expired"]
    if not restored and counts["new"]:
        problems.append(f"it is empty, and {source.name} has {counts['new']:,} items")
    beside.delete(source, name)
    written = counts["changed"] + counts["missing"] + counts["new"]
    return problems, f"{restored:,} items restored, {counts['same']:,} as they are now; {written:,} written since"


def show(report: SmokeReport, to: Console) -> None:
    """A line a table."""
    rows = [
        (each.status, f"{each.family}: {each.name}", "; ".join(each.problems) or each.note, f"{each.seconds:.1f}")
        for each in report.outcomes
    ]
    print_table(to, f"stage {report.stage}: restored, verified and deleted", ("", "table", "", "s"), rows)
