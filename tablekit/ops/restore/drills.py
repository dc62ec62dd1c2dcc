"""The drill: the smallest table of each family restored beside it, verified and deleted."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from rich.console import Console

from tablekit.client import NoCredentialsError, UnreachableError
from tablekit.model.errors import TablekitError
from tablekit.ops.errors import RestoreError
from tablekit.ops.output import print_table
from tablekit.ops.restore import beside
from tablekit.ops.restore.compare import compare
from tablekit.ops.restore.source import DeployedStage, Source
from tablekit.ops.smoke.outcomes import Outcome, SmokeReport, judges_nothing


def run(stage: DeployedStage, say: beside.Say) -> SmokeReport:
    """Restore, verify and delete; a drill that was cut off is finished. Raises what keeps every table from it."""
    started = time.monotonic()
    families: dict[str, list[Source]] = {}
    for source in stage.sources():
        families.setdefault(source.target.family.key, []).append(source)
    chosen = [min(tables, key=_size) for tables in families.values()]
    # All are begun before the first is waited for: each takes minutes at least, whatever its size.
    begun = [_judged(source, partial(_begin, source, say)) for source in chosen]
    outcomes = [
        each if each.problems else _judged(source, partial(_finish, source, say))
        for source, each in zip(chosen, begun, strict=True)
    ]
    seconds = time.monotonic() - started
    return SmokeReport(stage.contract.stage, False, 1, seconds, tuple(outcomes), stage.settings.unchecked)


def _size(source: Source) -> tuple[bool, bool, int, int]:
    """What the smallest has least of: one that is there and holds something, by figures that are some hours old."""
    found = beside.described(source, source.name) or {}
    items = found.get("ItemCount", 0)
    return not found, not items, found.get("TableSizeBytes", 0), items


def _judged(source: Source, do: Callable[[], tuple[list[str], str]]) -> Outcome:
    started = time.monotonic()
    key, name = source.target.family.key, f"restore {source.target.table.name}"
    try:
        problems, note = do()
    except (UnreachableError, NoCredentialsError):
        raise
    except TablekitError as error:
        status = "not judged" if judges_nothing(error) else "failed"
        return Outcome(key, "control", name, status, (str(error),), "", time.monotonic() - started)  # type: ignore[arg-type]
    taken = time.monotonic() - started
    return Outcome(key, "control", name, "failed" if problems else "passed", tuple(problems), note, taken)


def _name(source: Source) -> str:
    return f"{beside.PREFIX}{source.name}.drill"


def _begin(source: Source, say: beside.Say) -> tuple[list[str], str]:
    """To the last moment that can be restored to."""
    moments = beside.window(source)
    if moments is None:
        raise RestoreError(f"table {source.name!r} has no point-in-time recovery: nothing can be restored of it")
    beside.begin(source, _name(source), moments[1], None, say)
    return [], ""


def _finish(source: Source, say: beside.Say) -> tuple[list[str], str]:
    """What is wrong with it, and what was counted. It is deleted, whatever is found."""
    name = _name(source)
    beside.wait(source, name, say)
    problems = beside.put_back(source, name, say)
    counts = compare(source, name, None, time.time()).counts
    restored = counts.total() - counts["new"]
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
