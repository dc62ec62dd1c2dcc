"""Tables in memory that keep the key of every item they are sent: the judge of what a load has stored.

As much of DynamoDB as a load of a file calls, at a speed at which fifty thousand items a case can be sent; that the
loader and the service understand each other is shown on moto and DynamoDB Local.
"""

from __future__ import annotations

import json
import threading
from typing import Any


class StubTables:
    """Tables by name. A call goes through `carry`, as `tests.support.proxy` asks for it."""

    def __init__(self) -> None:
        self.keys: dict[str, set[str]] = {}
        self._described: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()

    def carry(self, operation: str, body: bytes) -> tuple[int, bytes]:
        """Carry out a call; gives the status and the content of the answer."""
        with self._lock:
            return 200, json.dumps(getattr(self, f"_{operation}")(json.loads(body))).encode()

    def _ListTables(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"TableNames": list(self.keys)}

    def _CreateTable(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["TableName"]
        self.keys[name] = set()
        arn = f"arn:aws:dynamodb:eu-west-1:000000000000:table/{name}"
        self._described[name] = {**request, "TableArn": arn, "TableStatus": "ACTIVE", "TableId": name}
        return {"TableDescription": self._described[name]}

    def _DescribeTable(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"Table": self._described[request["TableName"]]}

    def _UpdateTimeToLive(self, request: dict[str, Any]) -> dict[str, Any]:
        return request

    def _Scan(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["TableName"]
        items = [json.loads(key) for key in list(self.keys[name])[: request["Limit"]]]
        return {"Items": items, "Count": len(items), "ConsumedCapacity": {"TableName": name, "CapacityUnits": 0.5}}

    def _BatchWriteItem(self, request: dict[str, Any]) -> dict[str, Any]:
        ((name, writes),) = request["RequestItems"].items()
        self.keys[name] |= {self._key(name, write["PutRequest"]["Item"]) for write in writes}
        consumed: dict[str, Any] = {"TableName": name, "CapacityUnits": float(len(writes))}
        if request["ReturnConsumedCapacity"] == "INDEXES":
            consumed["Table"] = {"CapacityUnits": float(len(writes))}
        return {"UnprocessedItems": {}, "ConsumedCapacity": [consumed]}

    def _PutItem(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request["TableName"]
        self.keys[name].add(self._key(name, request["Item"]))
        return {"ConsumedCapacity": {"TableName": name, "CapacityUnits": 1.0}}

    def _key(self, name: str, item: dict[str, Any]) -> str:
        names = [each["AttributeName"] for each in self._described[name]["KeySchema"]]
        return json.dumps({each: item[each] for each in names}, sort_keys=True)
