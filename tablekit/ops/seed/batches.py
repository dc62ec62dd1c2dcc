"""Cuts a stream of items into batches: 25 items at most, 16 MB at most, no key twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tablekit.model import limits
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.formats import START, Position, Record
from tablekit.ops.seed.values import Key, TypedItem, key_of
from tablekit.ops.signed_http import encoded

MAX_BYTES = 15 * 1024 * 1024
"""Of one request's text; the service takes 16 MB (API: BatchWriteItem)."""


@dataclass(slots=True)
class Write:
    """What one item is sent as. key: the table's name first. entry: its text in a request. end: where reading goes on.

    item: kept where it is to be compared. units: of writing it, where they are counted here. line: of the file.
    """

    key: Key
    entry: str
    end: Any
    item: TypedItem | None = None
    units: int = 0
    line: int = 0


@dataclass
class Batch:
    """Items of different keys, in the order of their reading. number: from 0, without gaps.

    end: where reading goes on.
    entries: each item as its text in a request. units: the write units of each, where they are counted here.
    """

    number: int
    entries: dict[Key, str] = field(default_factory=dict)
    items: dict[Key, TypedItem] = field(default_factory=dict)
    units: dict[Key, int] = field(default_factory=dict)
    read: int = 0
    bytes: int = 0
    first_line: int = 0
    last_line: int = 0
    end: Any = START

    @property
    def shown(self) -> str:
        """As messages call it."""
        return f"lines {self.first_line} to {self.last_line}" if self.first_line else f"batch {self.number + 1}"


def batches(
    records: Iterable[Record],
    table: str,
    keys: tuple[str, ...],
    merge: bool = True,
    units: Callable[[TypedItem, int], int] | None = None,
) -> Iterator[Batch]:
    """The records, all of which hold an item, in batches for a table.

    keys: the names of the table's hash and range key.
    merge: as `cut` has it; False fills `items`, to be compared.
    units: of an item and the length of its text; fills `units`.

    Raises SeedError for an item that no key can be read of: the check before would have found it.
    """
    return cut(_writes(records, table, keys, not merge, units), merge)


def _writes(
    records: Iterable[Record],
    table: str,
    keys: tuple[str, ...],
    keep: bool,
    units: Callable[[TypedItem, int], int] | None,
) -> Iterator[Write]:
    for record in records:
        item = record.item
        assert item is not None
        try:
            key = (table, *key_of(item, keys))
            entry = encoded({"PutRequest": {"Item": item}})
            count = units(item, len(entry.encode())) if units else 0
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise SeedError(f"line {record.line}: was changed after it was checked; load the file again") from None
        end = Position(record.end, record.line)
        yield Write(key, entry, end, item if keep else None, count, record.line)


def cut(writes: Iterable[Write], merge: bool = True) -> Iterator[Batch]:
    """Batches of these writes.

    merge: of two of one key in a batch the last is sent, as if both had been; False begins another batch.
    """
    batch = Batch(0)
    for write in writes:
        size = len(write.entry.encode())
        known = batch.entries.get(write.key)
        full = len(batch.entries) == limits.MAX_BATCH_WRITE and known is None
        if batch.entries and (full or batch.bytes + size > MAX_BYTES or (known is not None and not merge)):
            yield batch
            batch = Batch(batch.number + 1)
        if not batch.entries:
            batch.first_line = write.line
        batch.entries[write.key] = write.entry
        if write.item is not None:
            batch.items[write.key] = write.item
        if write.units:
            batch.units[write.key] = write.units
        batch.read += 1
        batch.bytes += size
        batch.last_line, batch.end = write.line, write.end
    if batch.entries:
        yield batch


def batch_body(entries: Mapping[Key, str]) -> bytes:
    """The request of a batch, of its entries' texts, by table."""
    tables: dict[Any, list[str]] = {}
    for key, entry in entries.items():
        tables.setdefault(key[0], []).append(entry)
    requests = ",".join(f"{json.dumps(table)}:[{','.join(texts)}]" for table, texts in tables.items())
    return f'{{"RequestItems":{{{requests}}}}}'.encode()
