"""Plain Python values and DynamoDB JSON, through boto3's own serializers."""

from __future__ import annotations

from collections.abc import Mapping
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
