"""Outputs, or a JSON Schema of them, of whatever version, as plain data: what is compared.

Outputs of the major version that this tablekit knows are validated; of another major version, only what says that they
are a contract.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tablekit.contract.reader import MAJOR, ContractError, json_object, read

_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Document:
    """One side of a comparison.

    source: as a person knows it. version: major and minor. stage: empty in a schema.
    outputs: as they were read. content: without what is null, as a reader takes a missing field for null.
    """

    source: str
    kind: Literal["outputs", "schema"]
    version: tuple[int, int]
    stage: str
    outputs: Mapping[str, Any]

    @cached_property
    def content(self) -> Mapping[str, Any]:
        """What is compared."""
        found: Mapping[str, Any] = _without_null(self.outputs) if self.kind == "outputs" else _shape(self.outputs)
        return found

    @property
    def version_text(self) -> str:
        """As it is written."""
        return ".".join(map(str, self.version))


def read_document(text: bytes | str, source: str) -> Document:
    """The outputs or the JSON Schema in a text. Raises ContractError."""
    content = json_object(text, source)
    if "$defs" in content or "$schema" in content:
        found: Any = content
        for key in ("properties", "contractVersion", "default"):
            found = found.get(key) if isinstance(found, Mapping) else None
        return Document(source, "schema", _version(found, source), "", content)
    version = _version(content.get("contractVersion"), source)
    if version[0] == MAJOR:
        read(content, source)
    if not isinstance(content.get("families"), dict):
        raise ContractError(f"{source}: no families; it is what pulumi stack output --json prints")
    stage = content.get("stage")
    return Document(source, "outputs", version, stage if isinstance(stage, str) else "", content)


def _version(given: Any, source: str) -> tuple[int, int]:
    if given is None:
        raise ContractError(
            f"{source}: no contractVersion; is this of a stack of dynamodb-tables, and was it deployed?"
        )
    matched = _VERSION.fullmatch(given) if isinstance(given, str) else None
    if matched is None:
        raise ContractError(f"{source}: contractVersion: {str(given)[:40]!r} is not allowed: write it as 1.0")
    return int(matched[1]), int(matched[2])


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_null(inner) for key, inner in value.items() if inner is not None}
    return [_without_null(inner) for inner in value] if isinstance(value, list) else value


def _shape(schema: Any) -> Any:
    """A schema without its words for people."""
    if isinstance(schema, dict):
        words = [key for key in ("description", "title") if isinstance(schema.get(key), str)]
        return {key: _shape(inner) for key, inner in schema.items() if key not in words}
    return [_shape(inner) for inner in schema] if isinstance(schema, list) else schema
