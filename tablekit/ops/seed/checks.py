"""The two readings of a file: the first checks every record against its table, the second sees that nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tablekit.model.items import check_item
from tablekit.model.table import Table
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.formats import Format, Position, Record, opened, records
from tablekit.ops.seed.side_files import Rejects
from tablekit.ops.seed.target import Target
from tablekit.ops.seed.values import TypedItem

SHOWN = 20
"""Bad lines that a message shows; the file of rejects has all of them."""


def problem_of(table: Table, item: TypedItem, size: int) -> str:
    """Why the item can't be written to the table; empty where it can. size: of its text in the file, bytes."""
    try:
        # A text is at most four times as long in the service: `[1]` has 3 bytes here and 6 there.
        return "; ".join(check_item(table, item, size * 4))
    except UnicodeEncodeError:
        return "a text is not UTF-8 (bytes of another encoding, or half a character); save it as UTF-8"


@dataclass
class Checked:
    """A file that was read to its end.

    digest: SHA-256 of its bytes, unpacked. size: the bytes up to the end of the last record. problems: the first bad
    lines' reasons. before: the items up to the offset that was asked for; None where no record ends there.
    """

    digest: str
    size: int
    items: int
    bad: int
    problems: list[str] = field(default_factory=list)
    before: int | None = None


def check_file(
    path: Path,
    kind: Format,
    table: Table,
    rejects: Rejects | None = None,
    progress: Callable[[int], None] = lambda count: None,
    offset: int = 0,
) -> Checked:
    """Read the file and check every record.

    rejects: takes the bad records. progress: takes the bytes read, now and then. offset: how many items there are
    before it is to be counted.
    """
    checked = Checked("", 0, 0, 0, before=None if offset else 0)
    next_report = 0
    with opened(path) as file:
        for record in records(file, kind, table):
            checked.size = record.end
            problem = record.problem
            if record.item is not None and not problem:
                problem = problem_of(table, record.item, len(record.raw))
            if problem:
                checked.bad += 1
                reason = f"{path}:{record.shown_line}: {problem}"
                if checked.bad <= SHOWN:
                    checked.problems.append(reason)
                if rejects:
                    rejects.put(record.raw, reason, file.header)
            else:
                checked.items += 1
            if record.end == offset:
                checked.before = checked.items
            if record.end >= next_report:
                next_report = record.end + 1_000_000
                progress(record.end)
        file.skip()
    checked.digest = file.digest
    return checked


class Reread:
    """The good records of a file behind a position. Iterating and `finish` raise SeedError where the file has changed.

    They are checked again only where some were bad: none is kept in memory. What stands behind the last record that
    was checked is never given. items: how many were given so far; line: the last line read.
    """

    def __init__(self, path: Path, kind: Format, target: Target, checked: Checked, start: Position) -> None:
        self.path, self.kind, self.target, self.checked, self.start = path, kind, target, checked, start
        self._bytes = self._size()
        self._digest = ""
        self.line, self.items = start.line, 0

    def __iter__(self) -> Iterator[Record]:
        some_bad = self.checked.bad > 0
        table = self.target.table
        with opened(self.path) as file:
            for record in records(file, self.kind, table, self.start, strict=some_bad):
                if record.end > self.checked.size:
                    break
                self.line = record.line
                bad = record.item is None or record.problem
                if some_bad and record.item is not None and not bad:
                    bad = problem_of(table, record.item, len(record.raw))
                if not bad:
                    self.items += 1
                    yield record
                elif not some_bad:
                    break
            file.skip()
            self._digest = file.digest

    def finish(self, items: int, advice: str) -> None:
        """Raise SeedError unless all is read as it was checked.

        items: loaded, by this load and the one that it resumed. advice: what a person can do then, for the message.
        """
        same = self._digest == self.checked.digest and self._size() == self._bytes
        if same and items == self.checked.items:
            return
        raise SeedError(
            f"{self.path}: was changed while it was loaded: {self.checked.items:,} items were checked, and {items:,} "
            f"loaded, up to line {self.line:,}. When nothing writes to it any more, {advice}"
        )

    def _size(self) -> int | None:
        with suppress(OSError):
            return self.path.stat().st_size
        return None
