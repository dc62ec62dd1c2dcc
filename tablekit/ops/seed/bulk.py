"""Loads a file into one table: checked as a whole, then written in batches, resumed after an interruption."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tablekit.client.aws import Clients
from tablekit.ops.errors import BadLinesError, SeedError
from tablekit.ops.files import input_file
from tablekit.ops.seed.batches import batches
from tablekit.ops.seed.checkpoint import SECONDS, Checkpoint, read_checkpoint
from tablekit.ops.seed.checks import SHOWN, Checked, check_file
from tablekit.ops.seed.compare import Comparing
from tablekit.ops.seed.formats import START, Format, Place, format_of
from tablekit.ops.seed.load import Loader, Progress
from tablekit.ops.seed.options import Options
from tablekit.ops.seed.price import WriteUnits
from tablekit.ops.seed.rejects import Rejects, setting_aside
from tablekit.ops.seed.reread import Reread
from tablekit.ops.seed.target import Target, is_empty, is_priced, reach
from tablekit.ops.seed.watch import watched
from tablekit.ops.wire import direct

ANOTHER = "give a file of items"
"""What a person can do about a file that can't be read."""


@dataclass(frozen=True)
class Loaded:
    """What came of a load. resumed: items that an earlier, interrupted one had stored. seconds: of writing alone."""

    checked: Checked
    progress: Progress
    resumed: int
    seconds: float


def checked(path: Path, kind: Format, target: Target, rejects: Rejects | None, offset: int = 0) -> Checked:
    """The file, read and checked to its end, as `check_file` does. Raises BadLinesError, unless they are set aside."""
    with watched(f"checking {path.name}", path.stat().st_size, "bytes") as said, _few_collections():
        found = check_file(path, kind, target.table, rejects, said, offset)
    if found.bad and rejects is None:
        more = [f"… and {found.bad - SHOWN} more"] if found.bad > SHOWN else []
        end = f"{found.bad} of {found.bad + found.items} lines are bad; nothing was written: fix them, or set them"
        raise BadLinesError("\n".join([*found.problems, *more, f"{end} aside with --rejects FILE"]))
    return found


@contextmanager
def _few_collections() -> Iterator[None]:
    """Items are trees: they go when the last name for them goes, and to look for cycles among them takes long."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def load(clients: Clients, target: Target, path: Path, options: Options) -> Loaded:
    """Write the file's items into the table. Raises SeedError and CallError; the next run resumes what was begun."""
    with setting_aside(options.rejects) as rejects:
        return _load(clients, target, path, options, rejects)


def _load(clients: Clients, target: Target, path: Path, options: Options, rejects: Rejects | None) -> Loaded:
    before = input_file(path, ANOTHER)
    kind = format_of(path, target.table, options.format)
    place = options.checkpoint or path.with_name(f"{path.name}.{target.exported.name}.checkpoint")
    if rejects and os.path.realpath(place) in map(os.path.realpath, rejects.paths):
        raise SeedError(f"{place}: can't take both the checkpoint and what --rejects sets aside; name two files")
    begun = read_checkpoint(place)
    table_id = reach(clients, target)
    found = checked(path, kind, target, rejects, begun.offset if begun else 0)
    now = input_file(path, ANOTHER)
    if now.st_size != before.st_size or now.st_mtime_ns != before.st_mtime_ns:
        raise SeedError(f"{path}: was changed while it was checked; nothing was written: start again")
    first = Checkpoint(digest=found.digest, table=target.exported.arn, table_id=table_id)
    if begun:
        begun.check(place, first, found.before)
    # A checkpoint tells that what the table has is ours, up to there.
    compares = begun is None and not options.overwrite and not is_empty(clients, target)
    start = Place(begun.offset, begun.line) if begun else START
    resumed = begun.items if begun else 0
    loader = Loader(
        direct(clients, target.region),
        target.exported.name,
        target.keys,
        options.concurrency,
        _comparing(clients, target, options) if compares else None,
    )

    def save(progress: Progress) -> None:
        at = progress.place
        if at.offset > start.offset and not compares:
            done = {"offset": at.offset, "line": at.line, "items": resumed + progress.read}
            first.model_copy(update=done).write(place)

    if begun is None and not compares:
        # Before the first write: after a kill the table is not empty, and only this tells why.
        first.write(place)
    started = time.monotonic()
    with watched(f"loading {path.name}", found.items, "items") as said, _few_collections():
        again = Reread(path, kind, target, found, start)
        units = None if is_priced(clients, target) else WriteUnits(target.table)
        made = batches(again, target.keys, merge=not compares, keep_items=compares, units=units)
        try:
            progress = loader.run(made, _saving(save, said, resumed))
            anew = "load it again" if compares else f"delete {place} and load it again with --overwrite"
            again.finish(resumed + progress.read, anew)
        except BaseException:
            save(loader.progress)
            raise
    if rejects:
        rejects.write()
    if not compares:
        with suppress(OSError):
            place.unlink()
    return Loaded(found, progress, resumed, time.monotonic() - started)


def _saving(save: Callable[[Progress], None], said: Callable[[int], None], resumed: int) -> Callable[[Progress], None]:
    last = time.monotonic()

    def saving(progress: Progress) -> None:
        nonlocal last
        if (now := time.monotonic()) - last >= SECONDS:
            last = now
            save(progress)
            said(resumed + progress.read)

    return saving


def _comparing(clients: Clients, target: Target, options: Options) -> Comparing:
    client = clients.get("dynamodb", target.region)
    return Comparing(client, target.exported.name, target.keys, options.skip_existing)
