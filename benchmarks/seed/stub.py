"""A server that speaks just enough of DynamoDB to be written to: far faster than an engine that stores and indexes.

It is there to be no limit itself. Of a batch it takes every item's key out of the text and keeps it, so that what was
sent can be counted, and does nothing else: no types, expressions or signatures.
`python -m benchmarks.seed.stub PORT`, on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
from typing import Any

KEY = "id"
"""The hash key of every table here."""


_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CALL = re.compile(rb"\r\nx-amz-target: *\w+\.(\w+)", re.IGNORECASE)
_TABLE = re.compile(rb'"RequestItems": ?\{ ?"([^"]+)"')
_BY_INDEX = re.compile(rb'"ReturnConsumedCapacity": ?"INDEXES"')
_KEYS = re.compile(rb'"id": ?\{ ?"S": ?"([^"]+)"')


class Store:
    """Tables by name -> the hash keys that were written."""

    def __init__(self) -> None:
        self.tables: dict[str, set[bytes]] = {}

    def write(self, body: bytes) -> bytes:
        """Take a batch; gives the answer. Raises KeyError for a table that is not known."""
        found = _TABLE.search(body)
        keys = _KEYS.findall(body)
        self.tables[found[1].decode() if found else ""].update(keys)
        own = b',"Table":{"CapacityUnits":%d.0}' % len(keys) if _BY_INDEX.search(body) else b""
        return b'{"UnprocessedItems":{},"ConsumedCapacity":[{"TableName":"x","CapacityUnits":%d.0%b}]}' % (
            len(keys),
            own,
        )

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one call. Raises KeyError for a call or a table that is not known."""
        name = request["TableName"]
        if operation == "CreateTable":
            self.tables[name] = set()
        if operation == "DeleteTable":
            self.tables.pop(name)
            return {}
        count = len(self.tables[name])
        if operation == "Scan":
            consumed = {"TableName": name, "CapacityUnits": 0.5}
            items = [{KEY: {"S": "one"}}] if count else []
            return {"Count": count, "ScannedCount": count, "Items": items, "ConsumedCapacity": consumed}
        described = {
            "TableName": name,
            "TableStatus": "ACTIVE",
            "ItemCount": count,
            "KeySchema": [{"AttributeName": KEY, "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": KEY, "AttributeType": "S"}],
            "TableArn": f"arn:aws:dynamodb:eu-west-1:000000000000:table/{name}",
        }
        return {"TableDescription" if operation == "CreateTable" else "Table": described}


class Connection(asyncio.Protocol):
    """One client's requests, one after the other."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.received[:end])
            length = int(_LENGTH.search(head)[1])  # type: ignore[index]  # every client sends it
            start = end + 4
            if len(self.received) < start + length:
                return
            body = bytes(self.received[start : start + length])
            del self.received[: start + length]
            self._answer(_CALL.search(head)[1].decode(), body)  # type: ignore[index]

    def _answer(self, operation: str, body: bytes) -> None:
        try:
            if operation == "BatchWriteItem":
                content = self.store.write(body)
            else:
                content = json.dumps(self.store.answer(operation, json.loads(body))).encode()
            status = b"200 OK"
        except KeyError as error:
            missing = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": str(error)}
            status, content = b"400 Bad Request", json.dumps(missing).encode()
        kind = b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: "
        self.transport.write(b"HTTP/1.1 %b\r\n%b%d\r\n\r\n%b" % (status, kind, len(content), content))


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    store = Store()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(store), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    gc.disable()  # the parsed requests have no cycles, and a million keys are slow to walk
    asyncio.run(serve(int(sys.argv[1])))
