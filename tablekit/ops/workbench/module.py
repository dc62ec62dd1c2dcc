"""A family as a module of `families/`: the same declaration, in Python, laid out as `ruff format` does at 120 columns.

What fits stands on one line; what does not has an element a line, with a comma after the last.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tablekit.model.attributes import Attribute, Key
from tablekit.model.base import Declared
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern

WIDTH = 120
_STEP = 4
FROM_MODEL = "a NoSQL Workbench data model, by `tablekit import nosql-workbench`"
ADVICE = """\
What a data model has no place for is to be settled by hand:
- TTL: name the attribute in the table's `ttl`, and in `retention` the days that an item is kept;
- `classification`: every table is `confidential` until somebody has looked, and `secrets` are none;
- access patterns: those below follow from keys and indexes alone; writes, filters, orders and limits are to be added;
- roles: `app` and `readonly` take what there is; tenants, reaches and metrics are to be added;
- owner, cost centre, region, and the prefix of the tables' names (`table_name`)."""


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


def module_source(family: Family, origin: str = FROM_MODEL, advice: str = ADVICE) -> str:
    """The module's text, as `ruff format` at 120 columns leaves it. It defines FAMILY, equal to the family.

    origin: what it was made of. advice: what is to be settled by hand.
    """
    tables = tuple(_node(table) for table in family.tables)
    fields = _fields(family) | {"tables": Name("_TABLES")}
    body = "\n\n".join(
        f"{name} = {written(node, before=len(name) + 3)}"
        for name, node in (("_TABLES", tables), ("FAMILY", Call("Family", (), fields)))
    )
    names = ", ".join(sorted({name for node in (*tables, fields) for name in _names(node)} | {"Family"}))
    docstring = _docstring(family, origin, advice)
    head = f"{docstring}\n\nfrom __future__ import annotations\n\nfrom tablekit.model import {names}"
    return f"{head}\n\n{body}\n"


def _docstring(family: Family, origin: str, advice: str) -> str:
    shown = re.sub(r"[^ A-Za-z0-9_.,:;()&+-]", "", family.title)[:40].strip() or family.key
    return f'"""{shown}: from {origin}.\n\n{advice}\n"""'


def _node(value: Any) -> Any:
    """A declared thing as the source that makes it, without what is so by default."""
    match value:
        case Key():
            return Call(value.type, (value.name,))
        case Attribute(type=type_, values=(), note=""):
            return type_
        case AccessPattern(operation=operation):
            fields = _fields(value)
            named = {name: fields[name] for name in fields if name not in ("name", "purpose", "operation")}
            return Call(operation.replace("-", "_"), (value.name, value.purpose), named)
        case Declared():
            return Call(type(value).__name__, (), _fields(value))
        case tuple():
            return tuple(_node(part) for part in value)
        case dict():
            return {name: _node(part) for name, part in value.items()}
    return value


def _fields(value: Declared) -> dict[str, Any]:
    given = {name: getattr(value, name) for name in type(value).model_fields}
    return {
        name: _node(content)
        for name, content in given.items()
        if content != type(value).model_fields[name].get_default(call_default_factory=True)
    }


def _names(node: Any) -> Iterable[str]:
    """The names that the source calls."""
    match node:
        case Call(name, arguments, keywords):
            yield name
            yield from _names((*arguments, *keywords.values()))
        case tuple():
            for part in node:
                yield from _names(part)
        case dict():
            yield from _names(tuple(node.values()))


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
