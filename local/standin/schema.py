"""Which properties a type has, and of what kind: read off the installed `pulumi_aws`, never written down by hand.

Every resource's module carries an `…Args` class (its inputs) and a `_…State` class (inputs and outputs), decorated with
Pulumi's own `input_type`, so Pulumi's introspection gives the wire names and Python types.
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
from dataclasses import dataclass, field
from enum import Enum
from importlib import metadata
from typing import Any, Final

import pulumi_aws
from pulumi import _types

from .values import UNKNOWN, join

_LOADING: Final = threading.RLock()


@dataclass(frozen=True)
class Shape:
    """A property's kind. `fields`, `required` and `name` belong to objects, `item` to lists and maps."""

    kind: str
    item: Shape | None = None
    name: str = ""
    fields: Mapping[str, Shape] = field(default_factory=dict)
    required: frozenset[str] = frozenset()


ANY: Final = Shape("any")


@dataclass(frozen=True)
class Schema:
    """A resource type: what goes in, what must go in, and what only comes out."""

    token: str
    inputs: Shape
    outputs: Mapping[str, Shape]


@dataclass(frozen=True)
class Complaint:
    """One thing wrong with one property."""

    path: str
    reason: str


def refuse(path: str, value: Any, allowed: str, fix: str) -> Complaint:
    """A complaint: where, what it is, what it may be, what to do."""
    text = repr(value)
    return Complaint(path, f"{path} is {text if len(text) <= 80 else text[:77] + '...'}; allowed: {allowed}. {fix}")


@functools.cache
def of(token: str) -> Schema:
    """The schema of a resource type `aws:service/module:Class`, whose Python module is `pulumi_aws.service.module`."""
    _, path, class_name = token.split(":")
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in path)
    with _LOADING:
        module = importlib.import_module(f"pulumi_aws.{snake.replace('/', '.')}")
        inputs = _object(getattr(module, f"{class_name}Args"), class_name)
        state = _object(getattr(module, f"_{class_name}State"), class_name)
    outputs = {name: shape for name, shape in state.fields.items() if name not in inputs.fields}
    return Schema(token, inputs, outputs)


@functools.cache
def provider_config() -> Shape:
    """The provider's own configuration, `aws:…` in a stack's config."""
    with _LOADING:
        return _object(pulumi_aws.ProviderArgs, "Provider")


def sdk_version() -> str:
    """The installed SDK's version, which is the version of the plugin that this one stands in for."""
    return metadata.version("pulumi-aws")


# -- checking values -------------------------------------------------------------------------------------------


def complaints(value: Any, shape: Shape, path: str = "", owner: str = "") -> list[Complaint]:
    """What of a plain value does not fit its shape; unknown parts fit."""
    if value is UNKNOWN or value is None or shape.kind == "any":
        return []
    if shape.kind == "object":
        return _object_complaints(value, shape, path, owner)
    if shape.kind == "list" and isinstance(value, list):
        return [c for i, one in enumerate(value) for c in complaints(one, shape.item or ANY, f"{path}[{i}]", owner)]
    if shape.kind == "map" and isinstance(value, Mapping):
        return [c for key, one in value.items() for c in complaints(one, shape.item or ANY, join(path, key), owner)]
    described, _, fits = _KINDS[shape.kind]
    if isinstance(value, fits) and not (isinstance(value, bool) and fits is not bool):
        return []
    return [Complaint(path, f"{path} is {_show(value)}; allowed: {described}. Give it as that.")]


def _object_complaints(value: Any, shape: Shape, path: str, owner: str) -> list[Complaint]:
    if not isinstance(value, Mapping):
        return [Complaint(path, f"{path} is {_show(value)}; allowed: an object with {_listing(shape.fields)}.")]
    found = []
    where = owner if not path else f"{shape.name} (at {path} of {owner})"
    for key, item in value.items():
        if key.startswith("__"):
            continue
        if key not in shape.fields:
            found.append(Complaint(join(path, key), _no_such(where, key, shape.fields)))
            continue
        found += complaints(item, shape.fields[key], join(path, key), owner)
    for key in sorted(shape.required - {k for k, v in value.items() if v is not None}):
        found.append(Complaint(join(path, key), f"{where} lacks the required property {key!r}. Give it a value."))
    return found


