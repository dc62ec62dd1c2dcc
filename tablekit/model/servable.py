"""Whether a table or index can serve an access pattern, as the service would decide it.

Each check gives the problems it finds as texts; an empty list means that the pattern can be served.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tablekit.model.attributes import Attribute, AttributeType, Key
from tablekit.model.errors import did_you_mean
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
    attributes,
    walk,
)
from tablekit.model.patterns import KEYED, AccessPattern
from tablekit.model.table import Index, Table

_EXAMPLES: dict[str, tuple[type, ...]] = {
    "S": (str,),
    "N": (int, Decimal),
    "B": (bytes,),
    "BOOL": (bool,),
    "NULL": (type(None),),
    "M": (dict,),
    "L": (list, tuple),
    "SS": (set, frozenset),
    "NS": (set, frozenset),
    "BS": (set, frozenset),
}


def key_conditions(tree: Condition) -> tuple[Condition, ...]:
    """The conditions that a key condition joins by AND."""
    if isinstance(tree, Logic) and tree.op == "AND":
        return tuple(part for condition in tree.conditions for part in key_conditions(condition))
    return (tree,)


def _subject(condition: Condition) -> tuple[str | None, str, tuple[Operand, ...]]:
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
        name, op, values = _subject(condition)
        if name == hash_key and op == "=" and isinstance(values[0], Parameter | Literal):
            return values[0]
    return None


def problems(pattern: AccessPattern, table: Table) -> list[str]:
    """Why the table can't serve the pattern."""
    index = None
    if pattern.index is not None:
        index = table.index(pattern.index)
        if index is None:
            names = [index.name for index in table.indexes]
            return [
                f"table {table.name!r} has no index {pattern.index!r}{did_you_mean(pattern.index, names)}; "
                f"it has {', '.join(names) or 'none'}"
            ]
    return [
        *_key_problems(pattern, table, index),
        *_attribute_problems(pattern, table, index),
        *_type_problems(pattern, table),
    ]


def _key_problems(pattern: AccessPattern, table: Table, index: Index | None) -> list[str]:
    if pattern.key_tree is None:
        return []
    place = f"index {index.name!r}" if index else f"table {table.name!r}"
    hash_key = index.hash_key if index else table.hash_key
    range_key = index.range_key if index else table.range_key
    keys = {key.name: key for key in (hash_key, range_key) if key}
    conditions: dict[str, str] = {}
    for condition in key_conditions(pattern.key_tree):
        name, op, values = _subject(condition)
        if name is None or any(not isinstance(value, Parameter | Literal) for value in values):
            return [
                f"key condition {str(condition)!r}: a key is compared with values by =, <, <=, >, >=, BETWEEN or "
                "begins_with, joined by AND; put anything else into filter"
            ]
        if name not in keys:
            return [
                f"key condition names {name!r}, which is no key of {place}; its keys are {', '.join(keys)}: "
                "declare an index for it, or move it into filter"
            ]
        if name in conditions:
            return [f"key condition names {name!r} twice; DynamoDB takes one condition a key: use BETWEEN"]
        if op == "<>" or (op == "begins_with" and keys[name].type == "N"):
            return [f"key condition {str(condition)!r}: DynamoDB has no {op} for a {keys[name].type} key"]
        conditions[name] = op
    if conditions.get(hash_key.name) != "=":
        return [
            f"key condition {pattern.key!r} has no equality on {hash_key.name!r}, the hash key of {place}; "
            "DynamoDB can't serve it as a query: add it, or query an index that has the attribute as hash key"
        ]
    if pattern.operation in KEYED and (missing := [name for name in keys if conditions.get(name) != "="]):
        return [f"a {pattern.operation} needs the whole key of {place}: no equality on {missing[0]!r}"]
    return []


def _attribute_problems(pattern: AccessPattern, table: Table, index: Index | None) -> list[str]:
    found = []
    projected = table.projected(index)
    used = index or table
    for field, tree in pattern.trees.items():
        for name in attributes(tree):
            if name not in table.types:
                found.append(
                    f"{field} names {name!r}, which is no attribute of table {table.name!r}"
                    f"{did_you_mean(name, table.types)}; declare it in attributes"
                )
            elif field == "filter" and pattern.operation == "query" and name in {key.name for key in used.keys}:
                found.append(f"filter names the key {name!r}; DynamoDB refuses that: move it into key")
            elif field == "filter" and projected is not None and name not in projected:
                found.append(f"filter names {name!r}, which index {pattern.index!r} doesn't project; include it")
            elif field == "update" and name in {key.name for key in table.keys} and _is_target(tree, name):
                found.append(f"update changes the key {name!r}; a key can't be changed: put a new item")
    for name in pattern.projection:
        if name not in table.types:
            found.append(
                f"projection names {name!r}, which is no attribute of table {table.name!r}"
                f"{did_you_mean(name, table.types)}"
            )
        elif projected is not None and name not in projected:
            found.append(f"projection names {name!r}, which index {pattern.index!r} doesn't project; include it")
    return found


