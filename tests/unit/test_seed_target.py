"""What `tablekit seed` makes of samples that have expired, what it costs, and its progress."""

from __future__ import annotations

import io
import json

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tablekit.client.aws import Clients
from tablekit.contract import Contract
from tablekit.model import Catalogue, S
from tablekit.ops.output import progress_bar
from tablekit.ops.seed.families import DAY, FamilyItem, shifted
from tablekit.ops.seed.price import WriteUnits, cost
from tablekit.ops.seed.target import Target, is_priced, targets
from tests.support import tables
from tests.support.declare import family, index, stage, table

CATALOGUE = Catalogue([family()])


def contract() -> Contract:
    return tables.outputs(CATALOGUE, stage())


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
    return FamilyItem(target, {"order_id": {"S": "o"}, **ttl})


def test_cost_is_by_the_list() -> None:
    by_the_list = "about $1.2500 on demand at us-east-1's list price"
    assert cost(2_000_000) == f"2,000,000 write units, indexes included, {by_the_list}"
    assert "and 10.0 read units" in cost(1, 10)
    assert cost(2_000_000, priced=False) == "2,000,000 write units, indexes included"


def test_only_aws_has_a_price() -> None:
    (target,) = targets(contract(), CATALOGUE)
    session = boto3.Session("test", "test")
    assert is_priced(Clients(session=session), target)
    for endpoint in ("http://127.0.0.1:4566", "http://emulator:8000", "http://amazonaws.com.example.org"):
        assert not is_priced(Clients(endpoint, session), target)


WIDE = table(
    indexes=(
        index(),
        index(name="day-index", hash_key=S("day"), range_key=None, projection="KEYS_ONLY"),
        index(name="note-index", hash_key=S("note"), range_key=None, projection="INCLUDE", include=("status",)),
    )
)


@pytest.mark.parametrize(
    ("item", "units"),
    [
        ({}, 1),
        ({"day": "d"}, 2),
        ({"day": "d", "customer": "c"}, 3),
        ({"day": "d", "customer": "c", "note": "n"}, 4),
        ({"day": "d", "customer": "c", "note": "n", "text": "x" * 2000}, 2 + 1 + 2 + 1),
        ({"note": "n", "status": "x" * 2000}, 2 + 2),
        ({"day": "d", "text": "x" * 1000}, 1 + 1),
        ({"day": "d", "text": "x" * 1024}, 2 + 1),
    ],
)
def test_each_index_that_takes_an_item_costs_what_it_projects(item: dict[str, str], units: int) -> None:
    whole = {name: {"S": value} for name, value in {"order_id": "o", **item}.items()}
    assert WriteUnits(WIDE)(whole) == units
    assert WriteUnits(WIDE)(whole, len(json.dumps(whole))) == units


def test_progress_is_for_a_terminal() -> None:
    for terminal in (True, False):
        console = Console(file=io.StringIO(), force_terminal=terminal, width=100)
        with progress_bar("loading items.jsonl", 100, "items", console) as progress:
            progress(50)
        shown = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
        for part in ("loading items.jsonl", "50%", "items/s", ":"):
            assert (part in shown) == terminal
