"""What a copy reads: a table's segments or a file, page by page, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from tablekit.model import Table
from tablekit.ops.copy.loading import Conversion, Put
from tablekit.ops.copy.sides import Side
from tablekit.ops.copy.transforms import ItemRefusedError
from tablekit.ops.files import PRIVATE, write_files
from tablekit.ops.scan import PAGE_ITEMS, Page, scan
from tablekit.ops.seed.batches import Write
from tablekit.ops.seed.checks import problem_of
from tablekit.ops.seed.formats import Position, format_of, opened, records
from tablekit.ops.seed.loader import Budget
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import encoded

_OTHER = "name another place with --checkpoint"
Refuse = Callable[[bytes, str], None]
"""Takes an item that is not copied, as it stands in a file, and why."""


class Checkpoint(BaseModel):
    """How far a copy is: everything before its cursor is stored.

    source, target, transform: what it is bound to. fresh: TO was empty when it began. segments: of the scan.
    started: epoch seconds, before the first page. cursor: segment -> where it goes on, null at its end.
    read, refused: of FROM, before the cursor. copied: to the end. followed: epoch seconds of the last look at the
    stream. shards: of the stream, the last sequence number that was carried over, null where a shard is done.
    """

    model_config = ConfigDict(strict=True, extra="forbid", validate_assignment=True)

    source: str
    target: str
    transform: str
    overwrite: bool
    fresh: bool
    segments: int
    started: float
    cursor: dict[str, Any] = {}
    read: NonNegativeInt = 0
    refused: NonNegativeInt = 0
    copied: bool = False
    followed: float = 0.0
    shards: dict[str, str | None] = {}
    version: Literal[1] = 1

    def write(self, path: Path) -> None:
        """Write it so that it is there whole or not at all. Raises FileError."""
        write_files({path: self.model_dump_json()}, _OTHER, mode=PRIVATE)

    @property
    def place(self) -> Cursor:
        """Where the copy goes on."""
        return Cursor(self.cursor, self.read, self.refused)

    def move(self, to: Cursor) -> None:
        """Everything before the cursor is stored."""
        self.cursor, self.read, self.refused = to.segments, to.read, to.refused


@dataclass(frozen=True)
class Cursor:
    """A place in a reading. segments: as in a checkpoint."""

    segments: dict[str, Any] = field(default_factory=dict)
    read: int = 0
    refused: int = 0

    def after(self, page: Page, refused: int) -> Cursor:
        """Behind a page."""
        segments = {**self.segments, str(page.segment): page.last}
        return Cursor(segments, self.read + len(page.items), self.refused + refused)


@dataclass
class Reading:
    """One reading of FROM, or of a table of TO. units: read capacity that it took."""

    side: Side
    segments: int
    budget: Budget
    units: float = 0.0

    def pages(
        self, layout: Table, refuse: Refuse, kind: str | None = None, begun: Cursor | None = None
    ) -> Iterator[Page]:
        """FROM's pages. refuse: takes a file's bad lines. kind: the format of a file. Raises CallError, SeedError."""
        cursor = (begun or Cursor()).segments
        if self.side.file:
            if (start := cursor.get("0", (0, 0))) is not None:
                yield from _file_pages(self.side.file, layout, refuse, kind, Position(*start))
        else:
            at = {int(segment): last for segment, last in cursor.items()}
            for page in scan(self.side.client, self.side.only.name, self.segments, at, self.budget):
                self.units += page.units
                yield page

    def found(self) -> Iterator[Put]:
        """All items of TO's tables. Raises CallError."""
        for table in self.side.tables.values():
            for page in scan(self.side.client, table.name, self.segments, None, self.budget):
                self.units += page.units
                for item in page.items:
                    yield Put.of(table, item)


def _file_pages(file: Path, layout: Table, refuse: Refuse, given: str | None, start: Position) -> Iterator[Page]:
    kind = format_of(file, layout, given)
    items: list[TypedItem] = []
    with opened(file) as content:
        for record in records(content, kind, layout, start):
            problem = record.problem
            if record.item is not None and not problem:
                problem = problem_of(layout, record.item, len(record.raw))
            if problem or record.item is None:
                refuse(record.raw, f"{file}:{record.shown_line}: {problem}")
            else:
                items.append(record.item)
            if len(items) >= PAGE_ITEMS:
                yield Page(0, items, 0.0, [record.end, record.line])
                items = []
    yield Page(0, items, 0.0, None)


@dataclass
class Writing:
    """Turns pages into writes. cursor: behind the last page that was turned into some."""

    conversion: Conversion
    refuse: Refuse
    cursor: Cursor = field(default_factory=Cursor)
    keep: bool = False

    def puts(self, items: list[TypedItem]) -> tuple[list[Put], int]:
        """What becomes of items, and how many were refused."""
        found: list[Put] = []
        refused = 0
        for item in items:
            try:
                found += self.conversion.puts(item)
            except ItemRefusedError as error:
                refused += 1
                self.refuse(encoded({"Item": item}).encode(), str(error))
        return found, refused

    def writes(self, pages: Iterator[Page]) -> Iterator[Write]:
        """In the pages' order. keep: with the items, to be compared."""
        for page in pages:
            puts, refused = self.puts(page.items)
            before, self.cursor = self.cursor, self.cursor.after(page, refused)
            for number, put in enumerate(puts, 1):
                end = self.cursor if number == len(puts) else before
                yield Write(put.key, put.entry, end, put.item if self.keep else None)
