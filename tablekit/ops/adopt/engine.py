"""The `pulumi` command on one stack: what is asked of it, and what it said where it fails."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tablekit.ops import stages
from tablekit.ops.errors import AdoptError

SAID_LINES = 15
"""Lines of the engine's that a message shows."""


@dataclass(frozen=True)
class Stack:
    """A stack and the project's folder. command: the project's ./pulumiw, or what PULUMI_COMMAND names."""

    name: str
    folder: Path
    command: tuple[str, ...]

    @classmethod
    def of(cls, name: str) -> Stack:
        """The stack of the project that the working folder is in. Raises AdoptError."""
        given = shlex.split(os.environ.get("PULUMI_COMMAND", ""))
        folder = stages.clone()
        if folder is None and not given:
            raise AdoptError(
                "this is not within the project's folder; run it there, or name the engine by PULUMI_COMMAND"
            )
        return cls(name, folder or Path.cwd(), tuple(given or (str((folder or Path.cwd()) / "pulumiw"),)))

    def words(self, *words: str) -> list[str]:
        """A command on the stack."""
        return [*self.command, *words, "--stack", self.name, "--non-interactive"]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it. Raises AdoptError where the engine can't be started."""
        command = self.words(*words)
        variables = {**os.environ, "PULUMI_SKIP_CONFIRMATIONS": "true", "PULUMI_OPTION_COLOR": "never"}
        try:
            return subprocess.run(
                command, cwd=self.folder, env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
        except OSError as error:
            raise AdoptError(f"{command[0]}: {error.strerror}; name the engine by PULUMI_COMMAND") from None

    def ask(self, *words: str) -> str:
        """What it prints. Raises AdoptError with the engine's own words where it fails."""
        done = self.run(*words)
        if done.returncode:
            raise AdoptError(f"{shlex.join(self.words(*words))} failed:\n{said(done)}")
        return done.stdout

    def export(self) -> str:
        """The state as it is, secrets encrypted; nothing that could be read where there is no state."""
        return self.ask("stack", "export")

    def plan(self) -> Any:
        """A preview with what stays the same, as the guard reads it."""
        return json.loads(self.ask("preview", "--json", "--show-sames"))


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines of what the engine said."""
    lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-SAID_LINES:])
