"""What the service would refuse: of an item in DynamoDB JSON (`{"id": {"S": "…"}}`), and of plain values through boto3.

Each check gives texts; an empty list means that it can be written.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, get_args

from tablekit.model import limits
from tablekit.model.attributes import AttributeType, Key
from tablekit.model.errors import did_you_mean
from tablekit.model.layout import TableLayout

Item = Mapping[str, Mapping[str, Any]]
"""An item in DynamoDB JSON: attribute name -> {type letters: value}."""

_TYPES: frozenset[str] = frozenset(get_args(AttributeType))
_SHAPES: dict[str, type[Any]] = {"S": str, "N": str, "B": str, "BOOL": bool, "NULL": bool, "M": dict, "L": list}
_TTL_SECONDS = (946_684_800, 32_503_680_000)
"""A plausible expiry in epoch seconds: the years 2000 to 3000. Milliseconds lie beyond."""


def check_item(table: TableLayout, item: Item, most: int | None = None, fresh: Item | None = None) -> list[str]:
    """Why the service would refuse the item, or why it would not behave as its table promises.

    most: what its size is surely not above, bytes; to compute that takes a third of the check.
    fresh: the part of it that the service has not held as it is; all of it, where that is not given.
    """
    unknown = item if fresh is None else fresh
    problems = [problem for name in unknown if (problem := name_problem(name))]
    problems = problems or [problem for name, value in unknown.items() for problem in _value_problems(name, value)]
    if problems:
        return problems
    problems = key_problems(table, item)
    if table.ttl and table.ttl in item:
        kind, text = _only(item[table.ttl])
        earliest, latest = _TTL_SECONDS
        if kind != "N" or not earliest <= Decimal(text) <= latest or Decimal(text) % 1:
            problems.append(
                f"TTL attribute {table.ttl!r} is {kind} {text!r}; it must be a Unix time in whole seconds, as a number"
            )
    for name, attribute in table.types.items():
        if name not in item:
            continue
        given, content = _only(item[name])
        if given not in ("NULL", attribute.type, *attribute.also) and name != table.ttl and name not in table.all_keys:
            problems.append(f"attribute {name!r} is {given}, declared as {attribute.type}")
        elif given == "S" and attribute.values and content not in attribute.values:
            problems.append(f"attribute {name!r} is {content!r}; its values are {', '.join(attribute.values)}")
    if (most is None or most > limits.MAX_ITEM_BYTES) and (size := item_size(item)) > limits.MAX_ITEM_BYTES:
        problems.append(f"{size} bytes; an item has at most {limits.MAX_ITEM_BYTES}: store the payload elsewhere")
    return list(dict.fromkeys(problems))


def key_problems(table: TableLayout, item: Item) -> list[str]:
    """Why the service would refuse the item for its keys, those of indexes included; its values are well-formed."""
    problems = []
    for key in table.keys:
        if key.name not in item:
            problems.append(f"no key {key.name!r}{did_you_mean(key.name, item)}; every item needs it")
    for key in table.all_keys.values():
        if key.name in item:
            problems += _key_problems(key, item[key.name], key in table.keys, _is_range(table, key.name))
    return problems


def item_size(item: Item) -> int:
    """The item's size in bytes, as the service bills it: names and values in UTF-8, 3 a container, 1 an element."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _only(value: Mapping[str, Any]) -> tuple[str, Any]:
    return next(iter(value.items()))


def _is_range(table: TableLayout, name: str) -> bool:
    ranges = [table.range_key, *(index.range_key for index in table.indexes)]
    return any(key is not None and key.name == name for key in ranges)


def _key_problems(key: Key, value: Mapping[str, Any], primary: bool, is_range: bool) -> list[str]:
    kind, content = _only(value)
    if kind != key.type:
        return [f"key {key.name!r} is {kind}; it must be {key.type}, or the service rejects the item"]
    size = len(content.encode()) if kind == "S" else len(base64.b64decode(content)) if kind == "B" else 1
    most = limits.MAX_RANGE_KEY_BYTES if is_range else limits.MAX_HASH_KEY_BYTES
    if size == 0:
        return [f"key {key.name!r} is empty; a {'key' if primary else 'key of an index'} needs a value"]
    return [f"key {key.name!r} has {size} bytes; allowed are {most}"] if size > most else []


def name_problem(name: str) -> str | None:
    """Why no attribute can have that name, of an item or of a map in it; None where one can."""
    size = len(name.encode())
    if 1 <= size <= limits.MAX_ATTRIBUTE_NAME_BYTES:
        return None
    return (
        f"attribute name {name[:20]!r} has {size} bytes; allowed are 1 to {limits.MAX_ATTRIBUTE_NAME_BYTES}: rename it"
    )


def _value_problems(name: str, value: Any, level: int = 1) -> list[str]:
    if level > limits.MAX_LEVELS:
        return [
            f"attribute {name[:40]!r}… lies deeper than {limits.MAX_LEVELS} levels, DynamoDB's most; store it as a text"
        ]
    if not isinstance(value, Mapping) or len(value) != 1:
        return [f'attribute {name!r} is {value!r}, not DynamoDB JSON; write it as {{"S": "text"}}']
    kind: str
    content: Any
    ((kind, content),) = value.items()
    if kind not in _TYPES:
        return [f"attribute {name!r} has type {kind!r}; types are {', '.join(sorted(_TYPES))}"]
    if kind in ("SS", "NS", "BS"):
        if not isinstance(content, list) or not content or len(set(map(str, content))) != len(content):
            return [f"attribute {name!r}: a set has one element or more, each once"]
        return [problem for element in content for problem in _value_problems(name, {kind[0]: element})]
    if type(content) is not _SHAPES[kind]:
        return [
            f"attribute {name!r}: {content!r} is not of type {kind}; in DynamoDB JSON it is a {_SHAPES[kind].__name__}"
        ]
    if kind == "NULL" and content is not True:
        return [f"attribute {name!r}: NULL is always true"]
    if kind == "N":
        return [] if is_number(content) else [f"attribute {name!r}: {content!r} is not a number of up to 38 digits"]
    if kind == "B":
        try:
            base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            return [f"attribute {name!r}: binary must be base64"]
    inner = content.items() if kind == "M" else enumerate(content) if kind == "L" else ()
    unnamed = [f"in {name!r}: {problem}" for part in content if (problem := name_problem(part))] if kind == "M" else []
    return unnamed or [
        problem for part, element in inner for problem in _value_problems(f"{name}.{part}", element, level + 1)
    ]


