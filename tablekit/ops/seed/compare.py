"""Looks at what a table has before a batch is written: for a table that is not empty.

Between this look and the write another writer may come; what it wrote is then overwritten. Only a condition a put
closes that gap, which BatchWriteItem does not take and which costs a call an item: don't load beside other writers.
"""

from __future__ import annotations

import threading
from typing import Any

from tablekit.client.aws import translated
from tablekit.client.errors import ThrottledError
from tablekit.ops.seed.batches import Batch
from tablekit.ops.seed.checks import SHOWN
from tablekit.ops.seed.load import Progress, shown_key
from tablekit.ops.seed.pace import backoff
from tablekit.ops.seed.values import Item, Key, from_boto, key_of, same, to_boto

_ATTEMPTS = 12


class Comparing:
    """Entries whose key the table has not are written; equal ones are counted; others are reported, or skipped.

    client: boto3's, of DynamoDB. skip: leave what exists without a word, whatever its content.
    """

    def __init__(self, client: Any, table: str, keys: tuple[str, ...], skip: bool) -> None:
        self.client, self.table, self.keys, self.skip = client, table, keys, skip

    def __call__(self, batch: Batch, progress: Progress, lock: threading.Lock) -> dict[Key, str]:
        found, units = self._existing(batch)
        write: dict[Key, str] = {}
        with lock:
            progress.read_units += units
            for key, entry in batch.entries.items():
                if key not in found:
                    write[key] = entry
                elif self.skip:
                    progress.skipped += 1
                elif same(found[key], batch.items[key]):
                    progress.unchanged += 1
                else:
                    progress.different += 1
                    if len(progress.examples) < SHOWN:
                        progress.examples.append(shown_key(batch.items[key], self.keys))
        return write

    def _existing(self, batch: Batch) -> tuple[dict[Key, Item], float]:
        """What the table has of the batch's keys, and the read capacity that it took."""
        wanted = [to_boto({name: item[name] for name in self.keys}) for item in batch.items.values()]
        request: dict[str, Any] = {self.table: {"Keys": wanted, "ConsistentRead": True}}
        found: dict[Key, Item] = {}
        units = 0.0
        for attempt in range(_ATTEMPTS):
            if attempt:
                threading.Event().wait(backoff(attempt))
            with translated(f"table {self.table!r}"):
                answer = self.client.batch_get_item(RequestItems=request, ReturnConsumedCapacity="TOTAL")
            units += sum(part["CapacityUnits"] for part in answer.get("ConsumedCapacity", ()))
            for item in map(from_boto, answer["Responses"].get(self.table, ())):
                found[key_of(item, self.keys)] = item
            request = answer.get("UnprocessedKeys") or {}
            if not request:
                return found, units
        raise ThrottledError(f"table {self.table!r}: reads are throttled still, after {_ATTEMPTS} attempts; try later")
