"""The `tablekit` command."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tablekit.contract import family_of
from tablekit.contract.schema import schema_text
from tablekit.model import TablekitError, installed
from tablekit.ops import listing, sources
from tablekit.ops.codegen.command import codegen
from tablekit.ops.contract import command as contract
from tablekit.ops.environment import command as environment
from tablekit.ops.guard import command as guard
from tablekit.ops.options import Outputs, Stack, complain
from tablekit.ops.remarks import undeployed, unused
from tablekit.ops.seed.command import seed
from tablekit.ops.show import show
from tablekit.ops.smoke.command import smoke
from tablekit.ops.workbench import command as workbench

app = typer.Typer(
    help="Works on the DynamoDB table families that this environment has installed, and on a stack's outputs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing to standard output can end with; a closed pipe is the one that typer knows."""
OneFamily = Annotated[str | None, typer.Argument(metavar="FAMILY", help="Its tables and access patterns.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@app.command("list")
def list_families(
    family: OneFamily = None, outputs: Outputs = None, stack: Stack = None, as_json: AsJson = False
) -> None:
    """List the families, or one FAMILY's tables and access patterns: of a stack (--outputs, --stack), else declared."""
    contract = sources.outputs(outputs, stack) if outputs or stack else None
    title = f"stage {contract.stage}" if contract else "declared"
    found: object
    if family:
        found = parts = listing.parts(family_of(contract, family) if contract else installed().family(family))
        grids = [listing.plain(f"{family}, {title}: {kind}", rows) for kind, rows in parts.items()]
    else:
        found = summary = listing.deployed(contract) if contract else listing.declared(installed())
        grids = [listing.grid(title, summary)]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        Console().print(*grids)


@app.command()
def check() -> None:
    """Check every declared family, and every stage's file in the working folder, as a deployment would.

    Exit code: 1 where one can't be used. 0 with a remark on what is likely forgotten: a table or an index that no
    access pattern uses, a family that no stage deploys.
    """
    catalogue = installed()
    remarks = [*unused(catalogue), *undeployed(catalogue, Path())]
    for remark in remarks:
        typer.echo(remark)
    count = sum(len(family.tables) for family in catalogue)
    said = f"; {len(remarks)} to look at" if remarks else ""
    typer.echo(f"{len(catalogue)} families with {count} tables: no error found{said}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of the contract."""
    typer.echo(schema_text(), nl=False)


app.command()(show)
app.command()(smoke)
guard.register(app)
contract.register(app)
environment.register(app)
app.command()(seed)
workbench.register(app)
app.command()(codegen)


def main() -> None:
    """Run the command; what this library raises on purpose is one message on standard error, exit code 1."""
    try:
        app()
    except TablekitError as error:
        complain(error)
        sys.exit(1)
    except OSError as error:
        if error.filename is not None or error.errno not in _UNWRITTEN:
            raise
        complain(f"standard output: {error.strerror}; what it holds is not whole: run the command again")
        # What is left in the buffer would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
