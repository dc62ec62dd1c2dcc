"""The items that the smoke test wrote: each is noted before it is written, and deleted in the end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tablekit.client import NoCredentialsError, ThrottledError, UnreachableError, to_dynamodb
from tablekit.model.errors import TablekitError
from tablekit.ops.errors import InterruptedRunError
from tablekit.ops.smoke.place import Place

BATCH = 25
_ROUNDS = 8


class Ledger:
    """Keys of items that are, or may be, in the tables; safe to share between threads."""

    def __init__(self) -> None:
        self._keys: dict[Place, dict[str, dict[str, Any]]] = {}
        self._lock = threading.Lock()
        self.stopping = threading.Event()

    def note(self, place: Place, keys: Iterable[Mapping[str, Any]]) -> None:
        """Keys that are about to be written. Raises InterruptedRunError once the run is being stopped."""
        with self._lock:
            if self.stopping.is_set():
                raise InterruptedRunError("the run is being stopped; nothing more is written")
            noted = self._keys.setdefault(place, {})
            for key in keys:
                marked = to_dynamodb(key)
                noted[repr(sorted(marked.items()))] = marked

    def write(self, place: Place, keys: list[Mapping[str, Any]], items: list[Mapping[str, Any]]) -> None:
        """Note the keys, then put the items. An item's key is among the keys."""
        self.note(place, keys)
        self._send(place, [{"PutRequest": {"Item": to_dynamodb(item)}} for item in items])

    def delete(self, place: Place, keys: Iterable[Mapping[str, Any]]) -> None:
        """Delete items of these keys, there or not, and strike them out."""
        marked = {repr(sorted(key.items())): key for key in map(to_dynamodb, keys)}
        self._delete(place, marked)

    def clean(self) -> list[str]:
        """Delete all that is noted still; gives a line for each table where that failed.

        Where nothing answers any more, or nobody is let in, the other tables are not tried.
        """
        self.stopping.set()
        failed: list[str] = []
        lost: TablekitError | None = None
        for place, keys in list(self._keys.items()):
            if not keys:
                continue
            error = lost
            if error is None:
                try:
                    self._delete(place, dict(keys))
                except (UnreachableError, NoCredentialsError) as found:
                    error = lost = found
                except TablekitError as found:
                    error = found
            if error is not None:
                failed.append(f"table {place.name!r}: up to {len(keys)} items of this run may be left: {error}")
        return failed

    def _delete(self, place: Place, marked: Mapping[str, dict[str, Any]]) -> None:
        self._send(place, [{"DeleteRequest": {"Key": key}} for key in marked.values()])
        with self._lock:
            noted = self._keys.get(place, {})
            for mark in marked:
                noted.pop(mark, None)

    def _send(self, place: Place, requests: list[dict[str, Any]]) -> None:
        for start in range(0, len(requests), BATCH):
            left = requests[start : start + BATCH]
            for again in range(_ROUNDS + 1):
                if again:
                    time.sleep(random.uniform(0, 0.05 * 2**again))  # noqa: S311 - jitter is no secret
                left = place.batch_write(left)
                if not left:
                    break
            else:
                raise ThrottledError(f"table {place.name!r}: {len(left)} items are unprocessed still; try later")
