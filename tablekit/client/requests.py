"""An access pattern of the contract and its arguments, as the request that DynamoDB's API takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tablekit.client import arguments as given
from tablekit.client.errors import PatternError
from tablekit.client.values import to_dynamodb, value_to_dynamodb
from tablekit.contract.v1 import ExportedAccessPattern, ExportedTable
from tablekit.model.errors import ExpressionError
from tablekit.model.expressions import Condition, Literal, Node, Parameter, Rendered, Update, comparison, key_conditions
from tablekit.model.grammar import parse_condition, parse_update
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
    def unbound(self) -> Unbound:
        """The request without its arguments. Raises PatternError."""
        found = self.exported
        fixed: dict[str, Any] = {}
        rendered = Rendered()
        key = self._key() if found.operation in ("get", "update", "delete") else {}
        if found.operation == "query":
            fixed["KeyConditionExpression"] = rendered.render(self.trees["key"])
            fixed["ScanIndexForward"] = found.order == "ascending"
        if found.index:
            fixed["IndexName"] = found.index
        for field in ("filter", "condition", "update"):
            if field in self.trees:
                fixed[f"{field.title()}Expression"] = rendered.render(self.trees[field])
        if found.projection:
            fixed["ProjectionExpression"] = ", ".join(rendered.name(name) for name in found.projection)
        if rendered.names:
            fixed["ExpressionAttributeNames"] = rendered.names
        if found.operation in _RETURNED:
            fixed["ReturnValues"] = _RETURNED[found.operation]
        return Unbound(fixed, key, rendered.values)

    def request(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the API takes; for a batch write, only its items in `Items`. Raises ParameterError and PatternError."""
        found = self.exported
        given.check(self.subject, found, self.table, self.trees.values(), arguments)
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
