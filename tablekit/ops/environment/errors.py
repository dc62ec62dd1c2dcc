"""The errors of `tablekit env`.

TablekitError
└── VariableError      variables that can't stand beside each other, or be written in the format, or a file in the way
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class VariableError(TablekitError):
    """Variables that can't stand beside each other, or be written in the format, or a file in the way."""
