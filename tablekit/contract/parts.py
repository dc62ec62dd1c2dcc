"""Puts a family's contract together again from its SSM parameters. `parameters` says what they are, and makes them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import reduce
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tablekit.contract.reader import ContractError, json_object, read
from tablekit.contract.v1 import Contract
from tablekit.model.explain import explain
from tablekit.model.naming import parameter_path

MOST_PARTS = 99
"""Parts of one contract: 400 KB."""
REVISION_DIGITS = 12


def revision_of(contract: Any) -> str:
    """A digest of a family's whole contract, whatever the order of its names."""
    text = json.dumps(contract, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:REVISION_DIGITS]


class _Part(BaseModel):
    """A part, as it is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    family: str
    part: int = Field(ge=1)
    parts: int = Field(ge=1, le=MOST_PARTS)
    revision: str
    version: str = Field(alias="contractVersion")
    contract: dict[str, Any]


def assembled(texts: Mapping[str, str], stage: str, family: str, place: str) -> Contract:
    """The contract of one family from its parts. texts: by parameter name. place: where they were found, for messages.

    Raises ContractError where it is not published, of an unknown version, or not whole.
    """
    path = f"{parameter_path(stage, family)}/contract"
    source = f"{path} in {place}"
    if not texts:
        raise ContractError(
            f"{source}: nothing is published there; is {place} the family's region, the family deployed, and "
            "publishParameters on in the stage?"
        )
    parts = {part.part: part for name, text in texts.items() for part in (_read(name, text, place),)}
    first = parts.get(1) or next(iter(parts.values()))
    for number in range(1, first.parts + 1):
        if number not in parts:
            raise ContractError(
                f"{source}: part {number} of {first.parts} is missing ({path}/{number}); "
                f"./pulumiw up --refresh -s {stage} makes it"
            )
        if (parts[number].stage, parts[number].family) != (stage, family):
            raise ContractError(
                f"{path}/{number} in {place}: is of family {parts[number].family!r} in stage {parts[number].stage!r}; "
                f"./pulumiw up --refresh -s {stage} repairs it"
            )
        if parts[number].revision != first.revision:
            raise ContractError(
                f"{source}: parts 1 and {number} are of different deployments; one is going on, or was cut off: try "
                f"again in a minute, or ./pulumiw up -s {stage}"
            )
    contract = reduce(merged, (parts[number].contract for number in range(1, first.parts + 1)))
    if revision_of(contract) != first.revision:
        raise ContractError(
            f"{source}: the parts are not as they were deployed; somebody changed one: "
            f"./pulumiw up --refresh -s {stage}"
        )
    return read({"contractVersion": first.version, "stage": stage, "families": {family: contract}}, source)


def _read(name: str, text: str, place: str) -> _Part:
    source = f"{name} in {place}"
    try:
        found = json_object(text, source)
    except ContractError:
        raise ContractError(
            f"{source}: is no JSON object; somebody changed it: ./pulumiw up --refresh repairs it"
        ) from None
    # Another major version may have other fields: it is asked for first.
    read({"contractVersion": found.get("contractVersion"), "stage": "", "families": {}}, source)
    try:
        return _Part.model_validate(found)
    except ValidationError as error:
        raise ContractError(explain(source, error)) from None


def merged(one: Any, other: Any) -> Any:
    """Two pieces of one contract as one: objects are merged, lists joined."""
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: merged(one[name], other[name]) for name in one if name in other}
        return {**one, **other, **both}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other
