"""Comparing two tables and bringing items back, on AWS's own engine: what its conditions and expressions take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tablekit.model import Catalogue
from tablekit.ops.errors import RestoreError
from tablekit.ops.restore import bring_back as module
from tablekit.ops.restore.bring_back import bring_back, wanted_items
from tablekit.ops.restore.compare import compare
from tablekit.ops.restore.source import DeployedStage, Source
from tablekit.ops.seed.target import targets
from tablekit.ops.seed.values import is_expired
from tablekit.ops.stages import StageSettings
from tests.support import aws, declare, tables
from tests.support.loading import SHOP

NAME, RESTORED = "dev-shop-orders", "restored.dev-shop-orders.20261127T101500Z"
KEY = {"order_id": {"S": "o"}, "line": {"N": "1"}}
EVERY_KIND: dict[str, Any] = {
    "total": {"N": "3.3"}, "paid": {"BOOL": True}, "none": {"NULL": True}, "empty": {"S": ""},
    "photo": {"B": b"\x00\xff"}, "tags": {"SS": ["b", "a"]}, "numbers": {"NS": ["1", "2.5"]},
    "bits": {"BS": [b"\x00", b"\x01"]}, "list": {"L": [{"S": "a"}, {"M": {}}]}, "size": {"S": "§ä\"\\"},
    "a.b #c :d": {"M": {"SS": {"SS": ["y", "x"]}}},
}  # fmt: skip


@pytest.fixture
def source(dynamodb: str) -> Source:
    """The shop's table, and one beside it, both empty."""
    catalogue = Catalogue([SHOP])
    config = declare.stage("dev", catalogue)
    client = aws.client(dynamodb)
    table = SHOP.tables[0]
    tables.create(client, SHOP, table, "dev")
    described = client.describe_table(TableName=NAME)["Table"]
    if RESTORED in client.list_tables()["TableNames"]:
        client.delete_table(TableName=RESTORED)
    keys = [each for each in described["AttributeDefinitions"] if each["AttributeName"] in KEY]
    client.create_table(
        TableName=RESTORED, KeySchema=described["KeySchema"], AttributeDefinitions=keys, BillingMode="PAY_PER_REQUEST"
    )
    contract = tables.outputs(catalogue, config)
    settings = StageSettings(config, True, (), dynamodb)
    stage = DeployedStage(contract, catalogue, settings, aws.clients(dynamodb))
    return Source(stage, targets(contract, catalogue, ["shop"], "orders")[0])


def put(source: Source, table: str, *items: dict[str, Any]) -> None:
    for each in items:
        source.client.put_item(TableName=table, Item=each)


def live(source: Source) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = source.client.scan(TableName=NAME, ConsistentRead=True)["Items"]
    return found


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (EVERY_KIND, {}),
        ({}, EVERY_KIND),
        (EVERY_KIND, {**EVERY_KIND, "tags": {"SS": ["a"]}, "list": {"L": []}, "wrong": {"S": "nonsense"}}),
        (EVERY_KIND, {name: {"S": "nonsense"} for name in EVERY_KIND}),
        ({f"a{number}": {"N": "1"} for number in range(100)}, {f"b{number}": {"N": "1"} for number in range(5)}),
    ],
    ids=["all lost", "all new", "some", "all spoilt", "wide"],
)
def test_an_item_becomes_what_it_was_whatever_it_holds(source: Source, tmp_path: Path, before: Any, now: Any) -> None:
    put(source, RESTORED, KEY | before)
    put(source, NAME, KEY | now)
    file, kept = tmp_path / "keys.jsonl", tmp_path / "kept.jsonl"
    assert compare(source, RESTORED, file, 0)[0]["changed"] == 1
    assert bring_back(source, RESTORED, wanted_items(file, source, "changed"), kept) == {module.REPLACED: 1}
    assert compare(source, RESTORED, None, 0)[0]["same"] == 1
    undone = [json.loads(line)["Item"] for line in kept.read_text().splitlines()]
    assert [each.keys() for each in undone] == [KEY.keys() | now.keys()]


