"""The environment variables of a family's program."""

from __future__ import annotations

from tablekit.contract.errors import ContractError
from tablekit.contract.v1 import ExportedFamily

REGION = "AWS_REGION"


def variables_of(family: ExportedFamily) -> dict[str, str]:
    """Variable -> value: the tables' names, in the variables' order, then AWS_REGION.

    Raises ContractError where a table's variable is AWS_REGION itself.
    """
    if REGION in family.env:
        raise ContractError(f"variable {REGION} is {family.env[REGION]!r} in env, and means the region; rename it")
    return {**dict(sorted(family.env.items())), REGION: family.region}
