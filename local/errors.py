"""The errors of the local engine room.

LocalError            everything this package raises on purpose; its text is one message for a person
├── EngineError       no Pulumi engine could be had, or the one that was named is of no use
├── EngineBusyError   there is an engine, and it did not answer in time
├── ProjectError      the project's own files cannot be read (Pulumi.yaml, a stage's configuration)
├── EmulatorError     the emulator could not be started, stopped or reached
│   └── PortTakenError
├── FileError         the system refused to read or write a file
├── WorkspaceError    the environment of a run cannot be made (a setting, a plug-in)
└── DeploymentError   the engine refused or failed; carries its exit code
    └── UnreadableStateError
"""

from __future__ import annotations


class LocalError(Exception):
    """Root of every error that this package raises on purpose."""

    exit_code = 1


class EngineError(LocalError):
    """No Pulumi engine could be had, or the one that was named is of no use."""


class EngineBusyError(LocalError):
    """There is an engine, and it did not answer in time: no reason to get another."""


class ProjectError(LocalError):
    """The project's own files cannot be read."""


class EmulatorError(LocalError):
    """The emulator could not be started, stopped or reached."""


class PortTakenError(EmulatorError):
    """Something else listens on the emulator's port."""


class FileError(LocalError):
    """The system refused to read or write a file."""


class WorkspaceError(LocalError):
    """The environment of a run cannot be made."""


class DeploymentError(LocalError):
    """The engine refused or failed; it has said why itself.

    exit_code: the engine's own.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class UnreadableStateError(DeploymentError):
    """A stack's state is damaged."""
