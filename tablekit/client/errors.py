"""The errors of a call: one tree below CallError, which is a TablekitError."""

from __future__ import annotations

from tablekit.model.errors import TablekitError


class CallError(TablekitError):
    """A call that could not be made, or that AWS refused."""


class UnreachableError(CallError):
    """No answer from the endpoint."""


class UnreadableError(CallError):
    """An answer that is not one of the service's."""


class NoCredentialsError(CallError):
    """Credentials that are missing, expired or wrong, or a clock that is off."""


class AccessDeniedError(CallError):
    """The caller's role may not make the call.

    call: which one, such as `GetItem`.
    """

    def __init__(self, message: str, call: str = "") -> None:
        super().__init__(message)
        self.call = call


class ResourceNotFoundError(CallError):
    """A table, an index or another resource that does not exist."""


class ThrottledError(CallError):
    """Still throttled after every retry."""


class ConditionFailedError(CallError):
    """The item is not as the write's condition asks."""


class RefusedError(CallError):
    """Any other answer that AWS gives instead of a result.

    code: AWS's own, such as `ValidationException`.
    """

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class PatternError(CallError):
    """A family has no such access pattern, or the contract's one can't be run."""


class ParameterError(CallError):
    """An argument that is unknown, missing or of another type. Nothing was sent."""
