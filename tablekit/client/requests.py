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
from tablekit.model.expressions import Condition, Literal, Node, Parameter, Rendered, Update
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.operands import value_of
from tablekit.model.patterns import ACTIONS
from tablekit.model.subjects import key_conditions, subject

BATCH = 25
"""Items that one BatchWriteItem takes."""

_RETURNED = {"put": "ALL_OLD", "delete": "ALL_OLD", "update": "ALL_NEW"}


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

    def request(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """What the API takes; for a batch write, only its items in `Items`. Raises ParameterError and PatternError."""
        found = self.exported
        given.check(self.subject, found, self.table, self.trees.values(), arguments)
        if found.operation == "batch-write":
            return {"Items": [to_dynamodb(item) for item in arguments["items"]]}
        request: dict[str, Any] = {"TableName": self.table.name, "ReturnConsumedCapacity": "INDEXES"}
        rendered = Rendered()
        if found.operation in ("get", "update", "delete"):
            request["Key"] = self.key(arguments)
        elif found.operation == "put":
            request["Item"] = to_dynamodb(arguments["item"])
        elif found.operation == "query":
            request["KeyConditionExpression"] = rendered.render(self.trees["key"])
            request["ScanIndexForward"] = found.order == "ascending"
        if found.index:
            request["IndexName"] = found.index
        for field in ("filter", "condition", "update"):
            if field in self.trees:
                request[f"{field.title()}Expression"] = rendered.render(self.trees[field])
        if found.projection:
            request["ProjectionExpression"] = ", ".join(rendered.name(name) for name in found.projection)
        if rendered.names:
            request["ExpressionAttributeNames"] = rendered.names
        if rendered.values:
            request["ExpressionAttributeValues"] = {
                placeholder: value_to_dynamodb(value_of(node, arguments))
                for placeholder, node in rendered.values.items()
            }
        if found.operation in _RETURNED:
            request["ReturnValues"] = _RETURNED[found.operation]
        return request

    def key(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The whole key of a get, update or delete, in DynamoDB JSON."""
        key: dict[str, Any] = {}
        for condition in key_conditions(_condition(self.trees["key"])):
            name, op, values = subject(condition)
            if name is None or op != "=" or not isinstance(values[0], Parameter | Literal):
                raise PatternError(f"{self.subject}: {str(condition)!r} is no equality on a key; a whole key is needed")
            key[name] = value_to_dynamodb(value_of(values[0], arguments))
        return key


def _condition(tree: Node) -> Condition:
    return tree  # type: ignore[return-value]  # a key condition is parsed as one
