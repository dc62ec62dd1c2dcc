"""Batches, the pace at which they go, the files beside a load, and reading on from the middle of a file."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import S
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.batches import Write, batch_body, batches, cut
from tablekit.ops.seed.formats import START, ItemFile, Position, Record, format_of, records
from tablekit.ops.seed.loader import Budget, Loader, Pace
from tablekit.ops.seed.side_files import Checkpoint, read_checkpoint, setting_aside
from tablekit.ops.signed_http import CAP_SECONDS, SignedHttpClient, backoff
from tests.support.declare import table

TABLE = table(hash_key=S("id"), indexes=())


def record(number: int, key: int, size: int = 1) -> Record:
    return Record(number, number * 10, b"", {"id": {"S": str(key)}, "n": {"N": str(number)}, "t": {"S": "é" * size}})


lists = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([1, 1, 1, 3_000_000])), max_size=120)


@given(lists, st.booleans())
def test_batches_hold_everything_in_order_within_the_limits(given_: list[tuple[int, int]], merge: bool) -> None:
    found = list(batches((record(n, key, size) for n, (key, size) in enumerate(given_, 1)), "orders", ("id",), merge))
    assert [batch.number for batch in found] == list(range(len(found)))
    assert sum(batch.read for batch in found) == len(given_)
    last: dict[str, int] = {}
    for batch in found:
        assert 1 <= len(batch.entries) <= 25
        body = batch_body(batch.entries)
        assert len(body) < 16 * 1024 * 1024
        writes = json.loads(body)["RequestItems"]["orders"]
        assert len({write["PutRequest"]["Item"]["id"]["S"] for write in writes}) == len(writes)
        assert merge or batch.read == len(batch.entries)
        for write in writes:
            item = write["PutRequest"]["Item"]
            assert last.get(item["id"]["S"], 0) < int(item["n"]["N"]), "a later item of a key comes later"
            last[item["id"]["S"]] = int(item["n"]["N"])
    assert last == {str(key): n for n, (key, _) in enumerate(given_, 1)}
    assert not found or found[-1].end == Position(len(given_) * 10, len(given_))


class Pretended(SignedHttpClient):
    """A table that refuses a part of what it is sent, now and then."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.lock = threading.Lock()
        self.stored: dict[str, int] = {}
        self.bytes = 0

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        ((name, writes),) = request["RequestItems"].items()
        with self.lock:
            split = self.draw.choice([len(writes), len(writes), self.draw.randint(0, len(writes))])
            for write in writes[:split]:
                item = write["PutRequest"]["Item"]
                self.stored[item["id"]["S"]] = int(item["n"]["N"])
        return {"UnprocessedItems": {name: writes[split:]} if writes[split:] else {}, "ConsumedCapacity": []}

    def close(self) -> None:
        pass


@given(st.lists(st.integers(0, 60), max_size=300), st.integers(0, 1000))
def test_the_last_of_every_key_is_stored_whatever_comes_back(given_: list[int], seed: int) -> None:
    pretended = Pretended(seed)
    loader = Loader(pretended, {"orders": ("id",)}, 4)
    made = batches((record(n, key) for n, key in enumerate(given_, 1)), "orders", ("id",))
    progress = loader.run(made)
    assert pretended.stored == {str(key): n for n, key in enumerate(given_, 1)}
    assert progress.read == len(given_) == progress.stored + progress.merged
    assert progress.position == (Position(len(given_) * 10, len(given_)) if given_ else START)


