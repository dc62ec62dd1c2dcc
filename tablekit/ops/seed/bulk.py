"""Loads a file into one table: checked as a whole, then written in batches, resumed after an interruption."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tablekit.client.aws import Clients
from tablekit.client.errors import ThrottledError, UnreadableError
from tablekit.ops.errors import BadLinesError, SeedError
from tablekit.ops.files import input_file
from tablekit.ops.output import progress_bar
from tablekit.ops.seed.batches import Batch, batches
from tablekit.ops.seed.checks import SHOWN, Checked, Reread, check_file
from tablekit.ops.seed.formats import START, Format, Position, format_of
from tablekit.ops.seed.loader import Loader, Progress
from tablekit.ops.seed.price import WriteUnits
from tablekit.ops.seed.side_files import Checkpoint, Rejects, read_checkpoint, setting_aside
from tablekit.ops.seed.target import SeedRequest, Target, describe_target, is_empty, is_priced
from tablekit.ops.seed.values import Key, TypedItem, key_of, same, shown_key
from tablekit.ops.signed_http import SignedHttpClient, backoff

ANOTHER = "give a file of items"
"""What a person can do about a file that can't be read."""
SECONDS = 1.0
"""How often the checkpoint is written while a load runs."""
_READ_ATTEMPTS = 12


@dataclass(frozen=True)
class Loaded:
    """What came of a load. resumed: items that an earlier, interrupted one had stored. seconds: of writing alone."""

    checked: Checked
    progress: Progress
    resumed: int
    seconds: float


def checked(path: Path, kind: Format, target: Target, rejects: Rejects | None, offset: int = 0) -> Checked:
    """The file, read and checked to its end, as `check_file` does. Raises BadLinesError, unless they are set aside."""
    with progress_bar(f"checking {path.name}", path.stat().st_size, "bytes") as progress:
        found = check_file(path, kind, target.table, rejects, progress, offset)
    if found.bad and rejects is None:
        more = [f"… and {found.bad - SHOWN} more"] if found.bad > SHOWN else []
        end = f"{found.bad} of {found.bad + found.items} lines are bad; nothing was written: fix them, or set them"
        raise BadLinesError("\n".join([*found.problems, *more, f"{end} aside with --rejects FILE"]))
    return found


def load(clients: Clients, target: Target, path: Path, request: SeedRequest) -> Loaded:
    """Write the file's items into the table. Raises SeedError and CallError; the next run resumes what was begun."""
    with setting_aside(request.rejects) as rejects:
        return _load(clients, target, path, request, rejects)


def _load(clients: Clients, target: Target, path: Path, request: SeedRequest, rejects: Rejects | None) -> Loaded:
    before = input_file(path, ANOTHER)
    kind = format_of(path, target.table, request.format)
    place = request.checkpoint or path.with_name(f"{path.name}.{target.exported.name}.checkpoint")
    if rejects and os.path.realpath(place) in map(os.path.realpath, rejects.paths):
        raise SeedError(f"{place}: can't take both the checkpoint and what --rejects sets aside; name two files")
    begun = read_checkpoint(place, Checkpoint)
    table_id = describe_target(clients, target)
    found = checked(path, kind, target, rejects, begun.offset if begun else 0)
    now = input_file(path, ANOTHER)
    if now.st_size != before.st_size or now.st_mtime_ns != before.st_mtime_ns:
        raise SeedError(f"{path}: was changed while it was checked; nothing was written: start again")
    first = Checkpoint(digest=found.digest, table=target.exported.arn, table_id=table_id)
    if begun:
        begun.check(place, first, found.before)
    client = SignedHttpClient(clients, target.region)
    # A checkpoint shows that what the table has is ours, up to there.
    compares = begun is None and not request.overwrite and not is_empty(client, target)
    start = Position(begun.offset, begun.line) if begun else START
    resumed = begun.items if begun else 0
    comparing = Comparing(client, target.exported.name, target.keys, request.skip_existing) if compares else None
    name = target.exported.name
    loader = Loader(client, {name: target.keys}, request.concurrency, comparing)
    saved = time.monotonic()

    def save(progress: Progress) -> None:
        at = progress.position
        if at.offset > start.offset and not compares:
            done = {"offset": at.offset, "line": at.line, "items": resumed + progress.read}
            first.model_copy(update=done).write(place)

    if begun is None and not compares:
        # Before the first write: after a kill the table is not empty, and only this tells why.
        first.write(place)
    started = time.monotonic()
    with progress_bar(f"loading {path.name}", found.items, "items") as bar:

        def report(progress: Progress) -> None:
            nonlocal saved
            if (now := time.monotonic()) - saved >= SECONDS:
                saved = now
                save(progress)
                bar(resumed + progress.read)

        again = Reread(path, kind, target, found, start)
        units = None if is_priced(clients, target) else WriteUnits(target.table)
        try:
            progress = loader.run(batches(again, name, target.keys, merge=not compares, units=units), report)
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


@dataclass(frozen=True)
class Comparing:
    """Looks at what a table has before a batch is written: what it has not is written, equal items are counted.

    Others are reported, or with `skip` left without a word. Between this look and the write another writer may come;
    what it wrote is then overwritten. Only a condition a put closes that gap, which BatchWriteItem does not take and
    which costs a call an item: don't load beside other writers.
    """

    client: SignedHttpClient
    table: str
    keys: tuple[str, ...]
    skip: bool

    def __call__(self, batch: Batch, progress: Progress, lock: threading.Lock) -> dict[Key, str]:
        wanted = {key[1:]: {name: item[name] for name in self.keys} for key, item in batch.items.items()}
        found, units = existing(self.client, self.table, self.keys, wanted)
        write: dict[Key, str] = {}
        with lock:
            progress.read_units += units
            for key, entry in batch.entries.items():
                if key[1:] not in found:
                    write[key] = entry
                elif self.skip:
                    progress.skipped += 1
                elif same(found[key[1:]], batch.items[key]):
                    progress.unchanged += 1
                else:
                    progress.different += 1
                    if len(progress.examples) < SHOWN:
                        progress.examples.append(shown_key(batch.items[key], self.keys))
        return write


def existing(
    client: SignedHttpClient, table: str, keys: tuple[str, ...], wanted: Mapping[Key, TypedItem]
) -> tuple[dict[Key, TypedItem], float]:
    """What the table has of these keys, 100 at most, and the read capacity that it took. Raises CallError."""
    request: dict[str, Any] = {table: {"Keys": list(wanted.values()), "ConsistentRead": True}}
    found: dict[Key, TypedItem] = {}
    units = 0.0
    for attempt in range(_READ_ATTEMPTS):
        if attempt:
            time.sleep(backoff(attempt))
        answer = client.call(f"table {table!r}", "BatchGetItem", {"RequestItems": request})
        units += sum(part["CapacityUnits"] for part in answer["ConsumedCapacity"])
        found |= {key_of(item, keys): item for item in answer["Responses"].get(table, ())}
        if not found.keys() <= wanted.keys():
            raise UnreadableError(f"table {table!r}: the answer has items that were not asked for; try again")
        request = answer.get("UnprocessedKeys") or {}
        if not request:
            return found, units
    raise ThrottledError(f"table {table!r}: reads are throttled still, after {_READ_ATTEMPTS} attempts; try later")
