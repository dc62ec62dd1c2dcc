"""Reads a file of items, one record at a time: JSON Lines, DynamoDB JSON lines (exports included) and CSV.

A file named `….gz` is unpacked while it is read. Offsets are of the unpacked bytes.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
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


class ItemFile:
    """A file that is read once, from its beginning on. Offsets and the digest are of the unpacked bytes.

    offset: behind what was read. line: the last line read, from 1. header: CSV's first record, once that was read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.offset = self.line = 0
        self.header = b""

    @property
    def digest(self) -> str:
        """SHA-256 of what was read."""
        return self._digest.hexdigest()

    def lines(self) -> Iterator[bytes]:
        """The lines that follow; of one that is too long only the beginning."""
        readline, update = self._file.readline, self._digest.update
        while raw := readline(MAX_LINE_BYTES + 1):
            update(raw)
            self.offset += len(raw)
            self.line += 1
            if _is_cut(raw):
                more = b""
                while not more.endswith(b"\n") and (more := readline(MAX_LINE_BYTES)):
                    update(more)
                    self.offset += len(more)
            yield raw

    def skip(self, to: Position | None = None) -> None:
        """Read on to a place that lies ahead, or to the file's end."""
        while piece := self._file.read(min(1 << 20, to.offset - self.offset) if to else 1 << 20):
            self._digest.update(piece)
            self.offset += len(piece)
        self.line = to.line if to else self.line


def _is_cut(raw: bytes) -> bool:
    return len(raw) > MAX_LINE_BYTES and not raw.endswith(b"\n")


@contextmanager
def opened(path: Path) -> Iterator[ItemFile]:
    """The file. Raises SeedError for what opening and reading raise within."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            yield ItemFile(cast("BinaryIO", file))
    except (OSError, EOFError, zlib.error) as error:
        place = getattr(error, "filename", None) or path
        raise SeedError(f"{place}: {getattr(error, 'strerror', None) or error}; see that it can be used") from None


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
    with opened(path) as file:
        first = next((line for raw in file.lines() if (line := raw.strip())), b"{}")
    try:
        item = json.loads(first)
        # A key is a text or a number in plain JSON, an object with its type in DynamoDB JSON.
        return "dynamodb" if isinstance(item.get("Item", item)[table.hash_key.name], dict) else "jsonl"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "jsonl"


def records(
    file: ItemFile, kind: Format, table: Table, start: Position = START, strict: bool = True
) -> Iterator[Record]:
    """The records behind a place of a file that nothing was read of, in order; blank lines are none.

    CSV's first record names the attributes. strict: refuse JSON in which a name stands twice, which one reading of a
    file can do for the next.
    """
    if kind == "csv":
        return _csv_records(file, table, start)
    read = _exported_reader(strict) if kind == "dynamodb" else _plain_reader(table, strict)
    return _json_records(file, read, start)


def _json_records(file: ItemFile, read: Callable[[str], TypedItem], start: Position) -> Iterator[Record]:
    file.skip(start)
    for raw in file.lines():
        item, problem = None, ""
        try:
            if _is_cut(raw):
                raw = raw[:1000]
                raise ValueError(f"longer than {MAX_LINE_BYTES} bytes; one item a line is expected")
            text = raw.decode("utf-8-sig" if file.line == 1 else "utf-8")
            if text.isspace():
                continue
            item = read(text)
        except UnicodeDecodeError as error:
            problem = f"not UTF-8 at byte {error.start + 1}; save the file as UTF-8"
        except json.JSONDecodeError as error:
            problem = f"not JSON at character {error.pos + 1}: {error.msg}; one item a line"
        except (ValueError, RecursionError, DocumentError) as error:
            problem = str(error)
        yield Record(file.line, file.offset, raw, item, problem)


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


def _csv_records(file: ItemFile, table: Table, start: Position) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE_BYTES)
    taken: list[bytes] = []

    def texts() -> Iterator[str]:
        """What csv.reader takes: whole lines, as many as a record needs."""
        for raw in file.lines():
            taken.append(raw)
            # What is no UTF-8 is found with the item that it stands in: an error here would end the reading.
            yield raw.decode("utf-8-sig" if file.line == 1 else "utf-8", errors="surrogateescape")

    rows = csv.reader(texts(), strict=True)
    try:
        header = next(rows, [])
    except csv.Error as error:
        line, problem = _unreadable(taken, str(error))
        raise SeedError(f"CSV header, line {line + 1}: {problem}") from None
    if len(set(header)) != len(header) or not all(header):
        raise SeedError(f"CSV header {','.join(header)!r}: a name is empty or stands twice; name each column once")
    kinds = [table.types[name].type if name in table.types else "S" for name in header]
    file.header = b"".join(taken)
    if start.offset:
        file.skip(start)
    while True:
        taken.clear()
        problem, item, first = "", None, file.line + 1
        try:
            if not (row := next(rows)):
                continue
            item = _row(row, header, kinds)
        except StopIteration:
            return
        except csv.Error as error:
            line, problem = _unreadable(taken, str(error))
            first += line
        except (ValueError, RecursionError, DocumentError) as error:
            problem = str(error)
        yield Record(file.line, file.offset, b"".join(taken), item, problem, first)


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
