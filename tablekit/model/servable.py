"""Whether a table or index can serve an access pattern, as the service would decide it.

Each check yields the problems that it finds as texts. The first is the one to fix: what comes after it takes for right
what came before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tablekit.model import limits
from tablekit.model.attributes import Attribute, AttributeType, Key
from tablekit.model.base import repeated
from tablekit.model.errors import did_you_mean
from tablekit.model.expressions import (
    Clause,
    Compare,
    In,
    Literal,
    Node,
    Operand,
    Parameter,
    Path,
    attributes,
    comparison,
    key_conditions,
    walk,
)
from tablekit.model.items import example_problems
from tablekit.model.layout import Entity, Index, TableLayout
from tablekit.model.operands import expected, kind, operand_problems, value_of
from tablekit.model.patterns import KEYED, AccessPattern
from tablekit.model.templates import Template


def problems(pattern: AccessPattern, table: TableLayout) -> Iterator[str]:
    """Why the table can't serve the pattern."""
    named = (("index", pattern.index, table.indexes), ("entity", pattern.entity, table.entities))
    for what, name, there in named:
        names = [each.name for each in there]
        if name is not None and name not in names:
            yield f"no {what} {name!r}{did_you_mean(name, names)}; the table has {', '.join(names) or 'none'}"
    index = table.index(pattern.index) if pattern.index else None
    types = resolved_parameters(pattern, table)
    yield from _key_problems(pattern, table, index)
    yield from _attribute_problems(pattern, table, index)
    yield from _parameter_problems(pattern, table, types)
    yield from example_problems(pattern.example, types)
    for tree in pattern.trees.values():
        yield from operand_problems(tree, table.types, types, pattern.example)
    yield from _value_problems(pattern, table, index)
    yield from _template_problems(pattern, table)


def _key_problems(pattern: AccessPattern, table: TableLayout, index: Index | None) -> Iterator[str]:
    if pattern.key_tree is None:
        return
    place = f"index {index.name!r}" if index else f"table {table.name!r}"
    keys = {key.name: key for key in (index or table).keys}
    conditions: dict[str, str] = {}
    for condition in key_conditions(pattern.key_tree):
        name, op, values = comparison(condition)
        if name is None or any(not isinstance(value, Parameter | Literal) for value in values):
            yield (
                f"key condition {str(condition)!r}: a key is compared with values by =, <, <=, >, >=, BETWEEN or "
                "begins_with, joined by AND; put anything else into filter"
            )
        elif name not in keys:
            yield (
                f"key condition names {name!r}, which is no key of {place}; its keys are {', '.join(keys)}: "
                "declare an index for it, or move it into filter"
            )
        elif name in conditions:
            yield f"key condition names {name!r} twice; DynamoDB takes one condition a key: use BETWEEN"
        elif op == "<>" or (op == "begins_with" and keys[name].type == "N"):
            yield f"key condition {str(condition)!r}: DynamoDB has no {op} for a {keys[name].type} key"
        else:
            conditions[name] = op
    hash_key = next(iter(keys))
    if conditions.get(hash_key) != "=":
        yield (
            f"key condition {pattern.key!r} has no equality on {hash_key!r}, the hash key of {place}; "
            "DynamoDB can't serve it as a query: add it, or query an index that has the attribute as hash key"
        )
    if pattern.operation in KEYED and (missing := [name for name in keys if conditions.get(name) != "="]):
        yield f"a {pattern.operation} needs the whole key of {place}: no equality on {missing[0]!r}"


def _attribute_problems(pattern: AccessPattern, table: TableLayout, index: Index | None) -> Iterator[str]:
    projected = table.projected(index)
    keys, own = ({key.name for key in keyed.keys} for keyed in (index or table, table))
    changed = {path.attribute for _, path, _ in _actions(pattern.update_tree)}
    for field, tree in pattern.trees.items():
        for name in attributes(tree):
            if name not in table.types:
                text = f"; for a text write '{name}', in single quotes"
                near = f"{did_you_mean(name, table.types)}; declare it in attributes"
                advice = text if f'"{name}"' in (getattr(pattern, field) or "") else near
                yield f"{field} names {name!r}, which is not an attribute of table {table.name!r}{advice}"
            elif field == "filter" and pattern.operation == "query" and name in keys:
                yield f"filter names the key {name!r}; DynamoDB refuses that: move it into key"
            elif field == "filter" and projected is not None and name not in projected:
                yield f"filter names {name!r}, which index {pattern.index!r} doesn't project; include it"
            elif field == "update" and name in own & changed:
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


