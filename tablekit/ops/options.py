"""What the commands that work on a stack have in common: its options, and how they say what went wrong."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", help="A file of `pulumi stack output --json`.", envvar="TABLEKIT_OUTPUTS"),
]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack to ask with `pulumi stack output` (or what PULUMI_COMMAND names)."),
]


class OwnExitCodes(TyperCommand):
    """Wrong words give exit code 1: typer's own 2 would be taken for a verdict."""

    def make_context(self, *words: Any, **extra: Any) -> Any:
        try:
            return super().make_context(*words, **extra)
        except Exception as error:
            _with_code_1(error)
            raise


class OwnExitCodesGroup(TyperGroup):
    """As OwnExitCodes, for a command that is none of the group's."""

    def resolve_command(self, *words: Any) -> Any:
        try:
            return super().resolve_command(*words)
        except Exception as error:
            _with_code_1(error)
            raise


def _with_code_1(error: Exception) -> None:
    if getattr(error, "exit_code", None) == 2:
        error.exit_code = 1  # type: ignore[attr-defined]


def complain(what: object) -> None:
    """One message on standard error, red on a terminal. Where that is gone or full, nobody can be told."""
    with suppress(OSError):
        Console(stderr=True, soft_wrap=True).print(f"tablekit: {what}", markup=False, highlight=False, style="red")
