"""Reads a file of items, one record at a time: JSON Lines, DynamoDB JSON lines (exports included) and CSV.

A file named `….gz` is unpacked while it is read. Offsets are of the unpacked bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

from tablekit.model.documents import DocumentError, distinct
from tablekit.model.table import Table
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.values import TypedItem, parse_plain, special_types, typed_cell, typed_item

Format = Literal["jsonl", "dynamodb", "csv"]
FORMATS: tuple[Format, ...] = ("jsonl", "dynamodb", "csv")
_BY_EXTENSION: dict[str, Format | None] = {".csv": "csv", ".jsonl": None, ".ndjson": None, ".json": None}
MAX_LINE_BYTES = 8 * 1024 * 1024
"""Longer than any item of 400 KB can be written in JSON."""


@dataclass(slots=True)
class Record:
    """One record of a file: an item, or why there is none.

    line: its last line, from 1. end: the offset behind it, bytes. raw: as it stands in the file.
    at: the line that a person is to look at, where that is not the last one.
    """

    line: int
    end: int
    raw: bytes
    item: TypedItem | None
    problem: str = ""
    at: int = 0

    @property
    def shown_line(self) -> int:
        """The line that a message names."""
        return self.at or self.line


@dataclass(frozen=True)
class Position:
    """Where reading goes on: behind `offset` bytes and `line` lines."""

    offset: int = 0
    line: int = 0


START = Position()

Observer = Callable[[bytes], None]
"""Is given every byte of the file that is read, in order."""


def opened(path: Path) -> BinaryIO:
    """The file, unpacked. Raises SeedError."""
    try:
        return cast("BinaryIO", gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
    except OSError as error:
        raise SeedError(f"{path}: {error.strerror}; give a file that can be read") from None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what reading a file raises within into SeedError."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        place = getattr(error, "filename", None) or path
        raise SeedError(f"{place}: {getattr(error, 'strerror', None) or error}; see that it can be used") from None


def observe_all(file: BinaryIO, observe: Observer, most: int | None = None) -> None:
    """Read on, to the file's end or `most` bytes, for the observer alone."""
    while piece := file.read(1 << 20 if most is None else min(most, 1 << 20)):
        observe(piece)
        most = None if most is None else most - len(piece)


def format_of(path: Path, table: Table, given: str | None) -> Format:
    """The file's format: the one given, else by its name, and by its first line for JSON. Raises SeedError."""
    if given is not None:
        if given not in FORMATS:
            raise SeedError(f"format {given!r} is not known; the formats are {', '.join(FORMATS)}")
        return given
    extension = (path.with_suffix("") if path.suffix == ".gz" else path).suffix.lower()
    if extension not in _BY_EXTENSION:
        raise SeedError(
            f"{path}: the format of {extension or 'a name without extension'} is not known; "
            f"give --format with one of {', '.join(FORMATS)}"
        )
    if found := _BY_EXTENSION[extension]:
        return found
    with opened(path) as file, reading(path):
        first = next((line for raw in _lines(file) if (line := raw.strip())), b"{}")
    try:
        item = json.loads(first)
        # A key is a text or a number in plain JSON, an object with its type in DynamoDB JSON.
        return "dynamodb" if isinstance(item.get("Item", item)[table.hash_key.name], dict) else "jsonl"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "jsonl"


def records(
    file: BinaryIO, kind: Format, table: Table, start: Position, observe: Observer, strict: bool = True
) -> Iterator[Record]:
    """The file's records behind a place, in order; blank lines are none. CSV's first record names the attributes.

    observe: is given what is behind the place, and before that CSV's first record. strict: refuse JSON in which a name
    stands twice, which one reading of a file can do for the next.
    """
    if kind == "csv":
        return _csv_records(file, table, start, observe)
    read = _exported_reader(strict) if kind == "dynamodb" else _plain_reader(table, strict)
    return _json_records(file, read, start, observe)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The file's lines; one that is too long comes cut, with what follows of it dropped."""
    while raw := file.readline(MAX_LINE_BYTES + 1):
        yield raw


def _json_records(
    file: BinaryIO, read: Callable[[str], TypedItem], start: Position, observe: Observer
) -> Iterator[Record]:
    file.seek(start.offset)
    end, line = start.offset, start.line
    readline = file.readline
    while raw := readline(MAX_LINE_BYTES + 1):
        observe(raw)
        end += len(raw)
        line += 1
        if len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n"):
            more = b""
            while not more.endswith(b"\n") and (more := readline(MAX_LINE_BYTES)):
                observe(more)
                end += len(more)
            yield Record(
                line, end, raw[:1000], None, f"longer than {MAX_LINE_BYTES} bytes; one item a line is expected"
            )
            continue
        try:
            text = raw.decode("utf-8-sig" if line == 1 else "utf-8")
            if text.isspace():
                continue
            yield Record(line, end, raw, read(text))
        except UnicodeDecodeError as error:
            yield Record(line, end, raw, None, f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8")
        except json.JSONDecodeError as error:
            yield Record(line, end, raw, None, f"not JSON at character {error.pos + 1}: {error.msg}; one item a line")
        except (ValueError, RecursionError, DocumentError) as error:
            yield Record(line, end, raw, None, str(error))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"a {type(value).__name__}, not an object; one item a line is expected")
    return value


