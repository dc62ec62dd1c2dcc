"""The component package's schema, generated from the models: what another language's SDK is made of.

`python -m components.schema` writes it; `--check` only says whether it is as generated.

A declaration's fields have their aliases here: `hash_key` is `hashKey`. Their types are the models' own.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaMode

from components.resource import token
from tablekit.contract import ExportedFamily
from tablekit.model.base import Settings
from tablekit.model.family import Family
from tablekit.model.naming import PROJECT
from tablekit.model.stage import StageConfig

SCHEMA_FILE = Path(__file__).parent / "schema.json"
PACKAGE_VERSION: Final = "2.0.0"
COMPONENT: Final = token("TableFamily")
FUNCTION: Final = token("getFamily")
NOT_SET_HERE: Final = {
    *("stage", "families", "existingFamilies", "rehearsal", "endpoints", "allowedAccountIds"),
    *("itemCounts", "growthLimits", "dataEvents", "dataEventsTrail", "accessAnalyzer", "costAnomalies"),
}
"""Fields of `StageConfig` that a component doesn't take: what it deploys is its own family, to its own provider."""

_PLAIN_NOTE = "Must be known when the program runs: no output of another resource."
_SETTINGS = """What a stage sets, as in a stage's file of the project `dynamodb-tables`.

Tables are named `<family>/<logical name>`, roles `<family>/<role>`."""
_SCALARS = {"string", "boolean", "integer", "number"}
_LANGUAGES = ("nodejs", "python", "csharp", "java", "go")


class LookupArguments(Settings):
    """The inputs of the function `getFamily`.

    outputs: The outputs of a stack of dynamodb-tables, as a StackReference gives them.
    stack: That stack's name, for messages.
    family: The family's key.
    tables: Logical names of the tables that must be there.
    access_patterns: The access patterns that `policy` is to allow.
    """

    outputs: dict[str, Any]
    stack: str = "the stack's outputs"
    family: str
    tables: tuple[str, ...] = ()
    access_patterns: tuple[str, ...] = ()


def schema() -> dict[str, Any]:
    """The package's schema, as a mapping ready for JSON."""
    types = _Types()
    inputs = {
        "family": {**types.of(Family), "description": f"The family's declaration. {_PLAIN_NOTE}"},
        "stage": {
            "type": "string",
            "plain": True,
            "description": "The stage: 2 to 10 of a-z and 0-9, a letter first. `prod` has the declared names, every "
            f"other stage has its own in front. {_PLAIN_NOTE}",
        },
        "settings": {
            **types.of(StageConfig, "StageSettings", _SETTINGS, without=NOT_SET_HERE, optional={"region"}),
            "description": "What a stage sets; by default nothing is protected, there are no alarms, and the region is "
            f"`aws:region`. {_PLAIN_NOTE}",
        },
    }
    exported = types.properties(ExportedFamily, "serialization")
    result = {
        **exported,
        "stage": {"type": "string", "description": "The stage that these are outputs of."},
        "contractVersion": {"type": "string", "description": "The version of the outputs that were read."},
        "policy": {
            "type": "string",
            "description": "An IAM policy, as JSON: these access patterns, on their very tables and indexes. Empty "
            "where no pattern is named.",
        },
    }
    return {
        "name": PROJECT,
        "version": PACKAGE_VERSION,
        "displayName": "DynamoDB table families",
        "description": "DynamoDB tables with their indexes, roles and alarms, from one declaration a family.",
        "language": {language: {"respectSchemaVersion": True} for language in _LANGUAGES},
        "resources": {
            COMPONENT: {
                "isComponent": True,
                "description": "A family's tables, roles and alarms in one stage. Its outputs are the family's part of "
                "the contract.",
                "inputProperties": inputs,
                "requiredInputs": ["family", "stage"],
                "type": "object",
                "properties": exported,
                "required": sorted(exported),
            }
        },
        "functions": {
            FUNCTION: {
                "description": "A family of another stack's outputs, checked: one error says what isn't there.",
                "inputs": {
                    "type": "object",
                    "properties": types.properties(LookupArguments),
                    "required": ["family", "outputs"],
                },
                "outputs": {"type": "object", "properties": result, "required": sorted(result)},
            }
        },
        "types": dict(sorted(types.found.items())),
    }


