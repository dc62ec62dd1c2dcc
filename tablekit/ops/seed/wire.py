"""BatchWriteItem with a body that is text already (see `tablekit.ops.wire`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

CALL = "BatchWriteItem"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def put_entry(item: Any) -> str:
    """An item as it stands in a batch."""
    return f'{{"PutRequest":{{"Item":{_encode(item)}}}}}'


def batch_body(table: str, entries: Iterable[str]) -> bytes:
    """The request of a batch."""
    name = json.dumps(table)
    return f'{{"RequestItems":{{{name}:[{",".join(entries)}]}}}}'.encode()
