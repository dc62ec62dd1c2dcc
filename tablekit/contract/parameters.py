"""A family's contract as SSM parameters, cut into standard ones; `parts` puts it together again.

    /dynamodb/<stage>/<family>/env/<VARIABLE>     a variable's value, as it is
    /dynamodb/<stage>/<family>/contract/<n>       part n, from 1, of the family's contract, as JSON

A part is a JSON object with `contractVersion`, `stage`, `family`, `part`, `parts`, `revision` and `contract`: what this
part holds of the family as it is in the stack's outputs, without nulls. Objects of several parts are merged, lists
joined. `revision` is the same in all parts of one deployment. How many parts there are follows from the declaration and
the stage alone, as a plan must know it before any ARN is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import reduce
from operator import getitem
from typing import Any

from tablekit.contract.build import expected_family
from tablekit.contract.parts import MOST_PARTS, REVISION_DIGITS, merged, revision_of
from tablekit.contract.reader import ContractError, variables_of
from tablekit.contract.v1 import VERSION
from tablekit.model.limits import MAX_PARAMETER_BYTES
from tablekit.model.staged import Account, StagedFamily

_LONGEST = Account("1" * 12, "aws-us-gov")
"""An account whose ARNs are as long as they come."""
_STREAM = "2026-01-31T10:00:00.000"
_APART = 1024
"""Bytes of JSON from which on a part of the contract may be divided among parameters."""

Path = tuple[str | int, ...]


class Publication:
    """What a family has in SSM in a stage.

    path: what all names begin with. variables: name -> value. parts: the names of the contract's parts.

    Raises ContractError where one text is longer than a parameter, or the whole takes too many.
    """

    def __init__(self, family: StagedFamily) -> None:
        expected = expected_family(family, _LONGEST, _STREAM)
        self.path = family.parameter_path
        self._stage, self._family = family.stage.stage, family.key
        self._parts = self._packed(expected)
        self.variables = {f"{self.path}/env/{name}": value for name, value in variables_of(expected).items()}
        self.parts = tuple(f"{self.path}/contract/{number}" for number in range(1, len(self._parts) + 1))

    def part(self, exported: Mapping[str, Any], number: int) -> str:
        """The text of a part, from 1. exported: the family as the deployment made it, as in the stack's outputs.

        Raises ContractError where these are of another declaration.
        """
        contract = _without_nulls(exported)
        try:
            return self._text(contract, self._parts[number - 1], number, len(self._parts), revision_of(contract))
        except (KeyError, IndexError) as error:
            raise ContractError(
                f"family {self._family!r}: the outputs have no {error.args[0]!r} where the declaration has one; "
                "were they made by another version? ./pulumiw up"
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
        if len(packed) > MOST_PARTS:
            raise ContractError(
                f"family {self._family!r}: its contract takes {len(packed)} parameters, and {MOST_PARTS} are the most; "
                "divide the family, or turn publishParameters off"
            )
        return tuple(packed)

    def _fits(self, contract: Any, paths: tuple[Path, ...]) -> bool:
        text = self._text(contract, paths, MOST_PARTS, MOST_PARTS, "0" * REVISION_DIGITS)
        return len(text) <= MAX_PARAMETER_BYTES

    def _text(self, contract: Any, paths: tuple[Path, ...], number: int, count: int, revision: str) -> str:
        return _json(
            {
                "contractVersion": VERSION,
                "stage": self._stage,
                "family": self._family,
                "part": number,
                "parts": count,
                "revision": revision,
                "contract": _ordered(_pieces(contract, paths)),
            }
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
    return reduce(getitem, path, value)


def _pieces(contract: Any, paths: tuple[Path, ...]) -> Any:
    """What stands at these paths, where it belongs; of a list one behind the other."""
    found: Any = {}
    for path in paths:
        piece = _at(contract, path)
        for step in reversed(path):
            piece = [piece] if isinstance(step, int) else {step: piece}
        found = merged(found, piece)
    return found


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
