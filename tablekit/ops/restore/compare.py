"""A restored table against the live one: both are scanned in parallel, and keys and digests wait on disk.

What differs is a file of keys, one JSON object a line, which is read, filtered and given back (`--into-live`):
`{"is": "changed", "key": {"order_id": {"S": "1"}}, "live": "<digest of the live item>"}`.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Final

from tablekit.ops.files import PRIVATE, writing
from tablekit.ops.restore.source import Source
from tablekit.ops.scan import scan
from tablekit.ops.seed.values import digest, is_expired, one_text
from tablekit.ops.signed_http import SignedHttpClient, encoded

ANOTHER: Final = "name another place with --folder"
_INSERT: Final = (
    "INSERT INTO item (key, restored, expired) VALUES (?, ?, ?)",
    "INSERT INTO item (key, live, expired) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET live = excluded.live",
)
_KINDS: Final = (
    "SELECT key, CASE WHEN restored IS NULL THEN 'new' WHEN restored = live THEN 'same' WHEN live IS NOT NULL "
    "THEN 'changed' WHEN expired THEN 'expired' ELSE 'missing' END, live FROM item"
)


def compare(
    source: Source, restored: str, file: Path | None, now: float, progress: Callable[[int], None] = lambda done: None
) -> tuple[Counter[str], float]:
    """Scan both tables, and write the keys of what differs to a file, where one is given; gives the items by kind, and
    the read capacity that it took.

    missing: in the restored table alone. new: in the live one alone. expired: missing, as TTL had it go, or would.
    now: epoch seconds. Raises CallError, FileError.
    """
    keys, ttl = source.target.keys, source.target.table.ttl
    counts = Counter(dict.fromkeys(("missing", "changed", "new", "expired", "same"), 0))
    done, units = 0, 0.0
    with (
        closing(SignedHttpClient(source.stage.clients, source.target.region)) as client,
        closing(sqlite3.connect("")) as spill,  # a file of SQLite's own, without a name: what it can't hold goes there
    ):
        spill.execute("CREATE TABLE item (key TEXT PRIMARY KEY, restored BLOB, expired INT, live BLOB) WITHOUT ROWID")
        for name, insert in zip((restored, source.name), _INSERT, strict=True):
            for page in scan(client, name):
                spill.executemany(
                    insert,
                    [
                        (one_text({each: item[each] for each in keys}), digest(item), is_expired(item, ttl, now))
                        for item in page.items
                    ],
                )
                done, units = done + len(page.items), units + page.units
                progress(done)
        with writing(file, ANOTHER, PRIVATE) if file else nullcontext() as out:
            for key, kind, live in spill.execute(_KINDS):
                counts[kind] += 1
                if out and kind != "same":
                    line = {"is": kind, "key": json.loads(key)} | ({"live": live.hex()} if live else {})
                    out.write(f"{encoded(line)}\n")
    return counts, units
