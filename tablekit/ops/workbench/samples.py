"""The sample items that lie beside a family's declaration."""

from __future__ import annotations

from importlib.resources import as_file
from importlib.resources.abc import Traversable

from tablekit.model.family import Family
from tablekit.model.items import check_item
from tablekit.model.table import Table
from tablekit.ops.errors import WorkbenchError
from tablekit.ops.seed.formats import START, opened, records
from tablekit.ops.workbench.format import Item


def sample_items(family: Family, package: Traversable) -> dict[str, list[Item]]:
    """Table -> its sample items as they stand in `samples/<family>/<table>.jsonl`, expired ones too.

    package: the folder of the package that declares the family. Raises WorkbenchError for a line that is no item.
    """
    return {table.name: _read(family, table, package) for table in family.tables}


def _read(family: Family, table: Table, package: Traversable) -> list[Item]:
    place = f"samples/{family.key}/{table.name}.jsonl"
    source = package / place
    if not source.is_file():
        return []
    items = []
    with as_file(source) as path, opened(path) as file:
        for record in records(file, "dynamodb", table, START, lambda raw: None):
            problems = [record.problem] if record.problem else check_item(table, record.item or {})
            if problems:
                raise WorkbenchError(f"{place}:{record.line}: {problems[0]}; mend the sample item")
            items.append(record.item or {})
    return items
