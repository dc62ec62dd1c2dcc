"""Reads a stack's outputs: whatever 1.x a stack exports, with one message where it is something else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from tablekit.contract.errors import ContractError
from tablekit.contract.v1 import VERSION, Contract, ExportedAccessPattern, ExportedFamily, ExportedTable
from tablekit.model.errors import did_you_mean
from tablekit.model.explain import explain

_MAJOR = VERSION.split(".")[0]
_WRITE: Final = "it is what pulumi stack output --json prints"
_DEEPEST: Final = 100
"""Levels of objects and lists within each other; a contract has 8."""
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def read(outputs: Mapping[str, Any], source: str = "the stack's outputs") -> Contract:
    """The contract in a stack's outputs. source: how a person knows them, for messages. Raises ContractError."""
    version = outputs.get("contractVersion")
    if not isinstance(version, str):
        raise ContractError(f"{source}: no contractVersion; is this a stack of dynamodb-tables, and was it deployed?")
    if version.split(".")[0] != _MAJOR:
        raise ContractError(
            f"{source}: contract version {version}, and this tablekit reads {_MAJOR}.x; install the tablekit of "
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
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise ContractError(f"{path}: {said}; write it with: pulumi stack output --json > {path}") from None
    return read_text(text, str(path))


def read_text(text: str, source: str) -> Contract:
    """The contract in what `pulumi stack output --json` prints. Raises ContractError."""
    return read(json_object(text, source), source)


def json_object(text: str, source: str) -> dict[str, Any]:
    """The JSON object in a text that may begin with a byte order mark. Raises ContractError.

    Refused is what no engine writes and no program could print or walk: half a surrogate pair, a number of thousands of
    digits, more than 100 levels.
    """
    try:
        content = json.loads(text.removeprefix("\ufeff"))
        if _SURROGATE.search(text) or not text.isascii():
            json.dumps(content, ensure_ascii=False).encode()
        deep = _deeper(content, _DEEPEST)
    except json.JSONDecodeError as error:
        what = f"not JSON at line {error.lineno}" if text.strip("\ufeff \t\r\n") else "empty"
        raise ContractError(f"{source}: {what}; {_WRITE}") from None
    except (ValueError, RecursionError):
        deep = True
    if deep:
        raise ContractError(f"{source}: not JSON that any engine wrote; {_WRITE}")
    if not isinstance(content, dict):
        raise ContractError(f"{source}: a JSON {type(content).__name__}, not an object of outputs; {_WRITE}")
    return content


def _deeper(content: Any, levels: int) -> bool:
    """Whether more than so many levels of objects and lists are within each other."""
    level = [content]
    for _ in range(levels):
        nested = [value for value in level if isinstance(value, dict | list)]
        level = [inner for value in nested for inner in (value.values() if isinstance(value, dict) else value)]
    return any(isinstance(value, dict | list) for value in level)


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
