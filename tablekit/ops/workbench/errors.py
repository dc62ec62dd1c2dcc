"""The errors of the data model files.

TablekitError
└── WorkbenchError    a file that is no data model, one that no family can be made of, or files in the way
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class WorkbenchError(TablekitError):
    """A file that is no data model, one that no family can be made of, or files in the way."""
