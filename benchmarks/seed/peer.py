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
from pathlib import Path

OURS, BATCH_WRITER, PYNAMODB = "tablekit seed", "boto3 batch_writer", "PynamoDB"


def ours(path: Path, endpoint: str, table: str) -> None:
    """The whole of it: checks every item first, keeps a checkpoint."""
    import boto3

    from benchmarks.seed.data import CREDENTIALS, target
    from tablekit.client.aws import Clients
    from tablekit.ops.seed.bulk import Options, load

    load(Clients(endpoint, boto3.Session(**CREDENTIALS)), target(table), path, Options())


def batch_writer(path: Path, endpoint: str, table: str) -> None:
    """As boto3's guide has it."""
    import boto3

    from benchmarks.seed.data import CREDENTIALS

    resource_of_table = boto3.resource("dynamodb", endpoint_url=endpoint, **CREDENTIALS).Table(table)
    with path.open(encoding="utf-8") as file, resource_of_table.batch_writer() as batch:
        for line in file:
            batch.put_item(Item=json.loads(line, parse_float=Decimal))


def pynamodb(path: Path, endpoint: str, table: str) -> None:
    """As PynamoDB's guide has it: a model, and `batch_write` on it."""
    from pynamodb.attributes import (  # type: ignore[import-not-found]  # in a virtual environment of its own
        BooleanAttribute,
        JSONAttribute,
        ListAttribute,
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
        customer, status, day, note = (UnicodeAttribute() for _ in range(4))
        total, lines = NumberAttribute(), NumberAttribute()
        paid, tags, address = BooleanAttribute(), ListAttribute(), JSONAttribute()

    with path.open(encoding="utf-8") as file, Order.batch_write() as batch:
        for line in file:
            batch.save(Order(**json.loads(line)))


PEERS: dict[str, Callable[[Path, str, str], None]] = {OURS: ours, BATCH_WRITER: batch_writer, PYNAMODB: pynamodb}


if __name__ == "__main__":
    who, file_name, server, table_name = sys.argv[1:]
    started = time.perf_counter()
    PEERS[who](Path(file_name), server, table_name)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_SELF)
    unit = 1 if sys.platform == "darwin" else 1024
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps({"seconds": seconds, "peak": used.ru_maxrss * unit, "processor": cpu}))
