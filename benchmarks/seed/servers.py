"""The servers that are loaded into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.servers import process
from tests.support import dynamodb_local

STUB, LOCAL = "stub", "dynamodb-local"


@contextmanager
def server(kind: str) -> Iterator[str]:
    """A server's endpoint while the block runs. Raises `NotFetchedError` where it can't be fetched."""
    if kind == LOCAL:
        with dynamodb_local.server("-server") as endpoint:
            yield endpoint
    else:
        with process("benchmarks.seed.stub") as port:
            yield f"http://127.0.0.1:{port}"
