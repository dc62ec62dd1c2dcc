"""What a stack exports, versioned: pydantic models, their JSON Schema, and a reader."""

from __future__ import annotations

from tablekit.contract.build import expected_family, export_family
from tablekit.contract.permissions import policy, statements
from tablekit.contract.reader import ContractError, family_of, pattern_of, read, read_file, read_text, table_of
from tablekit.contract.v1 import VERSION, Contract, ExportedFamily, ExportedTable

__all__ = [
    "VERSION",
    "Contract",
    "ContractError",
    "ExportedFamily",
    "ExportedTable",
    "expected_family",
    "export_family",
    "family_of",
    "pattern_of",
    "policy",
    "read",
    "read_file",
    "read_text",
    "statements",
    "table_of",
]
