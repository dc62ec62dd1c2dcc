"""Whether an item can have the keys that a pattern composes: its key templates against those of the entities."""

from __future__ import annotations

from collections.abc import Iterable

from tablekit.model.errors import did_you_mean
from tablekit.model.expressions import Clause, Compare, In, Literal, Node, Operand, comparison, key_conditions, walk
from tablekit.model.layout import Entity, TableLayout
from tablekit.model.patterns import AccessPattern
from tablekit.model.templates import Template


def key_template_problems(pattern: AccessPattern, table: TableLayout) -> list[str]:
    """The texts of keys that none of the table's entities has, and key conditions that no one entity fits."""
    for field, tree in pattern.trees.items():
        for text, name, op, values in _comparisons(tree):
            templates = [entity.keys[name] for entity in table.entities if name in entity.keys]
            if templates and not any(_fits(entity, table, name, op, values) for entity in table.entities):
                wrong = str(values[0].text)
                return [
                    f"{field} has {text!r}, and no entity of table {table.name!r} has such a {name!r}"
                    f"{did_you_mean(wrong, templates)}; theirs are {', '.join(dict.fromkeys(templates))}: "
                    "fix the text, or declare the entity"
                ]
    conditions = [
        found
        for condition in key_conditions(pattern.key_tree)
        for found in _comparisons(condition)
        if any(found[1] in entity.keys for entity in table.entities)
    ]
    if conditions and not any(
        all(_fits(entity, table, name, op, values) for _, name, op, values in conditions) for entity in table.entities
    ):
        return [
            f"key condition {pattern.key!r}: no one entity of table {table.name!r} has such keys together; "
            "fix one of the texts, or declare the entity"
        ]
    return []


def _comparisons(tree: Node) -> Iterable[tuple[str, str, str, tuple[Template, ...]]]:
    """Conditions and assignments of texts to whole attributes: their text, the attribute, the operator, the values."""
    for node in walk(tree):
        if isinstance(node, Clause) and node.verb == "SET":
            for path, value in node.actions:
                if len(path.parts) == 1 and value is not None and (texts := _texts((value,))):
                    yield f"{path} = {value}", path.attribute, "=", texts
        elif isinstance(node, In):
            for option in node.options:
                yield from _comparisons(Compare(node.operand, "=", option))
        else:
            name, op, values = comparison(node)
            if name is not None and op != "<>" and (texts := _texts(values)):
                yield str(node), name, op, texts


def _texts(values: Iterable[Operand]) -> tuple[Template, ...]:
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
        return (_near(low, template) or low.text < template.head) and (
            _near(high, template) or high.text > template.head
        )
    return all(_near(value, template) for value in values)


def _near(value: Template, template: Template) -> bool:
    """Whether both begin with the same constant text, as far as both have one."""
    return value.head.startswith(template.head) or template.head.startswith(value.head)
