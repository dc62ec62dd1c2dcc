"""A family's own items: its samples and its reference data, which lie beside its declaration.

`samples/<family>/<table>.jsonl` in the package that declares the family are for every stage but prod;
`reference/<family>/<table>.jsonl`, what the system can't run without, for prod too. Both are DynamoDB JSON lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from math import ceil
from typing import Literal

from tablekit.model.loading import ENTRY_POINT
from tablekit.model.table import Table
from tablekit.ops.errors import BadLinesError
from tablekit.ops.seed.checks import Checker
from tablekit.ops.seed.formats import START, opened, records
from tablekit.ops.seed.target import Target
from tablekit.ops.seed.values import Item

Kind = Literal["samples", "reference"]
DAY = int(timedelta(days=1).total_seconds())
LIFETIME_DAYS = 30
"""How long a sample lives whose table promises no retention."""


@dataclass(frozen=True)
class FamilyItem:
    """One item for one table. place: file and line, for messages."""

    target: Target
    item: Item
    place: str


def folders() -> dict[str, Traversable]:
    """Family -> the folder of the package that declares it, by entry point."""
    found: dict[str, Traversable] = {}
    for point in entry_points(group=ENTRY_POINT):
        for family in point.load()():
            found[family.key] = files(point.module)
    return found


def family_items(targets: Iterable[Target], kinds: Iterable[Kind], now: float) -> list[FamilyItem]:
    """Every item of these tables, checked, expired ones with a life before them.

    now: epoch seconds. Raises BadLinesError, which names every bad line.
    """
    found: list[FamilyItem] = []
    problems: list[str] = []
    places = folders()
    wanted = list(kinds)
    for target in targets:
        for kind in wanted:
            source = places[target.family.key] / kind / target.family.key / f"{target.table.name}.jsonl"
            if source.is_file():
                items, bad = _read(source, f"{kind}/{target.name}.jsonl", target)
                problems += bad
                found += [] if bad else shifted(items, target.table, now)
    if problems:
        raise BadLinesError("\n".join([*problems, f"{len(problems)} bad lines; nothing was written"]))
    return found


def _read(source: Traversable, shown: str, target: Target) -> tuple[list[FamilyItem], list[str]]:
    items, bad = [], []
    checker = Checker(target.table)
    with as_file(source) as path, opened(path) as file:
        for record in records(file, "dynamodb", target.table, START, lambda raw: None):
            place = f"{shown}:{record.shown_line}"
            problem = record.problem
            if record.item is not None:
                problem = problem or checker.problem(record.item, len(record.raw))
                items.append(FamilyItem(target, record.item, place))
            if problem:
                bad.append(f"{place}: {problem}")
    return items, bad


def shifted(items: list[FamilyItem], table: Table, now: float) -> list[FamilyItem]:
    """The items, expired ones later by a number of whole days that is the same for all of the table.

    The first to expire then has the table's retention before it (30 days where it promises none), so that what lay
    between two expiries stays between them.
    """
    if table.ttl is None:
        return items
    times = [int(each.item[table.ttl]["N"]) for each in items if "N" in each.item.get(table.ttl, {})]
    expired = [time for time in times if time <= now]
    if not expired:
        return items
    life = (table.retention.days or LIFETIME_DAYS) * DAY
    later = ceil((now + life - min(expired)) / DAY) * DAY
    return [_later(each, table.ttl, later, now) for each in items]


def _later(each: FamilyItem, ttl: str, seconds: int, now: float) -> FamilyItem:
    value = each.item.get(ttl, {}).get("N")
    if value is None or int(value) > now:
        return each
    return FamilyItem(each.target, {**each.item, ttl: {"N": str(int(value) + seconds)}}, each.place)
