"""The wire's property values as plain Python, and back.

`plain_map` and `wire_map` go by way of the SDK's property values. `from_struct` and `to_struct` go straight to the
wire's own form: for the two requests that come with every resource of a preview, where the detour is half of the work.

Plain means: None, bool, int, float, str, list, dict, and `UNKNOWN` for what only a deployment will tell. The wire has
floats only, so whole numbers come back as ints. Secrets are stripped: Configure declines them, and the engine then
marks the outputs itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.provider.experimental.property_value import Computed, PropertyValue, ResourceReference
from pulumi.runtime import rpc

from .errors import StandInError

Props = dict[str, Any]


class _Unknown:
    """The one value that stands for "known after the deployment"."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> _Unknown:
        return self

    def __deepcopy__(self, memo: object) -> _Unknown:
        return self


UNKNOWN: Final = _Unknown()


def plain(value: PropertyValue) -> Any:
    """A property value as plain Python."""
    raw = value.value
    if isinstance(raw, str):
        return UNKNOWN if raw == rpc.UNKNOWN else raw
    if isinstance(raw, bool) or raw is None:
        return raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() else raw
    if isinstance(raw, Computed):
        return UNKNOWN
    if isinstance(raw, Mapping):
        return {key: plain(item) for key, item in raw.items() if item.value is not None}
    if isinstance(raw, ResourceReference):
        return plain(raw.resource_id) if isinstance(raw.resource_id, PropertyValue) else UNKNOWN
    if isinstance(raw, Sequence):
        return [plain(cast(PropertyValue, item)) for item in raw]
    raise StandInError(f"the stand-in AWS plugin takes no assets or archives, got {type(raw).__name__}")


def plain_map(values: Mapping[str, PropertyValue]) -> Props:
    """A property map as plain Python; absent and null are one."""
    return {key: plain(value) for key, value in values.items() if value.value is not None}


def wire(value: Any) -> PropertyValue:
    """Plain Python as a property value."""
    if value is UNKNOWN:
        return PropertyValue(rpc.UNKNOWN)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return PropertyValue(value)
    if isinstance(value, int | float):
        return PropertyValue(float(value))
    if isinstance(value, Mapping):
        return PropertyValue({key: wire(item) for key, item in value.items() if item is not None})
    return PropertyValue([wire(item) for item in value])


def wire_map(values: Mapping[str, Any]) -> dict[str, PropertyValue]:
    """A plain map as a property map."""
    return {key: wire(value) for key, value in values.items() if value is not None}


def from_struct(struct: struct_pb2.Struct) -> Props:
    """The wire's struct as plain Python; absent and null are one."""
    return {key: _from_value(value) for key, value in struct.fields.items() if not value.HasField("null_value")}


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
        case "bool_value":
            return value.bool_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "struct_value" if rpc._special_sig_key not in value.struct_value.fields:
            return from_struct(value.struct_value)
    return plain(PropertyValue.unmarshal(value))  # null, and what the SDK wraps: secrets, outputs, references


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """A plain map in the wire's form."""
    struct = struct_pb2.Struct()
    struct.update({key: _to_value(value) for key, value in values.items() if value is not None})
    return struct


def _to_value(value: Any) -> Any:
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _to_value(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_to_value(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Whether any part of a plain value is only known after the deployment."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return False


def canonical(value: Any) -> Any:
    """A form in which equal JSON documents are equal, whatever their spacing and the order of their keys."""
    if isinstance(value, str):
        try:
            return json.dumps(json.loads(value), sort_keys=True)
        except ValueError:
            return value
    return json.dumps(value, sort_keys=True)


def order_key(value: Any) -> str:
    """A total order over plain values, to compare lists whose order means nothing."""
    return json.dumps(value, sort_keys=True, default=repr)


def join(path: str, key: str) -> str:
    """A property path one key deeper; keys that aren't plain words are quoted, as the engine reads them."""
    if key.replace("_", "a").isalnum():
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'
