"""The types that attributes have in items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from tablekit.model.attributes import AttributeType


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