def test_equal_items_are_the_same_however_their_sets_and_numbers_are_written(source: Source) -> None:
    put(source, RESTORED, KEY | EVERY_KIND)
    put(
        source,
        NAME,
        KEY | EVERY_KIND | {"tags": {"SS": ["a", "b"]}, "total": {"N": "3.30"}, "numbers": {"NS": ["2.50", "1"]}},
    )
    assert compare(source, RESTORED, None, 0)[0]["same"] == 1


def test_an_item_that_no_condition_can_hold_is_left_and_counted(source: Source, tmp_path: Path) -> None:
    put(source, RESTORED, KEY | {f"a{number}": {"N": "1"} for number in range(200)})
    put(source, NAME, KEY)
    compare(source, RESTORED, tmp_path / "keys.jsonl", 0)
    wanted = wanted_items(tmp_path / "keys.jsonl", source, None)
    assert bring_back(source, RESTORED, wanted, tmp_path / "kept.jsonl") == {module.TOO_WIDE: 1}
    assert live(source) == [KEY]
    assert not (tmp_path / "kept.jsonl").exists()


def test_a_write_between_the_look_and_the_update_wins(
    source: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(source, RESTORED, KEY | {"total": {"N": "1"}})
    put(source, NAME, KEY | {"total": {"S": "nonsense"}, "note": {"S": "n"}})
    compare(source, RESTORED, tmp_path / "keys.jsonl", 0)
    keep = module._keep

    def write_then_keep(path: Path, items: Any) -> None:
        put(source, NAME, KEY | {"total": {"S": "nonsense"}, "note": {"S": "written since"}})
        keep(path, items)

    monkeypatch.setattr(module, "_keep", write_then_keep)
    wanted = wanted_items(tmp_path / "keys.jsonl", source, None)
    assert bring_back(source, RESTORED, wanted, tmp_path / "kept.jsonl") == {module.WRITTEN_SINCE: 1}
    assert live(source) == [KEY | {"total": {"S": "nonsense"}, "note": {"S": "written since"}}]


@pytest.mark.parametrize(
    "bad",
    [
        "{not JSON",
        '{"order_id": {"S": "x"}, "line": {"N": "1"}}',
        '{"key": {"order_id": {"S": "x"}}}',
        '{"key": {"order_id": {"S": "x"}, "line": {"S": "1"}}}',
        '{"key": {"order_id": {"S": "x"}, "line": {"N": "one"}}}',
        '{"is": "gone", "key": {"order_id": {"S": "x"}, "line": {"N": "1"}}}',
    ],
)
def test_a_line_that_is_no_key_is_named_and_nothing_is_called(source: Source, tmp_path: Path, bad: str) -> None:
    file = tmp_path / "some.jsonl"
    file.write_text(f'{{"key": {json.dumps(KEY)}}}\n{bad}\n')
    with pytest.raises(RestoreError) as error:
        list(wanted_items(file, source, None))
    form = '{"key":{"order_id":{"S":"…"},"line":{"N":"…"}}}'
    assert str(error.value) == f"{file}:2: is not the key of an item; write it as {form}"


YEAR = 365 * 24 * 3600


@pytest.mark.parametrize(
    ("kind", "seconds", "expired"),
    [("N", 10**9, True), ("N", 10**9 + 1, False), ("S", 10**9 - 1, False), ("N", 10**9 - 6 * YEAR, False)],
)
def test_what_ttl_deletes(kind: str, seconds: int, expired: bool) -> None:
    """Seconds in a number, past, and by no more than five years."""
    item = {"ttl": {kind: str(seconds)}}
    assert is_expired(item, "ttl", 10**9) is expired
    assert not is_expired(item, None, 10**9)
