"""`tablekit seed FILE`, on moto and on DynamoDB Local."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.deployed import Deployed
from tests.support.loading import INTO, deploy_shop, orders, plain, write_lines


@pytest.fixture
def shop(moto: str, tmp_path: Path) -> Deployed:
    return deploy_shop(moto, tmp_path)


def as_jsonl(path: Path) -> Path:
    return orders(path.with_suffix(".jsonl"), 60)


def as_export(path: Path) -> Path:
    """As an export to S3 writes it."""
    lines = [
        json.dumps({"Item": {"order_id": {"S": f"o{n}"}, "line": {"N": "1"}, "photo": {"B": "AAEC"}}})
        for n in range(60)
    ]
    file = path.with_suffix(".json.gz")
    file.write_bytes(gzip.compress("\n".join(lines).encode()))
    return file


def as_csv(path: Path) -> Path:
    file = path.with_suffix(".csv")
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["order_id", "line", "paid", "tags", "note"])
        writer.writerows([f"o{n}", n, n % 2 == 0, '["b", "a"]', "two\nlines" if n % 3 else ""] for n in range(60))
    return file


@pytest.mark.parametrize(("make", "units"), [(as_jsonl, 120), (as_export, 60), (as_csv, 60)])
def test_a_file_is_stored_whole_and_not_twice(
    endpoint: str, make: Callable[[Path], Path], units: int, tmp_path: Path
) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    file = make(tmp_path / "items")
    shown = shop.tablekit("seed", str(file), *INTO)
    assert shown.exit_code == 0, shown.stderr
    assert "60 items stored" in shown.stdout
    assert f"  {units} write units, indexes included\n" in shown.stdout
    assert "$" not in shown.stdout, "an emulator bills nothing"
    assert "\x1b" not in shown.stdout + shown.stderr, "progress is for a terminal"
    stored = shop.items("shop", "orders")
    assert len(stored) == 60
    assert not list(tmp_path.glob("*.checkpoint"))
    again = shop.tablekit("seed", str(file), *INTO)
    assert again.exit_code == 0
    assert "60 there already, with the same content" in again.stdout
    assert "0 items stored" in again.stdout


def test_values_arrive_as_they_were_meant(endpoint: str, tmp_path: Path) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    assert shop.tablekit("seed", str(as_csv(tmp_path / "items")), *INTO).exit_code == 0
    stored = {item["order_id"]["S"]: item for item in shop.items("shop", "orders")}
    assert stored["o1"]["line"] == {"N": "1"}
    assert stored["o1"]["paid"] == {"BOOL": False}
    assert sorted(stored["o1"]["tags"]["SS"]) == ["a", "b"]
    assert stored["o1"]["note"] == {"S": "two\nlines"}
    assert "note" not in stored["o3"], "an empty cell is no attribute"


def test_other_content_is_reported_skipped_or_overwritten(endpoint: str, tmp_path: Path) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    assert shop.tablekit("seed", str(orders(tmp_path / "a.jsonl", 30)), *INTO).exit_code == 0
    file = write_lines(tmp_path / "b.jsonl", [plain(n, total=-1 if n == 7 else n / 4) for n in range(40)])
    told = shop.tablekit("seed", str(file), *INTO)
    assert told.exit_code == 1
    assert "order_id = 'order-0000007', line = '2' is there with other content" in told.stderr
    assert "10 items stored" in told.stdout
    skipped = shop.tablekit("seed", str(file), *INTO, "--skip-existing")
    assert skipped.exit_code == 0
    assert "40 there already, skipped" in skipped.stdout
    assert shop.tablekit("seed", str(file), *INTO, "--overwrite").exit_code == 0
    (seventh,) = [item for item in shop.items("shop", "orders") if item["order_id"]["S"] == "order-0000007"]
    assert seventh["total"] == {"N": "-1"}


def test_the_last_of_a_key_wins_however_far_apart(endpoint: str, tmp_path: Path) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    items = [plain(n, line=0, total=turn) for turn in range(4) for n in range(30)]
    items += [plain(1, line=0, total=turn) for turn in range(100)]
    shown = shop.tablekit("seed", str(write_lines(tmp_path / "twice.jsonl", items)), *INTO)
    assert shown.exit_code == 0, shown.stderr
    stored = {item["order_id"]["S"]: item["total"]["N"] for item in shop.items("shop", "orders")}
    assert stored.pop("order-0000001") == "99"
    assert set(stored.values()) == {"3"}
    assert len(stored) == 29


def test_bad_lines_stop_it_before_the_first_write(shop: Deployed, tmp_path: Path) -> None:
    file = orders(tmp_path / "items.jsonl", 3)
    good = file.read_text()
    bad = [plain(4, day=True), plain(5, order_id=""), plain(6, ttl=1765295377000), plain(7, token="x" * 410_000)]
    lines = [json.dumps(item) for item in bad]
    file.write_text("\n".join([good.rstrip(), *lines[:2], "{not JSON", "", *lines[2:], ""]))
    shown = shop.tablekit("seed", str(file), *INTO)
    assert shown.exit_code == 1
    for says in (
        f"{file}:4: key 'day' is BOOL; it must be S, or the service rejects the item",
        f"{file}:5: key 'order_id' is empty; a key needs a value",
        f"{file}:6: not JSON at character 2",
        f"{file}:8: TTL attribute 'ttl' is N '1765295377000'",
        "bytes; an item has at most 409600",
        "5 of 8 lines are bad; nothing was written: fix them, or set them aside with --rejects FILE",
    ):
        assert says in shown.stderr
    assert shop.items("shop", "orders") == []
    rejects = tmp_path / "rejects.jsonl"
    assert shop.tablekit("seed", str(file), *INTO, "--rejects", str(rejects)).exit_code == 0
    assert len(shop.items("shop", "orders")) == 3
    assert rejects.read_text().splitlines()[2] == "{not JSON"
    assert len(rejects.read_text().splitlines()) == 5
    assert "key 'day' is BOOL" in Path(f"{rejects}.reasons").read_text()


def test_a_dry_run_calls_nothing_and_makes_no_file(shop: Deployed, tmp_path: Path) -> None:
    file = orders(tmp_path / "items.jsonl", 3)
    file.write_text(file.read_text() + "{not JSON\n")
    before = sorted(tmp_path.iterdir())
    words = ("seed", str(file), *INTO, "--dry-run", "--rejects", str(tmp_path / "rejects"))
    shown = shop.tablekit(*words, endpoint="http://127.0.0.1:9")
    assert shown.exit_code == 0
    assert "3 items are good, 1 bad; nothing was written" in shown.stdout
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("items.jsonl",), "into which table? give one --family and one --table"),
        (("items.jsonl", "--family", "shop", "--table", "order"), "no table 'order'; did you mean 'orders'?"),
        (("items.xml", *INTO), "the format of .xml is not known; give --format with one of jsonl, dynamodb, csv"),
        (("items.jsonl", *INTO, "--format", "xml"), "format 'xml' is not known; the formats are jsonl, dynamodb, csv"),
        (("gone.jsonl", *INTO), "gone.jsonl: no such file; give a file of items"),
        ((".", *INTO), ".: is a directory, not a file; give a file of items"),
        (("pipe", *INTO), "pipe: is a pipe, not a file; give a file of items"),
        (("loop", *INTO, "--dry-run"), "loop: is a link that leads back to itself; give a file of items"),
        (("stray.csv", *INTO), "stray.csv:3: a quote opens here, and none closes it; write a quote within a quoted"),
        (("stray.csv", *INTO, "--dry-run"), "1 of 2 lines are bad; nothing was written"),
        (("twice.jsonl", *INTO), "twice.jsonl:2: the name 'line' stands twice in one object"),
        (("items.jsonl", *INTO, "--overwrite", "--skip-existing"), "an item that is there can't be both; give one"),
        (("items.jsonl.gz", *INTO), "items.jsonl.gz: Not a gzipped file"),
        (("cut.jsonl.gz", *INTO), "cut.jsonl.gz: Compressed file ended before"),
        (("bad.jsonl", *INTO, "--rejects", "none/x"), "none/x: No such file or directory; name another place with"),
        (("bad.jsonl", *INTO, "--rejects", "x", "--checkpoint", "x"), "x: can't take both the checkpoint and what"),
        (("items.jsonl", *INTO, "--checkpoint", "none/x"), "none/x: can't be written: No such file or directory; name"),
        (("--rejects", "x"), "go with a FILE; give one"),
        (("items.jsonl", *INTO, "--import-above", "0"), "give --stage-in s3://bucket/prefix"),
    ],
)
def test_what_is_asked_wrongly_is_one_message(
    shop: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    orders(tmp_path / "items.jsonl", 1)
    (tmp_path / "items.xml").touch()
    (tmp_path / "bad.jsonl").write_text("{")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "stray.csv").write_text('order_id,line\na,1\n"b,2\n' + "c,3\n" * 1000)
    (tmp_path / "twice.jsonl").write_text('{"order_id": "a", "line": 1}\n{"order_id": "a", "line": 1, "line": 2}\n')
    (tmp_path / "items.jsonl.gz").write_text("{}")
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(b'{"order_id": 1}')[:-9])
    shown = shop.tablekit("seed", *words)
    assert shown.exit_code == 1
    assert says in " ".join(shown.stderr.split())
    assert shown.stderr.startswith("tablekit: ")
    assert "Traceback" not in shown.stderr


def test_a_table_with_other_keys_than_declared_is_left_alone(shop: Deployed, tmp_path: Path) -> None:
    client = shop.client("shop")
    client.delete_table(TableName="dev-shop-orders")
    client.create_table(
        TableName="dev-shop-orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    shown = shop.tablekit("seed", str(orders(tmp_path / "items.jsonl", 1)), *INTO)
    assert shown.exit_code == 1
    assert (
        "has the keys {'id': 'S'}, declared are {'order_id': 'S', 'line': 'N'}; deploy the stage again" in shown.stderr
    )
