"""Values in plain Python and in DynamoDB JSON; what a call gives: items, where to go on, and what it consumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer

_SERIALIZER: Any = TypeSerializer()
_DESERIALIZER: Any = TypeDeserializer()

Item = dict[str, Any]
"""An item in plain Python: text is str, a number Decimal, a binary bytes, a set set, NULL None, M dict, L list."""

Attributes = dict[str, dict[str, Any]]
"""An item in DynamoDB JSON, as boto3's client takes and gives it: attribute name -> {type letters: value}."""


def to_dynamodb(item: Mapping[str, Any]) -> Attributes:
    """The item as boto3's client takes it. int stays exact; a float is refused by TypeError: give a Decimal."""
    return {name: _SERIALIZER.serialize(value) for name, value in item.items()}


def value_to_dynamodb(value: Any) -> dict[str, Any]:
    """One value, as `{"S": "text"}`."""
    served: dict[str, Any] = _SERIALIZER.serialize(value)
    return served


def from_dynamodb(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    """The item in plain Python."""
    return {name: _plain(_DESERIALIZER.deserialize(value)) for name, value in attributes.items()}


def _plain(value: Any) -> Any:
    """boto3 wraps binaries in a class of its own."""
    if isinstance(value, Binary):
        return bytes(getattr(value, "value", b""))
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, set):
        return {_plain(inner) for inner in value}
    return value


@dataclass(frozen=True)
class Capacity:
    """Capacity units consumed: of the table itself, and by index.

    `reported` is False where the endpoint says nothing, as some emulators do for some calls.
    """

    table: float = 0.0
    indexes: Mapping[str, float] = field(default_factory=dict)
    reported: bool = False

    @property
    def total(self) -> float:
        """All of it."""
        return self.table + sum(self.indexes.values())

    def __add__(self, other: Capacity) -> Capacity:
        names = {**self.indexes, **other.indexes}
        both = {name: self.indexes.get(name, 0.0) + other.indexes.get(name, 0.0) for name in names}
        return Capacity(self.table + other.table, both, self.reported or other.reported)


def capacity(answers: Iterable[Mapping[str, Any]]) -> Capacity:
    """The capacity in some answers' `ConsumedCapacity`, whose form is that of a call with INDEXES."""
    total = Capacity()
    for answer in answers:
        consumed = answer.get("ConsumedCapacity") or []
        for part in consumed if isinstance(consumed, list) else [consumed]:
            indexes = {
                name: float(units.get("CapacityUnits", 0))
                for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
                for name, units in (part.get(kind) or {}).items()
            }
            whole = float(part.get("CapacityUnits", 0))
            own = float(part["Table"].get("CapacityUnits", 0)) if "Table" in part else whole - sum(indexes.values())
            total += Capacity(own, indexes, True)
    return total


@dataclass(frozen=True)
class Result:
    """What a call, or one page of it, gave.

    items: of a read, those found, in order; of an update, the item as it is now; of a put or delete, the item that was
        there before, if any; of a batch write, none.
    examined: items that DynamoDB read before the filter; 0 for a write. pages: API calls made.
    more: where the next page begins (for `Options.after`); None at the end.
    """

    items: tuple[Item, ...]
    capacity: Capacity
    examined: int = 0
    pages: int = 1
    more: Item | None = None

    @property
    def item(self) -> Item | None:
        """The first item, or None: what a get found."""
        return self.items[0] if self.items else None


@dataclass(frozen=True)
class Options:
    """How to run a pattern, beside its own parameters.

    limit: the most items to give in all; default: all, or as many as the pattern's own limit lets it read.
    page_size: the most items that DynamoDB evaluates a call; default: as many as fit 1 MB.
    after: `Result.more` of an earlier call.
    consistent: a strongly consistent read, of a table only, at twice the price.
    """

    limit: int | None = None
    page_size: int | None = None
    after: Mapping[str, Any] | None = None
    consistent: bool = False
