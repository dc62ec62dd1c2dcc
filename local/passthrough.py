"""`./pulumiw`: the `pulumi` command line, by whichever engine there is, in the environment that its stack needs.

The stack `local` lives on the emulator, so the emulator's environment is given to it. Every other stage gets the user's
own environment untouched; no run of theirs can meet the stand-in plug-in.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from local import emulator, recovery
from local.engine import ensure
from local.errors import DeploymentError, EmulatorError
from local.progress import say
from local.project import ROOT
from local.workspace import local_workspace

LOCAL_STACK = "local"
WITH_VALUE = {"-C", "--cwd", "-s", "--stack", "--color", "-v", "--verbose", "--tracing", "--profiling"}
"""Options that may stand before the command and whose value is the next word, so that it isn't taken for one."""
NAMED_BY_WORD = {"init", "new", "create", "rm", "remove", "select"}
"""The commands below `stack` that take the stack's name as a word."""
NEED_EMULATOR = {"destroy", "dn", "down", "import", "pre", "preview", "refresh", "up", "update", "watch"}


def run_pulumi(arguments: Sequence[str]) -> NoReturn:
    """Become `pulumi`, so that signals and its exit code are its own; raises `LocalError` before that."""
    engine = ensure()
    if not is_local(arguments, os.environ):
        environment = engine.environment(os.environ)
        if hint := _hint(arguments):
            say(hint)
    else:
        workspace = local_workspace()
        environment = workspace.environment(engine) | recovery.TAKE_OVER
        if _needs_emulator(arguments) and emulator.running(workspace.folder) is None:
            raise EmulatorError(f"stack {LOCAL_STACK}: its emulator does not run; start it by `make up`")
        if damage := recovery.damage(LOCAL_STACK, workspace.state):
            raise DeploymentError(
                f"stack {LOCAL_STACK}: its state is damaged: {damage}. `make up` sets it aside and goes on without it: "
                "it takes over what this stack made on the emulator, with all items"
            )
    called = [str(engine.path), *_project_folder(arguments), *arguments]
    os.execve(engine.path, called, environment)  # noqa: S606 the words are the user's own


def _hint(arguments: Sequence[str]) -> str | None:
    """A word on the stack of this machine, where a command that works on a stack of this project names none."""
    named = _option(arguments, "-s", "--stack") or os.environ.get("PULUMI_STACK")
    elsewhere = _option(arguments, "-C", "--cwd") is not None or not Path.cwd().is_relative_to(ROOT)
    if named or elsewhere or not _needs_emulator(arguments):
        return None
    command = words(arguments)[0]
    return f"No stack is named, so Pulumi takes the selected one. The one on this machine: ./pulumiw {command} -s local"


def _needs_emulator(arguments: Sequence[str]) -> bool:
    return bool(set(words(arguments)[:1]) & NEED_EMULATOR)


def is_local(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Whether a command names the stack `local`: by an option, else by a word, else by PULUMI_STACK."""
    named = _option(arguments, "-s", "--stack") or _named_by_word(arguments) or environ.get("PULUMI_STACK", "")
    # `organization/project/stack` is a name as well.
    return named.rpartition("/")[2] == LOCAL_STACK


def words(arguments: Sequence[str]) -> list[str]:
    """The words that are no options and no option's values: the command, then what it is about."""
    found = []
    rest = iter(_before_the_rest(arguments))
    for word in rest:
        if word in WITH_VALUE:
            next(rest, None)
        elif not word.startswith("-"):
            found.append(word)
    return found


def _named_by_word(arguments: Sequence[str]) -> str | None:
    match words(arguments):
        case ["stack", subcommand, name, *_] if subcommand in NAMED_BY_WORD:
            return name
        case ["cancel", name, *_]:
            return name
    return None


def _project_folder(arguments: Sequence[str]) -> list[str]:
    """`--cwd` and this project's folder, unless the words or the working folder name a project already."""
    if _option(arguments, "-C", "--cwd") is not None:
        return []
    here = Path.cwd()
    for folder in (here, *here.parents):
        if any((folder / name).is_file() for name in ("Pulumi.yaml", "Pulumi.yml")):
            return []
    return ["--cwd", str(ROOT)]


def _option(arguments: Sequence[str], short: str, long: str) -> str | None:
    """The value of an option, in any of the ways in which it may be written; the last one counts."""
    value = None
    rest = iter(_before_the_rest(arguments))
    for word in rest:
        if word in (short, long):
            value = next(rest, "")
        elif word.startswith(f"{long}="):
            value = word.removeprefix(f"{long}=")
        elif word.startswith(short) and not word.startswith("--"):
            value = word.removeprefix(short).removeprefix("=")
    return value


def _before_the_rest(arguments: Sequence[str]) -> Sequence[str]:
    return arguments[: arguments.index("--")] if "--" in arguments else arguments