def is_number(text: str) -> bool:
    """Whether the text is a number that DynamoDB holds: up to 38 digits, between 1e-130 and 9.9…e125."""
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return False
    try:
        number = Decimal(text)
    except InvalidOperation:
        return False
    return _digits(number) <= limits.MAX_DIGITS and (not number or -130 <= number.adjusted() <= 125)


def _digits(number: Decimal) -> int:
    """Significant digits; not by `normalize`, which rounds to the context's precision."""
    return len("".join(map(str, number.as_tuple().digits)).strip("0"))


def _size(value: Mapping[str, Any]) -> int:
    kind, content = _only(value)
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return (_digits(Decimal(content)) + 1) // 2 + 1
        case "B":
            return len(base64.b64decode(content))
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(element) for name, element in content.items())
        case "L":
            return 3 + sum(1 + _size(element) for element in content)
    return sum(_size({kind[0]: element}) for element in content)


_PLAIN: dict[str, tuple[type, ...]] = {
    "S": (str,),
    "N": (int, Decimal),
    "B": (bytes,),
    "BOOL": (bool,),
    "NULL": (type(None),),
    "M": (dict,),
    "L": (list, tuple),
    "SS": (set, frozenset),
    "NS": (set, frozenset),
    "BS": (set, frozenset),
}
_ANY_PLAIN = tuple(dict.fromkeys(kind for kinds in _PLAIN.values() for kind in kinds))


def example_problems(
    example: Mapping[str, Any], types: Mapping[str, AttributeType], what: str = "example"
) -> list[str]:
    """Why boto3 or the service refuses one of the values. what: what the messages call a value."""
    found: list[str] = []
    for name, value in example.items():
        type_, place = types.get(name), f"{what} {name}"
        allowed = _PLAIN[type_] if type_ else _ANY_PLAIN
        if isinstance(value, float):
            found += _plain_problems(place, value)
        elif not isinstance(value, allowed) or (isinstance(value, bool) and type_ not in ("BOOL", None)):
            found.append(f"{place}={value!r} is not of type {type_}; give {_kind_names(allowed)}")
        elif type_ in ("SS", "NS", "BS"):
            found += _plain_set_problems(place, value, type_)
        else:
            found += _plain_problems(place, value)
    return found


def _kind_names(kinds: tuple[type, ...]) -> str:
    return " or ".join("None" if kind is type(None) else kind.__name__ for kind in kinds)


def _plain_problems(place: str, value: Any, level: int = 1) -> Iterator[str]:
    if level > limits.MAX_LEVELS:
        yield f"{place[:48]}… lies deeper than {limits.MAX_LEVELS} levels, DynamoDB's most; make it flatter"
    elif isinstance(value, float):
        advice = f'write Decimal("{value}")' if value - value == 0 else 'write a finite number, as Decimal("0.5")'
        yield f"{place}={value!r} is a float, which boto3 refuses; {advice}"
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and not _is_held(value):
        yield (
            f"{place}={value!r} is not a number that DynamoDB holds; it holds finite ones of up to 38 digits: "
            'give one, as Decimal("0.5")'
        )
    elif isinstance(value, dict):
        for name, element in value.items():
            if not isinstance(name, str):
                yield f"{place}: key {name!r} of a map is a {type(name).__name__}; keys are str: quote it"
            elif problem := name_problem(name):
                yield f"{place}: {problem}"
            else:
                yield from _plain_problems(f"{place}.{name}", element, level + 1)
    elif isinstance(value, list | tuple):
        for position, element in enumerate(value):
            yield from _plain_problems(f"{place}[{position}]", element, level + 1)
    elif isinstance(value, set | frozenset):
        of = "NS" if all(isinstance(v, int | Decimal) for v in value) else "SS"
        yield from _plain_set_problems(place, value, "BS" if all(isinstance(v, bytes) for v in value) else of)
    elif not isinstance(value, _ANY_PLAIN):
        yield f"{place}={value!r} is a {type(value).__name__}; give {_kind_names(_ANY_PLAIN)}"


def _is_held(number: int | Decimal) -> bool:
    """Whether boto3, which counts the zeros at a number's end as digits, and DynamoDB take it."""
    return is_number(str(number)) and len(Decimal(number).as_tuple().digits) <= limits.MAX_DIGITS


def _plain_set_problems(place: str, value: Any, type_: str) -> Iterator[str]:
    kinds = _PLAIN[type_[0]]
    if not value:
        yield f"{place} is an empty set; DynamoDB takes one element or more: add one, or leave it out"
    for element in sorted(value, key=str):
        if isinstance(element, float):
            yield from _plain_problems(place, element)
        elif not isinstance(element, kinds) or isinstance(element, bool):
            yield f"{place}: element {element!r} of a {type_} is not of type {type_[0]}; give {_kind_names(kinds)}"
        else:
            yield from _plain_problems(place, element)
