"""The values of items: their types, and plain JSON among them, as NoSQL Workbench keeps what a person types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, cast, get_args

from tablekit.model.attributes import AttributeType
from tablekit.model.limits import MAX_LEVELS
from tablekit.ops.workbench.format import Item

_TYPES = frozenset(get_args(AttributeType))


def types_in(items: Iterable[Mapping[str, Mapping[str, Any]]]) -> dict[str, tuple[AttributeType, ...]]:
    """Each attribute's types in the items, sorted, in order of first occurrence; NULL only where it has no other."""
    found: dict[str, set[str]] = {}
    for item in items:
        for name, value in item.items():
            found.setdefault(name, set()).update(value)
    return {name: cast("tuple[AttributeType, ...]", tuple(sorted(_real(types)))) for name, types in found.items()}


def _real(types: set[str]) -> set[str]:
    return types - {"NULL"} or types


def of_several_types(types: Mapping[str, tuple[AttributeType, ...]]) -> frozenset[str]:
    """The attributes that are of one type here and of another there, which no declaration can say."""
    return frozenset(name for name, found in types.items() if len(found) > 1)


def in_order(names: Iterable[str], several: frozenset[str]) -> list[str]:
    """The names in their order; then those of several types by name, as their order would be that of the items."""
    given = list(names)
    return [name for name in given if name not in several] + sorted(several.intersection(given))


def typed_where_plain(item: Item) -> tuple[Item, list[str]]:
    """The item with its plain maps and lists in DynamoDB JSON, and the attributes that had some.

    One that has DynamoDB JSON anywhere in it is left as it is.
    """
    plain = [name for name, value in item.items() if _is_plain(value)]
    return {**item, **{name: _typed(next(iter(item[name].values()))) for name in plain}}, plain


def _is_plain(value: dict[str, Any]) -> bool:
    """Whether it is a map or list with something in it, and none of that in DynamoDB JSON."""
    ((kind, content),) = value.items() if len(value) == 1 else ((None, None),)
    if (kind == "M" and isinstance(content, dict)) or (kind == "L" and isinstance(content, list)):
        return bool(content) and all(_untyped(part, 1) for part in _parts(content))
    return False


def _untyped(content: Any, level: int) -> bool:
    if isinstance(content, dict) and len(content) == 1 and not _TYPES.isdisjoint(content):
        return False
    return level <= MAX_LEVELS and all(_untyped(part, level + 1) for part in _parts(content))


def _parts(content: Any) -> Iterator[Any]:
    yield from content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()


def _typed(content: Any) -> dict[str, Any]:
    match content:
        case bool():
            return {"BOOL": content}
        case str():
            return {"S": content}
        case int() | Decimal():
            return {"N": str(content)}
        case dict():
            return {"M": {name: _typed(part) for name, part in content.items()}}
        case list():
            return {"L": [_typed(part) for part in content]}
    return {"NULL": True}
