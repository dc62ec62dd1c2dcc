"""Batches, the pace at which they go, checkpoints, and reading on from the middle of a file."""

from __future__ import annotations

import gzip
import io
import json
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model import S
from tablekit.ops.seed import batches as batching
from tablekit.ops.seed.batches import Batch, batches
from tablekit.ops.seed.checkpoint import Checkpoint, read_checkpoint
from tablekit.ops.seed.checks import check_file
from tablekit.ops.seed.errors import SeedError
from tablekit.ops.seed.formats import START, Place, Record, format_of, records
from tablekit.ops.seed.load import Loader
from tablekit.ops.seed.pace import CAP_SECONDS, Pace, backoff
from tablekit.ops.seed.wire import batch_body
from tests.support.declare import table

TABLE = table(hash_key=S("id"), indexes=())


def record(number: int, key: int, size: int = 1) -> Record:
    return Record(number, number * 10, b"", {"id": {"S": str(key)}, "n": {"N": str(number)}, "t": {"S": "é" * size}})


lists = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([1, 1, 1, 3_000_000])), max_size=120)


@given(lists, st.booleans())
def test_batches_hold_everything_in_order_within_the_limits(given_: list[tuple[int, int]], merge: bool) -> None:
    found = list(batches((record(n, key, size) for n, (key, size) in enumerate(given_, 1)), ("id",), merge))
    assert [batch.number for batch in found] == list(range(len(found)))
    assert sum(batch.read for batch in found) == len(given_)
    last: dict[str, int] = {}
    for batch in found:
        assert 1 <= len(batch.entries) <= 25
        body = batch_body("orders", batch.entries.values())
        assert len(body) < 16 * 1024 * 1024
        writes = json.loads(body)["RequestItems"]["orders"]
        assert len({write["PutRequest"]["Item"]["id"]["S"] for write in writes}) == len(writes)
        assert merge or batch.read == len(batch.entries)
        for write in writes:
            item = write["PutRequest"]["Item"]
            assert last.get(item["id"]["S"], 0) < int(item["n"]["N"]), "a later item of a key comes later"
            last[item["id"]["S"]] = int(item["n"]["N"])
    assert last == {str(key): n for n, (key, _) in enumerate(given_, 1)}
    assert not found or found[-1].end == Place(len(given_) * 10, len(given_))


class Pretended:
    """A table that refuses a part of what it is sent, now and then."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.lock = threading.Lock()
        self.stored: dict[str, int] = {}
        self.bytes = 0

    def send(self, body: bytes) -> dict[str, Any]:
        request = json.loads(body)
        ((name, writes),) = request["RequestItems"].items()
        with self.lock:
            split = self.draw.choice([len(writes), len(writes), self.draw.randint(0, len(writes))])
            for write in writes[:split]:
                item = write["PutRequest"]["Item"]
                self.stored[item["id"]["S"]] = int(item["n"]["N"])
        return {"UnprocessedItems": {name: writes[split:]} if writes[split:] else {}}

    def close(self) -> None:
        pass


@given(st.lists(st.integers(0, 60), max_size=300), st.integers(0, 1000))
def test_the_last_of_every_key_is_stored_whatever_comes_back(given_: list[int], seed: int) -> None:
    pretended = Pretended(seed)
    loader = Loader(pretended, "orders", ("id",), 4)
    made = batches((record(n, key) for n, key in enumerate(given_, 1)), ("id",))
    progress = loader.run(made)
    assert pretended.stored == {str(key): n for n, key in enumerate(given_, 1)}
    assert progress.read == len(given_) == progress.stored + progress.merged
    assert progress.place == (Place(len(given_) * 10, len(given_)) if given_ else START)


def test_what_ends_a_load_is_raised_where_it_was_begun() -> None:
    class Broken(Pretended):
        def send(self, body: bytes) -> dict[str, Any]:
            raise RuntimeError("out of order")

    loader = Loader(Broken(0), "orders", ("id",), 4)
    with pytest.raises(RuntimeError, match="out of order"):
        loader.run(batches((record(n, n) for n in range(1, 5000)), ("id",)))


def test_large_items_wait_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    loader = Loader(Pretended(0), "orders", ("id",), 4)
    monkeypatch.setattr("tablekit.ops.seed.load.MAX_BYTES", 100)
    first, second = Batch(0, bytes=60), Batch(1, bytes=60)
    assert loader._has_room(first)
    loader._submit(first)
    assert not loader._has_room(second)
    assert batching.MAX_BYTES < 16 * 1024 * 1024


def test_the_pace_falls_when_throttled_and_recovers() -> None:
    pace = Pace(32)
    for _ in range(100):
        pace.went_well()
    assert pace.limit == 32
    pace.was_throttled()
    pace.was_throttled()  # of the same excess
    assert 19 <= pace.limit < 20
    for _ in range(40):
        pace.went_well()
    assert 20 < pace.limit < 22, "one more a round"


@given(st.integers(0, 10_000))
def test_the_wait_is_jittered_and_bounded(attempt: int) -> None:
    waits = [backoff(attempt, random.Random(seed)) for seed in range(5)]
    assert all(0 <= wait <= CAP_SECONDS for wait in waits)
    assert len(set(waits)) > 1


def test_a_checkpoint_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = Checkpoint("digest", "arn:orders", 120, 7, 7, "id")
    written.write(tmp_path / "kept")
    assert read_checkpoint(tmp_path / "kept", "digest", "arn:orders", "id") == written
    assert read_checkpoint(tmp_path / "none", "digest", "arn:orders", "id") is None
    with pytest.raises(SeedError, match="the file has changed since"):
        read_checkpoint(tmp_path / "kept", "other", "arn:orders", "id")
    with pytest.raises(SeedError, match="is of table arn:orders, this load of arn:other"):
        read_checkpoint(tmp_path / "kept", "digest", "arn:other", "id")
    with pytest.raises(SeedError, match="the table was made anew since"):
        read_checkpoint(tmp_path / "kept", "digest", "arn:orders", "id-2")
    with pytest.raises(SeedError, match="name another place with --checkpoint"):
        written.write(tmp_path / "none" / "kept")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("jsonl", '{"id": "a"}\n\n{"id": "b§"}\n{"id": "c"}\n'),
        ("dynamodb", '{"id": {"S": "a"}}\n{"Item": {"id": {"S": "b§"}}}\n{"id": {"S": "c"}}'),
        ("csv", 'id,token\na,x\n"b§","two\nlines"\n\nc,y\n'),
    ],
)
def test_reading_goes_on_from_any_place(kind: Any, text: str) -> None:
    whole = list(records(io.BytesIO(text.encode()), kind, TABLE, START, lambda raw: None))
    assert [found.item["id"]["S"] for found in whole if found.item] == ["a", "b§", "c"]
    for number, found in enumerate(whole):
        place = Place(found.end, found.line)
        assert list(records(io.BytesIO(text.encode()), kind, TABLE, place, lambda raw: None)) == whole[number + 1 :]


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


def test_the_digest_is_of_the_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "a"}\n{"id": "b"}')
    first = check_file(file, "jsonl", TABLE)
    assert (first.items, first.bad, first.size) == (2, 0, file.stat().st_size)
    file.write_text('{"id": "a"}\n{"id": "c"}')
    assert check_file(file, "jsonl", TABLE).digest != first.digest
