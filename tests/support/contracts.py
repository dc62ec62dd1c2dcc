"""Contracts for tests to change: the golden outputs of a stage, and what a comparison finds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

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


def changed(change: Callable[[Outputs], object], outputs: Outputs | None = None) -> Outputs:
    """The outputs, prod's golden ones where none are given, after the change."""
    found = copy.deepcopy(outputs) if outputs else golden()
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


def cloudstro(outputs: Outputs) -> dict[str, Any]:
    found: dict[str, Any] = outputs["families"]["cloudstro"]
    return found


def users(outputs: Outputs) -> dict[str, Any]:
    found: dict[str, Any] = cloudstro(outputs)["tables"]["users"]
    return found


def pattern(outputs: Outputs, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloudstro(outputs)["accessPatterns"][name]
    return found


def put(part: Callable[[Outputs], dict[str, Any]], name: str, value: Any) -> Change:
    return lambda outputs: part(outputs).update({name: value})


def move(part: Callable[[Outputs], dict[str, Any]], old: str, new: str) -> Change:
    return lambda outputs: part(outputs).update({new: part(outputs).pop(old)})


def remove(part: Callable[[Outputs], dict[str, Any]], name: str) -> Change:
    return lambda outputs: part(outputs).pop(name)


def of(*path: str) -> Callable[[Outputs], dict[str, Any]]:
    """A part of the family cloudstro."""

    def part(outputs: Outputs) -> dict[str, Any]:
        found = cloudstro(outputs)
        for step in path:
            found = found[step]
        return found

    return part
