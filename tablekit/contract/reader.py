"""Reads a stack's outputs: whatever 1.x a stack exports, with one message where it is something else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from tablekit.contract.v1 import VERSION, Contract, ExportedAccessPattern, ExportedFamily, ExportedTable
from tablekit.model import documents
from tablekit.model.errors import TablekitError, did_you_mean
from tablekit.model.explain import explain

REGION: Final = "AWS_REGION"
"""The variable of a family's region."""
MAJOR: Final = int(VERSION.split(".")[0])
"""The contract's major version that this reader knows."""
_WRITE: Final = "it is what pulumi stack output --json prints"


class ContractError(TablekitError):
    """Outputs that are not this contract's, or of a major version that this reader doesn't know."""


def read(outputs: Mapping[str, Any], source: str = "the stack's outputs") -> Contract:
    """The contract in a stack's outputs. source: how a person knows them, for messages. Raises ContractError."""
    version = outputs.get("contractVersion")
    if not isinstance(version, str):
        raise ContractError(f"{source}: no contractVersion; is this a stack of dynamodb-tables, and was it deployed?")
    if version.split(".")[0] != str(MAJOR):
        raise ContractError(
            f"{source}: contract version {version}, and this tablekit reads {MAJOR}.x; install the tablekit of "
            f"major version {version.split('.')[0]}"
        )
    try:
        # A later minor version may have more fields than this reader knows.
        return Contract.model_validate(outputs, extra="ignore")
    except ValidationError as error:
        raise ContractError(explain(source, error)) from None


def read_file(path: Path) -> Contract:
    """The contract in a file of `pulumi stack output --json`. Raises ContractError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror}; write it with: pulumi stack output --json > {path}") from None
    return read_text(content, str(path))


def read_text(text: bytes | str, source: str) -> Contract:
    """The contract in what `pulumi stack output --json` prints. Raises ContractError."""
    return read(json_object(text, source), source)


def json_object(text: bytes | str, source: str) -> dict[str, Any]:
    """The JSON object in what `pulumi stack output --json` prints. Raises ContractError."""
    try:
        return documents.json_object(text)
    except documents.DocumentError as error:
        raise ContractError(f"{source}: {error}; {_WRITE}") from None


def family_of(contract: Contract, family: str) -> ExportedFamily:
    """A family of the contract; ContractError names those there are."""
    if family not in contract.families:
        raise ContractError(
            f"stage {contract.stage!r} has no family {family!r}{did_you_mean(family, contract.families)}; "
            f"it has {', '.join(sorted(contract.families))}"
        )
    return contract.families[family]


def table_of(contract: Contract, family: str, table: str) -> ExportedTable:
    """A table of the contract by its logical name; ContractError names those there are."""
    tables = family_of(contract, family).tables
    if table not in tables:
        raise ContractError(
            f"family {family!r} in stage {contract.stage!r} has no table {table!r}{did_you_mean(table, tables)}; "
            f"it has {', '.join(sorted(tables))}"
        )
    return tables[table]


def pattern_of(contract: Contract, family: str, pattern: str) -> ExportedAccessPattern:
    """An access pattern of the contract by its name; ContractError names the nearest."""
    patterns = family_of(contract, family).access_patterns
    if pattern not in patterns:
        near = did_you_mean(pattern, patterns) or f"; it has {', '.join(sorted(patterns))}"
        raise ContractError(f"family {family!r} in stage {contract.stage!r} has no access pattern {pattern!r}{near}")
    return patterns[pattern]


def variables_of(family: ExportedFamily) -> dict[str, str]:
    """The environment of a family's program: its tables' names, in the variables' order, then AWS_REGION.

    Raises ContractError where a table's variable is AWS_REGION itself.
    """
    if REGION in family.env:
        raise ContractError(f"variable {REGION} is {family.env[REGION]!r} in env, and means the region; rename it")
    return {**dict(sorted(family.env.items())), REGION: family.region}
