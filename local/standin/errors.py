"""What can go wrong, each with what is allowed and how to fix it. `str()` of each is what the user reads."""

from __future__ import annotations

from typing import Any


class StandInError(Exception):
    """Base of all."""


class ConfigError(StandInError):
    """The provider's configuration can't be used."""


class UnknownTokenError(StandInError):
    """A resource type or function that isn't in the catalogue."""

    def __init__(self, token: str, what: str, known: list[str]) -> None:
        super().__init__(
            f"{token}: the stand-in AWS plugin has no such {what}. It has: {', '.join(sorted(known))}. "
            f"Either use one of these, add it to local/standin/catalog (a few lines), "
            f"or run with the real plugin: AWS_PLUGIN=real."
        )


class UnreachableError(StandInError):
    """The emulator does not answer."""

    def __init__(self, endpoint: str, why: str) -> None:
        super().__init__(
            f"The emulator at {endpoint} does not answer ({why}). `make up` starts it if it is gone, and waits for one "
            "that is only slow; its log says what it did."
        )


class EmulatorDefectError(StandInError):
    """The emulator failed over a call."""

    def __init__(self, operation: str, endpoint: str) -> None:
        super().__init__(
            f"{operation}: the emulator at {endpoint} failed over it (HTTP 500), a defect of the emulator; "
            f"its log has the trace. Leave that setting out of stack `local`, or run with the real plugin: "
            f"AWS_PLUGIN=real."
        )


class CancelledError(StandInError):
    """The engine asked to stop."""


class ServiceError(StandInError):
    """The emulator refused a call. `code` is AWS's error code."""

    def __init__(self, operation: str, code: str, message: str, fix: str = "") -> None:
        self.operation = operation
        self.code = code
        self.message = message
        super().__init__(f"{operation}: {code}: {message}" + (f"\n{fix}" if fix else ""))


class PartlyMadeError(StandInError):
    """The resource exists, but not all of it: the engine keeps it, and the next `up` completes it."""

    def __init__(self, resource_id: str, state: dict[str, Any], inputs: dict[str, Any], cause: StandInError) -> None:
        self.resource_id = resource_id
        self.state = state
        self.inputs = inputs
        super().__init__(f"{resource_id} is there only in part, the next `up` completes it: {cause}")
