"""Keeps what TTL deleted: the records that a pipe passes on, as lines of JSON in a bucket.

An object has the records of one table and day, and is called by the first of them: a batch that comes again, whole or
in halves, overwrites what it wrote. A sequence number is one of its shard, an id one of all: the name has both. What a
user deleted is passed over, whatever let it come here.
"""

from __future__ import annotations

import base64
import gzip
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

_PATIENT = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 5})
_LOG = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)
_SERVICE = "dynamodb.amazonaws.com"


def handler(event: list[dict[str, Any]], context: object) -> dict[str, Any]:
    """Keep the expired ones of a batch of stream records: gives how many there were, the objects that hold them, and
    that none failed, in the words that a pipe reads: it tries again what is named there.
    """
    settings = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))
    objects: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for record in event:
        if _expired(record):
            table = record["eventSourceARN"].partition(":table/")[2].partition("/")[0]
            objects.setdefault((table, _time(record)[:10]), []).append(record)
    s3 = boto3.client("s3", config=_PATIENT)
    for (table, day), records in objects.items():
        first = f"{records[0]['dynamodb']['SequenceNumber']}-{records[0]['eventID']}"
        key = f"{settings['prefix']}/table_name={table}/day={day}/{first}.json.gz"
        lines = "".join(f"{_line(record)}\n" for record in records)
        body = gzip.compress(lines.encode(), mtime=0)
        s3.put_object(Bucket=settings["bucket"], Key=key, Body=body, ContentType="application/gzip")
    kept = sum(map(len, objects.values()))
    if kept < len(event):
        _LOG.warning("%d of %d records are no expirations, and passed over", len(event) - kept, len(event))
    return {"records": kept, "objects": len(objects), "batchItemFailures": []}


def _expired(record: dict[str, Any]) -> bool:
    by = record.get("userIdentity") or {}
    return record["eventName"] == "REMOVE" and (by.get("type"), by.get("principalId")) == ("Service", _SERVICE)


def _time(record: dict[str, Any]) -> str:
    return datetime.fromtimestamp(float(record["dynamodb"]["ApproximateCreationDateTime"]), UTC).isoformat()


def _line(record: dict[str, Any]) -> str:
    """The item is a text: of an object, what reads lines for Athena lowers the names and rounds the numbers."""
    change = record["dynamodb"]
    said = {"expired_at": _time(record), "id": record["eventID"], "sequence": change["SequenceNumber"]}
    return json.dumps({**said, "item": _plain({"M": change["OldImage"]})})


def _plain(value: dict[str, Any]) -> str:
    """A value as JSON text: a number with all its digits, what is binary in base64, a set as a list."""
    ((kind, content),) = value.items()
    if kind == "N":
        return str(content)
    if kind == "NS":
        return f"[{', '.join(sorted(content))}]"
    if kind == "NULL":
        return "null"
    if kind == "M":
        return f"{{{', '.join(f'{json.dumps(name)}: {_plain(each)}' for name, each in sorted(content.items()))}}}"
    if kind == "L":
        return f"[{', '.join(map(_plain, content))}]"
    if kind in ("B", "BS"):
        content = sorted(map(_base64, content)) if kind == "BS" else _base64(content)
    return json.dumps(sorted(content) if kind == "SS" else content)


def _base64(content: str | bytes) -> str:
    return content if isinstance(content, str) else base64.b64encode(content).decode()
