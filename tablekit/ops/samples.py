"""The items that lie beside a family's declaration: `samples/<family>/<table>.jsonl` and `reference/…`."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from tablekit.client.results import from_dynamodb
from tablekit.model.family import Family
from tablekit.model.loading import ENTRY_POINT
from tablekit.model.table import Table
from tablekit.ops.errors import BadLinesError
from tablekit.ops.seed.checks import problem_of
from tablekit.ops.seed.formats import opened, records
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import decoded

Kind = Literal["samples", "reference"]


def folders() -> dict[str, Traversable]:
    """Family -> the folder of the package that declares it, by entry point."""
    found: dict[str, Traversable] = {}
    for point in entry_points(group=ENTRY_POINT):
        for family in point.load()():
            found[family.key] = files(point.module)
    return found


_folders = cache(folders)


def sample_items(family: Family, package: Traversable) -> dict[str, list[TypedItem]]:
    """Table -> its sample items in DynamoDB JSON as they stand in the files, expired ones too.

    package: the folder of the package that declares the family. Raises BadLinesError for a line that is no item.
    """
    return {table.name: _samples(family, table, package) for table in family.tables}


def plain_items(family: Family, table: Table) -> list[dict[str, Any]]:
    """The table's sample items as plain values; none where the family is not an installed package's.

    Raises BadLinesError for a line that is no item.
    """
    package = _folders().get(family.key)
    return [plain(item) for item in _samples(family, table, package)] if package else []


def plain(item: TypedItem) -> dict[str, Any]:
    """An item in DynamoDB JSON as plain values."""
    return from_dynamodb(decoded(item))


def read_items(source: Traversable, shown: str, table: Table) -> tuple[list[TypedItem], list[str]]:
    """A file's items in DynamoDB JSON, none where it is not there, and what is wrong, a line each.

    shown: how messages call the file.
    """
    items: list[TypedItem] = []
    bad: list[str] = []
    if source.is_file():
        with as_file(source) as path, opened(path) as file:
            for record in records(file, "dynamodb", table):
                problem = record.problem
                if record.item is not None:
                    problem = problem or problem_of(table, record.item, len(record.raw))
                    items.append(record.item)
                if problem:
                    bad.append(f"{shown}:{record.shown_line}: {problem}")
    return items, bad


def _samples(family: Family, table: Table, package: Traversable) -> list[TypedItem]:
    place = f"samples/{family.key}/{table.name}.jsonl"
    items, bad = read_items(package / place, place, table)
    if bad:
        raise BadLinesError(f"{bad[0]}; fix the sample item")
    return items
