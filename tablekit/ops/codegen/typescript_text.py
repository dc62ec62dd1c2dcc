"""TypeScript's source text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from tablekit.ops.errors import CodegenError

WIDTH = 120
INDENT = "  "
_IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_SAFE = 2**53 - 1
"""The largest whole number up to which JavaScript's are exact: Number.MAX_SAFE_INTEGER."""


def string(text: str) -> str:
    """A literal of the text."""
    return json.dumps(text)


def number(value: Decimal, subject: str) -> str:
    """A literal that the document client sends as just this number. Raises CodegenError where JavaScript has none."""
    whole = value == value.to_integral_value()
    if whole and abs(value) > _SAFE:
        return f"{int(value)}n"
    near = repr(int(value)) if whole else repr(float(value))
    if Decimal(near) != value:
        raise CodegenError(f"{subject}: {value} is no number that JavaScript has; make it a parameter")
    return near


def comment(indent: str, text: str) -> str:
    """A documenting comment, in one line; nothing in the text ends it."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"{indent}/** {plain.replace('*/', '* /')} */"


def field(name: str) -> str:
    """A property's name in a type or an object literal."""
    if name == "__proto__":
        return '["__proto__"]'  # else it would be the object's prototype
    return name if _IDENTIFIER.fullmatch(name) else string(name)


def member(of: str, name: str) -> str:
    """`of.name`, or `of["na-me"]`."""
    return f"{of}.{name}" if _IDENTIFIER.fullmatch(name) else f"{of}[{string(name)}]"


def objects(pairs: Iterable[tuple[str, str]], indent: str) -> str:
    """An object literal; a line a property where one line would be too long. Values may have several lines."""
    parts = [f"{field(name)}: {value}" for name, value in pairs]
    return _enclosed("{", parts, "}", indent)


def arrays(values: Sequence[str], indent: str) -> str:
    """An array literal, laid out likewise."""
    return _enclosed("[", values, "]", indent)


def _enclosed(left: str, parts: Sequence[str], right: str, indent: str) -> str:
    space = " " if left == "{" and parts else ""
    line = f"{left}{space}{', '.join(parts)}{space}{right}"
    if "\n" not in line and len(line) + len(indent) + 30 <= WIDTH:
        return line
    inner = "".join(f"{indent}{INDENT}{part},\n" for part in parts)
    return f"{left}\n{inner}{indent}{right}"