def _actions(tree: Node | None) -> Iterator[tuple[str, Path, Operand | None]]:
    """An update's actions with their verbs."""
    for node in walk(tree) if tree else ():
        if isinstance(node, Clause):
            yield from ((node.verb, path, value) for path, value in node.actions)


def _parameter_problems(
    pattern: AccessPattern, table: TableLayout, resolved: Mapping[str, AttributeType]
) -> Iterator[str]:
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
    every = [key for keys in (table.keys, *(each.keys for each in table.indexes)) for key in keys[1:]]
    for field, ranges in (("key", (index or table).keys[1:]), ("update", every)):
        for _, name, _, operands in _comparisons(pattern.trees.get(field)):
            most = limits.MAX_RANGE_KEY_BYTES if name in {key.name for key in ranges} else limits.MAX_HASH_KEY_BYTES
            for operand in operands if name in table.all_keys else ():
                value = value_of(operand, pattern.example)
                content = value.encode() if isinstance(value, str) else value
                if isinstance(content, bytes) and not 1 <= len(content) <= most:
                    yield (
                        f"key {name!r} is compared with or set to {operand!s}, which has {len(content)} bytes in the "
                        f"example; a key has 1 to {most}: give another value"
                    )


def _template_problems(pattern: AccessPattern, table: TableLayout) -> Iterator[str]:
    """The texts of keys that none of the table's entities has, and key conditions that no one entity fits."""
    for field, tree in pattern.trees.items():
        for text, name, op, operands in _comparisons(tree):
            values, templates = _templates(operands), [e.keys[name] for e in table.entities if name in e.keys]
            if values and templates and not any(_fits(entity, table, name, op, values) for entity in table.entities):
                yield (
                    f"{field} has {text!r}, and no entity of table {table.name!r} has such a {name!r}"
                    f"{did_you_mean(values[0].text, templates)}; theirs are {', '.join(dict.fromkeys(templates))}: "
                    "fix the text, or declare the entity"
                )
    conditions = [
        (name, op, values)
        for _, name, op, operands in _comparisons(pattern.key_tree)
        if (values := _templates(operands)) and any(name in entity.keys for entity in table.entities)
    ]
    if conditions and not any(all(_fits(entity, table, *one) for one in conditions) for entity in table.entities):
        yield (
            f"key condition {pattern.key!r}: no one entity of table {table.name!r} has such keys together; "
            "fix one of the texts, or declare the entity"
        )


def _comparisons(tree: Node | None) -> Iterator[tuple[str, str, str, tuple[Operand, ...]]]:
    """Conditions on whole attributes and what is set to them: the text, the attribute, the operator, the values."""
    for verb, path, value in _actions(tree):
        if verb == "SET" and len(path.parts) == 1 and value is not None:
            yield f"{path} = {value}", path.attribute, "=", (value,)
    for node in walk(tree) if tree else ():
        options = [Compare(node.operand, "=", option) for option in node.options] if isinstance(node, In) else [node]
        for each in options:
            name, op, values = comparison(each)
            if name is not None and op != "<>":
                yield str(each), name, op, values


def _templates(values: tuple[Operand, ...]) -> tuple[Template, ...]:
    return tuple(value.template for value in values if isinstance(value, Literal) and value.template)


def _fits(entity: Entity, table: TableLayout, name: str, op: str, values: tuple[Template, ...]) -> bool:
    """Whether an item of the entity can have such a key."""
    template = entity.template(name)
    if template is None:
        # Every item has the table's keys; an index's key that the entity doesn't name is one that it has not.
        return name in {key.name for key in table.keys} or name in entity.attributes
    if op in ("=", "begins_with"):
        return all(value.meets(template, prefix=op == "begins_with") for value in values)
    if op == "BETWEEN" and len(values) == 2 and not any(value.fields for value in values):
        low, high = values
        return (_begin_alike(low, template) or low.text < template.head) and (
            _begin_alike(high, template) or high.text > template.head
        )
    return all(_begin_alike(value, template) for value in values)


def _begin_alike(one: Template, other: Template) -> bool:
    """Whether both begin with the same constant text, as far as both have one."""
    return one.head.startswith(other.head) or other.head.startswith(one.head)


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
