"""A table, and the run's own calls on it beside the patterns: to write its items, look at them and delete them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore import exceptions

from tablekit.client import from_dynamodb, to_dynamodb, translated
from tablekit.ops.seed.values import from_boto, to_boto
from tablekit.ops.smoke.cases import Item
from tablekit.ops.wire import Direct

_COUNTED: dict[str, Any] = {"ReturnConsumedCapacity": "TOTAL"}
"""Asked for by every call, so that an answer shows that it is one: else garbage would be taken for a deletion."""
_ENTRIES = {"PutRequest": "Item", "DeleteRequest": "Key"}


@dataclass(frozen=True)
class Place:
    """A table that items are written to.

    client: boto3's, of the table's region. way: sends at a fifth of its processor time, where there is one; what that
    fails at goes through the client, which knows what to repeat: all of these calls can be made twice.
    """

    client: Any
    name: str
    way: Direct | None = field(default=None, compare=False)

    def batch_write(self, requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Write one batch, as `RequestItems` has it; gives what is unprocessed. Raises `tablekit.client`'s errors."""
        entries = [
            {kind: {_ENTRIES[kind]: from_boto(entry[_ENTRIES[kind]])}}
            for request in requests
            for kind, entry in request.items()
        ]
        answer = self._at_once("BatchWriteItem", {"RequestItems": {self.name: entries}})
        if answer is None or answer.get("UnprocessedItems"):
            with translated(f"table {self.name!r}"):
                answer = self.client.batch_write_item(RequestItems={self.name: list(requests)}, **_COUNTED)
        unprocessed: list[dict[str, Any]] = answer.get("UnprocessedItems", {}).get(self.name, [])
        return unprocessed

    def get(self, key: Mapping[str, Any]) -> Item | None:
        """The item, read consistently; None where there is none. Raises `tablekit.client`'s errors."""
        marked = to_dynamodb(key)
        request = {"TableName": self.name, "Key": from_boto(marked), "ConsistentRead": True}
        answer = self._at_once("GetItem", request)
        if answer is not None:
            return from_dynamodb(to_boto(answer["Item"])) if "Item" in answer else None
        with translated(f"table {self.name!r}"):
            answer = self.client.get_item(TableName=self.name, Key=marked, ConsistentRead=True, **_COUNTED)
        return from_dynamodb(answer["Item"]) if "Item" in answer else None

    def _at_once(self, call: str, request: Mapping[str, Any]) -> dict[str, Any] | None:
        if self.way is None:
            return None
        try:
            return self.way.send(call, json.dumps(request, ensure_ascii=False).encode())
        except (exceptions.ClientError, exceptions.BotoCoreError):
            return None
