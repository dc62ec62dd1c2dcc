"""A restored table against the live one: both are scanned in parallel, and keys and digests wait on disk.

What differs is a file of keys, one JSON object a line, which is read, filtered and given back (`--into-live`):
`{"is": "changed", "key": {"order_id": {"S": "1"}}, "live": "<digest of the live item>"}`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tablekit.client.errors import ThrottledError
from tablekit.ops.files import PRIVATE, writing
from tablekit.ops.restore.source import Source
from tablekit.ops.seed.loader import Pace
from tablekit.ops.seed.values import TypedItem
from tablekit.ops.signed_http import SignedHttpClient, encoded

SEGMENTS = 8
"""Of a scan, at a time."""
ANOTHER = "name another place with --folder"
_OLDEST_SECONDS: Final = 5 * 365 * 24 * 3600
"""TTL leaves alone what expired longer ago: it takes it for a mistake."""
_SETS: Final = ("SS", "NS", "BS")
_KINDS: Final = ("missing", "changed", "new", "expired")
_sorted_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@dataclass(frozen=True)
class Comparison:
    """counts: items by kind, and `same`. missing: in the restored table alone; new: in the live one alone; expired:
    missing, and TTL has deleted it, or would. units: read capacity consumed.
    """

    counts: Counter[str]
    units: float


def digest(item: TypedItem) -> bytes:
    """16 bytes, the same for items of the same content: a set has no order, nor has a map."""
    text = _sorted_text(item)
    if any(f'"{kind}":' in text for kind in _SETS):
        text = _sorted_text({name: _ordered(value) for name, value in item.items()})
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _ordered(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    if kind in _SETS:
        return {kind: sorted(content)}
    if kind == "M":
        return {kind: {name: _ordered(inner) for name, inner in content.items()}}
    return {kind: [_ordered(inner) for inner in content]} if kind == "L" else value


def key_text(item: TypedItem, keys: tuple[str, ...]) -> str:
    """An item's key in DynamoDB JSON, the same text for the same key."""
    return encoded({name: item[name] for name in keys})


Row = tuple[str, bytes, bool]
"""Key, digest, and whether it has expired."""


def compare(
    source: Source,
    restored: str,
    file: Path | None,
    now: float,
    progress: Callable[[int], None] = lambda done: None,
) -> Comparison:
    """Scan both tables, and write the keys of what differs to a file, where one is given. now: epoch seconds.

    Raises CallError, FileError.
    """
    target, done = source.target, 0
    with (
        closing(SignedHttpClient(source.stage.clients, target.region)) as client,
        closing(sqlite3.connect("")) as spill,  # a file of SQLite's own, without a name: what it can't hold goes there
    ):
        spill.execute("CREATE TABLE item (key TEXT PRIMARY KEY, restored BLOB, expired INT, live BLOB) WITHOUT ROWID")
        units = 0.0
        for name, statement in (
            (restored, "INSERT INTO item (key, restored, expired) VALUES (?, ?, ?)"),
            (
                source.name,
                "INSERT INTO item (key, live, expired) VALUES (?, ?, ?) "
                "ON CONFLICT (key) DO UPDATE SET live = excluded.live",
            ),
        ):
            for rows, consumed in _scan(client, name, target.keys, target.table.ttl, now):
                spill.executemany(statement, rows)
                done += len(rows)
                units += consumed
                progress(done)
        counts: Counter[str] = Counter(dict.fromkeys((*_KINDS, "same"), 0))
        with writing(file, ANOTHER, PRIVATE) if file else nullcontext() as out:
            for key, kind, live in spill.execute(
                "SELECT key, CASE WHEN restored IS NULL THEN 'new' WHEN restored = live THEN 'same' "
                "WHEN live IS NOT NULL THEN 'changed' WHEN expired THEN 'expired' ELSE 'missing' END, live FROM item"
            ):
                counts[kind] += 1
                if out and kind != "same":
                    line = {"is": kind, "key": json.loads(key)} | ({"live": live.hex()} if live else {})
                    out.write(f"{encoded(line)}\n")
    return Comparison(counts, units)


def _scan(
    client: SignedHttpClient, table: str, keys: tuple[str, ...], ttl: str | None, now: float
) -> Iterator[tuple[list[Row], float]]:
    """The table page by page, in no order, with the read capacity of each. Raises CallError."""
    pace = Pace(SEGMENTS)

    def page(segment: int, start: TypedItem | None) -> tuple[list[Row], float, TypedItem | None]:
        request: dict[str, Any] = {"TableName": table, "ConsistentRead": True}
        request |= {"Segment": segment, "TotalSegments": SEGMENTS}
        if start:
            request["ExclusiveStartKey"] = start
        while True:
            with pace:
                try:
                    answer = client.call(f"table {table!r}", "Scan", request)
                except ThrottledError:
                    pace.on_throttle()
                    if pace.is_stuck():
                        raise
                    continue
            pace.on_success()
            rows = [(key_text(item, keys), digest(item), _expired(item, ttl, now)) for item in answer["Items"]]
            return rows, answer["ConsumedCapacity"]["CapacityUnits"], answer.get("LastEvaluatedKey")

    with ThreadPoolExecutor(SEGMENTS, thread_name_prefix="scan") as pool:
        running: dict[Future[Any], int] = {pool.submit(page, each, None): each for each in range(SEGMENTS)}
        while running:
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                segment = running.pop(future)
                rows, units, last = future.result()
                if last:
                    running[pool.submit(page, segment, last)] = segment
                yield rows, units


def _expired(item: TypedItem, ttl: str | None, now: float) -> bool:
    number = item.get(ttl or "", {}).get("N")
    return number is not None and now - _OLDEST_SECONDS < float(number) <= now
