"""BatchWriteItem with a body that is text already (see `tablekit.ops.wire`).

Where the environment names a proxy for the endpoint, boto3's client sends after all (`_ThroughClient`), its body
replaced by botocore's own event.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import Any, Protocol

from botocore.config import Config

from tablekit.client.aws import Clients
from tablekit.ops.seed.values import from_boto
from tablekit.ops.wire import Direct, direct

CALL = "BatchWriteItem"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


def put_entry(item: Any) -> str:
    """An item as it stands in a batch."""
    return f'{{"PutRequest":{{"Item":{_encode(item)}}}}}'


def batch_body(table: str, entries: Iterable[str]) -> bytes:
    """The request of a batch."""
    name = json.dumps(table)
    return f'{{"ReturnConsumedCapacity":"TOTAL","RequestItems":{{{name}:[{",".join(entries)}]}}}}'.encode()


class Wire(Protocol):
    """Sends batches."""

    def send(self, body: bytes) -> dict[str, Any]:
        """One call, not repeated; gives its answer in DynamoDB JSON. Raises what boto3's client raises."""

    def close(self) -> None:
        """Let go of the connections."""


def wire(clients: Clients, region: str) -> Wire:
    """The fastest way there is to DynamoDB in the region."""
    found = direct(clients, region)
    return _Straight(found) if found else _ThroughClient(clients, region)


class _Straight:
    """Batches over a way of their own."""

    def __init__(self, way: Direct) -> None:
        self.way = way
        self.close = way.close

    def send(self, body: bytes) -> dict[str, Any]:
        return self.way.send(CALL, body)


class _ThroughClient:
    """boto3's client, told of the body by botocore's own event before the call is signed."""

    def __init__(self, clients: Clients, region: str) -> None:
        self.client = clients.get("dynamodb", region, ONCE)
        self.local = threading.local()
        self.client.meta.events.register(f"before-call.dynamodb.{CALL}", self._replace, unique_id="seed-body")

    def _replace(self, params: dict[str, Any], **_: Any) -> None:
        params["body"] = self.local.body

    def send(self, body: bytes) -> dict[str, Any]:
        self.local.body = body
        answer: dict[str, Any] = self.client.batch_write_item(RequestItems={})
        for writes in answer.get("UnprocessedItems", {}).values():
            for write in writes:
                write["PutRequest"]["Item"] = from_boto(write["PutRequest"]["Item"])
        return answer

    def close(self) -> None:
        self.client.close()
