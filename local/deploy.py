"""`make up` and `make down`: the stack `local` on the emulator that stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import emulator, recovery
from local.changes import Changes
from local.emulator import Emulator
from local.engine import ensure
from local.errors import DeploymentError, UnreadableStateError
from local.files import locked, of, write_atomically
from local.progress import say
from local.project import ROOT, stage_file
from local.stack import Stack
from local.workspace import Workspace, local_workspace

STACK = "local"
OUTPUTS = "outputs.json"


def up(fresh: bool = False, verbose: bool = False) -> Path:
    """Deploy the stack `local`, from whatever was left before; gives the file with its outputs.

    fresh: stop the emulator first, with all that it holds, and start with an empty one.
    verbose: show all that the engine says.
    """
    engine = ensure()
    workspace = local_workspace()
    with _one_at_a_time(workspace.folder):
        if fresh:
            say(f"Starting anew, as asked: emulator {_drop(workspace)}; tables, items and state are gone.")
        recovery.wait_for_engines(STACK, workspace.state)
        served, new = emulator.start(workspace.folder)
        if new:
            say(f"Emulator started at {served.endpoint} (process {served.pid}).")
        stack = Stack(STACK, engine, workspace.environment(engine), ROOT)
        outputs = converge(stack, workspace, stage_file(STACK), new, verbose)
        _require(served)
        return outputs


def converge(stack: Stack, workspace: Workspace, config: Path, new_emulator: bool, verbose: bool = False) -> Path:
    """Bring a stack to what the program says, whatever the state says, and whether or not the last update ended.

    config: the stack's configuration; new_emulator: it is empty, whatever the state says.
    """
    if new_emulator and any(workspace.state.rglob(f"{stack.name}.json*")):
        say("The emulator of before is gone, and its tables and items with it: dropping the state that describes them.")
        shutil.rmtree(workspace.state)
        workspace.state.mkdir()
    recovery.unlock(stack, workspace.state)
    if damage := recovery.damage(stack.name, workspace.state):
        recovery.set_aside(stack.name, workspace.state, damage)
    try:
        deployment = stack.deployment()
    except UnreadableStateError as error:
        recovery.set_aside(stack.name, workspace.state, f"{_file(stack, workspace)}: {error}")
        deployment = None
    if deployment is None:
        stack.create(config, workspace.state)
    elif deployment.get("resources"):
        try:
            # What was being created when an update was killed is asked for anew, and then taken over.
            found = stack.change("refresh", "--clear-pending-creates", verbose=verbose).altered
            if found:
                say(f"The state was not what is on the emulator: {found}. The update goes on from there.")
        except DeploymentError as error:
            raise DeploymentError(
                f"{error}. If it is the state that is damaged, move {workspace.state} away: the next `make up` takes "
                "over what this stack made on the emulator, with all items",
                error.exit_code,
            ) from error
    say(f"Deploying stack {stack.name} …")
    show(stack.name, stack.change("up", environment=recovery.TAKE_OVER, verbose=verbose))
    outputs = workspace.folder / OUTPUTS
    write_atomically(outputs, stack.outputs())
    return outputs


def show(name: str, changes: Changes) -> None:
    """A line a family, and one for the stack as a whole."""
    for line in changes.families:
        print(line)
    print(f"stack {name}: {changes}", flush=True)


def _file(stack: Stack, workspace: Workspace) -> Path:
    """Where a stack's state is kept: the one file, or else the folder of all."""
    return next(workspace.state.rglob(f"{stack.name}.json"), workspace.state)


def down() -> str:
    """Stop the emulator and drop the state of the stack `local`; says what was there."""
    workspace = local_workspace()
    with _one_at_a_time(workspace.folder):
        return _drop(workspace)


def _drop(workspace: Workspace) -> str:
    recovery.end_engines(STACK, workspace.state)
    found = emulator.known(workspace.folder)
    lived = found is not None and found.lives()
    if found:
        found.stop()
    for folder in workspace.folder.glob(f"{workspace.state.name}*"):  # and those that were set aside
        shutil.rmtree(folder)
    (workspace.folder / OUTPUTS).unlink(missing_ok=True)
    return f"stopped (process {found.pid})" if found and lived else "was not running"


def _require(served: Emulator) -> None:
    """What the update made is in the emulator's memory: it must still be the same process."""
    if not served.lives():
        raise DeploymentError(
            f"stack {STACK}: its emulator (process {served.pid}) ended during the update, and its tables with it; "
            f"run `make up` again; its log is {served.folder / emulator.LOG}"
        )


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "lock"
    with locked(file, wait=False) as free:
        if not free:
            holder = file.read_text().strip()
            raise DeploymentError(
                f"stack {STACK}: another `up` or `down` runs (process {holder}); wait for it, or end it"
            )
        with of(file):
            file.write_text(str(os.getpid()))
        yield
