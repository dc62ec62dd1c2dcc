"""Small, valid declarations for tests to vary: a family of one table with one of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from pydantic import ValidationError

from tablekit.model import AccessPattern, Catalogue, Family, Index, Retention, Role, S, StageConfig, Table, load_stage
from tablekit.model.explain import explain
from tablekit.model.stage import EVERY_SERVICE
from tablekit.model.staged import StagedFamily

LOOPBACK = dict.fromkeys(("dynamodb", "iam", "sts", "cloudwatch", "sns"), "http://127.0.0.1:4566")
ANYWHERE = dict.fromkeys(EVERY_SERVICE, "http://127.0.0.1:4566")


def index(**changes: Any) -> Index:
    """An index of `orders` by customer and day."""
    fields = {
        "name": "customer-day-index",
        "hash_key": S("customer"),
        "range_key": S("day"),
        "purpose": "orders of a customer, by day",
    }
    return Index(**{**fields, **changes})


def table(**changes: Any) -> Table:
    """Orders, by id."""
    fields = {
        "name": "orders",
        "purpose": "one item an order",
        "hash_key": S("order_id"),
        "indexes": (index(),),
        "ttl": "ttl",
        "classification": "pii",
        "retention": Retention(days=90, reason="as its document says"),
        "attributes": {"ttl": "N", "total": "N", "paid": "BOOL", "token": "S", "status": {"type": "S"}},
    }
    return Table(**{**fields, **changes})


def with_patterns(of: Table, patterns: Iterable[AccessPattern]) -> Table:
    """The table with these access patterns in place of its own."""
    return Table(**{**{name: getattr(of, name) for name in Table.model_fields}, "patterns": tuple(patterns)})


def pattern(**changes: Any) -> AccessPattern:
    """The orders of a customer since a day, through the index."""
    fields = {
        "name": "orders-of-customer",
        "purpose": "a customer's orders since a day",
        "index": "customer-day-index",
        "operation": "query",
        "key": "customer = :customer AND day >= :since",
        "example": {"customer": "c1", "since": "2026-01-01"},
    }
    return AccessPattern(**{**fields, **changes})


def writing(**changes: Any) -> AccessPattern:
    """A new order."""
    fields = {
        "name": "place-order",
        "purpose": "a new order, once",
        "operation": "put",
        "condition": "attribute_not_exists(order_id)",
    }
    return AccessPattern(**{**fields, **changes})


def role(**changes: Any) -> Role:
    """The application."""
    return Role(**{"name": "app", "purpose": "the application", "access": "read-write", **changes})


def family(*, patterns: Iterable[AccessPattern] | None = None, **changes: Any) -> Family:
    """A shop with one table. patterns: those of its first table."""
    first, *others = changes.pop("tables", (table(),))
    given = (pattern(), writing()) if patterns is None and not first.patterns else patterns
    fields = {
        "key": "shop",
        "title": "Shop",
        "document": "none",
        "table_name": "shop-{table}",
        "region": "eu-west-1",
        "owner": "shop-team",
        "cost_centre": "shop",
        "tables": (first if given is None else with_patterns(first, given), *others),
        "roles": (role(),),
    }
    return Family(**{**fields, **changes})


def stage(name: str = "dev", catalogue: Catalogue | None = None, /, **settings: Any) -> StageConfig:
    """A stage of all the catalogue's families (the shop's, without one)."""
    known = catalogue or Catalogue([family()])
    aws = {"region": "eu-west-2", **({"endpoints": [LOOPBACK]} if name == "local" else {})}
    return load_stage(name, {"families": list(known.families), **settings}, aws, known)


def staged(
    declared: Family | None = None, name: str = "dev", catalogue: Catalogue | None = None, /, **settings: Any
) -> StagedFamily:
    """A family (the shop, without one) in a stage; without a catalogue it is alone there."""
    found = declared or family()
    others = catalogue or Catalogue([found])
    return StagedFamily(found, stage(name, others, **settings), others)


def shop(**changes: Any) -> Family:
    """The shop, its table changed."""
    return family(tables=(table(**changes),))


def indexed(**changes: Any) -> Family:
    """The shop, the index of its table changed."""
    return shop(indexes=(index(**changes),))


def asking(**changes: Any) -> Family:
    """The shop, whose one access pattern is the query, changed."""
    return family(patterns=(pattern(**changes),))


Build = Callable[[], Family]


def refused(build: Build, says: str) -> Any:
    """A case of a test: what builds a broken family, and what its refusal says, ` … ` for what stands between."""
    return pytest.param(build, says, id=says)


def assert_refused(build: Build, says: str) -> None:
    """Build the family, and hold its one message against what it must say."""
    with pytest.raises(ValidationError) as error:
        build()
    text = explain("families/shop.py", error.value)
    assert text.startswith("families/shop.py: ")
    assert "\n" not in text
    for part in says.split(" … "):
        assert part in text
