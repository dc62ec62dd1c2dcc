"""The `pulumi` command on one stack: what is asked of it, and what it said where it fails."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tablekit.ops import stages
from tablekit.ops.errors import AdoptError

SAID_LINES = 15
"""Lines of the engine's that a message shows."""
WAIT_SECONDS = 600.0
"""How long an engine is waited for that an adoption before left at work."""
_LOCK = re.compile(r"created by \S+@(\S+) \(pid (\d+)\)")
"""A lock in the engine's message, where the state is in files or a bucket."""


@dataclass(frozen=True)
class Stack:
    """A stack and the project's folder. command: the project's ./pulumiw, or what PULUMI_COMMAND names.

    config: the stage's file, where it is not the one in the project's folder.
    """

    name: str
    folder: Path
    command: tuple[str, ...]
    config: Path | None = None

    @classmethod
    def of(cls, name: str, config: Path | None = None) -> Stack:
        """The stack of the project that the working folder is in. Raises AdoptError."""
        given = shlex.split(os.environ.get("PULUMI_COMMAND", ""))
        folder = stages.clone()
        if folder is None and not given:
            raise AdoptError(
                "this is not within the project's folder; run it there, or name the engine by PULUMI_COMMAND"
            )
        here = folder or Path.cwd()
        return cls(name, here, tuple(given or (str(here / "pulumiw"),)), config.resolve() if config else None)

    def words(self, *words: str) -> list[str]:
        """A command on the stack."""
        config = ("--config-file", str(self.config)) if self.config and words[0] in ("preview", "import") else ()
        return [*self.command, *words, "--stack", self.name, *config, "--non-interactive"]

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
        try:
            return self._json("stack", "export")
        except AdoptError as error:
            if "load checkpoint: EOF" not in str(error):
                raise
            raise AdoptError(
                f"{error}\nan engine that was killed left an empty `.attrs` beside the state, where that is in a "
                "folder: delete it, and run this again; with ?metadata=skip behind the folder's address there are none"
            ) from None

    def put(self, file: Path) -> subprocess.CompletedProcess[str]:
        """Make an exported state the stack's."""
        return self.run("stack", "import", "--file", str(file))

    def way_back(self, file: Path) -> str:
        """The same as a person types it."""
        return shlex.join(self.words("stack", "import", "--file", str(file)))

    def unlock(self, text: str, say: Callable[[str], None]) -> bool:
        """Wait for the engines of this machine that hold the stack, and take off what one that was killed left of it.

        text: what an engine said that found it locked. False where it is not that, or another machine's.
        """
        locks = _LOCK.findall(text)
        if not locks or any(host != socket.gethostname() for host, _ in locks):
            return False
        for _, pid in locks:
            say(f"an engine before (process {pid}) has locked the stack: its end is waited for, and the lock taken off")
        ends = time.monotonic() + WAIT_SECONDS
        while any(_lives(int(pid)) for _, pid in locks):
            if time.monotonic() > ends:
                return False
            time.sleep(0.5)
        self.run("cancel", "--yes")
        return True

    def plan(self) -> str:
        """A preview with what stays the same, as the guard reads it."""
        return self._json("preview", "--json", "--show-sames")

    def _json(self, *words: str) -> str:
        text = self.ask(*words)
        try:
            json.loads(text)
        except ValueError:
            command = shlex.join(self.words(*words))
            raise AdoptError(f"{command}: printed no JSON, but {text[:60]!r}; is it the engine alone?") from None
        return text


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let no other adoption or release write a state that it has read before: of this folder, one is at work at a time.

    folder: where states of before are kept. What was killed keeps nobody out. Raises AdoptError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise AdoptError(f"{folder}: {error.strerror}; name a file in another folder with --keep") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AdoptError(
                f"{folder}: another adoption or release is at work; run this when that has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines of what the engine said."""
    lines = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()]
    return "\n".join(f"  {line}" for line in lines[-SAID_LINES:])


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
