"""Arguments to run an access pattern with, from the table's sample items.

An example that the declaration gives goes first. The rest is read off the first sample item that the pattern finds, or
may change: an attribute's value, a field of a composed key. What no item says is made up by its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from tablekit.model.expressions import Between, Call, Clause, Compare, In, Literal, Node, Parameter, Path, walk
from tablekit.model.items import is_number
from tablekit.model.patterns import AccessPattern
from tablekit.model.servable import resolved_parameters
from tablekit.model.table import Table
from tablekit.model.templates import decompose
from tablekit.ops.smoke.evaluate import ABSENT, UnsureError, find, matches, type_of

MADE_UP: Final[Mapping[str, Any]] = {
    "S": "example",
    "N": 1,
    "B": b"example",
    "BOOL": True,
    "NULL": None,
    "M": {},
    "L": [],
    "SS": {"example"},
    "NS": {1},
    "BS": {b"example"},
}
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def arguments(pattern: AccessPattern, table: Table, items: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """An argument for each parameter but those that stand for whole items.

    items: the table's sample items, as plain values.
    """
    types = {name: kind for name, kind in resolved_parameters(pattern, table).items() if name not in pattern.body}
    items = list(items)
    given = {name: MADE_UP[kind] for name, kind in types.items()}
    for item in reversed(items):  # the first item's values stand
        given |= _read_off(pattern, types, item)
    found = [given | _read_off(pattern, types, item) | pattern.example for item in items]
    serving = (each for each, item in zip(found, items, strict=True) if _serves(pattern, item, each))
    return next(serving, given | pattern.example)


def written(
    pattern: AccessPattern, table: Table, items: Iterable[Mapping[str, Any]] = ()
) -> tuple[str | None, Mapping[str, Any]]:
    """The first sample item that a put or batch write may have written, and its entity; empty where there is none.

    It is as the client's `put` takes it: the fields that its keys are composed of, in place of these.
    """
    items, kinds = list(items), table.written_by(pattern)
    if not kinds:
        return None, next(iter(items), {})
    types = {name: attribute.type for name, attribute in table.types.items()}
    for item in items:
        for kind in kinds:
            if (fields := decompose(kind.keys, item)) is not None:
                kept = {name: value for name, value in item.items() if name not in kind.keys}
                return kind.name, {name: _typed(value, types.get(name, "S")) for name, value in fields.items()} | kept
    return kinds[0].name, {}


def _serves(pattern: AccessPattern, item: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether the pattern finds the item with these arguments, or may change it."""
    trees = (pattern.key_tree, pattern.filter_tree, pattern.condition_tree)
    try:
        return all(matches(tree, item, given) for tree in trees if tree)
    except UnsureError:
        return False


def _read_off(pattern: AccessPattern, types: Mapping[str, str], item: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tree in pattern.trees.values():  # the key's first
        for node in walk(tree):
            for path, operator, operand in _compared(node):
                if (value := _beside(find(path, item), operator)) is not ABSENT:
                    found = {**_of(operand, operator, value), **found}
    typed = {name: _typed(value, types[name]) for name, value in found.items() if name in types}
    return {name: value for name, value in typed.items() if type_of(value) == types[name]}


def _compared(node: Node) -> Iterator[tuple[Path, str, Node]]:
    """What stands beside an attribute, with the operator between them."""
    match node:
        case Compare(Path() as path, operator, operand):
            yield path, operator, operand
        case Compare(operand, operator, Path() as path):
            yield path, _FLIPPED.get(operator, operator), operand
        case Between(Path() as path, low, high):
            yield path, "<=", low
            yield path, ">=", high
        case In(Path() as path, options):
            yield from ((path, "=", option) for option in options)
        case Call("begins_with" | "contains" as operator, (Path() as path, operand)):
            yield path, operator, operand
        case Clause(verb, actions):
            for path, value in actions:
                parts = [] if value is None else list(walk(value))
                counts = verb == "ADD" or any(isinstance(part, Call) and part.name in ("+", "-") for part in parts)
                yield from ((path, "by" if counts else "=", part) for part in parts)


def _beside(value: Any, operator: str) -> Any:
    """A value that stands so to the item's; ABSENT where there is none."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if operator == "by":
        return 1 if number else value
    if operator == "contains" and isinstance(value, list | set):
        return min(value, key=repr, default=ABSENT)
    if operator in ("<", ">"):
        if number:
            return value + 1 if operator == "<" else value - 1
        if isinstance(value, str) and value:
            return value + value[-1] if operator == "<" else value[:-1] or ABSENT
    return ABSENT if operator in ("<", ">", "<>") else value


def _of(operand: Node, operator: str, value: Any) -> dict[str, Any]:
    """The arguments with which the operand is the value, or what the value begins with."""
    if isinstance(operand, Parameter):
        return {operand.name: value}
    if isinstance(operand, Literal) and operand.template and isinstance(value, str):
        pattern = operand.template.pattern
        matched = pattern.match(value) if operator == "begins_with" else pattern.fullmatch(value)
        return matched.groupdict() if matched else {}
    return {}


def _typed(value: Any, kind: str) -> Any:
    """A key template's field is a text in the key, whatever its own type; a text that is not a number stays one."""
    if kind != "N" or not isinstance(value, str) or not is_number(value):
        return value
    number = Decimal(value)
    return int(number) if number == int(number) else number
