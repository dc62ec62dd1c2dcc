"""The errors of a call.

TablekitError
└── ClientError              a call that could not be made, or that AWS refused
    ├── UnreachableError     no answer from the endpoint
    ├── UnreadableError      an answer that is not one of the service's
    ├── NoCredentialsError   credentials that are missing, expired or wrong, or a clock that is off
    ├── AccessDeniedError    the caller's role may not
    ├── NotThereError        a table, an index or another resource that does not exist
    ├── ThrottledError       still throttled after every retry
    ├── ConditionFailedError the item is not as the write's condition asks
    ├── RefusedError         any other answer that AWS gives instead of a result
    ├── PatternError         no such access pattern, or one that can't be run
    └── ParameterError       an argument that is unknown, missing or of another type; nothing was sent
"""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class ClientError(TablekitError):
    """A call that could not be made, or that AWS refused."""


class UnreachableError(ClientError):
    """No answer from the endpoint."""


class UnreadableError(ClientError):
    """An answer that is not one of the service's."""


class NoCredentialsError(ClientError):
    """Credentials that are missing, expired or wrong, or a clock that is off."""


class AccessDeniedError(ClientError):
    """The caller's role may not make the call.

    call: which one, such as `GetItem`.
    """

    def __init__(self, message: str, call: str = "") -> None:
        super().__init__(message)
        self.call = call


class NotThereError(ClientError):
    """A table, an index or another resource that does not exist."""


class ThrottledError(ClientError):
    """Still throttled after every retry."""


class ConditionFailedError(ClientError):
    """The item is not as the write's condition asks."""


class RefusedError(ClientError):
    """Any other answer that AWS gives instead of a result.

    code: AWS's own, such as `ValidationException`.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PatternError(ClientError):
    """A family has no such access pattern, or the contract's one can't be run."""


class ParameterError(ClientError):
    """An argument that is unknown, missing or of another type. Nothing was sent."""
