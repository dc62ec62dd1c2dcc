"""An access pattern of the contract and its arguments, as the request that DynamoDB's API takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tablekit.client.entities import EntityForm, entity_form, template_problems
from tablekit.client.errors import ParameterError, PatternError
from tablekit.client.results import to_dynamodb, value_to_dynamodb
from tablekit.contract.v1 import ExportedAccessPattern, ExportedTable
from tablekit.model.attributes import AttributeType
from tablekit.model.errors import ExpressionError, did_you_mean
from tablekit.model.expressions import (
    Condition,
    Literal,
    Node,
    Parameter,
    Rendered,
    Update,
    comparison,
    key_conditions,
    walk,
)
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.items import example_problems
from tablekit.model.operands import value_of
from tablekit.model.patterns import ACTIONS

BATCH = 25
"""Items that one BatchWriteItem takes."""

_RETURNED = {"put": "ALL_OLD", "delete": "ALL_OLD", "update": "ALL_NEW"}


@dataclass(frozen=True)
class Unbound:
    """A request before its arguments are known.

    fixed: what no argument changes, by the API's own names, the table's left out. key: attribute -> the value of a
    whole key. values: placeholder -> value, of the expressions.
    """

    fixed: Mapping[str, Any]
    key: Mapping[str, Parameter | Literal]
    values: Mapping[str, Parameter | Literal]


@dataclass(frozen=True)
class Pattern:
    """One access pattern of a deployed family.

    subject: how messages call it. table: the one it works on.
    """

    subject: str
    exported: ExportedAccessPattern
    table: ExportedTable

    @property
    def action(self) -> str:
        """The API operation: GetItem, Query, …"""
        return ACTIONS[self.exported.operation]

    @cached_property
    def trees(self) -> dict[str, Condition | Update]:
        """The expressions, parsed, by field: key, filter, condition, update. Raises PatternError."""
        found = self.exported
        conditions = {"key": found.key_condition, "filter": found.filter, "condition": found.condition}
        try:
            trees: dict[str, Condition | Update] = {
                field: parse_condition(text) for field, text in conditions.items() if text
            }
            if found.update:
                trees["update"] = parse_update(found.update)
        except ExpressionError as error:
            raise PatternError(f"{self.subject}: {error}; was the stack deployed by a later version?") from None
        return trees

    @cached_property
    def forms(self) -> dict[str, EntityForm]:
        """The entities that it writes, by name. Raises PatternError."""
        names = self.exported.entities or ()
        for name in names:
            if name not in self.table.entities:
                raise PatternError(f"{self.subject}: the contract has no entity {name!r}; deploy the stack anew")
        return {name: entity_form(self.table, name) for name in names}

    def compose(self, fields: Mapping[str, Any], entity: str | None = None) -> dict[str, Any]:
        """The item that it writes, in plain Python; the fields themselves where its table has no entities.

        entity: its kind, where the pattern writes several. Raises ParameterError and PatternError.
        """
        names = ", ".join(self.forms)
        if not isinstance(fields, Mapping):
            raise ParameterError(
                f"{self.subject}: an item is a {type(fields).__name__}; give a dict of its fields' names and values"
            )
        if entity is not None and entity not in self.forms:
            there = f"it writes {names}" if names else "its table has none: leave entity out"
            raise ParameterError(f"{self.subject}: no entity {entity!r}{did_you_mean(entity, self.forms)}; {there}")
        if entity is None and len(self.forms) > 1:
            raise ParameterError(f"{self.subject}: it writes {names}; give entity, to say which")
        for name, form in self.forms.items():
            if entity in (None, name):
                return form.compose(f"{self.subject}: {name}", fields)
        return dict(fields)

    @cached_property
    def unbound(self) -> Unbound:
        """The request without its arguments. Raises PatternError."""
        found = self.exported
        fixed: dict[str, Any] = {}
        rendered = Rendered()
        key = self._key() if found.operation in ("get", "update", "delete") else {}
        if found.operation == "query":
            fixed["KeyConditionExpression"] = rendered.render(self.trees["key"])
            fixed["ScanIndexForward"] = found.order == "ascending"
        if found.limit:
            fixed["Limit"] = found.limit
        if found.index:
            fixed["IndexName"] = found.index
        for field in ("filter", "condition", "update"):
            if field in self.trees:
                fixed[f"{field.title()}Expression"] = rendered.render(self.trees[field])
        if found.projection:
            fixed["ProjectionExpression"] = ", ".join(rendered.name(name) for name in found.projection)
            if found.operation != "get":
                fixed["Select"] = "SPECIFIC_ATTRIBUTES"  # what a role that may not read secrets has to say
        if rendered.names:
            fixed["ExpressionAttributeNames"] = rendered.names
        if found.operation in _RETURNED:
            fixed["ReturnValues"] = _RETURNED[found.operation]
        return Unbound(fixed, key, rendered.values)

    def request(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the API takes; for a batch write, only its items in `Items`. Raises ParameterError and PatternError."""
        found = self.exported
        _check(self.subject, found, self.table, self.trees.values(), arguments)
        if found.operation == "batch-write":
            return {"Items": [to_dynamodb(item) for item in arguments["items"]]}
        unbound = self.unbound
        request = {"TableName": self.table.name, "ReturnConsumedCapacity": "INDEXES", **unbound.fixed}
        if unbound.key:
            request["Key"] = _bound(unbound.key, arguments)
        if found.operation == "put":
            request["Item"] = to_dynamodb(arguments["item"])
        if unbound.values:
            request["ExpressionAttributeValues"] = _bound(unbound.values, arguments)
        return request

    def _key(self) -> dict[str, Parameter | Literal]:
        key: dict[str, Parameter | Literal] = {}
        for condition in key_conditions(_condition(self.trees["key"])):
            name, op, values = comparison(condition)
            if name is None or op != "=" or not isinstance(values[0], Parameter | Literal):
                raise PatternError(f"{self.subject}: {str(condition)!r} is no equality on a key; a whole key is needed")
            key[name] = values[0]
        return key


def _bound(values: Mapping[str, Parameter | Literal], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Each value as it is for these arguments, in DynamoDB JSON."""
    return {name: value_to_dynamodb(value_of(node, arguments)) for name, node in values.items()}


def _condition(tree: Node) -> Condition:
    return tree  # type: ignore[return-value]  # a key condition is parsed as one


def _check(
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
        types: dict[str, AttributeType] = {key.name: key.type for key in (*keys, *indexed) if key.name in item}
        given = {name: item[name] for name in types}
        yield from example_problems(given, types, f"parameter {place}: key")
        for name, value in given.items():
            if value in ("", b""):
                yield f"parameter {place}: key {name} is empty; a key has one character or more"
