"""One copy in a process of its own: `python -m benchmarks.copy.peer FROM-ENDPOINT TO-ENDPOINT FROM TO [TRANSFORM]`.

Prints what it took as JSON: seconds of copying and of verifying, the greatest memory of the process in bytes, and
processor seconds.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.errors import BenchmarkError
from benchmarks.seed.data import REGION, session
from benchmarks.seed.peer import peak_bytes
from tablekit.client.aws import Clients
from tablekit.ops.copy.run import Copy, CopyRequest
from tablekit.ops.copy.sides import CopiedTable, Side, layout
from tablekit.ops.seed.side_files import setting_aside
from tablekit.ops.seed.target import describe


def side(endpoint: str, table: str) -> Side:
    """The table, as a side of a copy."""
    clients = Clients(endpoint, session())
    described = describe(clients, REGION, table)
    tables = {table: CopiedTable(table, layout(described), described, declared=False)}
    return Side(f"{table}@{REGION}", REGION, None, clients, tables)


def main(source: str, target: str, one: str, other: str, transform: str | None = None) -> None:
    """Copy, verify, and print."""
    with tempfile.TemporaryDirectory() as folder, setting_aside(Path(folder) / "rejects") as rejects:
        assert rejects
        request = CopyRequest(transform, checkpoint=Path(folder) / "checkpoint")
        copy = Copy(side(source, one), side(target, other), request, lambda text: None)
        before, started = time.process_time(), time.perf_counter()
        outcome = copy.run(rejects, follow=False)
        seconds = time.perf_counter() - started
        if not outcome.verified or outcome.verified.counts() or rejects.count:
            raise BenchmarkError("the copy is not as its source")
    took = {"seconds": outcome.seconds, "verifying": seconds - outcome.seconds, "peak": peak_bytes()}
    print(json.dumps({**took, "processor": time.process_time() - before, "items": outcome.read}))


if __name__ == "__main__":
    main(*sys.argv[1:])
