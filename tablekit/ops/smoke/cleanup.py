"""The run's own items: written beside the patterns, each registered before, and all deleted in the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tablekit.client import NoCredentialsError, ThrottledError, UnreachableError, from_dynamodb, to_dynamodb
from tablekit.model import limits
from tablekit.model.errors import TablekitError
from tablekit.ops.errors import InterruptedRunError
from tablekit.ops.signed_http import SignedHttpClient, backoff, decoded

_ROUNDS = 8
"""How often what is unprocessed of a batch is sent again."""


@dataclass(frozen=True)
class TableWriter:
    """A table that items are written to, looked at and deleted from. Raises `tablekit.client`'s errors."""

    client: SignedHttpClient
    name: str

    def send(self, requests: Sequence[Mapping[str, Any]]) -> None:
        """Carry out writes, as BatchWriteItem's `RequestItems` has them, until nothing is unprocessed."""
        for start in range(0, len(requests), limits.MAX_BATCH_WRITE):
            left = list(requests[start : start + limits.MAX_BATCH_WRITE])
            for attempt in range(_ROUNDS + 1):
                if attempt:
                    time.sleep(backoff(attempt))
                answer = self.client.call(f"table {self.name!r}", "BatchWriteItem", {"RequestItems": {self.name: left}})
                left = answer.get("UnprocessedItems", {}).get(self.name, [])
                if not left:
                    break
            else:
                raise ThrottledError(f"table {self.name!r}: {len(left)} items are unprocessed still; try later")

    def get(self, key: Mapping[str, Any]) -> dict[str, Any] | None:
        """The item, read consistently; None where there is none."""
        request = {"TableName": self.name, "Key": to_dynamodb(key), "ConsistentRead": True}
        answer = self.client.call(f"table {self.name!r}", "GetItem", request)
        return from_dynamodb(decoded(answer["Item"])) if "Item" in answer else None


class CleanupRegistry:
    """Keys of items that are, or may be, in the tables; safe to share between threads."""

    def __init__(self) -> None:
        self._keys: dict[TableWriter, dict[str, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()

    def register(self, table: TableWriter, keys: Iterable[Mapping[str, Any]]) -> None:
        """Keys that are about to be written. Raises InterruptedRunError once the run is being stopped."""
        with self._lock:
            if self.stopping.is_set():
                raise InterruptedRunError("the run is being stopped; nothing more is written")
            self._keys.setdefault(table, {}).update(_by_text(keys))

    def write(self, table: TableWriter, keys: Iterable[Mapping[str, Any]], items: Iterable[Mapping[str, Any]]) -> None:
        """Register the keys, then put the items. An item's key is among the keys."""
        self.register(table, keys)
        table.send([{"PutRequest": {"Item": to_dynamodb(item)}} for item in items])

    def delete(self, table: TableWriter, keys: Iterable[Mapping[str, Any]]) -> None:
        """Delete items of these keys, there or not, and strike them out."""
        self._delete(table, _by_text(keys))

    def clean(self) -> list[str]:
        """Delete all that is registered still; gives a line for each table where that failed.

        Where nothing answers any more, or nobody is let in, the other tables are not tried.
        """
        self.stopping.set()
        failed: list[str] = []
        fatal: TablekitError | None = None
        for table, keys in list(self._keys.items()):
            error = fatal
            if keys and error is None:
                try:
                    self._delete(table, dict(keys))
                except (UnreachableError, NoCredentialsError) as found:
                    error = fatal = found
                except TablekitError as found:
                    error = found
            if keys and error is not None:
                failed.append(f"table {table.name!r}: up to {len(keys)} items of this run may be left: {error}")
        return failed

    def _delete(self, table: TableWriter, keys: Mapping[str, dict[str, Any]]) -> None:
        table.send([{"DeleteRequest": {"Key": key}} for key in keys.values()])
        with self._lock:
            for text in keys:
                self._keys.get(table, {}).pop(text, None)


def _by_text(keys: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {repr(sorted(key.items())): key for key in map(to_dynamodb, keys)}