class Deleting(SignedHttpClient):
    """Tables that take every second write of a call, deletions too."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], dict[str, Any]] = {}
        self.lock = threading.Lock()

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        left: dict[str, list[Any]] = {}
        with self.lock:
            for name, writes in json.loads(body)["RequestItems"].items():
                for number, write in enumerate(writes):
                    if number % 2:
                        left.setdefault(name, []).append(write)
                    elif "DeleteRequest" in write:
                        self.items.pop((name, write["DeleteRequest"]["Key"]["id"]["S"]), None)
                    else:
                        item = write["PutRequest"]["Item"]
                        self.items[name, item["id"]["S"]] = item
        return {"UnprocessedItems": left, "ConsumedCapacity": []}

    def close(self) -> None:
        pass


@given(st.lists(st.tuples(st.sampled_from(["one", "two"]), st.integers(0, 9), st.booleans()), max_size=200))
def test_puts_and_deletions_of_several_tables_end_as_one_after_the_other(given_: list[tuple[str, int, bool]]) -> None:
    wanted: dict[tuple[str, str], dict[str, Any]] = {}
    writes = []
    for number, (name, key, kept) in enumerate(given_):
        item = {"id": {"S": str(key)}, "n": {"N": str(number)}}
        write = {"PutRequest": {"Item": item}} if kept else {"DeleteRequest": {"Key": {"id": item["id"]}}}
        writes.append(Write((name, str(key)), json.dumps(write), number))
        wanted.pop((name, str(key)), None)
        if kept:
            wanted[name, str(key)] = item
    tables = Deleting()
    progress = Loader(tables, {"one": ("id",), "two": ("id",)}, 4).run(cut(writes))
    assert tables.items == wanted
    assert progress.position == (len(given_) - 1 if given_ else START)


def test_who_takes_more_than_the_budget_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    monkeypatch.setattr("tablekit.ops.seed.loader.time.monotonic", lambda: now[0])
    monkeypatch.setattr("tablekit.ops.seed.loader.time.sleep", sleep)
    budget = Budget(50)
    for _ in range(10):
        budget.take(1)
        budget.correct(24)
    budget.take(1)
    assert now[0] == pytest.approx(1004.9), "250 units take 5 s, less what may be overslept"
    now[0] += 100
    budget.take(25)
    budget.take(25)
    assert now[0] == pytest.approx(1105.3), "what was not spent is not saved up, but for a tenth of a second"
    stop = threading.Event()
    stop.set()
    budget.take(25, stop)
    free = Budget(None)
    free.take(1e9)
    free.take(1)
    assert now[0] == pytest.approx(1105.3)


def test_what_ends_a_load_is_raised_where_it_was_begun() -> None:
    class Broken(Pretended):
        def send(self, call: str, body: bytes) -> dict[str, Any]:
            raise RuntimeError("out of order")

    loader = Loader(Broken(0), {"orders": ("id",)}, 4)
    with pytest.raises(RuntimeError, match="out of order"):
        loader.run(batches((record(n, n) for n in range(1, 5000)), "orders", ("id",)))


def test_the_pace_falls_when_throttled_and_recovers() -> None:
    pace = Pace(32)
    for _ in range(100):
        pace.on_success()
    assert pace.limit == 32
    pace.on_throttle()
    pace.on_throttle()  # of the same excess
    assert 19 <= pace.limit < 20
    for _ in range(40):
        pace.on_success()
    assert 20 < pace.limit < 22, "one more a round"


@given(st.integers(0, 10_000))
def test_the_wait_is_jittered_and_bounded(attempt: int) -> None:
    waits = [backoff(attempt, random.Random(seed)) for seed in range(5)]
    assert all(0 <= wait <= CAP_SECONDS for wait in waits)
    assert len(set(waits)) > 1


@given(st.binary(max_size=40) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_anything_else_is_refused_as_a_checkpoint(content: bytes | str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kept"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(SeedError, match="is not a checkpoint of this command"):
            read_checkpoint(path, Checkpoint)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("jsonl", '{"id": "a"}\n\n{"id": "b§"}\n{"id": "c"}\n'),
        ("dynamodb", '{"id": {"S": "a"}}\n{"Item": {"id": {"S": "b§"}}}\n{"id": {"S": "c"}}'),
        ("csv", 'id,token\na,x\n"b§","two\nlines"\n\nc,y\n'),
    ],
)
def test_reading_goes_on_from_any_place(kind: Any, text: str) -> None:
    whole = list(records(ItemFile(io.BytesIO(text.encode())), kind, TABLE, START))
    assert [found.item["id"]["S"] for found in whole if found.item] == ["a", "b§", "c"]
    for number, found in enumerate(whole):
        file = ItemFile(io.BytesIO(text.encode()))
        assert list(records(file, kind, TABLE, Position(found.end, found.line))) == whole[number + 1 :]
        assert file.digest == hashlib.sha256(text.encode()).hexdigest(), "each byte once"


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.csv", "id\n", "csv"),
        ("a.jsonl", '\n{"id": "x"}\n', "jsonl"),
        ("a.jsonl", '{"id": {"S": "x"}}\n', "dynamodb"),
        ("a.json.gz", '{"Item": {"id": {"S": "x"}}}\n', "dynamodb"),
        ("a.ndjson", "", "jsonl"),
    ],
)
def test_the_format_is_told_by_name_and_first_line(tmp_path: Path, name: str, content: str, found: str) -> None:
    file = tmp_path / name
    file.write_bytes(gzip.compress(content.encode()) if name.endswith("gz") else content.encode())
    assert format_of(file, TABLE, None) == found


@pytest.mark.parametrize("size", [10, 100_000], ids=["when the buffer is written", "when a line is put"])
def test_a_full_disk_is_reported_as_that_of_the_rejects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Path("/dev/full").open("r+b"))  # noqa: SIM115
    path = tmp_path / "rejects"

    def load() -> None:
        with setting_aside(path) as rejects:
            assert rejects is not None
            rejects.put(b"x" * size, "bad", b"")
            rejects.write()

    with pytest.raises(SeedError) as refusal:
        load()
    assert str(refusal.value).startswith(f"{path}: No space left on device; ")
    assert list(tmp_path.iterdir()) == []
