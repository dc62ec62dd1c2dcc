"""The errors of code generation.

TablekitError
└── CodegenError      a contract that has no form in the language, or a file that is not as generated
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class CodegenError(TablekitError):
    """A contract that has no form in the language, or a file that is not as generated."""
