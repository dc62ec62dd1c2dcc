"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Outputs = Annotated[
    Path | None,
    typer.Option("--outputs", help="A file of `pulumi stack output --json`.", envvar="TABLEKIT_OUTPUTS"),
]
Stack = Annotated[
    str | None,
    typer.Option("--stack", "-s", help="The stack to ask with `pulumi stack output` (or what PULUMI_COMMAND names)."),
]
