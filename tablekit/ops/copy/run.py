"""A copy: begun or gone on with, written by the loader, followed, and verified."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tablekit.client.errors import ConditionFailedError
from tablekit.ops.copy.follow import HOURS, Change, Stream, lost
from tablekit.ops.copy.loading import Put, conversion
from tablekit.ops.copy.reading import Checkpoint, Reading, Refuse, nowhere
from tablekit.ops.copy.sides import Side
from tablekit.ops.copy.transforms import ItemRefusedError
from tablekit.ops.copy.verify import Verified, verify
from tablekit.ops.errors import CopyError
from tablekit.ops.interrupts import first_ctrl_c_noted
from tablekit.ops.output import progress_bar
from tablekit.ops.scan import patient_call
from tablekit.ops.seed.batches import Batch, Write, cut
from tablekit.ops.seed.bulk import SECONDS, existing
from tablekit.ops.seed.loader import Budget, Loader, Pace, Progress
from tablekit.ops.seed.side_files import Rejects, read_checkpoint
from tablekit.ops.seed.values import Key
from tablekit.ops.signed_http import SignedHttpClient, encoded

_POLL_SECONDS: Final = 0.2
_SOON_SECONDS: Final = 3600
_TELL_SECONDS: Final = 10
_LAG_SECONDS: Final = 5
"""What is left when the end of a stream was found in that time is carried over in less."""
_ANEW: Final = "delete it to begin anew, or name another place with --checkpoint"


@dataclass(frozen=True)
class CopyRequest:
    """What a person asks for. capacity: units a second, of each side."""

    transform: str | None = None
    overwrite: bool = False
    capacity: float | None = None
    segments: int = 8
    concurrency: int = 32
    checkpoint: Path | None = None
    format: str | None = None
    until_quiet: float | None = None


@dataclass
class Outcome:
    """What came of it. read: items of FROM. resumed: those that an earlier, interrupted copy had read.

    seconds: of copying. followed: changes that were carried over from the stream. progress: what was written.
    """

    read: int = 0
    resumed: int = 0
    followed: int = 0
    seconds: float = 0.0
    progress: Progress = field(default_factory=Progress)
    verified: Verified | None = None


@dataclass
class Absent:
    """Puts what a table does not have, each item on the condition that it is not there: nobody's item is lost."""

    client: SignedHttpClient
    tables: dict[str, tuple[str, ...]]
    pace: Pace
    reads: Budget
    writes: Budget

    def __call__(self, batch: Batch, progress: Progress, lock: threading.Lock) -> dict[Key, str]:
        stored, units, read_units = 0, 0.0, 0.0
        for name, keys in self.tables.items():
            items = {key: item for key, item in batch.items.items() if key[0] == name}
            if not items:
                continue
            self.reads.take(len(items))
            there, read = existing(self.client, name, keys, {k[1:]: {n: i[n] for n in keys} for k, i in items.items()})
            self.reads.correct(read - len(items))
            read_units += read
            condition = {
                "ConditionExpression": "attribute_not_exists(#key)",
                "ExpressionAttributeNames": {"#key": keys[0]},
            }
            for item in (item for key, item in items.items() if key[1:] not in there):
                request = {"TableName": name, "Item": item, **condition}
                # One whose answer is lost is made again, and refused for what it did itself: it counts as there.
                self.writes.take(1)
                with suppress(ConditionFailedError):
                    answer = patient_call(self.client, self.pace, name, "PutItem", request)
                    units += (used := answer["ConsumedCapacity"]["CapacityUnits"])
                    self.writes.correct(used - 1)
                    stored += 1
        with lock:
            progress.stored += stored
            progress.skipped += len(batch.items) - stored
            progress.units += units
            progress.read_units += read_units
        return {}


