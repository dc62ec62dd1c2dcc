"""Which properties a type has, and of what kind: read off the installed `pulumi_aws`, never written down by hand.

Every resource's module carries an `…Args` class (its inputs) and a `_…State` class (inputs and outputs), decorated with
Pulumi's own `input_type`, so Pulumi's introspection gives the wire names and Python types. The modules are loaded one
by one under a private package name: importing `pulumi_aws` as such would run its 350 KB `__init__`, and a package's
`__init__` imports every resource of its service.
"""

from __future__ import annotations

import collections.abc
import difflib
import functools
import importlib
import importlib.util
import inspect
import os
import sys
import threading
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from pulumi import _types

from .errors import StandInError
from .values import UNKNOWN, join

SDK: Final = "pulumi_aws"
_ALIAS: Final = "_standin_sdk"
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


@functools.cache
def of(token: str) -> Schema:
    """The schema of a resource type `aws:service/module:Class`."""
    _, path, class_name = token.split(":")
    with _LOADING:
        module = _load(_module_name(path))
        inputs = _object(getattr(module, f"{class_name}Args"), class_name)
        state = _object(getattr(module, f"_{class_name}State"), class_name)
    outputs = {name: shape for name, shape in state.fields.items() if name not in inputs.fields}
    return Schema(token, inputs, outputs)


@functools.cache
def provider_config() -> Shape:
    """The provider's own configuration, `aws:…` in a stack's config."""
    with _LOADING:
        return _object(_load("provider").ProviderArgs, "Provider")


@functools.cache
def sdk_version() -> str:
    """The installed SDK's version, which is the version of the plugin that this one stands in for."""
    return str(_shell()._version_str)


def complaints(value: Any, shape: Shape, path: str = "", owner: str = "") -> list[Complaint]:
    """What of a plain value does not fit its shape; unknown parts fit."""
    if value is UNKNOWN or value is None or shape.kind == "any":
        return []
    if shape.kind == "object":
        return _object_complaints(value, shape, path, owner)
    if shape.kind == "list" and isinstance(value, list):
        item = shape.item or ANY
        return [c for i, one in enumerate(value) for c in complaints(one, item, f"{path}[{i}]", owner)]
    if shape.kind == "map" and isinstance(value, Mapping):
        item = shape.item or ANY
        return [c for key, one in value.items() for c in complaints(one, item, join(path, key), owner)]
    if shape.kind in _SCALARS and _SCALARS[shape.kind](value):
        return []
    return [Complaint(path, f"{path} is {_show(value)}; allowed: {_KINDS[shape.kind]}. Give it as that.")]


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


_SCALARS: Final[dict[str, Any]] = {
    "string": lambda v: isinstance(v, str),
    "bool": lambda v: isinstance(v, bool),
    "int": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "float": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "document": lambda v: isinstance(v, str | Mapping),
}

_KINDS: Final = {
    "string": "a string",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "document": "a JSON document, as text or as an object",
    "list": "a list",
    "map": "a map",
}


def _module_name(path: str) -> str:
    """`dynamodb/resourcePolicy` is the Python module `dynamodb.resource_policy`."""
    service, _, name = path.partition("/")
    snake = "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
    return snake if service == "index" else f"{service}.{snake}"


def _shell() -> Any:
    """The SDK's utilities module, after hanging the SDK's folder under the private package name."""
    if _ALIAS not in sys.modules:
        spec = importlib.util.find_spec(SDK)
        if spec is None or spec.origin is None:
            raise StandInError(f"{SDK} isn't installed beside the stand-in AWS plugin: run the project's set-up again.")
        home = os.path.dirname(spec.origin)
        _package(_ALIAS, home)
        # Under its own name: it looks up the version of the distribution that its name begins with.
        own = importlib.util.spec_from_file_location(f"{SDK}._utilities", os.path.join(home, "_utilities.py"))
        assert own is not None
        assert own.loader is not None
        utilities = importlib.util.module_from_spec(own)
        own.loader.exec_module(utilities)
        sys.modules[f"{_ALIAS}._utilities"] = utilities
        setattr(sys.modules[_ALIAS], "_utilities", utilities)  # noqa: B010 (a module takes no plain assignment here)
    return sys.modules[f"{_ALIAS}._utilities"]


def _load(name: str) -> types.ModuleType:
    _shell()
    service, dot, _ = name.partition(".")
    if dot:
        _service(service)
    return importlib.import_module(f"{_ALIAS}.{name}")


def _service(name: str) -> types.ModuleType:
    full = f"{_ALIAS}.{name}"
    if full not in sys.modules:
        _package(full, os.path.join(sys.modules[_ALIAS].__path__[0], name))
    return sys.modules[full]


def _package(name: str, home: str) -> None:
    """A package with a folder and nothing in it, so that importing one of its modules runs only that one.

    Its `outputs` stays empty: large, and named in the annotations of resources only, not in those of inputs. One
    service's inputs may name another's, hence the look-up on demand: of a service, or in `_inputs`.
    """
    package = types.ModuleType(name)
    package.__path__ = [home]
    package.__dict__["outputs"] = sys.modules[f"{name}.outputs"] = types.ModuleType(f"{name}.outputs")

    def on_demand(attribute: str) -> Any:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        if name == _ALIAS and os.path.isdir(os.path.join(home, attribute)):
            return _service(attribute)
        return getattr(importlib.import_module(f"{name}._inputs"), attribute)

    package.__dict__["__getattr__"] = on_demand
    sys.modules[name] = package


@functools.cache
def _object(cls: type, name: str) -> Shape:
    wire_names = _types.input_type_py_to_pulumi_names(cls)
    fields = {key: _shape(kind) for key, kind in _types.input_type_types(cls).items()}
    parameters = inspect.signature(cls.__init__).parameters.values()  # type: ignore[misc]
    required = {wire_names[p.name] for p in parameters if p.default is inspect.Parameter.empty and p.name in wire_names}
    return Shape("object", name=name, fields=fields, required=frozenset(required))


def _shape(kind: Any) -> Shape:
    kind = _types.unwrap_type(kind)
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin in (collections.abc.Sequence, list):
        return Shape("list", _shape(arguments[0]))
    if origin in (collections.abc.Mapping, dict):
        return Shape("map", _shape(arguments[1]))
    if origin in (typing.Union, types.UnionType):
        return _union([a for a in arguments if typing.get_origin(a) is not collections.abc.Awaitable])
    if isinstance(kind, type):
        return _plain_type(kind)
    return ANY


def _plain_type(kind: type) -> Shape:
    if _types.is_input_type(kind):
        return _object(kind, kind.__name__.removesuffix("Args"))
    if issubclass(kind, bool):
        return Shape("bool")
    if issubclass(kind, int) and not issubclass(kind, Enum):
        return Shape("int")
    if issubclass(kind, float):
        return Shape("float")
    if issubclass(kind, str):
        return Shape("string")
    return ANY


def _union(kinds: list[Any]) -> Shape:
    """The SDK's unions: text or one of an enumeration's texts; a JSON document as text or as an object."""
    named = [kind for kind in kinds if isinstance(kind, type) and typing.get_origin(kind) is None]
    texts = [kind for kind in named if issubclass(kind, str)]
    if texts and len(texts) == len(named):
        return Shape("string")
    return Shape("document") if texts and any(_types.is_input_type(kind) for kind in named) else ANY
