"""The access patterns that the keys and indexes of a table give by themselves.

An item by its key; the items under a hash key, where the key has two parts; and the items that each index holds under
a hash key, so that every index is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from tablekit.model.attributes import Key
from tablekit.model.expressions import quoted
from tablekit.model.layout import Index
from tablekit.model.patterns import AccessPattern

_MOST = 64
"""Characters of a pattern's name."""


def slug(text: str) -> str:
    """The text in lower case with hyphens between its words: `AccountId` and `account_id` give `account-id`."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", split.lower()).strip("-")


def patterns(table: str, keys: Sequence[Key], indexes: Iterable[Index], taken: set[str]) -> tuple[AccessPattern, ...]:
    """The table's patterns. taken: the names that are given already; those of these patterns are added."""
    found = [_pattern(table, None, keys, "get", taken)]
    if len(keys) == 2:
        found.append(_pattern(table, None, keys[:1], "query", taken))
    found += [_pattern(table, index, index.keys[:1], "query", taken) for index in indexes]
    return tuple(found)


def _pattern(table: str, index: Index | None, keys: Sequence[Key], operation: Any, taken: set[str]) -> AccessPattern:
    parameters = _parameters(keys)
    named = " and ".join(key.name for key in keys)
    what = "One item" if operation == "get" else "The items"
    return AccessPattern(
        name=_name(operation, table, index, taken),
        purpose=f"{what} of {table}{f' that {index.name} holds' if index else ''}, by {named}",
        operation=operation,
        index=index.name if index else None,
        key=" AND ".join(f"{quoted(key.name)} = :{parameters[key.name]}" for key in keys),
    )


def _name(operation: str, table: str, index: Index | None, taken: set[str]) -> str:
    words = [operation, slug(table)]
    if index:
        words += ["by", slug(index.name).removeprefix("by-").removesuffix("-index")]
    whole = "-".join(word for word in words if word)[:_MOST].strip("-")
    name, number = whole, 1
    while name in taken:
        number += 1
        name = f"{whole[: _MOST - len(str(number)) - 1].strip('-')}-{number}"
    taken.add(name)
    return name


def _parameters(keys: Iterable[Key]) -> dict[str, str]:
    """Key -> its parameter: the attribute's name, with _ for what no parameter's name can have."""
    found: dict[str, str] = {}
    for key in keys:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", key.name)
        plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
        found[key.name] = f"{plain}_" if plain in found.values() else plain
    return found
