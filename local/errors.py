"""The errors of the local engine room.

LocalError            everything this package raises on purpose; its text is one message for a person
├── EngineError       no Pulumi engine could be had, or the one that was named is of no use
├── ProjectError      the project's own files cannot be read (Pulumi.yaml, a stage's configuration)
├── EmulatorError     the emulator could not be started, stopped or reached
├── WorkspaceError    the environment of a run cannot be made (a setting, a plug-in)
└── DeploymentError   the engine refused or failed; carries its exit code
"""

from __future__ import annotations


class LocalError(Exception):
    """Root of every error that this package raises on purpose."""

    exit_code = 1


class EngineError(LocalError):
    """No Pulumi engine could be had, or the one that was named is of no use."""


class ProjectError(LocalError):
    """The project's own files cannot be read."""


class EmulatorError(LocalError):
    """The emulator could not be started, stopped or reached."""


class WorkspaceError(LocalError):
    """The environment of a run cannot be made."""


class DeploymentError(LocalError):
    """The engine refused or failed; it has said why itself.

    exit_code: the engine's own.
    """

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
