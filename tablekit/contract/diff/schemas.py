"""Compares two JSON Schemas of the contract: what the outputs of the one may hold that those of the other may not.

A reader of the old contract must understand the outputs of the new one. So a field may come, and what a field may hold
may become less; that a field goes, may be missing, or may hold something else breaks a reader.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablekit.contract.diff.changes import Change, Level, Verdict, additive, breaking, neutral
from tablekit.contract.document import Document
from tablekit.contract.errors import ContractError

_DEEP: Final = 30
_ANY: Final = "anything"


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
    if _ANY not in was.holds and now.holds - was.holds:
        return breaking("a field may hold what no reader of the old contract expects")
    if was.rules != now.rules:
        return breaking("its values keep to another rule")
    return neutral("what it may hold, a reader of the old contract understands")


def _fields(schema: Document, part: Any, path: str, always: bool, depth: int) -> Iterator[tuple[str, FieldShape]]:
    if depth > _DEEP:
        raise ContractError(f"{schema.source}: {path[:80]}…: a field within itself; a contract has none: unroll it")
    part = _resolved(schema, part)
    choices = [_resolved(schema, each) for each in part.get("anyOf") or part.get("oneOf") or [part]]
    holds = frozenset().union(*(_holds(each) for each in choices))
    rules = {
        name: each[name] for each in choices for name in ("pattern", "format", "minLength", "maxLength") if name in each
    }
    yield path, FieldShape(holds, always, json.dumps(rules, sort_keys=True) if rules else "")
    for each in choices:
        required = each.get("required") or ()
        for name, inner in (each.get("properties") or {}).items():
            yield from _fields(schema, inner, f"{path}.{name}".lstrip("."), name in required, depth + 1)
        for word, step in (("additionalProperties", f"{path}.*"), ("items", f"{path}[]")):
            if isinstance(each.get(word), Mapping):
                yield from _fields(schema, each[word], step.lstrip("."), True, depth + 1)


def _resolved(schema: Document, part: Any) -> Mapping[str, Any]:
    """The part that a reference leads to, or itself."""
    seen: set[str] = set()
    while isinstance(part, Mapping) and isinstance(reference := part.get("$ref"), str):
        if reference in seen or not reference.startswith("#/"):
            raise ContractError(f"{schema.source}: {reference[:80]}: a reference that leads nowhere; mend it")
        seen.add(reference)
        target: Any = schema.content
        for step in reference[2:].split("/"):
            target = target.get(step) if isinstance(target, Mapping) else None
        if target is None:
            raise ContractError(f"{schema.source}: {reference[:80]}: there is nothing of that name; mend it")
        part = target
    return part if isinstance(part, Mapping) else {}


def _holds(part: Mapping[str, Any]) -> frozenset[str]:
    if "const" in part:
        return frozenset({json.dumps(part["const"])})
    if isinstance(part.get("enum"), list):
        return frozenset(map(json.dumps, part["enum"]))
    kinds = part.get("type", _ANY)
    return frozenset(map(str, kinds)) if isinstance(kinds, list) else frozenset({str(kinds)})


def _either(one: FieldShape, other: FieldShape) -> FieldShape:
    """A field that two alternatives have."""
    rules = one.rules if one.rules == other.rules else f"{one.rules} or {other.rules}"
    return FieldShape(one.holds | other.holds, one.always and other.always, rules)