@dataclass
class Copy:
    """One copy between two sides. say: takes what a person is to know meanwhile."""

    source: Side
    target: Side
    request: CopyRequest
    say: Callable[[str], None]
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        if {table.id for table in self.source.tables.values()} & {table.id for table in self.target.tables.values()}:
            raise CopyError(f"{self.source.spelled} and {self.target.spelled} are one table; name two")
        self.conversion = conversion(self.request.transform, self.source, self.target)
        self.reads, self.writes = Budget(self.request.capacity), Budget(self.request.capacity)
        self.place = self.request.checkpoint or Path(f"{_label(self.source)}-to-{_label(self.target)}.copy")
        self.reading = Reading(
            self.source, self.target, self.conversion, self.request.segments, self.reads, self.request.format
        )
        self.keys = {table.name: table.keys for table in self.target.tables.values()}
        self.fresh = False

    def run(self, rejects: Rejects, follow: bool) -> Outcome:
        """Do all of it. rejects: what is refused. Raises TablekitError; the next run goes on."""
        if follow:
            self._stream({}, 0.0)  # is one of the right kind, before anything is written
        self.checkpoint = self._begin(follow)
        self.reading.segments = self.checkpoint.segments
        if not self.checkpoint.copied:
            self._copy()
        if follow:
            self._follow(self._stream_on(), rejects)
        else:
            self.verify(rejects)
        with suppress(OSError):
            self.place.unlink()
        return self.outcome

    def _stream(self, shards: dict[str, str | None], since: float) -> Stream:
        return Stream(self.source, since, shards, old=self.request.transform is not None)

    def _stream_on(self) -> Stream:
        """From where the checkpoint is."""
        return self._stream(self.checkpoint.shards, self.checkpoint.started)

    def _begin(self, follow: bool) -> Checkpoint:
        """The checkpoint of what was begun, or a new one. Raises CopyError where it is of another copy."""
        bound: dict[str, Any] = {
            "source": self.source.id,
            "target": self.target.id,
            "transform": self.conversion.digest,
            "overwrite": self.request.overwrite,
        }
        if found := read_checkpoint(self.place, Checkpoint):
            for name, value in bound.items():
                if getattr(found, name) != value:
                    raise CopyError(f"{self.place}: is of a copy with another {name}; {_ANEW}")
            self.outcome.resumed = found.read
        self.fresh = found.fresh if found else all(self._is_empty(name) for name in self.keys)
        if follow and not (self.fresh or self.request.overwrite):
            raise CopyError(
                f"{self.target.spelled}: has items, and what is followed is written over them; give --overwrite, or an "
                "empty table"
            )
        if found:
            return found
        made = Checkpoint(**bound, fresh=self.fresh, segments=self.request.segments, started=time.time())
        # Before the first write: after a kill TO is not empty, and only this tells why.
        made.write(self.place)
        return made

    def _is_empty(self, table: str) -> bool:
        request = {"TableName": table, "Limit": 1, "ConsistentRead": True}
        return not self.target.client.call(f"table {table!r}", "Scan", request)["Items"]

    def _loader(self, conditional: bool = False) -> Loader:
        most = self.request.concurrency
        compare = Absent(self.target.client, self.keys, Pace(most), self.reads, self.writes) if conditional else None
        return Loader(self.target.client, self.keys, most, compare, self.writes, self.outcome.progress)

    def _copy(self) -> None:
        conditional = not (self.checkpoint.fresh or self.checkpoint.overwrite)
        loader = self._loader(conditional)
        total = None if self.source.file else self.source.only.described.get("ItemCount")
        saved = started = time.monotonic()

        def save(at: Any) -> None:
            if isinstance(at, Checkpoint) and at is not self.checkpoint:
                self._keep(at)

        with progress_bar(f"copying {self.source.spelled}", total, "items") as bar:

            def report(progress: Progress) -> None:
                nonlocal saved
                if (now := time.monotonic()) - saved >= SECONDS:
                    saved = now
                    save(progress.position)
                    bar(self.checkpoint.read, max(total, self.checkpoint.read) if total else None)

            try:
                writes = self.reading.writes(self.checkpoint, keep=conditional)
                loader.run(cut(writes, merge=not conditional), report)
            except BaseException:
                save(loader.progress.position)
                raise
        self._keep(self.reading.end.model_copy(update={"copied": True}))
        self.outcome.seconds = time.monotonic() - started
        self.outcome.read = self.checkpoint.read - self.outcome.resumed

    def _keep(self, checkpoint: Checkpoint) -> None:
        checkpoint.write(self.place)
        self.checkpoint = checkpoint

    def verify(self, rejects: Rejects) -> Verified:
        """Compare the two sides as they are now, without what TO's TTL deletes within the hour, or has deleted.

        rejects: gets all that FROM has and the transform refuses.
        """
        rejects.clear()
        # What is refused is set aside once, however often FROM is read.
        refusing = [_to(rejects)]
        there = 0 if self.source.file else self.source.only.described.get("ItemCount", 0)
        total = 2 * max(there, self.outcome.read + self.outcome.resumed) or None
        with progress_bar("comparing", total, "items") as bar:
            done, soon = 0, time.time() + _SOON_SECONDS

            def lasting(puts: Iterator[Put]) -> Iterator[Put]:
                nonlocal done
                for put in puts:
                    done += 1
                    if not done % 1000:
                        bar(done, max(total, done) if total else None)
                    if not put.expires(soon):
                        yield put

            self.outcome.verified = verify(
                lambda: lasting(self.reading.expected(refusing.pop() if refusing else nowhere)),
                lambda: lasting(self.reading.found()),
                self.keys,
            )
        return self.outcome.verified

    @property
    def differs(self) -> bool:
        """Whether TO is not as it is to be. What it has besides counts where it was empty before."""
        kinds = self.outcome.verified.counts() if self.outcome.verified else {}
        return bool(kinds.keys() - (set() if self.fresh else {"only in TO"}))

    def _follow(self, stream: Stream, rejects: Rejects) -> None:
        """Carry over what changes, until told, or until nothing does. It is verified when the lag is zero first."""
        self._drain(stream, rejects)
        touched: set[Key] = set()
        found = self.verify(rejects)
        self._drain(stream, rejects, touched)
        # What changed while both sides were read may differ there; the stream has carried it over since.
        found.excused = touched
        if self.differs:
            return
        but = f", but for {rejects.count:,} items that are refused" if rejects.count else ""
        with first_ctrl_c_noted() as told:
            self.say(
                f"{self.target.spelled} is as {self.source.spelled}{but}, and the lag is {stream.lag:.0f} s: the "
                f"switch can be made. Stop what writes to {self.source.spelled}, then {self._then()}"
            )
            quiet = time.monotonic()
            while not told and time.monotonic() - quiet < (self.request.until_quiet or math.inf):
                if self._carry_over(stream, rejects):
                    quiet = time.monotonic()
                else:
                    time.sleep(_POLL_SECONDS)
        self.say("carrying over the last changes")
        self._drain(stream, rejects)
        self.say(
            "the last changes are carried over; comparing once more, where what is written to "
            f"{self.target.spelled} meanwhile is a difference"
        )
        self.verify(rejects)

    def _then(self) -> str:
        if self.request.until_quiet is None:
            end = "end this by ctrl-C: it carries over the last changes, and compares once more"
            return f"{end}; then let it write to {self.target.spelled}"
        return f"wait: this ends when nothing has changed for {self.request.until_quiet:g} s"

    def _drain(self, stream: Stream, rejects: Rejects, touched: set[Key] | None = None) -> None:
        """Until the lag is zero: all is carried over that was changed before the end of the stream was looked for."""
        if time.time() - max(self.checkpoint.started, self.checkpoint.followed) > HOURS * 3600:
            raise lost(stream.subject)
        told = time.monotonic()
        stream.look_again()
        while True:
            if stream.at_end:
                if stream.lag <= _LAG_SECONDS:
                    return
                stream.look_again()
            if not self._carry_over(stream, rejects, touched):
                time.sleep(_POLL_SECONDS)
            if (now := time.monotonic()) - told > _TELL_SECONDS:
                told = now
                self.say(f"following: {self.outcome.followed:,} changes carried over")

    def _carry_over(self, stream: Stream, rejects: Rejects, touched: set[Key] | None = None) -> int:
        changes = stream.read()
        if changes:
            writes = [write for change in changes for write in self._writes(change, _to(rejects))]
            self._loader().run(cut(writes))
            self.outcome.followed += len(changes)
            if touched is not None:
                touched |= {write.key for write in writes}
        if changes or time.time() - self.checkpoint.followed > 60:
            self._keep(self.checkpoint.model_copy(update={"shards": stream.positions, "followed": time.time()}))
        return len(changes)

    def _writes(self, change: Change, refuse: Refuse) -> Iterator[Write]:
        old: dict[Key, Put] = {}
        if change.old:
            with suppress(ItemRefusedError):
                old = {put.key: put for put in self.conversion.puts(change.old)}
        new = self.reading.puts(change.new, refuse) if change.new else []
        for key in old.keys() - {put.key for put in new}:
            put = old[key]
            gone = {name: put.item[name] for name in put.table.keys}
            yield Write(key, encoded({"DeleteRequest": {"Key": gone}}), None)
        for put in new:
            yield Write(put.key, put.entry, None)


def _to(rejects: Rejects) -> Refuse:
    return lambda raw, reason: rejects.put(raw, reason, b"")


def _label(side: Side) -> str:
    name = side.file.name if side.file else side.spelled
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name)
