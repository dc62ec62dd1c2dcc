"""What a part of a JSON Schema may be: references, `allOf`, `anyOf` and `oneOf` worked out into alternatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tablekit.contract.document import Document
from tablekit.contract.errors import ContractError

_DEEP: Final = 30
_MANY: Final = 100
_JOINED: Final = ("$ref", "allOf", "anyOf", "oneOf")
_WORDS: Final[Mapping[str, tuple[type, str]]] = {
    "properties": (dict, "an object"),
    "required": (list, "a list"),
    "enum": (list, "a list"),
    "allOf": (list, "a list"),
    "anyOf": (list, "a list"),
    "oneOf": (list, "a list"),
}
"""Words that the comparison reads, and what each is."""


def alternatives(schema: Document, part: Any, path: str, depth: int) -> list[dict[str, Any]]:
    """The schemas of which a value of the part keeps to one, each without references and words that join schemas.

    path: of the field, for messages. depth: how deep the part is within others. Raises ContractError.
    """
    if depth > _DEEP:
        raise ContractError(f"{schema.source}: {path[:80]}…: a field within itself; a contract has none: unroll it")
    found: list[dict[str, Any]] = [{}]
    for each in _chain(schema, part):
        for word, (kind, called) in _WORDS.items():
            if word in each and not isinstance(each[word], kind):
                given = f"{path[:80] or 'the whole'}: {word}: {str(each[word])[:40]!r}"
                raise ContractError(f"{schema.source}: {given} is not allowed: write {called}")
        groups = [[{name: value for name, value in each.items() if name not in _JOINED}]]
        groups += [alternatives(schema, inner, path, depth + 1) for inner in each.get("allOf", ())]
        for word in ("anyOf", "oneOf"):
            if each.get(word):
                groups.append([one for inner in each[word] for one in alternatives(schema, inner, path, depth + 1)])
        for group in groups:
            found = [_both(one, other) for one in found for other in group]
            if len(found) > _MANY:
                raise ContractError(f"{schema.source}: {path[:80]}: more than {_MANY} alternatives; name fewer")
    return found


def _chain(schema: Document, part: Any) -> Iterator[Mapping[str, Any]]:
    """The part, and what its reference leads to, to the end."""
    seen: set[str] = set()
    while isinstance(part, Mapping):
        yield part
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return
        if reference in seen or not reference.startswith("#/"):
            raise ContractError(f"{schema.source}: {reference[:80]}: a reference that leads nowhere; mend it")
        seen.add(reference)
        part = schema.content
        for step in reference[2:].split("/"):
            part = part.get(step) if isinstance(part, Mapping) else None
        if part is None:
            raise ContractError(f"{schema.source}: {reference[:80]}: there is nothing of that name; mend it")


def _both(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that keeps to the two."""
    merged = {**other, **one}
    if "properties" in one and "properties" in other:
        ours, theirs = one["properties"], other["properties"]
        both = {name: {"allOf": [ours[name], theirs[name]]} for name in ours if name in theirs}
        merged["properties"] = {**theirs, **ours, **both}
    if "required" in one and "required" in other:
        merged["required"] = [*one["required"], *other["required"]]
    for word in ("enum", "type"):
        if word in one and word in other:
            ours, theirs = (side[word] if isinstance(side[word], list) else [side[word]] for side in (one, other))
            merged[word] = [value for value in ours if value in theirs] or ours
    return merged
