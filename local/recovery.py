"""After an update that came to no orderly end: what it left, and how the next one gets over it.

An engine that is killed leaves a lock with its pid, and resources that the state does not know: all that this update
made, where the state is written at the end (`make up`); or else (`./pulumiw up`) those whose creation was under way,
listed as `pending_operations`. A `make up` that is killed leaves its engine at work. A full disk leaves empty files.
The lock is taken off once its engine is gone; a refresh brings the state up to what is there; and every update of the
stack `local` takes over what it finds already made, told by its URN and keys.
"""

from __future__ import annotations

import itertools
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil

from local.errors import DeploymentError
from local.processes import alive, end, ends
from local.progress import say
from local.stack import Stack

TAKE_OVER = {"STANDIN_TAKE_OVER": "1"}
"""Lets the stand-in take over, instead of refuse, a resource that exists and carries the same URN and keys."""
ENGINE_SECONDS = 600.0
STOP_SECONDS = 20.0
ENGINE = "pulumi"
"""The name of an engine's process."""


def engines(name: str, state: Path) -> list[psutil.Process]:
    """The living engines that hold a lock of a stack.

    state: the folder of the file backend.
    Raises `DeploymentError` for a lock of another machine, of whose processes nothing can be told.
    """
    found = []
    for lock in _locks(name, state):
        try:
            content = json.loads(lock.read_text())
            pid, host = int(content["pid"]), str(content["hostname"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # half written, hence by an engine that was killed
        if host != socket.gethostname():
            raise DeploymentError(
                f"stack {name}: process {pid} on {host} holds its lock {lock}; wait for it, or end it; "
                "if it is gone, delete that file"
            )
        process = alive(pid)
        # Any other process was given the pid of the one that locked.
        if process and process.name() == ENGINE:
            found.append(process)
    return found


def wait_for_engines(name: str, state: Path) -> None:
    """Wait for an update that is under way; raises `DeploymentError` if it takes too long."""
    for process in engines(name, state):
        say(
            f"An update of stack {name} is under way (process {process.pid}): waiting for its end. "
            "If it should not go on: ctrl-C here, then `make down`."
        )
        if not ends(process, ENGINE_SECONDS):
            raise DeploymentError(
                f"stack {name}: another update of it runs (process {process.pid}) and has not ended within "
                f"{ENGINE_SECONDS:.0f} s; wait for it, or end it by `make down`"
            )


def end_engines(name: str, state: Path) -> None:
    """End the updates that are under way, by force where they don't leave."""
    for process in engines(name, state):
        say(f"An update of stack {name} is under way (process {process.pid}): ending it.")
        end(process, STOP_SECONDS)


def unlock(stack: Stack, state: Path) -> None:
    """Take off what is left of updates that were killed: their locks, and files that they wrote half.

    No engine may be at work. The file backend replaces a state at one stroke. An empty `.tmp` among the locks makes it
    refuse every update.
    """
    if _locks(stack.name, state):
        say(f"The last update of stack {stack.name} was killed: taking its lock off.")
    for lock in _locks(stack.name, state):
        lock.unlink(missing_ok=True)
    for unfinished in state.rglob("*.tmp"):
        unfinished.unlink()


def damage(name: str, state: Path) -> str | None:
    """What is wrong with the files of a stack's state, as `FILE: why`; nothing where they can be read."""
    for file in sorted((state / ".pulumi" / "stacks").glob(f"*/{name}.json")):
        try:
            content = json.loads(file.read_bytes())
        except (OSError, ValueError) as error:
            return f"{file}: {getattr(error, 'strerror', None) or error}"
        if not isinstance(content, dict) or not isinstance(content.get("checkpoint"), dict):
            return f"{file}: is not a stack's state"
    return None


def set_aside(name: str, state: Path, why: str) -> None:
    """Move a state that can't be read out of the way, and make room for a new one."""
    kept = next(place for place in _places(state) if not place.exists())
    say(
        f"The state of stack {name} is damaged: {why}. It is kept in {kept}; going on without it: "
        "what this stack made on the emulator is taken over, with all items."
    )
    state.rename(kept)
    state.mkdir()


def _places(state: Path) -> Iterator[Path]:
    """`state.damaged`, `state.damaged-2`, …: what an earlier time set aside stays."""
    yield state.with_name(f"{state.name}.damaged")
    yield from (state.with_name(f"{state.name}.damaged-{number}") for number in itertools.count(2))


def _locks(name: str, state: Path) -> list[Path]:
    """Whatever lies among a stack's locks: the engine takes any file there for one."""
    return sorted(file for file in (state / ".pulumi" / "locks").rglob(f"{name}/*") if file.is_file())
