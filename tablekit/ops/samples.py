"""The sample items that lie beside a family's declaration, `samples/<family>/<table>.jsonl`."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file
from importlib.resources.abc import Traversable
from typing import Any

from tablekit.client.values import from_dynamodb
from tablekit.model.family import Family
from tablekit.model.items import check_item
from tablekit.model.table import Table
from tablekit.ops.errors import BadLinesError
from tablekit.ops.seed.families import folders
from tablekit.ops.seed.formats import START, opened, records
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import decoded

_folders = cache(folders)


def sample_items(family: Family, package: Traversable) -> dict[str, list[TypedItem]]:
    """Table -> its sample items in DynamoDB JSON as they stand in the files, expired ones too.

    package: the folder of the package that declares the family. Raises BadLinesError for a line that is no item.
    """
    return {table.name: _read(family, table, package) for table in family.tables}


def plain_items(family: Family, table: Table) -> list[dict[str, Any]]:
    """The table's sample items as plain values; none where the family is not an installed package's.

    Raises BadLinesError for a line that is no item.
    """
    package = _folders().get(family.key)
    return [plain(item) for item in _read(family, table, package)] if package else []


def plain(item: TypedItem) -> dict[str, Any]:
    """An item in DynamoDB JSON as plain values."""
    return from_dynamodb(decoded(item))


def _read(family: Family, table: Table, package: Traversable) -> list[TypedItem]:
    place = f"samples/{family.key}/{table.name}.jsonl"
    source = package / place
    if not source.is_file():
        return []
    items = []
    with as_file(source) as path, opened(path) as file:
        for record in records(file, "dynamodb", table, START, lambda raw: None):
            problems = [record.problem] if record.problem else check_item(table, record.item or {})
            if problems:
                raise BadLinesError(f"{place}:{record.line}: {problems[0]}; fix the sample item")
            items.append(record.item or {})
    return items
