"""Which properties a type has, and of what kind: read off the installed `pulumi_aws`, never written down by hand.

Every resource's module carries an `…Args` class (its inputs) and a `_…State` class (inputs and outputs), decorated with
Pulumi's own `input_type`, so Pulumi's introspection gives the wire names and Python types. A kind is written as in a
package's schema (`{"type": "string"}`), so that the schema for tools is what was read.
"""

from __future__ import annotations

import collections.abc
import difflib
import functools
import importlib
import inspect
import json
import threading
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from keyword import iskeyword
from typing import Any, Final

import pulumi_aws
from pulumi import _types

from .values import UNKNOWN, join

_LOADING: Final = threading.RLock()

Kind = Mapping[str, Any]
"""What a property's value is, in the words of a package's schema."""

ANY: Final[Kind] = {"$ref": "pulumi.json#/Any"}
STRING: Final[Kind] = {"type": "string"}
DOCUMENT: Final[Kind] = {"type": "string", "description": "a JSON document, as text or as an object"}
_PLAIN: Final[dict[type, Kind]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: STRING,
}
_ALLOWED: Final[dict[str, tuple[str, Any]]] = {
    "string": ("a string", str),
    "boolean": ("true or false", bool),
    "integer": ("a whole number", int),
    "number": ("a number", (int, float)),
    "array": ("a list", list),
    "object": ("a map", Mapping),
}
"""Type → its name in a message, and the Python types that fit."""

_TYPES: Final[dict[str, dict[str, Any]]] = {}
"""The objects that properties refer to, by their tokens."""


@dataclass(frozen=True)
class Schema:
    """A resource type: what goes in, what must go in, and what only comes out."""

    inputs: dict[str, Kind]
    required: list[str]
    outputs: dict[str, Kind]


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with one property."""

    path: str
    reason: str


def refuse(path: str, value: Any, allowed: str, fix: str) -> Complaint:
    """A complaint: where, what it is, what it may be, what to do."""
    return Complaint(path, f"{path} is {_shown(value)}; allowed: {allowed}. {fix}")


@functools.cache
def of(token: str) -> Schema:
    """The schema of a resource type `aws:service/module:Class`, whose Python module is `pulumi_aws.service.module`."""
    _, path, class_name = token.split(":")
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in path)
    package, _, name = snake.partition("/")
    with _LOADING:
        module = importlib.import_module(f"pulumi_aws.{package}{'_' if iskeyword(package) else ''}.{name}")
        # Where an object of another type has that name already, the SDK calls the inputs so.
        given = getattr(module, f"{class_name}InitArgs", None) or getattr(module, f"{class_name}Args")
        inputs, required = _fields(given)
        state, _ = _fields(getattr(module, f"_{class_name}State"))
    return Schema(inputs, required, {name: kind for name, kind in state.items() if name not in inputs})


@functools.cache
def provider_config() -> Schema:
    """The provider's own configuration, `aws:…` in a stack's config."""
    with _LOADING:
        return Schema(*_fields(pulumi_aws.ProviderArgs), {})


def sdk_version() -> str:
    """The installed SDK's version, which is the version of the plugin that this one stands in for."""
    return metadata.version("pulumi-aws")


def text(tokens: list[str]) -> str:
    """The package's schema with these types, for the tools that ask for it (`pulumi import`, YAML programs)."""
    resources = {
        token: {
            "inputProperties": of(token).inputs,
            "requiredInputs": of(token).required,
            "properties": {**of(token).inputs, **of(token).outputs},
            "required": sorted(of(token).outputs),
        }
        for token in tokens
    }
    return json.dumps({"name": "aws", "version": sdk_version(), "resources": resources, "types": _TYPES, "config": {}})


# -- checking values -------------------------------------------------------------------------------------------


def complaints(values: Mapping[str, Any], schema: Schema, owner: str) -> list[Complaint]:
    """What of an owner's properties does not fit; unknown parts fit."""
    return _of_fields(values, schema.inputs, schema.required, "", owner, owner)


def _of_fields(
    values: Mapping[str, Any], fields: dict[str, Kind], required: list[str], path: str, where: str, owner: str
) -> list[Complaint]:
    found = []
    for key, value in values.items():
        if key in fields:
            found += _of_value(value, fields[key], join(path, key), owner)
        elif not key.startswith("__"):
            found.append(Complaint(join(path, key), _no_such(where, key, fields)))
    for key in required:
        if values.get(key) is None:
            found.append(Complaint(join(path, key), f"{where} lacks the required property {key!r}. Give it a value."))
    return found


