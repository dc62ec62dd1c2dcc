"""`./pulumiw`: the `pulumi` command line, by whichever engine there is, in the environment that its stack needs.

The stack `local` lives on the emulator, so the emulator's environment is given to it. Every other stage gets the user's
own environment untouched; no run of theirs can meet the stand-in plug-in.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from local import emulator, recovery
from local.engine import Engine, ensure
from local.errors import DeploymentError, EmulatorError
from local.progress import say
from local.project import PROJECT_FILE, ROOT
from local.stack import Stack
from local.workspace import local_workspace
from tablekit.model.stage import LOCAL

NAMED_BY_WORD = {"init", "new", "create", "rm", "remove", "select"}
"""The commands below `stack` that take the stack's name as a word."""
PREVIEWS = {"pre", "preview", "up", "update", "refresh", "destroy", "down", "dn"}
"""The commands that show a stack's outputs, all of them new or unknown in a first preview."""
ASKED = ("--suppress-outputs", "--json", "-j", "--help", "-h")
"""What the words begin with by which somebody asks for an answer of another form."""
NEED_EMULATOR = PREVIEWS | {"import", "watch"}


@dataclass(frozen=True)
class Call:
    """A command line of pulumi, as far as it matters here.

    words: those that are no options and no option's values: the command, then what it is about.
    stack, folder: the values of `--stack` and `--cwd`; the last one counts.
    """

    words: list[str]
    stack: str | None
    folder: str | None

    @property
    def command(self) -> str:
        return self.words[0] if self.words else ""

    def is_local(self, environ: Mapping[str, str]) -> bool:
        """Whether it names the stack `local`: by an option, else by a word, else by PULUMI_STACK."""
        named = self.stack
        match self.words:
            case ["stack", subcommand, name, *_] if named is None and subcommand in NAMED_BY_WORD:
                named = name
            case ["cancel", name, *_] if named is None:
                named = name
        # `organization/project/stack` is a name as well.
        return (named or environ.get("PULUMI_STACK", "")).rpartition("/")[2] == LOCAL


def parse(arguments: Sequence[str]) -> Call:
    """Read a command line, whose options may stand before the command too."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("-s", "--stack")
    parser.add_argument("-C", "--cwd")
    for names in (["--color"], ["-v", "--verbose"], ["--tracing"], ["--profiling"]):
        parser.add_argument(*names)  # so that the value isn't taken for the command
    before = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    try:
        options, rest = parser.parse_known_args(before)
    except argparse.ArgumentError:  # an option without its value, of which pulumi will complain
        return Call([word for word in before if not word.startswith("-")], None, None)
    words = [word for word in rest if not word.startswith("-")]
    return Call(words, options.stack and options.stack.removeprefix("="), options.cwd)


def run_pulumi(arguments: Sequence[str]) -> NoReturn:
    """Become `pulumi`, so that signals and its exit code are its own; raises `LocalError` before that."""
    engine, call = ensure(), parse(arguments)
    environment = _environment(engine, call)
    if hint := _hint(call):
        say(hint)
    folder = ["--cwd", str(ROOT)] if call.folder is None and not _in_a_project() else []
    called = [str(engine.path), *folder, *arguments]
    if call.command in PREVIEWS and not any(word.startswith(ASKED) for word in arguments):
        place = called.index("--") if "--" in called else len(called)
        called.insert(place, "--suppress-outputs")
    os.execve(engine.path, called, environment)  # noqa: S606 the words are the user's own


def deployed_stack(stage: str) -> Stack:
    """The stack of a stage where it is deployed: `local` on its emulator, any other by the user's own environment."""
    engine = ensure()
    return Stack(stage, engine, _environment(engine, Call(["preview"], stage, None)), ROOT)


def _environment(engine: Engine, call: Call) -> dict[str, str]:
    if not call.is_local(os.environ):
        return engine.environment(os.environ)
    workspace = local_workspace()
    environment = workspace.environment(engine) | recovery.TAKE_OVER
    if call.command in NEED_EMULATOR and emulator.running(workspace.folder) is None:
        raise EmulatorError(f"stack {LOCAL}: its emulator does not run; start it by `make up`")
    if damage := recovery.damage(LOCAL, workspace.state):
        raise DeploymentError(
            f"stack {LOCAL}: its state is damaged: {damage}. `make up` sets it aside and goes on without it: "
            "it takes over what this stack made on the emulator, with all items"
        )
    return environment


def _hint(call: Call) -> str | None:
    """A word on the stack of this machine, where a command that works on a stack of this project names none."""
    named = call.stack or os.environ.get("PULUMI_STACK")
    elsewhere = call.folder is not None or not Path.cwd().is_relative_to(ROOT)
    if named or elsewhere or call.command not in NEED_EMULATOR:
        return None
    return (
        f"No stack is named, so Pulumi takes the selected one. The one on this machine: "
        f"./pulumiw {call.command} -s {LOCAL}"
    )


def _in_a_project() -> bool:
    """Whether the working folder is in a Pulumi project, this or another."""
    here = Path.cwd()
    return any((folder / name).is_file() for folder in (here, *here.parents) for name in (PROJECT_FILE, "Pulumi.yml"))
