"""Values of items: from plain JSON and CSV into DynamoDB JSON, and compared as the service holds them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from tablekit.model.attributes import Attribute
from tablekit.model.documents import distinct
from tablekit.model.templates import number_text

TypedItem = dict[str, dict[str, Any]]
"""An item in DynamoDB JSON; binary is base64 text, a number is text."""

Key = tuple[Hashable, ...]
"""An item's primary key, equal for keys that the service takes for one: 1 and 1.0 are."""


class Number(str):
    """A number of a JSON text with a fraction or an exponent, digit for digit as it stood there."""

    __slots__ = ()


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not a number that DynamoDB holds")


_DECODER = json.JSONDecoder(parse_float=Number, parse_constant=_no_number)
_STRICT = json.JSONDecoder(parse_float=Number, parse_constant=_no_number, object_pairs_hook=distinct)
_SETS = ("SS", "NS", "BS")


def parse_plain(text: str, strict: bool = True) -> Any:
    """What a JSON text says, numbers as `int` or `Number`: none loses a digit. Raises ValueError.

    strict: raise DocumentError for a name that an object has twice; to look takes as long as to parse.
    """
    return (_STRICT if strict else _DECODER).decode(text)


def typed(value: Any, declared: str | None = None) -> dict[str, Any]:
    """A value of plain JSON in DynamoDB JSON.

    declared: the attribute's type; a text is B (base64) and a list a set where that says so.
    """
    kind = type(value)
    if kind is str:
        return {"B": value} if declared == "B" else {"S": value}
    if kind is int or kind is Number:
        return {"N": str(value)}
    if kind is bool:
        return {"BOOL": value}
    if kind is dict:
        return {"M": {name: typed(inner) for name, inner in value.items()}}
    if value is None:
        return {"NULL": True}
    if declared in _SETS:
        return {declared: [str(element) if type(element) in (int, Number) else element for element in value]}
    return {"L": [typed(inner) for inner in value]}


def special_types(types: Mapping[str, Attribute]) -> dict[str, str]:
    """The attributes whose type plain JSON can't show: binary and sets."""
    return {name: attribute.type for name, attribute in types.items() if attribute.type in ("B", *_SETS)}


def typed_item(plain: Mapping[str, Any], special: Mapping[str, str]) -> TypedItem:
    """An item of plain JSON in DynamoDB JSON. special: as `special_types` gives it."""
    return {name: typed(value, special.get(name)) for name, value in plain.items()}


def typed_cell(text: str, declared: str) -> dict[str, Any]:
    """A CSV cell, not empty, in DynamoDB JSON. Maps, lists and sets are JSON in it. Raises ValueError."""
    if declared in ("S", "B"):
        return {declared: text}
    if declared == "N":
        return {"N": text.strip()}
    word = text.strip().lower()
    if declared == "BOOL":
        if word not in ("true", "false"):
            raise ValueError(f"{text!r} is neither true nor false")
        return {"BOOL": word == "true"}
    if word == "null":
        return {"NULL": True}
    value = parse_plain(text)
    found = typed(value, declared)
    if declared not in found:
        raise ValueError(f"{text[:40]!r} is no JSON of type {declared}")
    return found


def key_of(item: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> Key:
    """The item's primary key. names: of the hash key and the range key. Raises KeyError where one is missing."""
    return tuple(_part(item[name]) for name in names)


def _part(value: Mapping[str, Any]) -> Hashable:
    ((kind, content),) = value.items()
    return content if kind == "S" else (kind, _SAME[kind](content))


def shown_key(item: TypedItem, names: Iterable[str]) -> str:
    """An item's key as a person reads it. names: of the hash key and the range key."""
    return ", ".join(f"{name} = {next(iter(item[name].values()))!r}" for name in names)


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two items are one to the service: 3.30 is 3.3, a set has no order."""
    return bool(_same_map(one) == _same_map(other))


def _same_map(content: Mapping[str, Any]) -> Any:
    return {name: _value(value) for name, value in content.items()}


def _value(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    return kind, _SAME[kind](content)


_SAME: dict[str, Callable[[Any], Any]] = {
    "S": str,
    "N": Decimal,
    "B": base64.b64decode,
    "BOOL": bool,
    "NULL": bool,
    "M": _same_map,
    "L": lambda content: [_value(value) for value in content],
    "SS": frozenset,
    "NS": lambda content: frozenset(map(Decimal, content)),
    "BS": lambda content: frozenset(map(base64.b64decode, content)),
}


_OLDEST_SECONDS: Final = 5 * 365 * 24 * 3600
"""TTL leaves alone what expired longer ago: it takes it for a mistake."""


def is_expired(item: TypedItem, ttl: str | None, now: float) -> bool:
    """Whether TTL on that attribute deletes the item, or has."""
    number = item.get(ttl or "", {}).get("N")
    return number is not None and now - _OLDEST_SECONDS < float(number) <= now


_sorted_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_OTHER_NUMBER = re.compile(r'"N":"(?!(?:0|-?[1-9]\d*)")([^"]*)"')
"""In an item's text, a number that is not written as an integer is; a quote within a text has a backslash."""


def one_text(item: TypedItem) -> str:
    """An item's or a key's text, the same for those that are one to the service."""
    text = _sorted_text(item)
    if any(f'"{kind}":[' in text for kind in _SETS):
        text = _sorted_text({name: _ordered(value) for name, value in item.items()})
    return _OTHER_NUMBER.sub(lambda found: f'"N":"{number_text(Decimal(found[1]))}"', text)


def digest(item: TypedItem) -> bytes:
    """16 bytes, the same for items that are one to the service."""
    return hashlib.blake2b(one_text(item).encode(), digest_size=16).digest()


def _ordered(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    if kind == "NS":
        return {kind: sorted(number_text(Decimal(element)) for element in content)}
    if kind in _SETS:
        return {kind: sorted(content)}
    if kind == "M":
        return {kind: {name: _ordered(inner) for name, inner in content.items()}}
    return {kind: [_ordered(inner) for inner in content] if kind == "L" else content}
