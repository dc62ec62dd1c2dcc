"""After an update that was killed: what it left in the state, and how the next one gets over it.

A `kill -9` of the engine leaves a lock with the engine's pid, and resources that the state does not know: all that this
update made, where the state is written at the end (`make up`); or else (`./pulumiw up`) those whose creation was under
way, listed as `pending_operations`. The lock is taken off once that process is gone; a refresh brings the state up to
what is there; and the next update takes over what it finds already made, told by its URN and keys.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.emulator import command_line
from local.errors import DeploymentError
from local.progress import say
from local.stack import Stack

TAKE_OVER = {"STANDIN_TAKE_OVER": "1"}
"""Lets the stand-in take over, instead of refuse, a resource that exists and carries the same URN and keys."""


def unlock(stack: Stack, state: Path) -> bool:
    """Take off the locks of engines that are gone; whether there was any.

    state: the folder of the file backend.
    Raises `DeploymentError` while the engine that holds a lock is alive.
    """
    locks = sorted((state / ".pulumi" / "locks").rglob(f"{stack.name}/*.json"))
    for lock in locks:
        if owner := _living_owner(lock):
            raise DeploymentError(f"stack {stack.name}: another update of it runs ({owner}); wait for it, or end it")
    if locks:
        say(f"The last update of stack {stack.name} was killed: taking its lock off.")
        mend(state)
        stack.tell("cancel", "--yes")
    return bool(locks)


def mend(state: Path) -> None:
    """Remove what a write leaves that was killed half-way.

    The file backend replaces a state at one stroke, but not the `.attrs` file beside it (content type and checksum);
    an empty one makes the state unreadable ("failed to load checkpoint: EOF"), a missing one does no harm.
    """
    for attributes in state.rglob("*.attrs"):
        try:
            json.loads(attributes.read_bytes())
        except ValueError:
            attributes.unlink()
    for unfinished in state.rglob("*.tmp"):
        unfinished.unlink()


def pending(deployment: Mapping[str, Any] | None) -> bool:
    """Whether a state lists operations of which it does not know how they ended."""
    return bool(deployment and deployment.get("pending_operations"))


def clear_pending(stack: Stack) -> None:
    """Bring a state to what is there, and drop from it what was being created."""
    say("The last update was killed half-way: reading back what it left …")
    stack.change("refresh", "--clear-pending-creates", "--suppress-outputs")


def _living_owner(lock: Path) -> str | None:
    """Who holds a lock, unless that process is gone."""
    try:
        content = json.loads(lock.read_text())
        pid, host = int(content["pid"]), str(content.get("hostname", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # half written, hence by an engine that was killed
    if host and host != socket.gethostname():
        return f"process {pid} on {host}"
    # A pid is given out again, so the process must be an engine as well.
    return f"process {pid}" if "pulumi" in command_line(pid) else None
