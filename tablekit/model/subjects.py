"""What the conditions of a key condition are about."""

from __future__ import annotations

from tablekit.model.expressions import Between, Call, Compare, Condition, Literal, Logic, Node, Operand, Parameter, Path
from tablekit.model.patterns import AccessPattern


def key_conditions(tree: Condition) -> tuple[Condition, ...]:
    """The conditions that a key condition joins by AND."""
    if isinstance(tree, Logic) and tree.op == "AND":
        return tuple(part for condition in tree.conditions for part in key_conditions(condition))
    return (tree,)


def subject(condition: Node) -> tuple[str | None, str, tuple[Operand, ...]]:
    """The attribute that a simple condition is about, its operator and its values; None where it is about none."""
    match condition:
        case Compare(Path((str(name),)), op, value):
            return name, op, (value,)
        case Between(Path((str(name),)), low, high):
            return name, "BETWEEN", (low, high)
        case Call("begins_with", (Path((str(name),)), value)):
            return name, "begins_with", (value,)
    return None, "", ()


def hash_value(pattern: AccessPattern, hash_key: str) -> Parameter | Literal | None:
    """What the pattern compares the hash key with; None where it has no equality on it."""
    for condition in key_conditions(pattern.key_tree) if pattern.key_tree else ():
        name, op, values = subject(condition)
        if name == hash_key and op == "=" and isinstance(values[0], Parameter | Literal):
            return values[0]
    return None
