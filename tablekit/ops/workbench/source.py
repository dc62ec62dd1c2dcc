"""Python source of declarations, laid out as `ruff format` does it at 120 columns.

What fits stands on one line; what does not has an element a line, with a comma after the last.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

WIDTH = 120
_STEP = 4


@dataclass(frozen=True)
class Call:
    """A call: `S("id")`, `Index(name="by-day", …)`."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Name:
    """A name that stands for something else of the module."""

    name: str


def written(node: Any, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """The node's source: a Call, Name, text, number, bool, None, or a tuple or dict of them.

    indent: of the line that it begins on. before: columns of that line that are taken. after: columns that follow it.
    """
    line = flat(node)
    if (
        before + columns(line) + after <= WIDTH
        or not isinstance(node, Call | tuple | dict)
        or line[-2:] in ("()", "{}")
    ):
        return line
    opened = f"{node.name}(" if isinstance(node, Call) else "{" if isinstance(node, dict) else "("
    inner = indent + _STEP
    parts = "".join(f"{' ' * inner}{_element(prefix, part, inner)},\n" for prefix, part in _elements(node))
    return f"{opened}\n{parts}{' ' * indent}{'}' if isinstance(node, dict) else ')'}"


def flat(node: Any) -> str:
    """The node's source on one line."""
    match node:
        case Name(name):
            return name
        case str():
            return text(node)
        case tuple():
            return f"({', '.join(map(flat, node))}{',' if len(node) == 1 else ''})"
        case dict():
            return f"{{{', '.join(prefix + flat(part) for prefix, part in _elements(node))}}}"
        case Call(name):
            return f"{name}({', '.join(prefix + flat(part) for prefix, part in _elements(node))})"
    return repr(node)


def text(value: str) -> str:
    """A text's literal: in double quotes, or in single ones where that takes fewer backslashes."""
    return _quoted(repr(value))


def columns(line: str) -> int:
    """How wide the line is shown: East Asian wide characters take two columns, combining ones none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _elements(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Call):
        yield from (("", argument) for argument in node.arguments)
        yield from ((f"{name}=", value) for name, value in node.keywords.items())
    elif isinstance(node, dict):
        yield from ((f"{flat(name)}: ", value) for name, value in node.items())
    else:
        yield from (("", part) for part in node)


def _element(prefix: str, part: Any, indent: int) -> str:
    """One element of what is broken up. A text that is too long for a keyword's line goes on in the next lines."""
    before = indent + columns(prefix)
    if isinstance(part, str) and prefix.endswith("=") and before + columns(text(part)) + 1 > WIDTH:
        return prefix + f"\n{' ' * indent}".join(_chunks(part, before, indent))
    return prefix + written(part, indent, before, 1)


def _chunks(value: str, before: int, indent: int) -> Iterator[str]:
    """Literals that make up the text, cut behind a space where there is one."""
    while value:
        end = _fitting(value, WIDTH - before - 1)
        yield text(value[:end])
        value, before = value[end:], indent


def _fitting(value: str, room: int) -> int:
    """How many characters of the text have a literal of that many columns."""
    low, high = 1, len(value)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if columns(text(value[:middle])) <= room else (low, middle - 1)
    if low == len(value):
        return low
    return value.rfind(" ", 0, low) + 1 or low


def _quoted(literal: str) -> str:
    """What `repr` gives, with the quotes that `ruff format` would take."""
    quote, body = literal[0], literal[1:-1]
    plain = body.replace(f"\\{quote}", quote)
    double = plain.count('"') <= plain.count("'") if '"' in plain and "'" in plain else '"' not in plain
    if double:
        escaped = plain.replace('"', '\\"')
        return f'"{escaped}"'
    escaped = plain.replace("'", "\\'")
    return f"'{escaped}'"
