"""Which variables a family's program reads: the names of its tables, and its region. Never a key or another secret."""

from __future__ import annotations

from collections.abc import Iterable

from tablekit.contract import Contract, family_of
from tablekit.contract.variables import variables_of
from tablekit.ops.errors import VariableError


def collect(contract: Contract, families: Iterable[str] = ()) -> dict[str, str]:
    """Variable -> value of these families, all of the contract where none is named; AWS_REGION is the last.

    Raises ContractError for a family that isn't there, and VariableError where two families give one variable
    different values: the second would silently win.
    """
    found: dict[str, tuple[str, str]] = {}
    clashes: list[str] = []
    for key in tuple(dict.fromkeys(families)) or tuple(contract.families):
        for name, value in variables_of(family_of(contract, key)).items():
            before, owner = found.setdefault(name, (value, key))
            if before != value:
                clashes.append(f"{name} is {before!r} of {owner} and {value!r} of {key}")
    if clashes:
        raise VariableError(f"{'; '.join(clashes)}: one environment can't hold both; name one of them with --family")
    last = {"AWS_REGION": found.pop("AWS_REGION")} if "AWS_REGION" in found else {}
    return {name: value for name, (value, _) in {**found, **last}.items()}
