"""Whether a table or index can serve an access pattern, as the service would decide it.

Each check gives the problems it finds as texts; an empty list means that the pattern can be served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tablekit.model import limits
from tablekit.model.attributes import Attribute, AttributeType, Key
from tablekit.model.base import repeated
from tablekit.model.errors import did_you_mean
from tablekit.model.examples import example_problems
from tablekit.model.expressions import Literal, Operand, Parameter, Path, attributes, comparison, key_conditions, walk
from tablekit.model.key_templates import key_template_problems
from tablekit.model.layout import Index, TableLayout
from tablekit.model.operands import expected, kind, operand_problems, value_of
from tablekit.model.patterns import KEYED, AccessPattern


def problems(pattern: AccessPattern, table: TableLayout) -> list[str]:
    """Why the table can't serve the pattern."""
    index = None
    if pattern.index is not None:
        index = table.index(pattern.index)
        if index is None:
            names = [index.name for index in table.indexes]
            return [
                f"no index {pattern.index!r}{did_you_mean(pattern.index, names)}; "
                f"the table has {', '.join(names) or 'none'}"
            ]
    types = resolved_parameters(pattern, table)
    entities = [entity.name for entity in table.entities]
    if pattern.entity is not None and pattern.entity not in entities:
        return [
            f"no entity {pattern.entity!r}{did_you_mean(pattern.entity, entities)}; "
            f"the table has {', '.join(entities) or 'none'}"
        ]
    found = [
        *_key_problems(pattern, table, index),
        *_attribute_problems(pattern, table, index),
        *_parameter_problems(pattern, table),
        *example_problems(pattern.example, types),
    ]
    if found:
        return found  # the rest takes the types and the examples for right
    for tree in pattern.trees.values():
        found += operand_problems(tree, table.types, types, pattern.example)
    return [*found, *_value_problems(pattern, table, index), *key_template_problems(pattern, table)]


def _key_problems(pattern: AccessPattern, table: TableLayout, index: Index | None) -> list[str]:
    if pattern.key_tree is None:
        return []
    place = f"index {index.name!r}" if index else f"table {table.name!r}"
    hash_key = index.hash_key if index else table.hash_key
    range_key = index.range_key if index else table.range_key
    keys = {key.name: key for key in (hash_key, range_key) if key}
    conditions: dict[str, str] = {}
    for condition in key_conditions(pattern.key_tree):
        name, op, values = comparison(condition)
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


def _attribute_problems(pattern: AccessPattern, table: TableLayout, index: Index | None) -> Iterator[str]:
    projected = table.projected(index)
    used = index or table
    for field, tree in pattern.trees.items():
        for name in attributes(tree):
            if name not in table.types:
                text = f'"{name}"' in (getattr(pattern, field) or "")
                yield (
                    f"{field} names {name!r}, which is not an attribute of table {table.name!r}"
                    + (
                        f"; for a text write '{name}', in single quotes"
                        if text
                        else f"{did_you_mean(name, table.types)}; declare it in attributes"
                    )
                )
            elif field == "filter" and pattern.operation == "query" and name in {key.name for key in used.keys}:
                yield f"filter names the key {name!r}; DynamoDB refuses that: move it into key"
            elif field == "filter" and projected is not None and name not in projected:
                yield f"filter names {name!r}, which index {pattern.index!r} doesn't project; include it"
            elif (
                field == "update"
                and name in {key.name for key in table.keys}
                and any(path.attribute == name for clause in getattr(tree, "clauses", ()) for path, _ in clause.actions)
            ):
                yield f"update changes the key {name!r}; a key can't be changed: put a new item"
    if twice := repeated(pattern.projection):
        yield f"projection names {twice[0]!r} twice; DynamoDB takes each attribute once: name it once"
    for name in pattern.projection:
        if name not in table.types:
            yield (
                f"projection names {name!r}, which is not an attribute of table {table.name!r}"
                f"{did_you_mean(name, table.types)}; declare it in attributes, or leave it out"
            )
        elif projected is not None and name not in projected:
            yield f"projection names {name!r}, which index {pattern.index!r} doesn't project; include it"


