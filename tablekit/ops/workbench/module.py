"""A family as a module of `families/`: the same declaration, in Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tablekit.model.attributes import Attribute, Key
from tablekit.model.base import Declared
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.ops.workbench.source import Call, Name, written

_ADVICE = """\
What a data model has no place for is to be settled by hand:
- TTL: name the attribute in the table's `ttl`, and in `retention` the days that an item is kept;
- `classification`: every table is `confidential` until somebody has looked, and `secrets` are none;
- access patterns: those below follow from keys and indexes alone; writes, filters, orders and limits are to be added;
- roles: `app` and `readonly` take what there is; tenants, reaches and metrics are to be added;
- owner, cost centre, region, and the prefix of the tables' names (`table_name`)."""


def module_source(family: Family) -> str:
    """The module's text, as `ruff format` at 120 columns leaves it. It defines FAMILY, equal to the family."""
    tables = tuple(_node(table) for table in family.tables)
    fields = _fields(family) | {"tables": Name("_TABLES")}
    body = "\n\n".join(
        f"{name} = {written(node, before=len(name) + 3)}"
        for name, node in (("_TABLES", tables), ("FAMILY", Call("Family", (), fields)))
    )
    names = ", ".join(sorted({name for node in (*tables, fields) for name in _names(node)} | {"Family"}))
    head = f"{_docstring(family)}\n\nfrom __future__ import annotations\n\nfrom tablekit.model import {names}"
    return f"{head}\n\n{body}\n"


def _docstring(family: Family) -> str:
    shown = re.sub(r"[^ A-Za-z0-9_.,:;()&+-]", "", family.title)[:40].strip() or family.key
    return f'"""{shown}: from a NoSQL Workbench data model, by `tablekit import nosql-workbench`.\n\n{_ADVICE}\n"""'


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
