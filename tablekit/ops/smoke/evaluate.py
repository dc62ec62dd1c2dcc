"""DynamoDB's expressions over an item in memory: what a filter or condition decides, what an update leaves.

Items and arguments are plain Python values. This is written from DynamoDB's documentation and independent of what runs
the patterns, so that the two can be held against each other.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from tablekit.model.expressions import (
    Between,
    Call,
    Compare,
    Condition,
    In,
    Literal,
    Logic,
    Node,
    Operand,
    Parameter,
    Path,
    Update,
)
from tablekit.model.operands import value_of


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""What a path gives where the item has no such attribute."""


class UnsureError(Exception):
    """The documentation does not say what this comparison gives."""


def type_of(value: Any) -> str:
    """A value's type letters."""
    if isinstance(value, set | frozenset):
        return f"{type_of(next(iter(value)))}S" if value else "SS"
    for kinds, letters in (
        (str, "S"),
        (bool, "BOOL"),
        ((int, Decimal), "N"),
        (bytes, "B"),
        (type(None), "NULL"),
        (dict, "M"),
        ((list, tuple), "L"),
    ):
        if isinstance(value, kinds):
            return letters
    raise TypeError(f"{value!r} is no DynamoDB value")


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal as DynamoDB has it: of one type and, inside, equal."""
    if one is ABSENT or other is ABSENT or type_of(one) != type_of(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def find(path: Path, item: Mapping[str, Any]) -> Any:
    """The value at a path, or ABSENT."""
    found: Any = item
    for part in path.parts:
        if isinstance(part, int):
            inside = isinstance(found, list) and part < len(found)
        else:
            inside = isinstance(found, Mapping) and part in found
        if not inside:
            return ABSENT
        found = found[part]
    return found


def put_at(path: Path, item: dict[str, Any], value: Any) -> None:
    """Set (or with ABSENT remove) the value at a path; the maps on the way are made."""
    *way, last = path.parts
    found: Any = item
    for part in way:
        found = found.setdefault(part, {}) if isinstance(found, dict) else found[part]
    if value is not ABSENT:
        if isinstance(found, list) and isinstance(last, int) and last >= len(found):
            found.append(value)
        else:
            found[last] = value
    elif isinstance(found, dict):
        found.pop(last, None)
    elif isinstance(last, int) and last < len(found):
        del found[last]


def value(operand: Node, item: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
    """What an operand is worth, or ABSENT."""
    match operand:
        case Path():
            return find(operand, item)
        case Parameter() | Literal():
            return value_of(operand, arguments)
        case Call("size", (path,)):
            found = value(path, item, arguments)
            return len(found.encode() if isinstance(found, str) else found) if found is not ABSENT else ABSENT
        case Call("if_not_exists", (path, default)):
            found = value(path, item, arguments)
            return value(default, item, arguments) if found is ABSENT else found
        case Call("list_append", (left, right)):
            return [*value(left, item, arguments), *value(right, item, arguments)]
        case Call("+" | "-" as sign, (left, right)):
            one, other = (Decimal(value(side, item, arguments)) for side in (left, right))
            return one + other if sign == "+" else one - other
    raise TypeError(f"not an operand: {operand!r}")


def matches(tree: Condition, item: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    """Whether the item meets the condition. Raises UnsureError for `<>` with an attribute that is not there."""
    match tree:
        case Logic("AND", conditions):
            return all(matches(condition, item, arguments) for condition in conditions)
        case Logic("OR", conditions):
            return any(matches(condition, item, arguments) for condition in conditions)
        case Logic(_, (condition,)):
            return not matches(condition, item, arguments)
        case Compare(left, op, right):
            return _compare(op, value(left, item, arguments), value(right, item, arguments))
        case Between(operand, low, high):
            found = value(operand, item, arguments)
            return _compare(">=", found, value(low, item, arguments)) and _compare(
                "<=", found, value(high, item, arguments)
            )
        case In(operand, options):
            found = value(operand, item, arguments)
            return any(same(found, value(option, item, arguments)) for option in options)
        case Call(name, given):
            return _function(name, [value(operand, item, arguments) for operand in given])
    raise TypeError(f"not a condition: {tree!r}")


def _compare(op: str, left: Any, right: Any) -> bool:
    if op == "=":
        return same(left, right)
    if op == "<>":
        if left is ABSENT or right is ABSENT:
            raise UnsureError(f"{left!r} <> {right!r}")
        return not same(left, right)
    if left is ABSENT or right is ABSENT or type_of(left) != type_of(right) or type_of(left) not in ("S", "N", "B"):
        return False
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op])


def _function(name: str, given: list[Any]) -> bool:
    first: Any
    first, *rest = given
    if name == "attribute_exists":
        return first is not ABSENT
    if name == "attribute_not_exists":
        return first is ABSENT
    if first is ABSENT or rest[0] is ABSENT:
        return False
    if name == "attribute_type":
        return bool(type_of(first) == rest[0])
    if name == "begins_with":
        return type(first) is type(rest[0]) and isinstance(first, str | bytes) and first.startswith(rest[0])
    if type_of(first) in ("S", "B"):  # contains
        return type(first) is type(rest[0]) and rest[0] in first
    return isinstance(first, list | set) and any(same(element, rest[0]) for element in first)


def updated(tree: Update, item: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The item after the update. All values are those before it."""
    after = copy.deepcopy(dict(item))
    for clause in tree.clauses:
        for path, operand in clause.actions:
            put_at(path, after, _new(clause.verb, path, operand, item, arguments))
    return after


def _new(verb: str, path: Path, operand: Operand | None, item: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
    if verb == "REMOVE" or operand is None:
        return ABSENT
    given, there = value(operand, item, arguments), find(path, item)
    if verb == "SET":
        return given
    if verb == "ADD":
        if there is ABSENT:
            return given
        return there | given if isinstance(there, set) else there + given
    return ABSENT if there is ABSENT else there - given or ABSENT  # DELETE; no set is empty
