"""The package schema as text, for the tools that ask a plugin for it (`pulumi import`, YAML programs)."""

from __future__ import annotations

import functools
import json
from typing import Any

from . import schema
from .schema import Shape


@functools.cache
def _text(tokens: tuple[str, ...], version: str) -> str:
    types: dict[str, Any] = {}
    resources = {}
    for token in tokens:
        known = schema.of(token)
        inputs = {name: _property(shape, token, types) for name, shape in known.inputs.fields.items()}
        outputs = {name: _property(shape, token, types) for name, shape in known.outputs.items()}
        resources[token] = {
            "inputProperties": inputs,
            "requiredInputs": sorted(known.inputs.required),
            "properties": {**inputs, **outputs},
            "required": sorted(outputs),
        }
    return json.dumps({"name": "aws", "version": version, "resources": resources, "types": types, "config": {}})


def text(tokens: list[str], version: str) -> str:
    """The schema of these types."""
    return _text(tuple(sorted(tokens)), version)


_SCALARS = {"string": "string", "document": "string", "bool": "boolean", "int": "integer", "float": "number"}


def _property(shape: Shape, token: str, types: dict[str, Any]) -> dict[str, Any]:
    if shape.kind in _SCALARS:
        return {"type": _SCALARS[shape.kind]}
    if shape.kind == "list":
        return {"type": "array", "items": _property(shape.item or schema.ANY, token, types)}
    if shape.kind == "map":
        return {"type": "object", "additionalProperties": _property(shape.item or schema.ANY, token, types)}
    if shape.kind != "object":
        return {"$ref": "pulumi.json#/Any"}
    name = f"{token.rsplit('/', 1)[0]}/{shape.name[0].lower()}{shape.name[1:]}:{shape.name}"
    if name not in types:
        types[name] = {}
        types[name] = {
            "type": "object",
            "properties": {key: _property(item, token, types) for key, item in shape.fields.items()},
            "required": sorted(shape.required),
        }
    return {"$ref": f"#/types/{name}"}
