"""Where the command gets a stack's outputs: a file, or the `pulumi` command; and the two options that say so."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer

from tablekit.contract import Contract, ContractError, read_file, read_text
from tablekit.model.stage import LOCAL
from tablekit.ops import stages

Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", help="A file of `pulumi stack output --json`.", envvar="TABLEKIT_OUTPUTS"),
]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack to ask with `pulumi stack output` (or what PULUMI_COMMAND names)."),
]
_SECONDS = 60


def outputs(file: Path | None, stack: str | None) -> Contract:
    """The contract in the file, or that of the stack. Raises ContractError."""
    if file and stack:
        raise ContractError(
            f"both a file ({file}) and a stack ({stack}) are named; give one (TABLEKIT_OUTPUTS names a file)"
        )
    if file:
        return read_file(file)
    return read_text(*ask(stack))


def ask(stack: str | None, instead: str = "give --outputs FILE") -> tuple[str, str]:
    """What `pulumi stack output` prints of the stack, the one that is selected where none is given, and the command.

    It is asked of the project's ./pulumiw where the working folder is within the project, else of `pulumi`;
    PULUMI_COMMAND names another command. instead: what else a person can do, for messages. Raises ContractError.
    """
    words, folder = _command()
    command = [*words, "stack", "output", "--json"]
    if stack:
        command += ["--stack", stack]
    shown = shlex.join(command)
    missing = (
        f"{instead}, run the command in the project's folder, whose ./pulumiw it finds, or name one by PULUMI_COMMAND"
    )
    done = run(command, missing, instead, folder)
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        deploy = "; is it deployed? make up" if (stack or "").rpartition("/")[2] == LOCAL else ""
        raise ContractError(f"{shown}: failed: {said[-1] if said else f'exit code {done.returncode}'}{deploy}")
    try:
        return done.stdout.decode(), shown
    except UnicodeDecodeError:
        raise ContractError(f"{shown}: prints no UTF-8; {instead}, or name another command by PULUMI_COMMAND") from None


def run(
    command: list[str], missing: str, instead: str, folder: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command that prints a file. missing: what to do where it is not there. instead: where it does not answer.

    Raises ContractError for either.
    """
    variables = {**os.environ, **environment}
    try:
        return subprocess.run(
            command, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL, cwd=folder, env=variables
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        why = "not found" if isinstance(error, FileNotFoundError) else why
        raise ContractError(f"{command[0]}: {why}; {missing}") from None
    except subprocess.TimeoutExpired:
        raise ContractError(f"{shlex.join(command)}: no answer within {_SECONDS} s; {instead}") from None


def _command() -> tuple[list[str], Path | None]:
    """The words of the `pulumi` command, and the folder to run it in."""
    given = os.environ.get("PULUMI_COMMAND", "")
    try:
        words = shlex.split(given)
    except ValueError as error:
        raise ContractError(
            f"PULUMI_COMMAND={given!r}: {str(error)[:1].lower()}{str(error)[1:]}; write a command as in a shell, "
            "as ./pulumiw"
        ) from None
    if words:
        return words, None
    folder = stages.clone()
    return (["./pulumiw"], folder) if folder else (["pulumi"], None)
