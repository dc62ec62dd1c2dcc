"""`make up` and `make down`: the stack `local` on the emulator that stays."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import emulator, recovery
from local.engine import ensure
from local.errors import DeploymentError
from local.progress import say
from local.project import ROOT, stage_file
from local.stack import Stack, write_atomically
from local.workspace import Workspace, local_workspace

STACK = "local"
OUTPUTS = "outputs.json"


def up(take_over: bool = False) -> Path:
    """Deploy the stack `local`, from whatever was left before; gives the file with its outputs.

    take_over: take over tables that an earlier `destroy` left in place.
    """
    engine = ensure()
    workspace = local_workspace()
    with _one_at_a_time(workspace.folder):
        served, new = emulator.start(workspace.folder)
        if new:
            say(f"Emulator started at {served.endpoint} (process {served.pid}).")
        stack = Stack(STACK, engine, workspace.environment(engine), ROOT)
        return converge(stack, workspace, stage_file(STACK), new, take_over)


def converge(stack: Stack, workspace: Workspace, config: Path, new_emulator: bool, take_over: bool = False) -> Path:
    """Bring a stack to what the program says, whether or not the last update came to its end.

    config: the stack's configuration; new_emulator: it is empty, whatever the state says.
    """
    if new_emulator and any(workspace.state.rglob(f"{stack.name}.json*")):
        say("The emulator is new, hence empty: dropping the state of the one before.")
        shutil.rmtree(workspace.state)
        workspace.state.mkdir()
    killed = recovery.unlock(stack, workspace.state)
    deployment = stack.deployment()
    if deployment is None:
        stack.create(config)
    pending = recovery.pending(deployment)
    if pending:
        recovery.clear_pending(stack)
    extra = recovery.TAKE_OVER if take_over or killed or pending else {}
    stack.change("up", "--suppress-outputs", environment=extra)
    outputs = workspace.folder / OUTPUTS
    write_atomically(outputs, stack.outputs())
    return outputs


def down() -> str:
    """Stop the emulator and drop the state of the stack `local`; says what was there."""
    workspace = local_workspace()
    with _one_at_a_time(workspace.folder):
        found = emulator.known(workspace.folder)
        if found:
            found.stop()
        shutil.rmtree(workspace.state, ignore_errors=True)
        (workspace.folder / OUTPUTS).unlink(missing_ok=True)
    return f"stopped (process {found.pid})" if found else "was not running"


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DeploymentError(
                f"stack {STACK}: another `up` or `down` runs (process {lock.read().strip()}); wait for it, or end it"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
