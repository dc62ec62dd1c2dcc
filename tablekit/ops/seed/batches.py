"""Cuts a stream of items into batches: 25 items at most, 16 MB at most, no key twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tablekit.model import limits
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.formats import START, Position, Record
from tablekit.ops.seed.values import Key, TypedItem, key_of
from tablekit.ops.signed_http import encoded

MAX_BYTES = 15 * 1024 * 1024
"""Of one request's text; the service takes 16 MB (API: BatchWriteItem)."""


@dataclass
class Batch:
    """Items of different keys, in the file's order. number: from 0, without gaps. end: where the file goes on.

    entries: each item as its text in a request. units: the write units of each, where they are counted here.
    """

    number: int
    entries: dict[Key, str] = field(default_factory=dict)
    items: dict[Key, TypedItem] = field(default_factory=dict)
    units: dict[Key, int] = field(default_factory=dict)
    read: int = 0
    bytes: int = 0
    first_line: int = 0
    end: Position = START


def batches(
    records: Iterable[Record],
    keys: tuple[str, ...],
    merge: bool = True,
    units: Callable[[TypedItem, int], int] | None = None,
) -> Iterator[Batch]:
    """The records, all of which hold an item, in batches.

    keys: the names of the table's hash and range key.
    merge: of two items of one key in a batch the last is sent, as if both had been; False begins another batch, and
        fills `items`, to be compared.
    units: of an item and the length of its text; fills `units`.

    Raises SeedError for an item that no key can be read of: the check before would have found it.
    """
    batch = Batch(0)
    for record in records:
        assert record.item is not None
        try:
            key = key_of(record.item, keys)
            entry = encoded({"PutRequest": {"Item": record.item}})
            size = len(entry.encode())
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError):
            raise SeedError(f"line {record.line}: was changed after it was checked; load the file again") from None
        known = batch.entries.get(key)
        full = len(batch.entries) == limits.MAX_BATCH_WRITE and known is None
        if batch.entries and (full or batch.bytes + size > MAX_BYTES or (known is not None and not merge)):
            yield batch
            batch = Batch(batch.number + 1)
        if not batch.entries:
            batch.first_line = record.line
        batch.entries[key] = entry
        if not merge:
            batch.items[key] = record.item
        if units:
            batch.units[key] = units(record.item, size)
        batch.read += 1
        batch.bytes += size
        batch.end = Position(record.end, record.line)
    if batch.entries:
        yield batch


def batch_body(table: str, entries: Iterable[str]) -> bytes:
    """The request of a batch, of its entries' texts."""
    return f'{{"RequestItems":{{{json.dumps(table)}:[{",".join(entries)}]}}}}'.encode()
