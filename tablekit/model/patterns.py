"""An access pattern: one query or write of a table that a system's document shows, states or implies.

`query("orders-of-customer", "A customer's orders", index=…, key=…)` makes one; there is a function an operation.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Required, Self, TypedDict, Unpack

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from tablekit.model.attributes import AttributeType
from tablekit.model.base import KEBAB, Declared
from tablekit.model.errors import did_you_mean
from tablekit.model.expressions import Condition, Node, Parameter, Update, comparison, key_conditions, parameters
from tablekit.model.expressions import Literal as Value
from tablekit.model.grammar import parse_condition, parse_update

Operation = Literal["get", "query", "put", "update", "delete", "batch-write", "scan"]

READS: frozenset[Operation] = frozenset({"get", "query", "scan"})
KEYED: frozenset[Operation] = frozenset({"get", "update", "delete"})
"""Operations on one item, which take its whole key."""

ACTIONS: dict[Operation, str] = {
    "get": "GetItem",
    "query": "Query",
    "put": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
    "batch-write": "BatchWriteItem",
    "scan": "Scan",
}
"""The DynamoDB API operation of each: IAM action `dynamodb:<name>`, CloudWatch dimension Operation=<name>."""


def action_of(operation: Operation) -> str:
    """The IAM action of an operation, as `dynamodb:Query`."""
    return f"dynamodb:{ACTIONS[operation]}"


_ALLOWED: dict[str, frozenset[Operation]] = {
    "key": KEYED | {"query"},
    "filter": frozenset({"query", "scan"}),
    "condition": frozenset({"put", "update", "delete"}),
    "update": frozenset({"update"}),
    "projection": READS,
    "limit": frozenset({"query", "scan"}),
    "index": frozenset({"query", "scan"}),
    "scan_reason": frozenset({"scan"}),
    "entity": frozenset({"put", "batch-write"}),
}
_REQUIRED: dict[Operation, tuple[str, ...]] = {
    "get": ("key",),
    "query": ("key",),
    "update": ("key", "update"),
    "delete": ("key",),
    "scan": ("scan_reason",),
}
_BODY: dict[Operation, dict[str, AttributeType]] = {"put": {"item": "M"}, "batch-write": {"items": "L"}}


def _condition_text(text: str) -> str:
    parse_condition(text)
    return text


def _update_text(text: str) -> str:
    parse_update(text)
    return text


ConditionText = Annotated[str, AfterValidator(_condition_text)]


class AccessPattern(Declared):
    """One access pattern of the table that it is declared in, named for what it gives.

    key: key condition; for get, update and delete an equality for each key attribute.
    filter, condition, update: DynamoDB's expressions in the form of `expressions`.
    projection: attributes to give; empty: all that the table or index has.
    parameters: types of the parameters; those compared with a declared attribute need no mention, a key
        template's fields are S unless said otherwise, put takes `item` (M) and batch-write `items` (L).
    example: arguments to show and to try the pattern with, where the table's first sample item can't give them.
    scan_reason: why no key serves; required for a scan, so that each is a decision.
    entity: the kind of item that a put or batch write writes; None: any that the table has.
    """

    name: str = Field(pattern=KEBAB, max_length=64)
    purpose: str = Field(min_length=1)
    operation: Operation
    index: str | None = None
    key: ConditionText | None = None
    filter: ConditionText | None = None
    condition: ConditionText | None = None
    update: Annotated[str, AfterValidator(_update_text)] | None = None
    projection: tuple[str, ...] = ()
    order: Literal["ascending", "descending"] = "ascending"
    limit: int | None = Field(default=None, ge=1)
    parameters: dict[str, AttributeType] = {}
    example: dict[str, Any] = {}
    scan_reason: str | None = None
    entity: str | None = None

    _table: str = PrivateAttr(default="")

    def of_table(self, table: str) -> AccessPattern:
        """The same pattern as one of this table's."""
        bound = self.model_copy()
        bound._table = table
        return bound

    @property
    def table(self) -> str:
        """The logical name of the table that it is declared in."""
        return self._table

    @property
    def reads(self) -> bool:
        """True for get, query and scan."""
        return self.operation in READS

    @property
    def action(self) -> str:
        """The IAM action, as `dynamodb:Query`."""
        return action_of(self.operation)

    @cached_property
    def key_tree(self) -> Condition | None:
        """The parsed key condition."""
        return parse_condition(self.key) if self.key else None

    @cached_property
    def filter_tree(self) -> Condition | None:
        """The parsed filter."""
        return parse_condition(self.filter) if self.filter else None

    @cached_property
    def condition_tree(self) -> Condition | None:
        """The parsed condition of a write."""
        return parse_condition(self.condition) if self.condition else None

    @cached_property
    def update_tree(self) -> Update | None:
        """The parsed update expression."""
        return parse_update(self.update) if self.update else None

    @cached_property
    def trees(self) -> dict[str, Node]:
        """The expressions that the pattern has, parsed, by field."""
        trees = {
            "key": self.key_tree,
            "filter": self.filter_tree,
            "condition": self.condition_tree,
            "update": self.update_tree,
        }
        return {name: tree for name, tree in trees.items() if tree is not None}

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The parameters that the expressions and the operation need, each once, in order."""
        return tuple(dict.fromkeys([*(p for tree in self.trees.values() for p in parameters(tree)), *self.body]))

    @property
    def body(self) -> dict[str, AttributeType]:
        """The parameters that stand for whole items: `item` of a put, `items` of a batch write."""
        return _BODY.get(self.operation, {})

    def hash_value(self, hash_key: str) -> Parameter | Value | None:
        """What the pattern compares the hash key with; None where it has no equality on it."""
        for condition in key_conditions(self.key_tree):
            name, op, values = comparison(condition)
            if name == hash_key and op == "=" and isinstance(values[0], Parameter | Value):
                return values[0]
        return None

    @model_validator(mode="after")
    def _fits_operation(self) -> Self:
        for name, operations in _ALLOWED.items():
            if getattr(self, name) and self.operation not in operations:
                raise ValueError(
                    f"access pattern {self.name!r}: a {self.operation} takes no {name}; "
                    f"{name} goes with {', '.join(sorted(operations))}: remove it"
                )
        for name in _REQUIRED.get(self.operation, ()):
            if not getattr(self, name):
                raise ValueError(f"access pattern {self.name!r}: a {self.operation} needs {name}; give it")
        if self.order == "descending" and self.operation != "query":
            raise ValueError(f"access pattern {self.name!r}: a {self.operation} has no order; only a query has one")
        for source in (self.parameters, self.example):
            for name in source:
                if name not in self.needed:
                    raise ValueError(
                        f"access pattern {self.name!r}: parameter {name!r} stands in no expression"
                        f"{did_you_mean(name, self.needed)}; they need {', '.join(self.needed) or 'none'}: "
                        "rename or remove it"
                    )
        for field, tree in self.trees.items():
            if stands := [name for name in parameters(tree) if name in self.body]:
                raise ValueError(
                    f"access pattern {self.name!r}: {field} uses :{stands[0]}, which stands for what the "
                    f"{self.operation} writes whole; give the value a parameter of its own"
                )
            if self.body and "entity" in parameters(tree):
                raise ValueError(
                    f"access pattern {self.name!r}: {field} uses :entity, by which a caller says what kind of item is "
                    "written; give the value a parameter of another name"
                )
        return self


class _Common(TypedDict, total=False):
    parameters: dict[str, AttributeType]
    example: dict[str, Any]


class _Read(_Common, total=False):
    projection: tuple[str, ...]


class _Get(_Read, total=False):
    key: Required[str]


class _Many(_Read, total=False):
    index: str
    filter: str
    limit: int


class _Query(_Many, total=False):
    key: Required[str]
    order: Literal["ascending", "descending"]


class _Scan(_Many, total=False):
    scan_reason: Required[str]


class _Write(_Common, total=False):
    entity: str | None


class _Conditional(_Common, total=False):
    condition: str


class _Put(_Write, _Conditional, total=False):
    pass


class _Delete(_Conditional, total=False):
    key: Required[str]


class _Update(_Delete, total=False):
    update: Required[str]


def get(name: str, purpose: str, **fields: Unpack[_Get]) -> AccessPattern:
    """Reads one item by its whole key."""
    return AccessPattern(name=name, purpose=purpose, operation="get", **fields)


def query(name: str, purpose: str, **fields: Unpack[_Query]) -> AccessPattern:
    """Reads the items under one hash key, of the table or of an index."""
    return AccessPattern(name=name, purpose=purpose, operation="query", **fields)


def scan(name: str, purpose: str, **fields: Unpack[_Scan]) -> AccessPattern:
    """Reads the whole table or index; `scan_reason` says why no key serves."""
    return AccessPattern(name=name, purpose=purpose, operation="scan", **fields)


def put(name: str, purpose: str, **fields: Unpack[_Put]) -> AccessPattern:
    """Writes one whole item, the argument `item`."""
    return AccessPattern(name=name, purpose=purpose, operation="put", **fields)


def update(name: str, purpose: str, **fields: Unpack[_Update]) -> AccessPattern:
    """Changes some attributes of one item."""
    return AccessPattern(name=name, purpose=purpose, operation="update", **fields)


def delete(name: str, purpose: str, **fields: Unpack[_Delete]) -> AccessPattern:
    """Deletes one item by its whole key."""
    return AccessPattern(name=name, purpose=purpose, operation="delete", **fields)


def batch_write(name: str, purpose: str, **fields: Unpack[_Write]) -> AccessPattern:
    """Writes many whole items, the argument `items`."""
    return AccessPattern(name=name, purpose=purpose, operation="batch-write", **fields)
