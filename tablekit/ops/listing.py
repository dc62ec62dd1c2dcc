"""Summaries of families, declared or deployed, as tables for people."""

from __future__ import annotations

from rich import box
from rich.table import Table as Grid

from tablekit.contract import Contract
from tablekit.model.catalogue import Catalogue

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
