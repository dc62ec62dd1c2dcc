"""Reads a file that was checked for the second time, and sees that it is the same still."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tablekit.ops.errors import SeedError
from tablekit.ops.seed.checks import Checked, Checker
from tablekit.ops.seed.formats import Format, Place, Record, observe_all, opened, reading, records
from tablekit.ops.seed.target import Target


class Reread:
    """The good records of a file behind a place. Iterating and `finish` raise SeedError where the file has changed.

    They are checked again only where some were bad: none is kept in memory. What stands behind the last record that
    was checked is never given. items: how many were given so far; line: the last line read.
    """

    def __init__(self, path: Path, kind: Format, target: Target, checked: Checked, start: Place) -> None:
        self.path, self.kind, self.target, self.checked, self.start = path, kind, target, checked, start
        self._bytes = self._size()
        self._digest = hashlib.sha256()
        self.line, self.items = start.line, 0

    def __iter__(self) -> Iterator[Record]:
        checker = Checker(self.target.table) if self.checked.bad else None
        observe = self._digest.update
        with reading(self.path), opened(self.path) as file:
            observe_all(file, observe, self.start.offset)
            for record in records(file, self.kind, self.target.table, self.start, observe, strict=checker is not None):
                if record.end > self.checked.size:
                    break
                self.line = record.line
                bad = record.item is None or record.problem
                if checker and not bad and record.item is not None:
                    bad = checker.problem(record.item, len(record.raw))
                elif bad and not checker:
                    break
                if not bad:
                    self.items += 1
                    yield record
            observe_all(file, observe)

    def finish(self, items: int, advice: str) -> None:
        """Raise SeedError unless all is read as it was checked.

        items: loaded, by this load and the one that it resumed. advice: what a person can do then, for the message.
        """
        same = self._digest.hexdigest() == self.checked.digest and self._size() == self._bytes
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
