"""JSON documents that another program wrote: read whole, or refused with what is wrong with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

from tablekit.model.errors import TablekitError

_DEEPEST: Final = 100
"""Levels of objects and lists within each other; a contract has 8, a state some 20."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


class DocumentError(TablekitError):
    """What is wrong with a document; its reader adds which one, and what to do."""


def json_object(content: bytes | str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The JSON object in a document, which may begin with a byte order mark. Raises DocumentError.

    Refused is what no program writes and no program could print, walk or understand in one way only: half a surrogate
    pair, NaN, a number of thousands of digits, more than 100 levels, a name that an object has twice.
    """
    try:
        text = (content.decode() if isinstance(content, bytes) else content).removeprefix("\ufeff")
        found = json.loads(text, parse_float=parse_float, parse_constant=_no_constant, object_pairs_hook=distinct)
        if _SURROGATE.search(text) or not text.isascii():
            json.dumps(found, ensure_ascii=False, default=str).encode()
    except UnicodeDecodeError:
        raise DocumentError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise DocumentError(f"not JSON at line {error.lineno}" if text.strip() else "empty") from None
    except (ValueError, RecursionError):
        raise DocumentError("not JSON that any program wrote") from None
    if _deeper(found, _DEEPEST):
        raise DocumentError("not JSON that any program wrote")
    if not isinstance(found, dict):
        raise DocumentError(f"a JSON {type(found).__name__}, not an object")
    return found


def distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's names and values, for `object_pairs_hook`. Raises DocumentError for a name that stands twice.

    Python, as most readers, would take the last of its values, and say nothing.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise DocumentError(f"the name {twice[:80]!r} stands twice in one object, and only one of the two can be meant")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _deeper(content: Any, levels: int) -> bool:
    """Whether more than so many levels of objects and lists are within each other."""
    level = [content]
    for _ in range(levels):
        nested = [value for value in level if isinstance(value, dict | list)]
        level = [inner for value in nested for inner in (value.values() if isinstance(value, dict) else value)]
    return any(isinstance(value, dict | list) for value in level)
