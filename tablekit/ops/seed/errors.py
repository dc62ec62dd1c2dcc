"""The errors of `tablekit seed`, beside those of the calls it makes (`tablekit.client.errors`).

TablekitError
└── SeedError            a load that is not begun, or that leaves something for a person to decide
    └── BadLinesError    a file with lines that no item can be made of
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class SeedError(TablekitError):
    """A load that is not begun, or that leaves something for a person to decide."""


class BadLinesError(SeedError):
    """A file with lines that no item can be made of; nothing was written."""
