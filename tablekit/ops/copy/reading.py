"""What a copy reads: a table's segments or a file, page by page, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
    read: items of FROM before the cursor. copied: to the end. followed: epoch seconds of the last look at the
    stream. shards: of the stream, the last sequence number that was carried over, null where a shard is done.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    source: str
    target: str
    transform: str
    overwrite: bool
    fresh: bool
    segments: int
    started: float
    cursor: dict[str, Any] = {}
    read: NonNegativeInt = 0
    copied: bool = False
    followed: float = 0.0
    shards: dict[str, str | None] = {}
    version: Literal[1] = 1

    def write(self, path: Path) -> None:
        """Write it so that it is there whole or not at all. Raises FileError."""
        write_files({path: self.model_dump_json()}, _OTHER, mode=PRIVATE)

    def after(self, page: Page) -> Checkpoint:
        """Behind a page."""
        cursor = {**self.cursor, str(page.segment): page.last}
        return self.model_copy(update={"cursor": cursor, "read": self.read + len(page.items)})


@dataclass
class Reading:
    """What is read of both sides, and the read capacity that it took."""

    source: Side
    target: Side
    conversion: Conversion
    segments: int
    budget: Budget
    format: str | None
    units: float = 0.0

    def pages(self, refuse: Refuse, cursor: dict[str, Any]) -> Iterator[Page]:
        """FROM's pages. refuse: takes a file's bad lines. cursor: of a checkpoint. Raises CallError, SeedError."""
        if not self.source.file:
            begun = {int(segment): last for segment, last in cursor.items()}
            yield from self._scanned(self.source, self.source.only.name, begun)
        elif (start := cursor.get("0", (0, 0))) is not None:
            yield from _file_pages(self.source.file, self.conversion.layout, refuse, self.format, Position(*start))

    def _scanned(self, side: Side, table: str, begun: dict[int, Any] | None = None) -> Iterator[Page]:
        for page in scan(side.client, table, self.segments, begun, self.budget):
            self.units += page.units
            yield page

    def puts(self, item: TypedItem, refuse: Refuse) -> list[Put]:
        """What becomes of an item."""
        try:
            return self.conversion.puts(item)
        except ItemRefusedError as error:
            refuse(encoded({"Item": item}).encode(), str(error))
            return []

    def writes(self, checkpoint: Checkpoint, keep: bool) -> Iterator[Write]:
        """All that is behind a checkpoint. keep: with the items, to be compared. Each ends at a checkpoint.

        What is refused is set aside as the copy is verified, which reads all of FROM: a resumed copy loses none of it.
        """
        for page in self.pages(nowhere, checkpoint.cursor):
            puts = [put for item in page.items for put in self.puts(item, nowhere)]
            before, checkpoint = checkpoint, checkpoint.after(page)
            for number, put in enumerate(puts, 1):
                end = checkpoint if number == len(puts) else before
                yield Write(put.key, put.entry, end, put.item if keep else None)
        self.end = checkpoint

    def expected(self, refuse: Refuse) -> Iterator[Put]:
        """What all of FROM's items are to be."""
        for page in self.pages(refuse, {}):
            for item in page.items:
                yield from self.puts(item, refuse)

    def found(self) -> Iterator[Put]:
        """All items of TO's tables. Raises CallError."""
        for table in self.target.tables.values():
            for page in self._scanned(self.target, table.name):
                for item in page.items:
                    yield Put.of(table, item)


def nowhere(raw: bytes, reason: str) -> None:
    """Sets nothing aside."""


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
