"""The wire's property values as plain Python, and back.

Plain means: None, bool, int, float, str, list, dict, and `UNKNOWN` for what only a deployment will tell. The wire has
floats only, so whole numbers come back as ints. Absent and null are one. Secrets are stripped: Configure declines them,
and the engine then marks the outputs itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc

from .errors import StandInError

Props = dict[str, Any]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""The key of an object on the wire that stands for something else, and says by its value for what."""
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
_TEXTS_ALONE: Final = (
    "the stand-in AWS plugin takes texts and archives of texts, and no files, addresses or references to resources"
)


class _Unknown:
    """The one value that stands for "known after the deployment"."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()


@dataclass(frozen=True, eq=False)
class Archive:
    """An archive of text files: name -> text. hash: the engine's own, which it gets back.

    Where a resource is read or compared, the engine leaves the texts away, and the hash says whether two are the same.
    """

    files: Mapping[str, str]
    hash: str = ""

    @classmethod
    def read(cls, fields: Any) -> Archive:
        """From the wire's object; StandInError where it holds anything but texts."""
        if "assets" not in fields and ("path" in fields or "uri" in fields):
            raise StandInError(_TEXTS_ALONE)
        assets = fields["assets"].struct_value.fields if "assets" in fields else {}
        return cls({name: _from_value(value) for name, value in assets.items()}, fields["hash"].string_value)

    def wire(self) -> Props:
        """As the wire's object."""
        assets = {
            name: {SIGNATURE: _ASSET, "text": text, "hash": hashlib.sha256(text.encode()).hexdigest()}
            for name, text in self.files.items()
        }
        return {SIGNATURE: _ARCHIVE, "hash": self.hash, **({"assets": assets} if assets else {})}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Archive):
            return NotImplemented
        if self.hash and other.hash:
            return self.hash == other.hash
        return self.files == other.files

    def __hash__(self) -> int:
        return hash(self.hash)


def from_struct(struct: struct_pb2.Struct) -> Props:
    """The wire's struct as plain Python."""
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
        case "struct_value":
            fields = value.struct_value.fields
            if SIGNATURE not in fields:
                return from_struct(value.struct_value)
            if fields[SIGNATURE].string_value == SECRET:
                return _from_value(fields["value"])
            if fields[SIGNATURE].string_value == _ARCHIVE:
                return Archive.read(fields)
            if fields[SIGNATURE].string_value == _ASSET and "text" in fields:
                return fields["text"].string_value
            raise StandInError(_TEXTS_ALONE)
    return None


def to_struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """A plain map in the wire's form."""
    struct = struct_pb2.Struct()
    struct.update(_to_value(values))
    return struct


def _to_value(value: Any) -> Any:
    if value is UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Archive):
        return value.wire()
    if isinstance(value, Mapping):
        return {key: _to_value(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_to_value(item) for item in value]
    return value


def has_unknown(value: Any) -> bool:
    """Whether any part of a plain value is only known after the deployment."""
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def order_key(value: Any) -> str:
    """A total order over plain values, to compare lists whose order means nothing."""
    return json.dumps(value, sort_keys=True, default=repr)


def join(path: str, key: str) -> str:
    """A property path one key deeper; keys that aren't plain words are quoted, as the engine reads them."""
    if key.replace("_", "a").isalnum():
        return f"{path}.{key}" if path else key
    return f'{path}["{key}"]'
