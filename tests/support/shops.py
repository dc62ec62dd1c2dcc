"""A small family of two modules, as texts for a test to change, and loaded as `load_package` does."""

from __future__ import annotations

import importlib
import sys
import tempfile
from pathlib import Path

import pytest

from tablekit.model import Catalogue, load_package

PART = """\
from tablekit.model import Index, Retention, S, Table, query, update

ORDERS = Table(
    name="orders",
    purpose="One item an order",
    hash_key=S("order_id"),
    indexes=(
        Index(name="operator-index", hash_key=S("operator"), purpose="An operator's orders"),
        Index(
            name="status-index",
            hash_key=S("status"),
            purpose="Orders by status",
            projection="INCLUDE",
            include=("total", "paid"),
        ),
    ),
    ttl="expires_at",
    classification="pii",
    retention=Retention(days=90, reason="A quarter"),
    attributes={
        "total": "N",
        "paid": "BOOL",
        "expires_at": "N",
    },
    patterns=(
        query(
            "orders-of-operator",
            "An operator's orders of a status",
            index="operator-index",
            key="operator = :operator",
            filter="status = :status",
            limit=10,
            example={"operator": "o1", "status": "open"},
        ),
        update(
            "pay",
            "An order is paid",
            key="order_id = :order_id",
            update="SET paid = true",
            example={"order_id": "1"},
        ),
    ),
)
"""
FAMILY = """\
from shops._parts import ORDERS
from tablekit.model import Family, Role

FAMILY = Family(
    key="shop",
    title="Shop",
    document="none",
    table_name="shop-{table}",
    owner="shop-team",
    cost_centre="shop",
    tables=(ORDERS,),
    roles=(
        Role(name="app", purpose="The shop", access="read-write"),
        Role(name="readonly", purpose="Support", access="read-only"),
    ),
)
"""


def load(part: str | bytes = PART, family: str | bytes = FAMILY, **more: str) -> Catalogue:
    """The catalogue of a package `shops` of these two modules, and more by name, loaded anew."""
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        folder = Path(place) / "shops"
        folder.mkdir()
        (folder / "__init__.py").touch()
        for name, text in (("_parts", part), ("shop", family), *more.items()):
            (folder / f"{name}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
        for name in [name for name in sys.modules if name.split(".")[0] == "shops"]:
            del sys.modules[name]
        patch.syspath_prepend(place)
        return load_package(importlib.import_module("shops"))
