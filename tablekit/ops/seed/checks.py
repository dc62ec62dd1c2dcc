"""Checks a whole file before the first write: every record against its table."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tablekit.model import limits
from tablekit.model.items import check_item
from tablekit.model.table import Table
from tablekit.ops.seed.formats import START, Format, observe_all, opened, reading, records
from tablekit.ops.seed.rejects import Rejects
from tablekit.ops.seed.values import Item

SHOWN = 20
"""Bad lines that a message shows; the file of rejects has all of them."""

_PLAIN_NUMBER = re.compile(r"-?\d{1,19}(\.\d{1,19})?").fullmatch
"""Numbers that are surely ones of DynamoDB's; others are looked at closely."""


class Checker:
    """Says why an item can't be written to the table, as `check_item` does.

    Nearly every item of a large file is whole, and `check_item` takes some ten times as long as it takes to see
    that: `_surely_whole` has no false positives, and what it isn't sure of goes to `check_item`.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self._primary = [(key.name, key.type) for key in table.keys]
        self._index = [(key.name, key.type) for key in table.all_keys.values() if key not in table.keys]
        self._types = {name: attribute.type for name, attribute in table.types.items() if name not in table.all_keys}
        self._values = {name: attribute.values for name, attribute in table.types.items() if attribute.values}

    def problem(self, item: Item, size: int) -> str:
        """Why the item can't be written; empty where it can. size: of its text in the file, bytes."""
        # A text is at most four times as long in the service: `[1]` has 3 bytes here and 6 there.
        try:
            if size * 4 < limits.MAX_ITEM_BYTES and self._surely_whole(item):
                return ""
            return "; ".join(check_item(self.table, item))
        except UnicodeEncodeError:
            return "a text is not UTF-8 (bytes of another encoding, or half a character); save it as UTF-8"

    def _surely_whole(self, item: Item) -> bool:
        try:
            for name, kind in self._primary:
                value = item[name][kind]
                if not value or len(value) > 256:
                    return False
            for name, kind in self._index:
                if name in item:
                    value = item[name][kind]
                    if not value or len(value) > 256:
                        return False
            types = self._types
            for name, value in item.items():
                ((given, content),) = value.items()
                if name in types and given != types[name]:
                    return False
                if not name or len(name) > 255 or not name.isascii() or not _whole(given, content, 30):
                    return False
        except (KeyError, ValueError, TypeError, AttributeError):
            return False
        ttl = self.table.ttl
        if ttl in item and not (item[ttl]["N"].isdecimal() and len(item[ttl]["N"]) == 10):
            return False
        return not self._values or self._listed(item)

    def _listed(self, item: Item) -> bool:
        return all(item[name].get("S") in values for name, values in self._values.items() if name in item)


def _whole(kind: str, content: Any, levels: int) -> bool:
    if kind == "S":
        return type(content) is str and (content.isascii() or bool(content.encode()))
    if kind == "N":
        return type(content) is str and _PLAIN_NUMBER(content) is not None
    if kind == "BOOL":
        return type(content) is bool
    if kind == "NULL":
        return content is True
    if not levels:
        return False
    if kind == "M":
        for name, value in content.items():
            ((inner, element),) = value.items()
            if not name or len(name) > 255 or not name.isascii() or not _whole(inner, element, levels - 1):
                return False
        return type(content) is dict
    if kind == "L":
        for value in content:
            ((inner, element),) = value.items()
            if not _whole(inner, element, levels - 1):
                return False
        return type(content) is list
    return False


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
    said: Callable[[int], None] = lambda count: None,
    offset: int = 0,
) -> Checked:
    """Read the file and check every record.

    rejects: takes the bad records. said: told the bytes read, now and then. offset: how many items there are before it
    is to be told.
    """
    checker = Checker(table)
    digest = hashlib.sha256()
    checked = Checked("", 0, 0, 0)
    if not offset:
        checked.before = 0
    next_word = 0
    with reading(path), opened(path) as file:
        header = file.readline() if kind == "csv" and rejects else b""
        file.seek(0)
        for record in records(file, kind, table, START, digest.update):
            checked.size = record.end
            problem = record.problem
            if record.item is not None and not problem:
                problem = checker.problem(record.item, len(record.raw))
            if problem:
                checked.bad += 1
                reason = f"{path}:{record.shown_line}: {problem}"
                if checked.bad <= SHOWN:
                    checked.problems.append(reason)
                if rejects:
                    rejects.put(record.raw, reason, header)
            else:
                checked.items += 1
            if record.end == offset:
                checked.before = checked.items
            if record.end >= next_word:
                next_word = record.end + 1_000_000
                said(record.end)
        observe_all(file, digest.update)
    checked.digest = digest.hexdigest()
    return checked
