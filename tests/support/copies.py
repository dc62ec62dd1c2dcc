"""Two tables of plain keys for a copy: made, filled, written to meanwhile, and read as a dictionary."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from typer.testing import Result

from tablekit.ops.seed.values import TypedItem, one_text
from tests.support import aws
from tests.support.command import tablekit

REGION = "eu-west-1"
TRANSFORM = """
[from]
keys = { PK = "S", SK = "S" }

[[item]]
from = { PK = "ORDER#{order}", SK = "LINE#{number}" }
keys = { order_id = "{order}" }
split = { SK = "LINE#{line}" }
convert = { line = { to = "N" }, due = { from = "until", to = "seconds" } }
rename = { total = "amount" }
default = { currency = "GBP" }
compose = { place = "{order}/{number}" }
drop = ["until"]
"""
"""From a generic table's orders to a table with keys of its own."""


def make(endpoint: str, name: str, keys: dict[str, str], stream: str | None = None) -> Any:
    """A table with these keys, made anew; gives a boto3 client."""
    client = aws.client(endpoint, region=REGION)
    if name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)
    more = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": stream}} if stream else {}
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in keys.items()],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    return client


GENERIC = {"PK": "S", "SK": "S"}
LINES = {"order_id": "S", "line": "N"}


def generic(number: int, **changes: Any) -> TypedItem:
    """A line of an order in the generic table."""
    item = {
        "PK": {"S": f"ORDER#{number // 3:07}"},
        "SK": {"S": f"LINE#{number % 3}"},
        "total": {"N": str(number / 4)},
        "until": {"S": f"2027-01-{number % 28 + 1:02}T00:00:00Z"},
        "tags": {"SS": ["a", f"b{number}"]},
        "note": {"S": "§ leave it with the neighbour at number seven" * (number % 4)},
    }
    return {**item, **changes}


def fill(client: Any, table: str, items: list[TypedItem], folder: Path, endpoint: str) -> None:
    """Put the items there, by the command itself: boto3 takes ten times as long."""
    file = folder / "fill.jsonl"
    file.write_text("".join(json.dumps({"Item": item}) + "\n" for item in items))
    done = run("copy", str(file), f"{table}@{REGION}", "--to-endpoint", endpoint, folder=folder, check=True)
    assert f"{len(items):,} stored" in done.stdout
    file.unlink()


def run(*words: str, folder: Path, check: bool = False) -> Result:
    """The command, in this process."""
    done = tablekit(*words, folder=folder, environment=aws.KEYS)
    assert not check or done.exit_code == 0, done.stdout + done.stderr
    return done


def command(*words: str) -> list[str]:
    """As a process."""
    return [str(Path(sys.executable).with_name("tablekit")), *words]


def contents(client: Any, table: str, keys: dict[str, str]) -> dict[str, str]:
    """Key -> item, both as texts that are the same for what is one to the service."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items = [item for page in pages for item in page["Items"]]
    found = {one_text({name: item[name] for name in keys}): one_text(item) for item in items}
    assert len(found) == len(items)
    return found


class Writer:
    """Puts, changes and deletes orders, one after the other, until it is stopped; knows what has become of each."""

    def __init__(self, client: Any, table: str, count: int, seed: int = 7) -> None:
        self.client, self.table, self.count = client, table, count
        self.written = 0
        self._draw = random.Random(seed)
        self._stop = threading.Event()

    def _work(self) -> None:
        while not self._stop.is_set():
            number = self._draw.randrange(self.count + self.count // 10)
            item = generic(number, total={"N": str(self.written)})
            keys = {name: item[name] for name in GENERIC}
            if self._draw.random() < 0.2:
                self.client.delete_item(TableName=self.table, Key=keys)
            else:
                self.client.put_item(TableName=self.table, Item=item)
            self.written += 1
            time.sleep(0.001)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While the block runs."""
        thread = threading.Thread(target=self._work)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
