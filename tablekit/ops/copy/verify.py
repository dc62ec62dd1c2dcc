"""Whether TO has what FROM has: a count and a hash of each segment of keys on both sides, then the keys that differ.

The hash of a segment is the sum of its items' digests, so that neither the order of a scan nor the segments that
DynamoDB makes of a table matter, and memory does not grow with the table. Only where segments differ are both sides
read again, and the items of those kept on disk.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tablekit.ops.copy.loading import Put
from tablekit.ops.seed.values import Key, TypedItem, digest, key_of, one_text

SEGMENTS: Final = 4096
_LARGEST: Final = 2**128
_TABLE: Final = (
    "CREATE TABLE item (name TEXT, key TEXT, wanted BLOB, there BLOB, times INT, PRIMARY KEY (name, key)) WITHOUT ROWID"
)
_INSERT: Final = (
    "INSERT INTO item (name, key, {column}, times) VALUES (?, ?, ?, {times}) "
    "ON CONFLICT DO UPDATE SET {column} = excluded.{column}, times = times + {times}"
)
_DIFFERENT: Final = (
    "SELECT CASE WHEN times > 1 THEN 'joined' WHEN wanted IS NULL THEN 'only in TO' WHEN there IS NULL THEN 'missing' "
    "ELSE 'different' END, name, key FROM item WHERE wanted IS NOT there OR times > 1 ORDER BY name, key"
)
Kind = Literal["missing", "different", "joined", "only in TO"]
Puts = Callable[[], Iterable[Put]]
"""Reads a side anew."""


@dataclass(frozen=True)
class Difference:
    """An item that is not there as it should be. joined: several items of FROM became this one."""

    kind: Kind
    table: str
    key: TypedItem

    @property
    def full_key(self) -> Key:
        """As a batch's keys are."""
        return (self.table, *key_of(self.key, self.key))

    @property
    def line(self) -> str:
        """As JSON."""
        return json.dumps({"is": self.kind, "table": self.table, "key": self.key}, ensure_ascii=False)

    def __str__(self) -> str:
        key = ", ".join(f"{name} = {next(iter(value.values()))!r}" for name, value in self.key.items())
        return f"{self.table}: {key}: {self.kind}"


@dataclass
class Side:
    """Count and hash of each segment of keys."""

    counts: list[int] = field(default_factory=lambda: [0] * SEGMENTS)
    hashes: list[int] = field(default_factory=lambda: [0] * SEGMENTS)

    def add(self, put: Put) -> None:
        """Take an item."""
        segment = segment_of(put.key)
        self.counts[segment] += 1
        self.hashes[segment] = (self.hashes[segment] + int.from_bytes(digest(put.item))) % _LARGEST

    @property
    def hash(self) -> str:
        """Of all."""
        return f"{sum(self.hashes) % _LARGEST:032x}"


@dataclass
class Verified:
    """Both sides. expected: what FROM's items are to be. spill: the items of the segments that differ, if any do.

    names: of each table's hash key and range key.
    excused: keys that may differ, since they changed while both sides were read.
    """

    expected: Side
    found: Side
    names: Mapping[str, tuple[str, ...]]
    spill: sqlite3.Connection | None = None
    excused: set[Key] = field(default_factory=set)

    def differences(self) -> Iterator[Difference]:
        """Every one, in the order of the keys' texts."""
        rows: Iterable[Any] = self.spill.execute(_DIFFERENT) if self.spill else ()
        for kind, name, key in rows:
            attributes = json.loads(key)
            found = Difference(kind, name, {each: attributes[each] for each in self.names[name]})
            if found.full_key not in self.excused:
                yield found

    def counts(self) -> Counter[str]:
        """Differences by kind."""
        return Counter(each.kind for each in self.differences())


def segment_of(key: Key) -> int:
    """The same within one process, for keys that are one to the service."""
    return hash(key) % SEGMENTS


def verify(expected: Puts, found: Puts, names: Mapping[str, tuple[str, ...]]) -> Verified:
    """Compare. names: of each table's keys. Raises CallError."""
    sides = Side(), Side()
    for side, puts in zip(sides, (expected, found), strict=True):
        for put in puts():
            side.add(put)
    one, other = sides
    differing = {
        each
        for each in range(SEGMENTS)
        if (one.counts[each], one.hashes[each]) != (other.counts[each], other.hashes[each])
    }
    return Verified(one, other, names, _spilled(expected, found, differing) if differing else None)


def _spilled(expected: Puts, found: Puts, segments: set[int]) -> sqlite3.Connection:
    # A database without a name is a file of SQLite's own: what its memory can't hold goes there.
    spill = sqlite3.connect("")
    spill.execute(_TABLE)
    for puts, column, times in ((expected, "wanted", 1), (found, "there", 0)):
        spill.executemany(_INSERT.format(column=column, times=times), _rows(puts(), segments))
    return spill


def _rows(puts: Iterable[Put], segments: set[int]) -> Iterator[tuple[str, str, bytes]]:
    for put in puts:
        if segment_of(put.key) in segments:
            key = one_text({name: put.item[name] for name in put.table.keys})
            yield put.table.name, key, digest(put.item)
