"""Items of a restored table brought back into the live one: only those that are asked for, and none written since.

A missing item is put on the condition that there is none. A changed one is updated to what it was, on the condition
that every attribute is still what was compared; what it was until then stands in a file before. So the same command,
run again after it was cut off, does what is left.
"""

from __future__ import annotations

import itertools
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from tablekit.client.errors import ConditionFailedError
from tablekit.ops.errors import FileError, RestoreError
from tablekit.ops.files import PRIVATE, input_file, regular
from tablekit.ops.restore.compare import digest
from tablekit.ops.restore.source import Source
from tablekit.ops.seed.bulk import existing
from tablekit.ops.seed.values import TypedItem, key_of
from tablekit.ops.signed_http import SignedHttpClient, encoded

OTHER_FILE = "name another file with --replaced"
_AT_ONCE: Final = 25
_CONCURRENCY: Final = 16
_EXPRESSION_BYTES: Final = 4096
_OPERATORS: Final = 300
"""Of one expression, DynamoDB's own limits."""

PUT, REPLACED, SAME = "put back", "replaced", "there as it was"
WRITTEN_SINCE = "written since it was compared, and left"
NOT_RESTORED = "not in the restored table"
TOO_WIDE = "has more attributes than a condition can name, and left"
DONE: Final = (PUT, REPLACED, SAME)
"""What became of an item that is now as it was."""


@dataclass(frozen=True)
class Wanted:
    """A line of a file of keys. kind: None where it doesn't say. live: the digest of what was compared."""

    kind: str | None
    key: TypedItem
    live: bytes | None


def wanted_items(file: Path, source: Source, kind: str | None) -> Iterator[Wanted]:
    """The keys of a file, those of a kind where one is given. Raises FileError, RestoreError with the line."""
    input_file(file, "give a file of keys, as `tablekit restore` writes it")
    types = {key.name: str(key.type) for key in source.target.table.keys}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            try:
                found = _read(line, types)
            except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
                form = encoded({"key": {name: {type_: "…"} for name, type_ in types.items()}})
                raise RestoreError(f"{file}:{number}: {error}; write a line as {form}") from None
            if kind is None or found.kind == kind:
                yield found


def _read(line: str, types: dict[str, str]) -> Wanted:
    given = json.loads(line)
    key = given["key"] if isinstance(given, dict) and "key" in given else given
    if not isinstance(key, dict) or {name: list(value) for name, value in key.items()} != {
        name: [type_] for name, type_ in types.items()
    }:
        raise ValueError("is not a key of the table")
    key_of(key, types)  # a number that is one
    fields = given if key is not given else {}
    return Wanted(fields.get("is"), key, bytes.fromhex(fields["live"]) if "live" in fields else None)