def _of_value(value: Any, kind: Kind, path: str, owner: str) -> list[Complaint]:
    if value is UNKNOWN or value is None or kind is ANY or (kind is DOCUMENT and isinstance(value, Mapping)):
        return []
    if reference := kind.get("$ref"):
        token = reference.removeprefix("#/types/")
        kind = _TYPES[token]
        if isinstance(value, Mapping):
            where = f"{token.split(':')[-1]} (at {path} of {owner})"
            return _of_fields(value, kind["properties"], kind["required"], path, where, owner)
        return [refuse(path, value, f"an object with {', '.join(sorted(kind['properties']))}", "Give it as that.")]
    allowed, fits = _ALLOWED[kind["type"]]
    if not isinstance(value, fits) or (isinstance(value, bool) and fits is not bool):
        shown = f"{path} is {_shown(value)} ({type(value).__name__})"
        return [Complaint(path, f"{shown}; allowed: {kind.get('description', allowed)}. Give it as that.")]
    parts: dict[str, Any] = {}
    if kind["type"] == "array":
        parts = {f"{path}[{index}]": item for index, item in enumerate(value)}
    elif kind["type"] == "object":
        parts = {join(path, key): item for key, item in value.items()}
    inner = kind.get("items") or kind.get("additionalProperties") or ANY
    return [complaint for place, part in parts.items() for complaint in _of_value(part, inner, place, owner)]


def _no_such(where: str, key: str, allowed: Mapping[str, Kind]) -> str:
    lowered = {name.lower(): name for name in allowed}
    near = difflib.get_close_matches(key.lower().replace("_", ""), list(lowered), n=1, cutoff=0.6)
    hint = f"did you mean {lowered[near[0]]!r}? " if near else ""
    return f"{where} has no property {key!r}; {hint}Allowed: {', '.join(sorted(allowed))}."


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


# -- reading the SDK's classes -----------------------------------------------------------------------------------


def _fields(cls: type) -> tuple[dict[str, Kind], list[str]]:
    """The properties of a class, and those of them that must be given."""
    wire_names = _types.input_type_py_to_pulumi_names(cls)
    fields = {key: _kind(kind) for key, kind in _types.input_type_types(cls).items()}
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    required = {wire_names[p.name] for p in parameters if p.default is inspect.Parameter.empty and p.name in wire_names}
    return fields, sorted(required)


def _kind(kind: Any) -> Kind:
    kind = _types.unwrap_type(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (collections.abc.Sequence, list):
        return {"type": "array", "items": _kind(arguments[0])}
    if origin in (collections.abc.Mapping, dict):
        return {"type": "object", "additionalProperties": _kind(arguments[1])}
    if origin in (typing.Union, types.UnionType):
        return _union([a for a in arguments if isinstance(a, type) and typing.get_origin(a) is None])
    if not isinstance(kind, type) or (issubclass(kind, int) and issubclass(kind, Enum)):
        return ANY
    if _types.is_input_type(kind):
        return _reference(kind)
    return next((plain for base, plain in _PLAIN.items() if issubclass(kind, base)), ANY)


def _reference(cls: type) -> Kind:
    """An object's class, which is read the first time that a property refers to it."""
    name = cls.__name__.removesuffix("Args")
    token = f"aws:{cls.__module__.removeprefix('pulumi_aws.').partition('.')[0]}/{name[0].lower()}{name[1:]}:{name}"
    if token not in _TYPES:
        _TYPES[token] = {}  # it may refer to itself
        properties, required = _fields(cls)
        _TYPES[token] = {"type": "object", "properties": properties, "required": required}
    return {"$ref": f"#/types/{token}"}


def _union(kinds: list[type]) -> Kind:
    """The SDK's unions: text or one of an enumeration's texts; a JSON document as text or as an object."""
    texts = [kind for kind in kinds if issubclass(kind, str)]
    if texts and len(texts) == len(kinds):
        return STRING
    return DOCUMENT if texts and any(_types.is_input_type(kind) for kind in kinds) else ANY