def _update_targets(pattern: AccessPattern) -> Iterator[tuple[str, Operand | None]]:
    for clause in pattern.update_tree.clauses if pattern.update_tree else ():
        yield from ((path.attribute, value) for path, value in clause.actions if len(path.parts) == 1)


def _parameter_problems(pattern: AccessPattern, table: TableLayout) -> Iterator[str]:
    sources: dict[str, dict[AttributeType, str]] = {}
    for field, tree in pattern.trees.items():
        for value, type_, giver in expected(tree, table.types):
            if isinstance(value, Literal):
                yield from _literal_problems(value, type_, giver, table.types)
            elif field == "key" and pattern.parameters.get(value.name, type_) != type_:
                declared = pattern.parameters[value.name]
                yield f"parameter {value.name!r} is {declared}, the key it is compared with {type_}; make it {type_}"
            else:
                sources.setdefault(value.name, {}).setdefault(type_, str(giver))
    for name, types in sources.items():
        if len(types) > 1:
            (one, first), (other, second), *_ = types.items()
            yield (
                f"parameter {name!r} stands beside {first!r}, which is {one}, and beside {second!r}, which is {other}; "
                "a value has one type: use a parameter for each"
            )
    resolved = resolved_parameters(pattern, table)
    for name in pattern.needed:
        if name not in resolved:
            yield f"parameter {name!r} has no type; add it to parameters"


def _literal_problems(
    literal: Literal, type_: AttributeType, giver: Operand | str, types: Mapping[str, Attribute]
) -> Iterator[str]:
    given = kind(literal, types, {})
    values = types[giver.attribute].values if isinstance(giver, Path) else ()
    if given != type_:
        yield f"{str(giver)!r} is {type_} and stands beside {literal}, a {given}; give it a {type_}"
    elif values and isinstance(literal.value, str) and literal.value not in values:
        yield f"{str(giver)!r} is compared with {literal}, which is none of its values: {', '.join(values)}"


def _value_problems(pattern: AccessPattern, table: TableLayout, index: Index | None) -> Iterator[str]:
    """What only shows with the example's values: empty or overlong keys."""
    used = [(key.name, key is (index or table).range_key) for key in (index or table).keys]
    compared = [
        (name, value, (name, True) in used)
        for condition in key_conditions(pattern.key_tree)
        for name, _, values in [comparison(condition)]
        for value in values
    ]
    ranges = {key.name for keys in (table.keys, *(i.keys for i in table.indexes)) for key in keys[1:]}
    changed = [(name, value, name in ranges) for name, value in _update_targets(pattern) if value is not None]
    for name, operand, is_range in (*compared, *changed):
        value = value_of(operand, pattern.example)
        if name not in table.all_keys or not isinstance(value, str | bytes):
            continue
        most = limits.MAX_RANGE_KEY_BYTES if is_range else limits.MAX_HASH_KEY_BYTES
        size = len(value.encode() if isinstance(value, str) else value)
        if not 1 <= size <= most:
            yield (
                f"key {name!r} is compared with or set to {operand!s}, which has {size} bytes in the example; "
                f"a key has 1 to {most}: give another value"
            )


def resolved_parameters(pattern: AccessPattern, table: TableLayout) -> dict[str, AttributeType]:
    """Every parameter's type: as declared, else that of the key or attribute beside it, else S in a template."""
    types: dict[str, AttributeType] = {**pattern.parameters, **pattern.body}
    for tree in pattern.trees.values():  # the key's first
        for value, type_, _ in expected(tree, table.types):
            if isinstance(value, Parameter):
                types.setdefault(value.name, type_)
    for tree in pattern.trees.values():
        for node in walk(tree):
            if isinstance(node, Literal) and node.template:
                for field in node.template.fields:
                    types.setdefault(field, "S")
    return {name: types[name] for name in pattern.needed if name in types}


def served_key(pattern: AccessPattern, table: TableLayout) -> Key:
    """The hash key that the pattern goes by: the index's, else the table's."""
    index = table.index(pattern.index) if pattern.index else None
    return index.hash_key if index else table.hash_key
