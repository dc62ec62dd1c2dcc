"""The drill: the smallest table of each family restored beside it, verified and deleted."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from contextlib import suppress

from tablekit.client import NoCredentialsError, UnreachableError
from tablekit.model.errors import TablekitError
from tablekit.model.naming import RESTORED
from tablekit.ops.drift import judges_nothing
from tablekit.ops.errors import RestoreError
from tablekit.ops.restore import beside
from tablekit.ops.restore.compare import compare
from tablekit.ops.restore.source import DeployedStage, Source
from tablekit.ops.smoke.outcomes import Outcome, SmokeReport


def run(stage: DeployedStage) -> SmokeReport:
    """Restore, verify and delete; a drill that was cut off is finished. Raises what keeps every table from it."""
    started = time.monotonic()
    families = itertools.groupby(stage.sources(), lambda source: source.target.family.key)
    chosen = [min(tables, key=_size) for _, tables in families]
    # All are begun before the first is waited for: each takes minutes at least, whatever its size.
    begun = [_judged(source, _begin) for source in chosen]
    outcomes = [each if each.problems else _judged(source, _finish) for source, each in zip(chosen, begun, strict=True)]
    seconds = time.monotonic() - started
    return SmokeReport(stage.contract.stage, False, 1, seconds, tuple(outcomes), stage.settings.unchecked)


def _size(source: Source) -> tuple[bool, bool, int, int]:
    """What the smallest has least of: one that is there and holds something, by figures that are some hours old."""
    found = beside.described(source, source.name) or {}
    items = found.get("ItemCount", 0)
    return not found, not items, found.get("TableSizeBytes", 0), items


def _judged(source: Source, do: Callable[[Source], tuple[list[str], str]]) -> Outcome:
    started = time.monotonic()
    key, name = source.target.family.key, f"restore {source.target.table.name}"
    try:
        problems, note = do(source)
    except (UnreachableError, NoCredentialsError):
        raise
    except TablekitError as error:
        status = "not judged" if judges_nothing(error) else "failed"
        return Outcome(key, "control", name, status, (str(error),), "", time.monotonic() - started)  # type: ignore[arg-type]
    taken = time.monotonic() - started
    return Outcome(key, "control", name, "failed" if problems else "passed", tuple(problems), note, taken)


def _name(source: Source) -> str:
    return f"{RESTORED}{source.name}.drill"


def _begin(source: Source) -> tuple[list[str], str]:
    """To the last moment that can be restored to."""
    moments = beside.window(source)
    if moments is None:
        raise RestoreError(f"table {source.name!r} has no point-in-time recovery: nothing can be restored of it")
    beside.begin(source, _name(source), moments[1], None)
    return [], ""


def _finish(source: Source) -> tuple[list[str], str]:
    """What is wrong with it, and what was counted. It is deleted, whatever is found."""
    name = _name(source)
    try:
        beside.wait(source, name)
        problems = beside.put_back(source, name)
        counts = compare(source, name, None, time.time())[0]
    except TablekitError:
        with suppress(TablekitError):  # the first error says more; the next drill finishes what stays
            beside.delete(source, name)
        raise
    restored = counts.total() - counts["new"]
    if not restored and counts["new"]:
        problems.append(f"it is empty, and {source.name} has {counts['new']:,} items")
    beside.delete(source, name)
    written = counts["changed"] + counts["missing"] + counts["new"]
    return problems, f"{restored:,} items restored, {counts['same']:,} as they are now; {written:,} written since"
