"""Summaries of families, and what one family has, declared or deployed, as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from tablekit.contract import Contract, ExportedFamily
from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family

COLUMNS = ("family", "tables", "indexes", "patterns", "alarms", "roles", "region")


def deployed(contract: Contract) -> list[dict[str, str | int]]:
    """A row a family of a stack."""
    return [
        {
            "family": key,
            "tables": len(family.tables),
            "indexes": sum(len(table.indexes) for table in family.tables.values()),
            "patterns": len(family.access_patterns),
            "alarms": len(family.alarms.names),
            "roles": len(family.roles),
            "region": family.region,
        }
        for key, family in contract.families.items()
    ]


def declared(catalogue: Catalogue) -> list[dict[str, str | int]]:
    """A row a family of the catalogue; alarms are a stage's setting."""
    return [
        {
            "family": family.key,
            "tables": len(family.tables),
            "indexes": sum(len(table.indexes) for table in family.tables),
            "patterns": len(family.access_patterns),
            "alarms": "by stage",
            "roles": len(family.roles),
            "region": family.region or "by stage",
        }
        for family in catalogue
    ]


def grid(title: str, rows: list[dict[str, str | int]]) -> Grid:
    """The rows as a table with a line of totals."""
    table = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True, pad_edge=False)
    for column in COLUMNS:
        numbers = [row[column] for row in rows if isinstance(row[column], int)]
        total = str(sum(int(number) for number in numbers)) if len(numbers) == len(rows) else ""
        footer = "total" if column == "family" else total
        table.add_column(column, footer=footer, justify="right" if total else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(str(row[column]) for column in COLUMNS))
    return table


def parts(family: Family | ExportedFamily) -> dict[str, list[dict[str, str]]]:
    """A row a table, and a row an access pattern, of one family."""
    tables: Iterable[tuple[str, str, Any, Iterable[str]]]
    patterns: Mapping[str, Any]
    if isinstance(family, Family):
        tables = [(each.name, "by stage", each, [index.name for index in each.indexes]) for each in family.tables]
        patterns = family.patterns
    else:
        tables = [(name, each.name, each, each.indexes) for name, each in family.tables.items()]
        patterns = family.access_patterns
    return {
        "tables": [
            {"table": name, "name": physical, "keys": _keys(each), "indexes": ", ".join(indexes)}
            for name, physical, each, indexes in tables
        ],
        "patterns": [
            {
                "access pattern": name,
                "operation": each.operation,
                "on": f"{each.table}/{each.index}" if each.index else each.table,
                "parameters": ", ".join(f"{parameter}: {kind}" for parameter, kind in each.parameters.items()),
            }
            for name, each in patterns.items()
        ],
    }


def _keys(table: Any) -> str:
    return ", ".join(f"{key.name}: {key.type}" for key in (table.hash_key, table.range_key) if key)


def plain(title: str, rows: list[dict[str, str]]) -> Grid:
    """Rows of texts as a table."""
    table = Grid(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(value) for value in row.values()))
    return table
