"""What the commands that work on a stack have in common: its options, and how they say what went wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", help="A file of `pulumi stack output --json`.", envvar="TABLEKIT_OUTPUTS"),
]
Stack = Annotated[
    str | None, typer.Option("--stack", "-s", help="The stack to ask with `pulumi stack output` (PULUMI_COMMAND).")
]


def complain(what: object) -> None:
    """One message on standard error, red on a terminal."""
    Console(stderr=True, soft_wrap=True).print(f"tablekit: {what}", markup=False, highlight=False, style="red")
