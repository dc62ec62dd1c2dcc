"""The errors of this package: the text of each is one message for a person."""

from __future__ import annotations


class LocalError(Exception):
    """Root of every error that this package raises on purpose; itself where nobody tells it from others."""

    exit_code = 1


class EngineError(LocalError):
    """There is no Pulumi engine, or the one that was named is of no use."""


class EngineBusyError(LocalError):
    """There is an engine, and it did not answer in time: no reason to get another."""


class ProjectError(LocalError):
    """The project's own files (Pulumi.yaml, a stage's configuration) cannot be read."""


class EmulatorError(LocalError):
    """The emulator could not be started, stopped or reached."""


class PortTakenError(EmulatorError):
    """Something else listens on the emulator's port."""


class DeploymentError(LocalError):
    """The engine refused or failed; it has said why itself, and `exit_code` is its own."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UnreadableStateError(DeploymentError):
    """A stack's state is damaged."""
