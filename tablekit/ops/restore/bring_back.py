"""Items of a restored table brought back into the live one: only those that are asked for, and none written since.

A missing item is put on the condition that there is none. A changed one is updated to what it was, on the condition
that every attribute is still what was compared; what it was until then stands in a file before. So the same command,
run again after it was cut off, does what is left.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from tablekit.client.errors import ConditionFailedError
from tablekit.ops.errors import FileError, RestoreError
from tablekit.ops.files import PRIVATE, input_file, regular
from tablekit.ops.restore.compare import ANOTHER
from tablekit.ops.restore.source import Source
from tablekit.ops.seed.bulk import existing
from tablekit.ops.seed.values import TypedItem, digest, key_of
from tablekit.ops.signed_http import SignedHttpClient, encoded

_AT_ONCE: Final = 25
_CONCURRENCY: Final = 16
_EXPRESSION_BYTES: Final = 4096
_OPERATORS: Final = 300
"""Of one expression, DynamoDB's own limits."""

PUT, REPLACED, SAME = "put back", "replaced", "there as it was"
WRITTEN_SINCE = "written since it was compared, and left"
NOT_RESTORED = "not in the restored table"
TOO_WIDE = "has more attributes than a condition can name, and left"
LEFT: Final = {WRITTEN_SINCE, NOT_RESTORED, TOO_WIDE}
"""What became of an item that is not as it was: a person is to see why."""


class Wanted(BaseModel):
    """A line of a file of keys. is_: what it was when it was compared. live: the digest of the live item then."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    is_: Literal["missing", "changed", "new", "expired"] | None = Field(default=None, alias="is")
    key: dict[str, dict[str, str]]
    live: str | None = None


def wanted_items(file: Path, source: Source, kind: str | None) -> Iterator[Wanted]:
    """The lines of a file of keys, those of a kind where one is given. Raises FileError, RestoreError with the line."""
    input_file(file, "give a file of keys, as `tablekit restore` writes it")
    types = {key.name: [str(key.type)] for key in source.target.table.keys}
    with file.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                found = Wanted.model_validate_json(line)
                if {name: list(value) for name, value in found.key.items()} != types:
                    raise ValueError("the key is not one of the table")
                key_of(found.key, types)
            except (ValueError, ArithmeticError):
                form = encoded({"key": {name: {type_: "…"} for name, (type_,) in types.items()}})
                raise RestoreError(f"{file}:{number}: is not the key of an item; write it as {form}") from None
            if kind in (None, found.is_):
                yield found


def _keep(path: Path, items: Iterable[TypedItem]) -> None:
    """Append items to a file in DynamoDB JSON, the owner's alone; they are on the disk when this returns.

    A torn last line is of a run that was cut off as it wrote: that item was not replaced, and the line goes.
    """
    lines = "".join(f"{encoded({'Item': item})}\n" for item in items).encode()
    regular(path, ANOTHER)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(descriptor, "r+b") as file:
            end = file.seek(0, os.SEEK_END)
            while end and os.pread(descriptor, 1, end - 1) != b"\n":
                end -= 1
            file.truncate(end)
            file.seek(end)
            file.write(lines)
            file.flush()
            os.fsync(descriptor)
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}; {ANOTHER}") from None


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
    ):
        lines = iter(wanted)
        while chunk := {key_of(each.key, keys): each for each in itertools.islice(lines, _AT_ONCE)}:
            asked = {key: each.key for key, each in chunk.items()}
            before, _ = existing(client, restored, keys, asked)
            live, _ = existing(client, table, keys, asked)
            steps = [_step(each, before.get(key), live.get(key), keys) for key, each in chunk.items()]
            if replaced is None:
                counts.update(step.what for step in steps)
            else:
                if old := [live[key] for key, step in zip(chunk, steps, strict=True) if step.what == REPLACED]:
                    _keep(replaced, old)
                counts.update(pool.map(partial(_carry_out, client, table, keys), steps))
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
    if wanted.is_ in ("missing", "expired") or wanted.live not in (None, now.hex()):
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
