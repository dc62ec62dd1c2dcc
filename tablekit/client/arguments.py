"""Whether the arguments of a call are what its access pattern takes. Everything here is decided before the call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tablekit.client.entities import template_problems
from tablekit.client.errors import ParameterError
from tablekit.contract.v1 import ExportedAccessPattern, ExportedTable
from tablekit.model.attributes import AttributeType
from tablekit.model.errors import did_you_mean
from tablekit.model.examples import example_problems
from tablekit.model.expressions import Literal, Node, walk

_KEY_KINDS: dict[str, AttributeType] = {"S": "S", "N": "N", "B": "B"}


def check(
    subject: str,
    pattern: ExportedAccessPattern,
    table: ExportedTable,
    trees: Iterable[Node],
    arguments: Mapping[str, Any],
) -> None:
    """Raises ParameterError, with the first problem; subject: the access pattern, as a person knows it.

    trees: the pattern's expressions, parsed.
    """
    for problem in (
        *_name_problems(pattern, arguments),
        *example_problems(arguments, pattern.parameters, "parameter"),
        *_template_problems(trees, arguments),
        *_item_problems(pattern, table, arguments),
    ):
        raise ParameterError(f"{subject}: {problem}")


def _name_problems(pattern: ExportedAccessPattern, arguments: Mapping[str, Any]) -> Iterator[str]:
    takes = ", ".join(f"{name} ({type_})" for name, type_ in pattern.parameters.items()) or "none"
    for name in arguments:
        if name not in pattern.parameters:
            yield f"no parameter {name!r}{did_you_mean(name, pattern.parameters)}; it takes {takes}"
    for name in pattern.parameters:
        if name not in arguments:
            yield f"parameter {name!r} is missing; it takes {takes}"


def _template_problems(trees: Iterable[Node], arguments: Mapping[str, Any]) -> Iterator[str]:
    for node in (node for tree in trees for node in walk(tree)):
        if isinstance(node, Literal) and node.template and arguments.keys() >= {*node.template.fields}:
            yield from template_problems(node.template, arguments, "parameter")


def _item_problems(pattern: ExportedAccessPattern, table: ExportedTable, arguments: Mapping[str, Any]) -> Iterator[str]:
    if pattern.operation == "put":
        written = {"item": arguments["item"]} if "item" in arguments else {}
    elif pattern.operation == "batch-write":
        written = {f"items[{place}]": item for place, item in enumerate(arguments.get("items", ()))}
    else:
        return
    if pattern.operation == "batch-write" and not written:
        yield "parameter items is empty; give one item or more"
    keys = [key for key in (table.hash_key, table.range_key) if key]
    indexed = [key for index in table.indexes.values() for key in (index.hash_key, index.range_key) if key]
    for place, item in written.items():
        if not isinstance(item, Mapping):
            yield f"parameter {place} is a {type(item).__name__}; an item is a dict of attribute name to value"
            continue
        for key in keys:
            if key.name not in item:
                yield f"parameter {place} has no key {key.name!r}{did_you_mean(key.name, item)}; every item needs it"
        types = {key.name: _KEY_KINDS[key.type] for key in (*keys, *indexed) if key.name in item}
        given = {name: item[name] for name in types}
        yield from example_problems(given, types, f"parameter {place}: key")
        for name, value in given.items():
            if value in ("", b""):
                yield f"parameter {place}: key {name} is empty; a key has one character or more"