def _no_such(where: str, key: str, allowed: Mapping[str, Shape]) -> str:
    lowered = {name.lower(): name for name in allowed}
    near = difflib.get_close_matches(key.lower().replace("_", ""), list(lowered), n=1, cutoff=0.6)
    hint = f"did you mean {lowered[near[0]]!r}? " if near else ""
    return f"{where} has no property {key!r}; {hint}Allowed: {_listing(allowed)}."


def _listing(names: Mapping[str, Shape]) -> str:
    return ", ".join(sorted(names))


def _show(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"


_KINDS: Final[dict[str, tuple[str, str, Any]]] = {
    "string": ("a string", "string", str),
    "bool": ("true or false", "boolean", bool),
    "int": ("a whole number", "integer", int),
    "float": ("a number", "number", (int, float)),
    "document": ("a JSON document, as text or as an object", "string", (str, Mapping)),
    "list": ("a list", "array", ()),
    "map": ("a map", "object", ()),
}
"""Kind → its name in a message, in a package's schema, and the Python types that fit (of lists and maps: none else)."""


# -- the package's schema, for the tools that ask a plugin for it (`pulumi import`, YAML programs) -----------------


def text(tokens: list[str]) -> str:
    """The package schema with these types, as text."""
    named: dict[str, Any] = {}
    resources = {}
    for token in tokens:
        known = of(token)
        inputs = {name: _property(shape, token, named) for name, shape in known.inputs.fields.items()}
        outputs = {name: _property(shape, token, named) for name, shape in known.outputs.items()}
        resources[token] = {
            "inputProperties": inputs,
            "requiredInputs": sorted(known.inputs.required),
            "properties": {**inputs, **outputs},
            "required": sorted(outputs),
        }
    return json.dumps({"name": "aws", "version": sdk_version(), "resources": resources, "types": named, "config": {}})


def _property(shape: Shape, token: str, named: dict[str, Any]) -> dict[str, Any]:
    if shape.kind == "any":
        return {"$ref": "pulumi.json#/Any"}
    if shape.kind != "object":
        inner = {"list": "items", "map": "additionalProperties"}.get(shape.kind)
        found: dict[str, Any] = {"type": _KINDS[shape.kind][1]}
        return found if inner is None else {**found, inner: _property(shape.item or ANY, token, named)}
    name = f"{token.rsplit('/', 1)[0]}/{shape.name[0].lower()}{shape.name[1:]}:{shape.name}"
    if name not in named:
        named[name] = {}
        named[name] = {
            "type": "object",
            "properties": {key: _property(item, token, named) for key, item in shape.fields.items()},
            "required": sorted(shape.required),
        }
    return {"$ref": f"#/types/{name}"}


# -- reading the SDK's classes -----------------------------------------------------------------------------------


@functools.cache
def _object(cls: type, name: str) -> Shape:
    wire_names = _types.input_type_py_to_pulumi_names(cls)
    fields = {key: _shape(kind) for key, kind in _types.input_type_types(cls).items()}
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    required = {wire_names[p.name] for p in parameters if p.default is inspect.Parameter.empty and p.name in wire_names}
    return Shape("object", name=name, fields=fields, required=frozenset(required))


def _shape(kind: Any) -> Shape:
    kind = _types.unwrap_type(kind)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (collections.abc.Sequence, list):
        return Shape("list", _shape(arguments[0]))
    if origin in (collections.abc.Mapping, dict):
        return Shape("map", _shape(arguments[1]))
    if origin in (typing.Union, types.UnionType):
        return _union([a for a in arguments if isinstance(a, type) and typing.get_origin(a) is None])
    return _plain_type(kind) if isinstance(kind, type) else ANY


def _plain_type(kind: type) -> Shape:
    if _types.is_input_type(kind):
        return _object(kind, kind.__name__.removesuffix("Args"))
    if issubclass(kind, int) and issubclass(kind, Enum):
        return ANY
    names = {bool: "bool", int: "int", float: "float", str: "string"}
    return next((Shape(name) for base, name in names.items() if issubclass(kind, base)), ANY)


def _union(kinds: list[type]) -> Shape:
    """The SDK's unions: text or one of an enumeration's texts; a JSON document as text or as an object."""
    texts = [kind for kind in kinds if issubclass(kind, str)]
    if texts and len(texts) == len(kinds):
        return Shape("string")
    return Shape("document") if texts and any(_types.is_input_type(kind) for kind in kinds) else ANY