class Replaced:
    """The file of what is replaced, in DynamoDB JSON, the owner's alone; `tablekit seed --overwrite` takes it back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        regular(path, OTHER_FILE)
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, PRIVATE)
            self._cut_torn_line()
        except OSError as error:
            raise FileError(f"{path}: {error.strerror}; {OTHER_FILE}") from None

    def _cut_torn_line(self) -> None:
        """Of a run that was cut off as it wrote: that item was not replaced yet."""
        end = os.fstat(self._descriptor).st_size
        while end and os.pread(self._descriptor, 1, end - 1) != b"\n":
            end -= 1
        os.ftruncate(self._descriptor, end)

    def add(self, items: Iterable[TypedItem]) -> None:
        """On the disk when this returns. Raises FileError."""
        lines = "".join(f"{encoded({'Item': item})}\n" for item in items).encode()
        try:
            while lines:
                lines = lines[os.write(self._descriptor, lines) :]
            os.fsync(self._descriptor)
        except OSError as error:
            raise FileError(f"{self.path}: {error.strerror}; nothing that is not in it was replaced") from None

    def close(self) -> None:
        """Let go of it; one with nothing in it goes."""
        if not os.fstat(self._descriptor).st_size:
            self.path.unlink(missing_ok=True)
        os.close(self._descriptor)


def bring_back(
    source: Source,
    restored: str,
    wanted: Iterable[Wanted],
    replaced: Path | None,
    progress: Callable[[int], None] = lambda done: None,
) -> Counter[str]:
    """Bring items back; gives how many became what. replaced: None for a dry run, which writes nothing.

    Raises CallError and FileError; the next run does what is left.
    """
    counts: Counter[str] = Counter()
    table, keys = source.name, source.target.keys
    with (
        closing(SignedHttpClient(source.stage.clients, source.target.region)) as client,
        ThreadPoolExecutor(_CONCURRENCY, thread_name_prefix="restore") as pool,
        ExitStack() as stack,
    ):
        kept = stack.enter_context(closing(Replaced(replaced))) if replaced else None
        lines = iter(wanted)
        while chunk := {key_of(each.key, keys): each for each in itertools.islice(lines, _AT_ONCE)}:
            asked = {key: each.key for key, each in chunk.items()}
            before, _ = existing(client, restored, keys, asked)
            live, _ = existing(client, table, keys, asked)
            steps = [_step(each, before.get(key), live.get(key), keys) for key, each in chunk.items()]
            if kept:
                kept.add(live[key] for key, step in zip(chunk, steps, strict=True) if step.what == REPLACED)
                counts.update(pool.map(partial(_carry_out, client, table, keys), steps))
            else:
                counts.update(step.what for step in steps)
            progress(counts.total())
    return counts


@dataclass(frozen=True)
class _Step:
    """What becomes of an item. request: of PutItem or UpdateItem, None where there is nothing to do."""

    what: str
    before: TypedItem | None = None
    request: dict[str, Any] | None = None


def _step(wanted: Wanted, before: TypedItem | None, live: TypedItem | None, keys: tuple[str, ...]) -> _Step:
    if before is None:
        return _Step(NOT_RESTORED)
    if live is None:
        # One that was there when it was compared was deleted since.
        return _Step(WRITTEN_SINCE) if wanted.live else _Step(PUT, before, _put(before, keys))
    now = digest(live)
    if now == digest(before):
        return _Step(SAME)
    if wanted.kind in ("missing", "expired") or wanted.live not in (None, now):
        return _Step(WRITTEN_SINCE)
    request = _replacement(live, before, keys)
    return _Step(REPLACED, before, request) if request else _Step(TOO_WIDE)


def _put(before: TypedItem, keys: tuple[str, ...]) -> dict[str, Any]:
    names = {"#key": keys[0]}
    return {"Item": before, "ConditionExpression": "attribute_not_exists(#key)", "ExpressionAttributeNames": names}


def _replacement(live: TypedItem, before: TypedItem, keys: tuple[str, ...]) -> dict[str, Any] | None:
    """The update that makes one of the other, if it is still as it was read; None where no expression holds that."""
    names, values = {"#k": keys[0]}, {}
    conditions, sets, removes = ["attribute_exists(#k)"], [], []
    for number, name in enumerate(sorted((live.keys() | before.keys()) - set(keys))):
        attribute, now, then = f"#{number}", f":l{number}", f":r{number}"
        names[attribute] = name
        if name in live:
            values[now] = live[name]
            conditions.append(f"{attribute}={now}")
        else:
            conditions.append(f"attribute_not_exists({attribute})")
        if name not in before:
            removes.append(attribute)
        elif live.get(name) != before[name]:
            values[then] = before[name]
            sets.append(f"{attribute}={then}")
    parts = (("SET", sets), ("REMOVE", removes))
    update = " ".join(f"{word} {','.join(given)}" for word, given in parts if given)
    condition = " AND ".join(conditions)
    if 2 * len(conditions) > _OPERATORS or len(condition) > _EXPRESSION_BYTES or len(update) > _EXPRESSION_BYTES:
        return None
    return {
        "Key": {name: before[name] for name in keys},
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _carry_out(client: SignedHttpClient, table: str, keys: tuple[str, ...], step: _Step) -> str:
    if step.request is None or step.before is None:
        return step.what
    call = "PutItem" if step.what == PUT else "UpdateItem"
    try:
        client.call(f"table {table!r}", call, {"TableName": table, **step.request})
    except ConditionFailedError:
        # A call whose answer was lost is repeated, and then refused for what it did itself.
        found, _ = existing(client, table, keys, {(key := key_of(step.before, keys)): _key(step.before, keys)})
        return step.what if key in found and digest(found[key]) == digest(step.before) else WRITTEN_SINCE
    return step.what


def _key(item: TypedItem, keys: tuple[str, ...]) -> TypedItem:
    return {name: item[name] for name in keys}
