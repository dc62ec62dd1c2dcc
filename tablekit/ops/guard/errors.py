"""The errors of the guard.

TablekitError
└── GuardError        input that the guard can't judge by, or index changes that can't be made
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class GuardError(TablekitError):
    """Input that the guard can't judge by, or index changes that can't be made."""
