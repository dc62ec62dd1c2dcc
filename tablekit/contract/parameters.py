"""A family's contract as SSM parameters: cut into standard ones, and put together again.

    /dynamodb/<stage>/<family>/env/<VARIABLE>     a variable's value, as it is
    /dynamodb/<stage>/<family>/contract/<n>       part n, from 1, of the family's contract, as JSON

A part is a JSON object with `contractVersion`, `stage`, `family`, `part`, `parts`, `revision` and `contract`: what this
part holds of the family as it is in the stack's outputs, without nulls. Objects of several parts are merged, lists
joined. `revision` is the same in all parts of one deployment. How many parts there are follows from the declaration and
the stage alone, as a plan must know it before any ARN is known.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tablekit.contract.build import export_family
from tablekit.contract.errors import ContractError
from tablekit.contract.reader import read
from tablekit.contract.v1 import VERSION, Contract
from tablekit.contract.variables import variables_of
from tablekit.model.alarms import family_alarms, family_topic
from tablekit.model.errors import explain
from tablekit.model.family import Family
from tablekit.model.limits import MAX_PARAMETER_BYTES
from tablekit.model.naming import parameter_path
from tablekit.model.permissions import Account
from tablekit.model.stage import StageConfig

_LONGEST = Account("1" * 12, "aws-us-gov")
"""An account whose ARNs are as long as they come."""
_STREAM = "/stream/2026-01-31T10:00:00.000"
_APART = 1024
"""Bytes of JSON from which on a part of the contract may be divided among parameters."""
_MOST_PARTS = 99
_REVISION_DIGITS = 12

Path = tuple[str | int, ...]


class Publication:
    """What a family has in SSM in a stage. Raises ContractError where a single text is longer than a parameter."""

    def __init__(self, family: Family, stage: StageConfig) -> None:
        expected = _expected(family, stage)
        self.path = parameter_path(stage.stage, family.key)
        self._stage, self._family = stage.stage, family.key
        self._parts = self._packed(expected)
        self.variables = {f"{self.path}/env/{name}": value for name, value in variables_of(expected).items()}
        self.parts = tuple(f"{self.path}/contract/{number}" for number in range(1, len(self._parts) + 1))

    def part(self, exported: Mapping[str, Any], number: int) -> str:
        """The text of a part, from 1. exported: the family as the deployment made it, as in the stack's outputs.

        Raises ContractError where these are of another declaration.
        """
        contract = _without_nulls(exported)
        try:
            return self._text(contract, self._parts[number - 1], number, len(self._parts), _revision(contract))
        except (KeyError, IndexError) as error:
            raise ContractError(
                f"family {self._family!r}: the outputs have no {error.args[0]!r} where the declaration has one; "
                "were they made by another version? pulumi up"
            ) from None

    def values(self, exported: Mapping[str, Any]) -> dict[str, str]:
        """Every parameter's name and value."""
        texts = {name: self.part(exported, number) for number, name in enumerate(self.parts, 1)}
        return {**texts, **self.variables}

    def _packed(self, expected: Any) -> tuple[tuple[Path, ...], ...]:
        contract = _without_nulls(expected.model_dump(by_alias=True))
        packed: list[tuple[Path, ...]] = []
        for path in _divided(contract, ()):
            last = packed[-1] if packed else ()
            if packed and self._fits(contract, (*last, path)):
                packed[-1] = (*last, path)
            elif self._fits(contract, (path,)):
                packed.append((path,))
            else:
                where = ".".join(map(str, path))
                raise ContractError(
                    f"family {self._family!r}: {where} has {len(_json(_at(contract, path)))} bytes, more than a "
                    f"parameter of {MAX_PARAMETER_BYTES} takes beside its head; shorten it, or turn publishParameters "
                    "off"
                )
        return tuple(packed)

    def _fits(self, contract: Any, paths: tuple[Path, ...]) -> bool:
        text = self._text(contract, paths, _MOST_PARTS, _MOST_PARTS, "0" * _REVISION_DIGITS)
        return len(text) <= MAX_PARAMETER_BYTES

    def _text(self, contract: Any, paths: tuple[Path, ...], number: int, count: int, revision: str) -> str:
        held: dict[str, Any] = {}
        for path in paths:
            _graft(held, path, _at(contract, path))
        return _json(
            {
                "contractVersion": VERSION,
                "stage": self._stage,
                "family": self._family,
                "part": number,
                "parts": count,
                "revision": revision,
                "contract": _ordered(held),
            }
        )