def schema_text() -> str:
    """The schema as JSON text."""
    return json.dumps(schema(), indent=2) + "\n"


class _Types:
    """Pulumi's named types for pydantic models and what they hold; `found` has each by its token.

    Those of arguments are plain all through: no language's SDK takes another resource's output in their place.
    """

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self._plain: dict[str, Any] = {}

    def of(
        self,
        model: type[BaseModel],
        name: str | None = None,
        description: str | None = None,
        without: Set[str] = frozenset(),
        optional: Set[str] = frozenset(),
    ) -> dict[str, Any]:
        """A reference to a model's type, as an argument; it is added with all that it refers to.

        name, description: the type's, else the model's. without: fields, as they are written, that it is to lack.
        optional: required fields that it is not to require.
        """
        given = self._read(model, {"plain": True})
        given["properties"] = {key: value for key, value in given["properties"].items() if key not in without}
        given["required"] = [key for key in given["required"] if key not in without | optional]
        found = self._add(name or model.__name__, {**given, "description": description or given["description"]})
        return {**found, **self._plain}

    def properties(self, model: type[BaseModel], mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        """A model's own properties, the types that they refer to being added."""
        return self._properties(model.__name__, self._read(model, {}, mode))

    def _read(self, model: type[BaseModel], plain: dict[str, Any], mode: JsonSchemaMode = "validation") -> Any:
        given = model.model_json_schema(by_alias=True, mode=mode)
        self._plain = plain
        for name, definition in given.get("$defs", {}).items():
            self._add(name, definition)
        return given

    def _add(self, name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
        self.found[token(name)] = {
            "type": "object",
            "description": definition.get("description", ""),
            "properties": self._properties(name, definition),
            # What may be null is left out of a value, so no language's SDK may count on it.
            "required": sorted(
                key for key in definition.get("required", []) if "anyOf" not in definition["properties"][key]
            ),
        }
        return {"$ref": f"#/types/{token(name)}"}

    def _properties(self, name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
        meanings = meanings_of(definition.get("description", ""))
        found = {}
        for key, given in definition["properties"].items():
            found[key] = self._type(f"{name}{key[:1].upper()}{key[1:]}", given)
            if meaning := meanings.get(key):
                found[key]["description"] = meaning
        return found

    def _type(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """A JSON Schema as a Pulumi type. name: what an enumeration that it holds is to be called."""
        if alternatives := given.get("anyOf"):
            (only,) = [one for one in alternatives if one.get("type") != "null"]
            return self._type(name, only)
        return {**self._shape(name, given), **self._plain}

    def _shape(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        if "$ref" in given:
            return {"$ref": f"#/types/{token(given['$ref'].rsplit('/', 1)[1])}"}
        if "enum" in given:
            self.found[token(name)] = {"type": "string", "enum": [{"value": value} for value in given["enum"]]}
            return {"$ref": f"#/types/{token(name)}"}
        kind = given.get("type")
        if kind in _SCALARS:
            return {"type": kind}
        if kind == "array":
            return {"type": "array", "items": self._type(name, given["items"])}
        if kind == "object":
            inner = given.get("additionalProperties")
            return {
                "type": "object",
                "additionalProperties": self._type(name, inner if isinstance(inner, Mapping) else {}),
            }
        return {"$ref": "pulumi.json#/Any"}


def meanings_of(docstring: str) -> dict[str, str]:
    """What a model's docstring says of its fields, by alias, in lines such as `ttl: the attribute that …`."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in docstring.splitlines():
        if match := re.match(r"([a-z_]+(?:, [a-z_]+)*): (.+)", line):
            names = [to_camel(name) for name in match[1].split(", ")]
            found |= dict.fromkeys(names, match[2])
        elif names and line.startswith(" "):
            found |= {name: f"{found[name]} {line.strip()}" for name in names}
        else:
            names = []
    return found


def main(arguments: list[str]) -> int:
    """Write or check the schema; 0 where it is as generated, 1 where it has drifted."""
    if arguments == ["--check"]:
        if SCHEMA_FILE.exists() and SCHEMA_FILE.read_text(encoding="utf-8") == schema_text():
            return 0
        print(f"components/{SCHEMA_FILE.name} is not as generated; run: python -m components.schema", file=sys.stderr)
        return 1
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    print(f"wrote components/{SCHEMA_FILE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
