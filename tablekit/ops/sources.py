"""Where the command gets a stack's outputs: a file, or the `pulumi` command."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from tablekit.contract import Contract, ContractError, read_file, read_text

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

    PULUMI_COMMAND names another command than `pulumi`, such as ./pulumiw. instead: what else a person can do, for
    messages. Raises ContractError.
    """
    command = [*_command(), "stack", "output", "--json"]
    if stack:
        command += ["--stack", stack]
    shown = shlex.join(command)
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
    except OSError as error:
        why = "not found" if isinstance(error, FileNotFoundError) else error.strerror
        raise ContractError(f"{command[0]}: {why}; {instead}, or PULUMI_COMMAND=./pulumiw") from None
    except subprocess.TimeoutExpired:
        raise ContractError(f"{shown}: no answer within {_SECONDS} s; {instead}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise ContractError(f"{shown}: failed: {said[-1] if said else f'exit code {done.returncode}'}")
    try:
        return done.stdout.decode(), shown
    except UnicodeDecodeError:
        raise ContractError(f"{shown}: prints no UTF-8; {instead}, or PULUMI_COMMAND=./pulumiw") from None


def _command() -> list[str]:
    """The words of PULUMI_COMMAND; `pulumi` where it is not set, or empty."""
    given = os.environ.get("PULUMI_COMMAND", "")
    try:
        return shlex.split(given) or ["pulumi"]
    except ValueError as error:
        raise ContractError(
            f"PULUMI_COMMAND={given!r}: {str(error)[:1].lower()}{str(error)[1:]}; write a command as in a shell, "
            "as ./pulumiw"
        ) from None
