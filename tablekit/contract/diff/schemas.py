"""Compares two JSON Schemas of the contract: what the outputs of the one may hold that those of the other may not.

A reader of the old contract must understand the outputs of the new one. So a field may come, and what a field may hold
may become less; that a field goes, may be missing, or may hold something else breaks a reader.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablekit.contract.diff.alternatives import alternatives
from tablekit.contract.diff.changes import Change, Level, Verdict, additive, breaking, neutral
from tablekit.contract.document import Document

_ANY: Final = "anything"
_RULES: Final = ("pattern", "format", "minLength", "maxLength")
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}
"""The values of a JSON type, as Python has them."""


@dataclass(frozen=True)
class FieldShape:
    """One field. holds: the JSON types, or the very values, that it may hold. always: whether it is never missing.

    rules: what else its values keep to, as JSON text.
    """

    holds: frozenset[str]
    always: bool
    rules: str

    @property
    def text(self) -> str:
        """For a person."""
        rules = f", {self.rules}" if self.rules else ""
        return f"{' or '.join(sorted(self.holds))}{'' if self.always else ', may be missing'}{rules}"


def fields(schema: Document) -> dict[str, FieldShape]:
    """Every field that the schema knows, by its path; * stands for any name, [] for any element."""
    found: dict[str, FieldShape] = {}
    for path, shape in _fields(schema, schema.content, "", True, 0):
        known = found.get(path)
        found[path] = shape if known is None else _either(known, shape)
    return found


def compare_schemas(old: Document, new: Document) -> list[Change]:
    """The changes from one schema to the other."""
    before, after = fields(old), fields(new)
    found = []
    for path in sorted({*before, *after}):
        was, now = before.get(path), after.get(path)
        if was == now or not path:
            continue
        change = "added" if was is None else "removed" if now is None else "changed"
        verdict = _judge(was, now)
        shape = was is None and verdict.level is Level.ADDITIVE
        found.append(
            Change(
                level=verdict.level,
                change=change,
                family=None,
                object=f"field {path}",
                field="",
                was=was.text if was else "",
                now=now.text if now else "",
                why=verdict.why,
                shape=shape,
            )
        )
    return found


def _judge(was: FieldShape | None, now: FieldShape | None) -> Verdict:
    if was is None:
        return additive("a new field, which readers pass over")
    if now is None:
        return breaking("a field is gone: who reads it fails")
    if was.always and not now.always:
        return breaking("a field may be missing that was always there")
    if not all(_known(hold, was.holds) for hold in now.holds):
        return breaking("a field may hold what no reader of the old contract expects")
    if not _as_strict(was, now):
        return breaking("its values keep to another rule")
    return neutral("what it may hold, a reader of the old contract understands")


def _fields(schema: Document, part: Any, path: str, always: bool, depth: int) -> Iterator[tuple[str, FieldShape]]:
    choices = alternatives(schema, part, path, depth)
    holds = frozenset().union(*(_holds(each) for each in choices))
    rules = {name: each[name] for each in choices for name in _RULES if name in each}
    yield path, FieldShape(holds, always, json.dumps(rules, sort_keys=True) if rules else "")
    for each in choices:
        for name, inner in each.get("properties", {}).items():
            step = f"{path}.{name}".lstrip(".")
            yield from _fields(schema, inner, step, name in each.get("required", ()), depth + 1)
        for word, step in (("additionalProperties", f"{path}.*"), ("items", f"{path}[]")):
            if isinstance(each.get(word), Mapping):
                yield from _fields(schema, each[word], step.lstrip("."), True, depth + 1)


def _holds(part: Mapping[str, Any]) -> frozenset[str]:
    if "const" in part:
        return frozenset({json.dumps(part["const"])})
    if "enum" in part:
        return frozenset(map(json.dumps, part["enum"]))
    kinds = part.get("type", _ANY)
    return frozenset(map(str, kinds)) if isinstance(kinds, list) else frozenset({str(kinds)})


def _as_strict(was: FieldShape, now: FieldShape) -> bool:
    """Whether all that the field may hold now keeps to the rules that there were."""
    if not was.rules or was.rules == now.rules:
        return True
    try:
        before: dict[str, Any] = json.loads(was.rules)
        values = [json.loads(hold) for hold in now.holds if hold != "null"]
    except ValueError:  # rules of two alternatives; a type, not a value
        return False
    return {*before} <= {"pattern"} and all(
        isinstance(value, str) and _matches(str(before["pattern"]), value) for value in values
    )


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:  # of another engine's grammar
        return False


def _known(hold: str, before: frozenset[str]) -> bool:
    """Whether a reader of what was held knows this: it is among that, or a value of a type that is."""
    if hold in before or _ANY in before:
        return True
    if hold == "integer":
        return "number" in before
    try:
        value = json.loads(hold)
    except ValueError:  # a type, not a value
        return False
    return not before.isdisjoint(name for name, kinds in _TYPES.items() if type(value) in kinds)


def _either(one: FieldShape, other: FieldShape) -> FieldShape:
    """A field that two alternatives have."""
    rules = one.rules if one.rules == other.rules else f"{one.rules} or {other.rules}"
    return FieldShape(one.holds | other.holds, one.always and other.always, rules)
