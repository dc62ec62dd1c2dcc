"""What can go wrong, each with what is allowed and how to fix it. `str()` of each is what the user reads."""

from __future__ import annotations

from typing import Any


class StandInError(Exception):
    """Base of all."""


class ConfigError(StandInError):
    """The provider's configuration can't be used."""


class ServiceError(StandInError):
    """The emulator refused a call. `code` is AWS's error code."""

    def __init__(self, operation: str, code: str, message: str, fix: str = "") -> None:
        self.operation = operation
        self.code = code
        self.message = message
        super().__init__(f"{operation}: {code}: {message}" + (f"\n{fix}" if fix else ""))

    def with_fix(self, fix: str) -> ServiceError:
        """The same refusal, and what to do."""
        return ServiceError(self.operation, self.code, self.message, fix)


class PartlyMadeError(StandInError):
    """The resource exists, but not all of it: the engine keeps it, and the next `up` completes it."""

    def __init__(self, resource_id: str, state: dict[str, Any], inputs: dict[str, Any], cause: StandInError) -> None:
        self.resource_id = resource_id
        self.state = state
        self.inputs = inputs
        super().__init__(f"{resource_id} is there only in part, the next `up` completes it: {cause}")


def unknown_token(token: str, what: str, known: list[str]) -> StandInError:
    """A resource type or function that isn't in the catalogue."""
    return StandInError(
        f"{token}: the stand-in AWS plugin has no such {what}. It has: {', '.join(sorted(known))}. "
        f"Either use one of these, add it to local/standin/catalog (a few lines), "
        f"or run with the real plugin: AWS_PLUGIN=real."
    )


def emulator_defect(operation: str, endpoint: str) -> StandInError:
    """The emulator failed over a call."""
    return StandInError(
        f"{operation}: the emulator at {endpoint} failed over it (HTTP 500), a defect of the emulator; "
        f"its log has the trace. Leave that setting out of stack `local`, or run with the real plugin: "
        f"AWS_PLUGIN=real."
    )
