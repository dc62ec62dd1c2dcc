"""Finds the transform that is named, and holds what it makes against the tables that it is for."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from tablekit.model import Key as TableKey
from tablekit.model import Retention, Table, installed
from tablekit.model.attributes import KeyType
from tablekit.model.errors import did_you_mean
from tablekit.model.items import check_item, key_problems
from tablekit.ops.copy.sides import CopiedTable, Side
from tablekit.ops.copy.transforms import Declared, ItemRefusedError, Made, Transform, checked
from tablekit.ops.errors import CopyError
from tablekit.ops.samples import folders
from tablekit.ops.seed.values import Key, TypedItem, is_expired, key_of
from tablekit.ops.signed_http import encoded

_FUNCTION: Final = re.compile(r"([\w.]+):(\w+)")
FOLDER: Final = "transforms"
"""Beside a package's families: the transforms that go by their names."""


@dataclass(frozen=True)
class Put:
    """An item for a table: `key` begins with the table's name, as a batch's does."""

    table: CopiedTable
    key: Key
    item: TypedItem

    @classmethod
    def of(cls, table: CopiedTable, item: TypedItem) -> Put:
        """An item that has the table's keys."""
        return cls(table, (table.name, *key_of(item, table.keys)), item)

    def expires(self, by: float) -> bool:
        """Whether its table's TTL deletes it before that time, or did already. by: epoch seconds."""
        return is_expired(self.item, self.table.ttl, by)

    @cached_property
    def entry(self) -> str:
        """As it is sent."""
        return encoded({"PutRequest": {"Item": self.item}})


_Check = Callable[[Put, TypedItem], list[str]]
"""What is wrong with what was made of an item."""


@dataclass(frozen=True)
class Conversion:
    """What becomes of the items of a copy. digest: another one for another transform. layout: of what is copied."""

    digest: str
    layout: Table
    puts: Callable[[TypedItem], list[Put]]
    """Raises ItemRefusedError."""


def conversion(named: str | None, source: Side, target: Side) -> Conversion:
    """The transform of that name between these sides; without one items stay as they are. Raises CopyError."""
    if named is None:
        only = target.only
        layout = only.table if source.file else source.only.table
        if layout.keys != only.table.keys:
            raise CopyError(
                f"{source.spelled} has the keys {_keys(layout)}, {target.spelled} has {_keys(only.table)}; "
                "say by --transform what becomes of an item"
            )
        name = next(iter(target.tables))
        same = source.file or only.table.all_keys.items() <= layout.all_keys.items()
        return Conversion("", layout, _puts(lambda item: [(name, item)], target, _nothing if same else _keys_only))
    check = _changed
    if found := _FUNCTION.fullmatch(named):
        transform, text = _function(named, found[1], found[2], target)
        layout = target.only.table if source.file else source.only.table
        check = _all
    else:
        text, shown = _text(named)
        declared = Declared.read(text, shown)
        if source.file:
            layout = _of_keys(declared.source.keys) if declared.source else target.only.table
        else:
            layout = source.only.table
        known = source.file is None and source.only.declared
        transform = checked(declared, shown, layout, known, {name: each.table for name, each in target.tables.items()})
    return Conversion(hashlib.sha256(text.encode()).hexdigest(), layout, _puts(transform, target, check))


def _of_keys(keys: Mapping[str, KeyType]) -> Table:
    """What a file's items are of, as far as the transform says it."""
    made = [TableKey(name=name, type=kind) for name, kind in keys.items()]
    return Table(
        name="file",
        purpose="As the transform has it",
        hash_key=made[0],
        range_key=made[1] if made[1:] else None,
        classification="internal",
        retention=Retention(reason="Not known"),
    )


def _keys(table: Table) -> str:
    return ", ".join(f"{key.name} ({key.type})" for key in table.keys)


def _text(named: str) -> tuple[str, str]:
    """A file's text and its name: at a path, or beside the families."""
    path = Path(named)
    if path.suffix in (".toml", ".json"):
        try:
            return path.read_text(encoding="utf-8"), named
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8"
            raise CopyError(f"{named}: {why}; give a file of a transform") from None
    installed()  # says what is wrong where a package can't be loaded
    known: dict[str, Any] = {}
    for package in dict.fromkeys(folders().values()):
        if (folder := package / FOLDER).is_dir():
            known |= {Path(each.name).stem: each for each in folder.iterdir() if each.name.endswith((".toml", ".json"))}
    if named not in known:
        has = f"there are {', '.join(sorted(known))}" if known else "there is none"
        raise CopyError(
            f"--transform {named}: no transform of that name lies beside the families{did_you_mean(named, known)}; "
            f"{has}; give one, a file (.toml, .json) or module:function"
        )
    text: str = known[named].read_text(encoding="utf-8")
    return text, known[named].name


def _function(named: str, module: str, name: str, target: Side) -> tuple[Transform, str]:
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        loaded = importlib.import_module(module)
        found: Any = getattr(loaded, name)
        if not callable(found):
            raise TypeError(f"{name} is not a function")
        text = inspect.getsource(loaded)  # with what the function calls
    except Exception as error:  # noqa: BLE001 - a module may raise anything; the person gets one message
        raise CopyError(f"--transform {named}: can't be loaded: {type(error).__name__}: {error}; fix it") from None
    finally:
        sys.path.remove(here)

    def transform(item: TypedItem) -> list[Made]:
        try:
            made = found(item)
            if isinstance(made, Mapping):
                if len(target.tables) > 1:
                    raise TypeError("TO has several tables; give pairs of table and item")
                made = [(next(iter(target.tables)), made)]
            return [(table, dict(each)) for table, each in made or ()]
        except Exception as error:  # noqa: BLE001 - as above, of an item
            raise ItemRefusedError(f"{type(error).__name__}: {error}") from None

    return transform, text


def _puts(transform: Transform, target: Side, check: _Check) -> Callable[[TypedItem], list[Put]]:
    def puts(item: TypedItem) -> list[Put]:
        found = []
        for name, made in transform(item):
            table = target.tables.get(name)
            if table is None:
                raise ItemRefusedError(f"the transform gives it to table {name!r}, which is not one of TO")
            try:
                put = Put.of(table, made)
                problems = check(put, item)
            except UnicodeEncodeError:
                problems = ["a text is half a character"]
            except (KeyError, ValueError, TypeError, ArithmeticError, AttributeError):
                problems = check_item(table.table, made)  # as its key can't be read
            if problems:
                raise ItemRefusedError(f"{name}: {'; '.join(problems)}")
            found.append(put)
        return found

    return puts


def _all(put: Put, item: TypedItem) -> list[str]:
    """What is wrong with an item that a function made: it may have changed any part of what it was given."""
    return check_item(put.table.table, put.item)


def _changed(put: Put, item: TypedItem) -> list[str]:
    """Of an item that a declared transform made: what it leaves as it is can't be wrong, but for its type."""
    fresh = {name: value for name, value in put.item.items() if item.get(name) is not value}
    # A character of its text is at most four bytes.
    return check_item(put.table.table, put.item, 4 * len(put.entry), fresh)


def _keys_only(put: Put, item: TypedItem) -> list[str]:
    """Of one that stays as it is."""
    return key_problems(put.table.table, put.item)


def _nothing(put: Put, item: TypedItem) -> list[str]:
    """Of one that another table holds with the very same keys."""
    return []
