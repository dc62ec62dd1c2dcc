"""A server that speaks just enough of DynamoDB to be written to: far faster than an engine that stores and indexes.

It is there to be no limit itself. It parses each request and keeps every key, so that what was sent can be counted, and
nothing else: no types, no expressions, no signatures. `python -m benchmarks.seed.stub PORT`, on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from typing import Any

KEY = "id"
"""The hash key of every table here."""


class Store:
    """Tables by name -> the hash keys that were written."""

    def __init__(self) -> None:
        self.tables: dict[str, set[str]] = {}

    def answer(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one call. Raises KeyError for a call or a table that is not known."""
        if operation == "BatchWriteItem":
            units = 0
            for name, writes in request["RequestItems"].items():
                keys = self.tables[name]
                for write in writes:
                    keys.add(write["PutRequest"]["Item"][KEY]["S"])
                units += len(writes)
            capacity = [{"TableName": next(iter(request["RequestItems"])), "CapacityUnits": float(units)}]
            return {"UnprocessedItems": {}, "ConsumedCapacity": capacity}
        name = request["TableName"]
        if operation == "CreateTable":
            self.tables[name] = set()
        if operation == "DeleteTable":
            self.tables.pop(name)
            return {}
        count = len(self.tables[name])
        if operation == "Scan":
            return {"Count": count, "ScannedCount": count, "Items": [{KEY: {"S": "one"}}] if count else []}
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
            headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            length = int(headers.get(b"content-length", b"0"))
            start = end + 4
            if len(self.received) < start + length:
                return
            body = bytes(self.received[start : start + length])
            del self.received[: start + length]
            operation = head.lower().split(b"x-amz-target: ")[1].split(b"\r\n")[0].split(b".")[1]
            self._answer(_CALLS[operation], body)

    def _answer(self, operation: str, body: bytes) -> None:
        try:
            status, answer = b"200 OK", self.store.answer(operation, json.loads(body))
        except KeyError as error:
            missing = {"__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "message": str(error)}
            status, answer = b"400 Bad Request", missing
        content = json.dumps(answer).encode()
        kind = b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: "
        self.transport.write(b"HTTP/1.1 %b\r\n%b%d\r\n\r\n%b" % (status, kind, len(content), content))


_CALLS = {
    call.lower().encode(): call for call in ("BatchWriteItem", "CreateTable", "DeleteTable", "DescribeTable", "Scan")
}


async def serve(port: int) -> None:
    """Listen until the process is ended."""
    store = Store()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(store), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


if __name__ == "__main__":
    gc.disable()  # the parsed requests have no cycles, and a million keys are slow to walk
    asyncio.run(serve(int(sys.argv[1])))
