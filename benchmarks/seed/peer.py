"""One load in a process of its own: `python -m benchmarks.seed.peer WHO FILE ENDPOINT TABLE`.

Every peer reads the same JSON Lines and writes every line, as its users would have it do. Prints what it took as JSON:
seconds from the first line read to the last item stored, and the greatest memory of the process, in bytes.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import islice
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

OURS, BATCH_WRITER, THREADS, PYNAMODB = "tablekit seed", "boto3 batch_writer", "boto3, 8 threads", "PynamoDB"


Load = Callable[[], object]


def ours(path: Path, endpoint: str, table: str) -> Load:
    """The whole of it: checks every item first, keeps a checkpoint."""
    from benchmarks.seed.data import session, target
    from tablekit.client.aws import Clients
    from tablekit.ops.seed.bulk import load
    from tablekit.ops.seed.target import SeedRequest

    return lambda: load(Clients(endpoint, session()), target(table), path, SeedRequest())


def batch_writer(path: Path, endpoint: str, table: str) -> Load:
    """As boto3's guide has it."""
    from benchmarks.seed.data import session

    into = session().resource("dynamodb", endpoint_url=endpoint).Table(table)

    def load() -> None:
        with path.open(encoding="utf-8") as file, into.batch_writer() as batch:
            for line in file:
                batch.put_item(Item=json.loads(line, parse_float=Decimal))

    return load


def threads(path: Path, endpoint: str, table: str) -> Load:
    """boto3's `batch_write_item` called from eight threads: what a load would be without a client of its own."""
    from concurrent.futures import ThreadPoolExecutor

    from benchmarks.seed.data import session
    from tablekit.ops.seed.values import parse_plain, typed_item

    client = session().client("dynamodb", endpoint_url=endpoint)
    room = BoundedSemaphore(32)

    def write(puts: list[Any]) -> None:
        try:
            left = {table: puts}
            while left:
                left = client.batch_write_item(RequestItems=left)["UnprocessedItems"]
        finally:
            room.release()

    def load() -> None:
        with path.open(encoding="utf-8") as file, ThreadPoolExecutor(8) as pool:
            sent = []
            while lines := list(islice(file, 25)):
                room.acquire()
                puts = [{"PutRequest": {"Item": typed_item(parse_plain(line), {})}} for line in lines]
                sent.append(pool.submit(write, puts))
            for each in sent:
                each.result()

    return load


def pynamodb(path: Path, endpoint: str, table: str) -> Load:
    """As PynamoDB's guide has it: a model, and `batch_write` on it."""
    # In a virtual environment of its own.
    from pynamodb.attributes import (  # type: ignore[import-not-found]
        BooleanAttribute,
        ListAttribute,
        MapAttribute,
        NumberAttribute,
        UnicodeAttribute,
    )
    from pynamodb.models import Model  # type: ignore[import-not-found]

    place, name = endpoint, table

    class Order(Model):  # type: ignore[misc]
        class Meta:
            table_name, host, region = name, place, "eu-west-1"
            aws_access_key_id = aws_secret_access_key = "test"

        id = UnicodeAttribute(hash_key=True)
        customer = UnicodeAttribute()
        status = UnicodeAttribute()
        day = UnicodeAttribute()
        note = UnicodeAttribute()
        total = NumberAttribute()
        lines = NumberAttribute()
        paid = BooleanAttribute()
        tags = ListAttribute()
        address = MapAttribute()

    def load() -> None:
        with path.open(encoding="utf-8") as file, Order.batch_write() as batch:
            for line in file:
                batch.save(Order(**json.loads(line)))

    return load


def peak_bytes() -> int:
    """The greatest memory of this process."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage, which on Linux counts the process that started this one, if that was the greater.
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


PEERS: dict[str, Callable[[Path, str, str], Load]] = {
    OURS: ours,
    BATCH_WRITER: batch_writer,
    THREADS: threads,
    PYNAMODB: pynamodb,
}


if __name__ == "__main__":
    who, file_name, server, table_name = sys.argv[1:]
    load = PEERS[who](Path(file_name), server, table_name)
    before = time.process_time()
    started = time.perf_counter()
    load()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak": peak_bytes(), "processor": time.process_time() - before}))
