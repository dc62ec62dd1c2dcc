"""Contracts for tests to change: the golden outputs of a stage, and what a comparison finds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tablekit.contract.diff import diff
from tablekit.contract.document import Document, read_document
from tablekit.contract.golden import golden_text

GOLDEN = Path(__file__).parents[2] / "docs" / "contract"
Outputs = dict[str, Any]
Change = Callable[[Outputs], object]


@cache
def _kept(stage: str) -> str:
    return (GOLDEN / f"{stage}.json").read_text(encoding="utf-8")


def golden(stage: str = "prod") -> Outputs:
    """A stage's golden outputs, the test's own to change."""
    found: Outputs = json.loads(_kept(stage))
    return found


def assert_golden(stage: str, outputs: Outputs) -> None:
    """Hold a stage's outputs against its golden file."""
    if golden_text(outputs) != _kept(stage):
        found = [
            f"{each.level}: {each.family} {each.object} {each.what}: was {each.was!r}, is {each.now!r}"
            for each in diff(document(golden(stage), "golden"), document(outputs, "exported"))
        ]
        told = "\n".join(found) or "its text alone differs"
        pytest.fail(f"docs/contract/{stage}.json is not what the stage exports; renew it by: make snapshots\n{told}")


def document(outputs: Any, source: str = "outputs.json") -> Document:
    """What a comparison reads."""
    return read_document(json.dumps(outputs), source)


def changed(*changes: Change, outputs: Outputs | None = None) -> Outputs:
    """The outputs, prod's golden ones where none are given, after the changes."""
    found = copy.deepcopy(outputs) if outputs else golden()
    for change in changes:
        change(found)
    return found


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of everything within."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))


def holder(value: Any, path: tuple[str | int, ...]) -> Any:
    """What the path's last step is taken in."""
    for step in path[:-1]:
        value = value[step]
    return value


@dataclass(frozen=True)
class Moved:
    """Put in the place of what is there: it gets another name."""

    to: str


GONE: Final = object()
"""Put in the place of what is there: it is removed."""


def put(path: str, value: Any) -> Change:
    """Change what is at a path in the families, as `cloudstro/tables/users/name`."""

    def change(outputs: Outputs) -> None:
        inside: Any = outputs["families"]
        *way, last = path.split("/")
        for step in way:
            inside = inside[step]
        if value is GONE or isinstance(value, Moved):
            gone = inside.pop(last)
            inside |= {value.to: gone} if isinstance(value, Moved) else {}
        else:
            inside[last] = value

    return change


ALLOW = """
[[allow]]
family = "cloudstro"
object = "index users/email-index"
change = "removed"
by = "Ada Lovelace"
reason = "no consumer queries it since May"
"""
WITHOUT_INDEX = put("cloudstro/tables/users/indexes/email-index", GONE)
"""What `ALLOW` allows."""