class _Part(BaseModel):
    """A part, as it is read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    stage: str
    family: str
    part: int = Field(ge=1)
    parts: int = Field(ge=1, le=_MOST_PARTS)
    revision: str
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
                f"{source}: part {number} of {first.parts} is missing ({path}/{number}); pulumi up -s {stage} makes it"
            )
        if (parts[number].stage, parts[number].family) != (stage, family):
            raise ContractError(
                f"{path}/{number} in {place}: is of family {parts[number].family!r} in stage {parts[number].stage!r}; "
                f"pulumi up -s {stage} puts it right"
            )
        if parts[number].revision != first.revision:
            raise ContractError(
                f"{source}: parts 1 and {number} are of different deployments; one is going on, or was cut off: try "
                f"again in a minute, or pulumi up -s {stage}"
            )
    merged: dict[str, Any] = {}
    for number in range(1, first.parts + 1):
        merged = _merged(merged, parts[number].contract)
    if _revision(merged) != first.revision:
        raise ContractError(
            f"{source}: the parts are not as they were deployed; somebody changed one: pulumi refresh -s {stage}, then "
            "pulumi up"
        )
    return read({"contractVersion": _version(texts), "stage": stage, "families": {family: merged}}, source)


def _version(texts: Mapping[str, str]) -> Any:
    return json.loads(next(iter(texts.values()))).get("contractVersion")


def _read(name: str, text: str, place: str) -> _Part:
    source = f"{name} in {place}"
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise ContractError(f"{source}: is no JSON object; somebody changed it: pulumi refresh, then pulumi up")
    # Another major version may have other fields: it is asked for first.
    read({"contractVersion": found.get("contractVersion"), "stage": "", "families": {}}, source)
    try:
        return _Part.model_validate(found)
    except ValidationError as error:
        raise ContractError(explain(source, error)) from None


def _expected(family: Family, stage: StageConfig) -> Any:
    """The family as it will be exported, with ARNs as long as they come."""
    region = stage.region_of(family)
    names = {table.name: family.physical(table.name, stage.stage) for table in family.tables}
    arns = {table: _LONGEST.table_arn(region, name) for table, name in names.items()}
    alarms = family_alarms(family, stage)
    here = f"arn:{_LONGEST.partition}:{{}}:{_LONGEST.id}:{{}}"
    return export_family(
        family,
        stage,
        table_arns=arns,
        stream_arns={name: f"{arn}{_STREAM}" if stage.stream(family, name) else None for name, arn in arns.items()},
        role_arns={
            role.name: here.format("iam:", f"role/{family.role_name(role, stage.stage)}") for role in family.roles
        },
        topic_arn=here.format(f"sns:{region}", family_topic(family, stage)) if alarms else None,
        alarm_names=[alarm.name for alarm in alarms],
    )


def _divided(value: Any, path: Path) -> Iterator[Path]:
    """Paths to the pieces of a value that together are all of it, each small if it can be."""
    if len(_json(value)) <= _APART or not isinstance(value, dict | list):
        yield path
    elif isinstance(value, list):
        yield from ((*path, place) for place in range(len(value)))
    else:
        for name, inner in value.items():
            yield from _divided(inner, (*path, name))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _graft(tree: dict[str, Any], path: Path, value: Any) -> None:
    """Put a piece where it belongs; one of a list behind those that are there."""
    if not path:
        tree.update(value)
        return
    *way, last = path
    inside: Any = tree
    for step, following in zip(way, path[1:], strict=True):
        inside = inside.setdefault(step, [] if isinstance(following, int) else {})
    if isinstance(last, int):
        inside.append(value)
    else:
        inside[last] = value


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: _merged(one[name], other[name]) for name in one if name in other}
        return {**one, **other, **both}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


def _ordered(value: Any) -> Any:
    """Names in alphabetical order, as the engine keeps a stack's outputs: two readings of one contract are one text."""
    return {name: _ordered(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


def _without_nulls(value: Any) -> Any:
    """A reader takes what is missing for null."""
    if isinstance(value, Mapping):
        return {name: _without_nulls(inner) for name, inner in value.items() if inner is not None}
    return value


def _json(value: Any) -> str:
    """Compact ASCII, so that bytes are characters; SSM takes two opening braces for a reference to a parameter."""
    return json.dumps(value, separators=(",", ":")).replace("{{", "{\\u007b")


def _revision(contract: Any) -> str:
    text = json.dumps(contract, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_REVISION_DIGITS]
