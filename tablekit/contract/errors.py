"""The errors of a contract.

TablekitError
└── ContractError      outputs that are not this contract's, or of a major version that this reader doesn't know
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class ContractError(TablekitError):
    """Outputs that are not this contract's, or of a major version that this reader doesn't know."""
