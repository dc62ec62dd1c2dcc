"""Writes batches, many at a time: retried until all of each is stored, never two of one key at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from tablekit.client.aws import translated
from tablekit.client.errors import CallError, RefusedError, ThrottledError, UnreachableError, UnreadableError
from tablekit.ops.seed.batches import Batch, batch_body
from tablekit.ops.seed.formats import START
from tablekit.ops.seed.values import Key, TypedItem, key_of
from tablekit.ops.signed_http import SignedHttpClient, backoff, is_fault

MAX_BYTES = 64 * 1024 * 1024
"""Text of the batches that wait or are on their way: what bounds memory where items are large."""
UNREACHABLE_SECONDS, UNREACHABLE_ATTEMPTS = 15.0, 4
"""How long no call may come through, and how often a batch is then tried, before a load gives up: one answer that does
not come takes longer to be given up itself. The next run resumes the load."""
PATIENCE_SECONDS = 60.0
"""How long nothing may succeed, throttled or failing, before a load gives up."""
HOLD_SECONDS = 0.2
"""Throttled answers within this time are of one and the same excess: the pace is lowered once for them."""
_FIRST = 8
_OVERSLEPT = 0.1
_DECREASE = 0.6
_log = logging.getLogger(__name__)


@dataclass
class Progress:
    """What became of the items so far. read: all of the file's; merged ones are those that a later one replaced.

    position: everything before it is stored: `Batch.end` of the last such batch. units: write capacity, indexes
    included: what the table says, or where the batches bring their own count, that of what is stored.
    """

    position: Any = START
    read: int = 0
    stored: int = 0
    merged: int = 0
    unchanged: int = 0
    skipped: int = 0
    different: int = 0
    examples: list[str] = field(default_factory=list)
    units: float = 0.0
    read_units: float = 0.0
    retried: int = 0


Compare = Callable[[Batch, Progress, threading.Lock], dict[Key, str]]
"""Says which entries of a batch are to be written, after looking at what the table has."""


class Pace:
    """Calls at a time: grows while all goes well, shrinks by a part when throttled (AIMD), between 1 and `most`.

    Until the first throttled answer it grows by one a call, then by one a round.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(min(_FIRST, most))
        self.throttled = 0
        self._running = 0
        self._lowered = 0.0
        self._success = time.monotonic()
        self._changed = threading.Condition()

    def __enter__(self) -> None:
        with self._changed:
            while self._running >= int(self.limit):
                self._changed.wait()
            self._running += 1

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify()

    def on_success(self) -> None:
        """A call was answered in full."""
        with self._changed:
            self._success = time.monotonic()
            if self.limit < self.most:
                self.limit = min(float(self.most), self.limit + (1.0 / self.limit if self.throttled else 1.0))
                self._changed.notify()

    def on_partial_success(self) -> None:
        """A call was answered in part, the rest throttled."""
        with self._changed:
            self._success = time.monotonic()
        self.on_throttle()

    def on_throttle(self) -> None:
        """A call was throttled."""
        with self._changed:
            self.throttled += 1
            now = time.monotonic()
            if now - self._lowered > HOLD_SECONDS:
                self._lowered = now
                self.limit = max(1.0, self.limit * _DECREASE)
                _log.info("throttled: %d calls at a time from now on", self.limit)

    def is_stuck(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Whether no call has succeeded for too long."""
        return time.monotonic() - self._success > seconds


class Budget:
    """Capacity units a second, at most, of all threads together. None: as much as there is."""

    def __init__(self, units: float | None) -> None:
        self.units = units
        self._free_at = 0.0
        self._lock = threading.Lock()

    def take(self, units: float, stop: threading.Event | None = None) -> None:
        """Take what a call is going to consume, once what was taken before is within the budget, or stop is set."""
        while self.units and not (stop and stop.is_set()):
            with self._lock:
                now = time.monotonic()
                if (seconds := self._free_at - now) <= 0:
                    # What was not used is lost, but for what a thread slept too long.
                    self._free_at = max(self._free_at, now - _OVERSLEPT) + units / self.units
                    return
            time.sleep(min(seconds, 1.0))

    def correct(self, units: float) -> None:
        """What a call has consumed beyond what was taken for it; below zero where it was less."""
        if self.units:
            with self._lock:
                self._free_at += units / self.units


class Loader:
    """One load into tables of one region. The thread that calls `run` reads; `concurrency` others send.

    tables: name -> the names of its hash and range key. progress: goes on from that of other loads, where it is given.
    """

    def __init__(
        self,
        client: SignedHttpClient,
        tables: Mapping[str, tuple[str, ...]],
        concurrency: int,
        compare: Compare | None = None,
        budget: Budget | None = None,
        progress: Progress | None = None,
    ) -> None:
        self.client, self.tables = client, tables
        self.subject = " and ".join(f"table {name!r}" for name in tables)
        self.concurrency = concurrency
        self.compare = compare
        self.budget = budget or Budget(None)
        self.pace = Pace(concurrency)
        self.progress = progress or Progress()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._flying: dict[int, Batch] = {}
        self._keys: set[Key] = set()
        self._bytes = 0
        self._done: dict[int, Batch] = {}
        self._next = 0
        self._failure: BaseException | None = None
        self._stop = threading.Event()

    def run(self, batches: Iterable[Batch], report: Callable[[Progress], None] = lambda progress: None) -> Progress:
        """Write all batches. report: takes how far it is, often; may save it.

        Raises the first error that ends it; `progress` then says what is stored.
        """
        try:
            with ThreadPoolExecutor(self.concurrency, thread_name_prefix="seed") as pool:
                try:
                    for batch in batches:
                        self._admit(batch)
                        pool.submit(self._work, batch)
                        report(self.progress)
                    with self._changed:
                        self._changed.wait_for(lambda: not self._flying or self._failure)
                except BaseException:
                    self._stop.set()
                    raise
        finally:
            self.client.close()
            report(self.progress)
        if self._failure:
            raise self._failure
        return self.progress

    def _admit(self, batch: Batch) -> None:
        """Wait until there is room for it. Raises what ended the load meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: self._failure or self._has_room(batch))
            if self._failure:
                raise self._failure
            self._flying[batch.number] = batch
            self._keys |= batch.entries.keys()
            self._bytes += batch.bytes

    def _has_room(self, batch: Batch) -> bool:
        # Of two items of one key in two batches the first must be stored before the second is sent.
        few = len(self._flying) < 2 * self.concurrency and (not self._flying or self._bytes + batch.bytes <= MAX_BYTES)
        return few and self._keys.isdisjoint(batch.entries)

    def _work(self, batch: Batch) -> None:
        try:
            if not self._stop.is_set():
                entries = self.compare(batch, self.progress, self._lock) if self.compare else batch.entries
                if self._store(dict(entries), batch):
                    self._finish(batch, entries)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that called `run`
            with self._changed:
                self._failure = self._failure or error
                self._stop.set()
                self._changed.notify_all()

    def _finish(self, batch: Batch, stored: dict[Key, str]) -> None:
        with self._changed:
            del self._flying[batch.number]
            self._keys -= batch.entries.keys()
            self._bytes -= batch.bytes
            self._done[batch.number] = batch
            progress = self.progress
            progress.stored += len(stored)
            progress.units += sum(batch.units[key] for key in stored) if batch.units else 0
            progress.merged += batch.read - len(batch.entries)
            while done := self._done.pop(self._next, None):
                self._next += 1
                progress.read += done.read
                progress.position = done.end
            self._changed.notify_all()

    def _store(self, left: dict[Key, str], batch: Batch) -> bool:
        """Send until nothing is left; False where the load was stopped before."""
        attempt = 0
        while left and not self._stop.is_set():
            self.budget.take(len(left), self._stop)
            with self.pace:
                rest = self._attempt(left, batch, attempt)
            attempt = 1 if len(rest) < len(left) else attempt + 1
            left = rest
            if left:
                with self._lock:
                    self.progress.retried += 1
                _log.info("%d items of %s are sent again", len(left), batch.shown)
                self._stop.wait(backoff(attempt))
        return not left

    def _attempt(self, left: dict[Key, str], batch: Batch, failed: int) -> dict[Key, str]:
        """One call; gives what is still to be sent. Raises CallError where trying again is of no use.

        failed: attempts before this one that stored nothing.
        """
        try:
            with translated(self.subject):
                answer = self.client.send("BatchWriteItem", batch_body(left))
        except ThrottledError:
            self.pace.on_throttle()
            if self.pace.is_stuck():
                raise
            return left
        except (UnreachableError, UnreadableError, RefusedError) as error:
            # Whether the items were stored is not known; to put them again is the same.
            if not isinstance(error, RefusedError):
                over = failed + 1 >= UNREACHABLE_ATTEMPTS and self.pace.is_stuck(UNREACHABLE_SECONDS)
            elif is_fault(error):
                over = self.pace.is_stuck()
            else:
                raise RefusedError(f"{batch.shown}: {error}", error.code) from error
            if over:
                raise
            return left
        units = sum(part["CapacityUnits"] for part in answer.get("ConsumedCapacity", ()))
        self.budget.correct(units - len(left))
        if not batch.units:
            with self._lock:
                self.progress.units += units
        return self._unprocessed(left, answer)

    def _unprocessed(self, left: dict[Key, str], answer: dict[str, Any]) -> dict[Key, str]:
        unprocessed = answer.get("UnprocessedItems") or {}
        if not unprocessed:
            self.pace.on_success()
            return {}
        refused = [
            (table, *key_of(_item_or_key(write), self.tables.get(table, ())))
            for table, writes in unprocessed.items()
            for write in writes
        ]
        if any(key not in left for key in refused):
            raise CallError(f"{self.subject}: the answer names items that were not sent")
        if len(refused) < len(left):
            self.pace.on_partial_success()
        else:
            self.pace.on_throttle()
            if self.pace.is_stuck():
                raise ThrottledError(f"{self.subject}: nothing is taken any more; try later or more slowly")
        return {key: left[key] for key in refused}


def _item_or_key(write: dict[str, Any]) -> TypedItem:
    found: TypedItem = write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
    return found
