"""Loads a file into one table: checked as a whole, then written in batches, resumed after an interruption."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tablekit.client.aws import Clients
from tablekit.ops.seed.batches import batches
from tablekit.ops.seed.checkpoint import SECONDS, Checkpoint, read_checkpoint
from tablekit.ops.seed.checks import SHOWN, Checked, Checker, check_file
from tablekit.ops.seed.compare import Comparing
from tablekit.ops.seed.errors import BadLinesError, SeedError
from tablekit.ops.seed.formats import START, Format, Place, Record, format_of, opened, records
from tablekit.ops.seed.load import Loader, Progress
from tablekit.ops.seed.options import Options
from tablekit.ops.seed.target import Target, is_empty, reach
from tablekit.ops.seed.watch import watched
from tablekit.ops.seed.wire import wire


@dataclass(frozen=True)
class Loaded:
    """What came of a load. resumed: items that an earlier, interrupted one had stored. seconds: of writing alone."""

    checked: Checked
    progress: Progress
    resumed: int
    seconds: float


def checked(path: Path, kind: Format, target: Target, rejects: Path | None) -> Checked:
    """The file, read and checked to its end. Raises BadLinesError, unless the bad lines are set aside."""
    if not path.is_file():
        raise SeedError(f"{path}: no such file; give one of items")
    with watched(f"checking {path.name}", path.stat().st_size, "bytes") as said, _few_collections():
        found = check_file(path, kind, target.table, rejects, said)
    if found.bad and rejects is None:
        more = [f"… and {found.bad - SHOWN} more"] if found.bad > SHOWN else []
        end = f"{found.bad} of {found.bad + found.items} lines are bad; nothing was written: mend them, or set them"
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
    """Write the file's items into the table. Raises SeedError and ClientError; the next run resumes what was begun."""
    if not path.is_file():
        raise SeedError(f"{path}: no such file; give one of items")
    kind = format_of(path, target.table, options.format)
    table_id = reach(clients, target)
    before = path.stat()
    found = checked(path, kind, target, options.rejects)
    if (now := path.stat()).st_size != before.st_size or now.st_mtime_ns != before.st_mtime_ns:
        raise SeedError(f"{path}: was changed while it was checked; nothing was written: start again")
    place = options.checkpoint or path.with_name(f"{path.name}.{target.exported.name}.checkpoint")
    arn = target.exported.arn
    begun = read_checkpoint(place, found.digest, arn, table_id)
    # A checkpoint tells that what the table has is ours, up to there.
    compares = begun is None and not options.overwrite and not is_empty(clients, target)
    start = Place(begun.offset, begun.line) if begun else START
    resumed = begun.items if begun else 0
    loader = Loader(
        wire(clients, target.region),
        target.exported.name,
        target.keys,
        options.concurrency,
        _comparing(clients, target, options) if compares else None,
    )

    def save(progress: Progress) -> None:
        at = progress.place
        if at.offset > start.offset and not compares:
            Checkpoint(found.digest, arn, at.offset, at.line, resumed + progress.read, table_id).write(place)

    if begun is None and not compares:
        # Before the first write: after a kill the table is not empty, and only this tells why.
        Checkpoint(found.digest, arn, 0, 0, 0, table_id).write(place)
    started = time.monotonic()
    with watched(f"loading {path.name}", found.items, "items") as said, opened(path) as file, _few_collections():
        wanted = _good(records(file, kind, target.table, start, lambda raw: None), target, found)
        made = batches(wanted, target.keys, merge=not compares, keep_items=compares)
        try:
            progress = loader.run(made, _saving(save, said, resumed))
        except BaseException:
            save(loader.progress)
            raise
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


def _good(found: Iterator[Record], target: Target, checked: Checked) -> Iterator[Record]:
    """The records that can be written. They are checked again only where some were bad: none is kept in memory."""
    if not checked.bad:
        return found
    checker = Checker(target.table)
    return (
        record
        for record in found
        if record.item is not None and not record.problem and not checker.problem(record.item, len(record.raw))
    )
