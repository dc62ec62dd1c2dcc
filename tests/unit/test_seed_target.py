"""What `tablekit seed` may write to, and what it makes of samples that have expired."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tablekit.contract import Contract, ContractError, export_family, read_text
from tablekit.model import Catalogue
from tablekit.ops.seed.errors import SeedError
from tablekit.ops.seed.family_items import DAY, FamilyItem, shifted
from tablekit.ops.seed.price import cost
from tablekit.ops.seed.target import Target, permit, targets
from tablekit.ops.seed.watch import watched
from tests.support.declare import family, stage

CATALOGUE = Catalogue([family()])


def contract(name: str = "dev") -> Contract:
    exported = export_family(
        family(), stage(), {"orders": "arn:orders"}, {"orders": None}, {"app": "arn:app"}, None, []
    ).model_dump(by_alias=True)
    return read_text(json.dumps({"contractVersion": "1.0", "stage": name, "families": {"shop": exported}}), "outputs")


@pytest.mark.parametrize(
    ("name", "stage_named", "yes", "says"),
    [
        ("dev", "prod", True, "--stage prod: the outputs are of stage 'dev'; give those of 'prod'"),
        ("prod", None, True, "stage 'prod': nothing is written into it without --stage prod --yes"),
        ("prod", "prod", False, "stage 'prod': nothing is written into it without --stage prod --yes"),
    ],
)
def test_a_stage_that_is_not_meant_is_refused(name: str, stage_named: str | None, yes: bool, says: str) -> None:
    with pytest.raises(SeedError) as error:
        permit(contract(name), stage_named, yes)
    assert says in str(error.value)


def test_a_stage_that_is_meant_is_permitted() -> None:
    permit(contract("dev"), None, False)
    permit(contract("dev"), "dev", False)
    permit(contract("prod"), "prod", True)
    permit(contract("local"), None, False)


def test_targets_are_the_tables_asked_for() -> None:
    (target,) = targets(contract(), CATALOGUE)
    assert (target.name, target.keys, target.exported.name) == ("shop/orders", ("order_id",), "dev-shop-orders")
    assert targets(contract(), CATALOGUE, ["shop"], "orders") == [target]
    with pytest.raises(ContractError, match="has no family 'shpo'; did you mean 'shop'"):
        targets(contract(), CATALOGUE, ["shpo"])


@given(st.lists(st.integers(1_000_000_000, 3_000_000_000) | st.none(), min_size=1, max_size=6))
def test_what_expired_gets_a_life_and_keeps_its_distance(times: list[int | None]) -> None:
    (target,) = targets(contract(), CATALOGUE)
    now = 2_000_000_000.0
    items = [made(target, time) for time in times]
    later = shifted(items, target.table, now)
    pairs = [(time, int(each.item["ttl"]["N"])) for time, each in zip(times, later, strict=True) if time is not None]
    moved = [(before, after) for before, after in pairs if before <= now]
    assert all(after == before for before, after in pairs if before > now)
    assert all(after > now and (after - before) % DAY == 0 for before, after in moved)
    assert len({after - before for before, after in moved}) <= 1
    if moved:
        assert 90 * DAY <= min(after for _, after in moved) - now <= 91 * DAY, "the table's retention"


def made(target: Target, time: int | None) -> FamilyItem:
    ttl = {} if time is None else {"ttl": {"N": str(time)}}
    return FamilyItem(target, {"order_id": {"S": "o"}, **ttl}, "samples:1")


def test_cost_is_by_the_list() -> None:
    assert cost(2_000_000) == "2,000,000 write units, about $1.2500 on demand at us-east-1's list price"
    assert "and 10.0 read units" in cost(1, 10)


def test_progress_is_for_a_terminal() -> None:
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
        with watched("loading items.jsonl", 100, "items", console) as said:
            said(50)
        shown = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
        for part in ("loading items.jsonl", "50%", "items/s", ":"):
            assert (part in shown) == terminal