def _is_target(tree: Node, name: str) -> bool:
    return any(path.attribute == name for clause in getattr(tree, "clauses", ()) for path, _ in clause.actions)


def _type_problems(pattern: AccessPattern, table: Table) -> list[str]:
    found = []
    inferred = dict(_inferred(pattern, table.types))
    for name in pattern.needed:
        declared = pattern.parameters.get(name)
        known = inferred.get(name)
        if declared and known and declared != known and known in "SNB" and _compares_key(pattern, name, table):
            found.append(f"parameter {name!r} is {declared}, the key it is compared with {known}; make it {known}")
        if not (declared or known or name in pattern.body):
            found.append(f"parameter {name!r} has no type; add it to parameters")
    types = resolved_parameters(pattern, table)
    for name, value in pattern.example.items():
        allowed = _EXAMPLES.get(types.get(name, ""), (object,))
        if not isinstance(value, allowed) or (isinstance(value, bool) and types.get(name) != "BOOL"):
            found.append(
                f"example {name}={value!r} is no {types.get(name)}; give "
                + " or ".join("Decimal" if kind is Decimal else kind.__name__ for kind in allowed)
            )
    for condition in (node for tree in pattern.trees.values() for node in walk(tree)):
        found += _literal_problems(condition, table.types)
    return found


def _literal_problems(node: Node, types: dict[str, Attribute]) -> Iterable[str]:
    for name, value in _comparisons(node):
        attribute = types.get(name)
        if attribute is None or not isinstance(value, Literal):
            continue
        kind = "BOOL" if isinstance(value.value, bool) else "S" if isinstance(value.value, str) else "N"
        if kind != attribute.type and attribute.type in ("S", "N", "B", "BOOL"):
            yield f"{name!r} is {attribute.type} and is compared with {value}, a {kind}"
        elif attribute.values and isinstance(value.value, str) and value.value not in attribute.values:
            yield (f"{name!r} is compared with {value}, which is none of its values: {', '.join(attribute.values)}")


def _comparisons(node: Node) -> Iterable[tuple[str, Operand]]:
    """Pairs of a whole top-level attribute and a value of its own type that an expression sets beside it."""
    match node:
        case Compare(Path((str(name),)), _, value) | Call("begins_with", (Path((str(name),)), value)):
            yield name, value
        case Between(Path((str(name),)), low, high):
            yield from ((name, low), (name, high))
        case In(Path((str(name),)), options):
            yield from ((name, option) for option in options)
    for clause in getattr(node, "clauses", ()):
        for path, value in clause.actions:
            if len(path.parts) == 1 and value is not None:
                yield from ((path.attribute, part) for part in walk(value) if isinstance(part, Parameter | Literal))


def _inferred(pattern: AccessPattern, types: dict[str, Attribute]) -> Iterable[tuple[str, AttributeType]]:
    for tree in pattern.trees.values():
        for node in walk(tree):
            for name, value in _comparisons(node):
                if isinstance(value, Parameter) and name in types:
                    yield value.name, types[name].type
            if isinstance(node, Literal) and node.template:
                yield from ((field, "S") for field in node.template.fields)


def _compares_key(pattern: AccessPattern, parameter: str, table: Table) -> bool:
    trees: list[Any] = [pattern.key_tree] if pattern.key_tree else []
    return any(
        isinstance(value, Parameter) and value.name == parameter and name in table.all_keys
        for tree in trees
        for node in walk(tree)
        for name, value in _comparisons(node)
    )


def resolved_parameters(pattern: AccessPattern, table: Table) -> dict[str, AttributeType]:
    """Every parameter's type: as declared, else that of the attribute it is compared with, else S in a template."""
    types: dict[str, AttributeType] = {**pattern.body, **dict(_inferred(pattern, table.types)), **pattern.parameters}
    return {name: types[name] for name in pattern.needed if name in types}


def served_key(pattern: AccessPattern, table: Table) -> Key:
    """The hash key that the pattern goes by: the index's, else the table's."""
    index = table.index(pattern.index) if pattern.index else None
    return index.hash_key if index else table.hash_key
