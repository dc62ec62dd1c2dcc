"""A family with one table for files to be loaded into, and files of made-up items for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tablekit.model import Family, N
from tests.support.declare import family, index, table
from tests.support.deployed import Deployed, deploy

ORDERS = table(
    range_key=N("line"),
    indexes=(index(),),
    attributes={"ttl": "N", "total": "N", "paid": "BOOL", "tags": "SS", "photo": "B", "extra": "M", "token": "S"},
)
SHOP: Family = family(tables=(ORDERS,), patterns=(), region="eu-west-1")
INTO = ("--family", "shop", "--table", "orders")
"""The command's words for the table."""


def plain(number: int, **changes: Any) -> dict[str, Any]:
    """An order in plain JSON."""
    order = {
        "order_id": f"order-{number:07}",
        "line": number % 5,
        "customer": f"customer-{number % 97}",
        "day": f"2026-01-{number % 28 + 1:02}",
        "total": number / 4,
        "paid": number % 2 == 0,
        "token": "§ärger" if number % 10 == 0 else "none",
        "extra": {"gift": True, "notes": ["a", number]},
    }
    return {name: value for name, value in {**order, **changes}.items() if value is not None}


def write_lines(path: Path, items: list[Any]) -> Path:
    """The items as JSON, one a line."""
    path.write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    return path


def orders(path: Path, count: int) -> Path:
    """A JSON Lines file of orders 0 to count."""
    return write_lines(path, [plain(number) for number in range(count)])


def deploy_shop(endpoint: str, folder: Path) -> Deployed:
    """The shop's table on the server, empty, and the shop as the one family that the command finds."""
    made = deploy(endpoint, [SHOP], folder)
    made.package = folder
    return made