def _exported_reader(strict: bool) -> Callable[[str], TypedItem]:
    """Reads a line of DynamoDB JSON; in an export and for an import the item stands in `Item`."""
    decode = json.JSONDecoder(object_pairs_hook=distinct if strict else None).decode

    def read(text: str) -> TypedItem:
        item = _object(decode(text))
        return item["Item"] if len(item) == 1 and "Item" in item and _is_item(item["Item"]) else item

    return read


def _is_item(value: Any) -> bool:
    """Whether it is an item, and not one attribute's value: `{"S": "text"}`."""
    return isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values())


def _plain_reader(table: Table, strict: bool) -> Callable[[str], TypedItem]:
    special = special_types(table.types)
    return lambda text: typed_item(_object(parse_plain(text, strict)), special)


def _csv_records(file: BinaryIO, table: Table, start: Position, observe: Observer) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE_BYTES)
    file.seek(0)
    consumed = _Consumed(observe)
    try:
        header = next(csv.reader(consumed.lines(file), strict=True), [])
    except csv.Error as error:
        line, problem = _unreadable(consumed.raw, str(error))
        raise SeedError(f"CSV header, line {line + 1}: {problem}") from None
    if len(set(header)) != len(header) or not all(header):
        raise SeedError(f"CSV header {','.join(header)!r}: a name is empty or stands twice; name each column once")
    if start.offset:
        file.seek(start.offset)
        consumed.end, consumed.line = start.offset, start.line
    kinds = [table.types[name].type if name in table.types else "S" for name in header]
    consumed.raw.clear()
    rows = csv.reader(consumed.lines(file), strict=True)
    while True:
        problem, item, first = "", None, consumed.line + 1
        try:
            row = next(rows)
            item = _row(row, header, kinds) if row else None
        except StopIteration:
            return
        except csv.Error as error:
            line, problem = _unreadable(consumed.raw, str(error))
            first, row = first + line, ["bad"]
        except (ValueError, RecursionError, DocumentError) as error:
            problem, row = str(error), ["bad"]
        if row:
            yield Record(consumed.line, consumed.end, b"".join(consumed.raw), item, problem, first)
        consumed.raw.clear()


_QUOTED = re.compile(rb'(?:^|[,\r\n])("[^"]*(?:""[^"]*)*("?))([^,\r\n])?')
"""A quoted field of CSV: its text, its second quote, and what stands wrongly behind that."""


def _unreadable(lines: Sequence[bytes], why: str) -> tuple[int, str]:
    """The line, from 0, of a record that csv.reader can't take where its wrong quote is, and what is wrong."""
    raw = b"".join(lines)
    for field in _QUOTED.finditer(raw):
        line = raw.count(b"\n", 0, field.start(1))
        advice = 'write a quote within a quoted text twice (""), and nothing else behind the second one than a comma'
        if not field[2]:
            return line, f"a quote opens here, and none closes it; {advice}"
        if field[3]:
            closed = raw.count(b"\n", 0, field.end(1)) - line
            where = f"{closed} lines below" if closed else "on the same line"
            return line, f"a quote opens here, and text stands behind the one that closes it {where}; {advice}"
    return 0, why


class _Consumed:
    """What csv.reader has taken of a file: it takes whole lines, as many as a record needs."""

    def __init__(self, observe: Observer) -> None:
        self.observe = observe
        self.end = self.line = 0
        self.raw: list[bytes] = []

    def lines(self, file: BinaryIO) -> Iterator[str]:
        for raw in _lines(file):
            self.observe(raw)
            self.end += len(raw)
            self.line += 1
            self.raw.append(raw)
            # What is no UTF-8 is found with the item that it stands in: an error here would end the reading.
            yield raw.decode("utf-8-sig" if self.line == 1 else "utf-8", errors="surrogateescape")


def _row(row: Sequence[str], header: Sequence[str], kinds: Sequence[str]) -> TypedItem:
    if len(row) != len(header):
        raise ValueError(f"{len(row)} cells, and the header names {len(header)} columns")
    item: TypedItem = {}
    for name, kind, cell in zip(header, kinds, row, strict=True):
        if cell:
            try:
                item[name] = typed_cell(cell, kind)
            except (ValueError, DocumentError) as error:
                raise ValueError(f"column {name!r}: {error}") from None
    return item
