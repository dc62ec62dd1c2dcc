"""Where the `tablekit` command begins: it needs more than the library, and says so where that isn't installed."""

from __future__ import annotations

import sys
from typing import Final

_EXTRA: Final = ("typer", "rich", "yaml")
"""The modules of the extra `cli`."""


def main() -> None:
    """Run the command; one message and exit code 1 where the extra `cli` is not installed."""
    try:
        from tablekit.ops.command import main as command
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        sys.exit(
            f"tablekit: the command needs {error.name}, which is not installed; install tablekit with its extra `cli`: "
            "pip install 'tablekit[cli] @ …'. The library itself (tablekit.client) works without"
        )
    command()
