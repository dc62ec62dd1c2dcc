"""Summaries of families, and what one family has, declared or deployed, as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console

from tablekit.contract import Contract, ExportedFamily
from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family
from tablekit.ops.output import print_table

Rows = Sequence[Mapping[str, str | int]]


def deployed(contract: Contract) -> Rows:
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


def declared(catalogue: Catalogue) -> Rows:
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


def parts(family: Family | ExportedFamily) -> dict[str, Rows]:
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
            {
                "table": name,
                "name": physical,
                "keys": ", ".join(f"{key.name}: {key.type}" for key in (each.hash_key, each.range_key) if key),
                "indexes": ", ".join(indexes),
            }
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


def show(to: Console, title: str, rows: Rows, totals: bool) -> None:
    """Print the rows. totals: with the sums of the columns of numbers."""
    columns = list(rows[0]) if rows else []
    footer = [""] * len(columns)
    for place, column in enumerate(columns if totals else ()):
        numbers = [row[column] for row in rows]
        footer[place] = str(sum(map(int, numbers))) if all(isinstance(each, int) for each in numbers) else ""
    if totals and footer:
        footer[0] = "total"
    print_table(to, title, columns, [[str(cell) for cell in row.values()] for row in rows], footer)
