"""The `tablekit` command: what it is made of, and how each of its commands ends."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tablekit.client.errors import CallError
from tablekit.contract import family_of
from tablekit.contract.schema import schema_text
from tablekit.model import TablekitError, installed
from tablekit.ops import errors, listing, sources
from tablekit.ops.adopt.command import adopt, release
from tablekit.ops.codegen.command import codegen
from tablekit.ops.contract import command as contract
from tablekit.ops.copy.command import copy
from tablekit.ops.environment import env
from tablekit.ops.guard import command as guard
from tablekit.ops.interrupts import signal_of, signals_as_interrupts
from tablekit.ops.live import command as live
from tablekit.ops.output import complain, console
from tablekit.ops.remarks import undeployed, unused
from tablekit.ops.restore import command as restore
from tablekit.ops.seed.command import seed
from tablekit.ops.show import show
from tablekit.ops.smoke.command import smoke
from tablekit.ops.sources import Outputs, Stack
from tablekit.ops.workbench import command as workbench

_UNWRITTEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What writing to standard output can end with; a closed pipe is the one that typer knows."""


class Tablekit(TyperGroup):
    """Gives every command the exit codes of `tablekit.ops.errors`: wrong words, errors and signals end alike."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command, and end the process; an error is one message on standard error."""
        words = (args, prog_name, complete_var, False, windows_expand_args)
        if not standalone_mode:
            return super().main(*words, **extra)
        try:
            with signals_as_interrupts():
                code = super().main(*words, **extra) or errors.OK
        except CallError as error:
            complain(error)
            code = errors.UNDECIDED
        except (TablekitError, typer.Abort) as error:
            complain(str(error) or "nobody answered; nothing was changed")
            code = errors.BAD
        except OSError as error:
            if error.filename is not None or error.errno not in _UNWRITTEN:
                raise
            complain(f"standard output: {error.strerror}; what it holds is not whole: run the command again")
            # What is left in the buffer would fail again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = errors.BAD
        except Exception as error:
            # Wrong words: typer's own error, which shows itself.
            if not hasattr(error, "show"):
                raise
            error.show()
            code = errors.BAD
        sys.exit(code)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. An interrupt's arguments are the signal, if it was not ctrl-C, and what to say of it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            number = signal_of(interrupt)
            complain("; ".join([f"stopped by {number.name}", *(each for each in interrupt.args if each != number)]))
            raise typer.Exit(errors.SIGNAL + number) from None


app = typer.Typer(
    cls=Tablekit,
    help="Works on the DynamoDB table families that this environment has installed, and on a stack's outputs. "
    "docs/exit-codes.md has the exit codes of all commands.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
OneFamily = Annotated[str | None, typer.Argument(metavar="FAMILY", help="Its tables and access patterns.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tablekit {version('tablekit')}")
        raise typer.Exit


@app.callback()
def _every_command(
    context: typer.Context,
    verbose: Annotated[
        int,
        typer.Option("--verbose", "-v", count=True, help="Log what is repeated or slowed down; twice: every request."),
    ] = 0,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version, and end.")
    ] = False,
) -> None:
    if verbose:
        log, handler = logging.getLogger("tablekit"), logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO if verbose == 1 else logging.DEBUG)
        context.call_on_close(lambda: log.removeHandler(handler))


@app.command("list")
def list_families(
    family: OneFamily = None, outputs: Outputs = None, stack: Stack = None, as_json: AsJson = False
) -> None:
    """List the families, or one FAMILY's tables and access patterns: of a stack (--outputs, --stack), else declared."""
    contract = sources.outputs(outputs, stack) if outputs or stack else None
    title = f"stage {contract.stage}" if contract else "declared"
    if family:
        parts = listing.parts(family_of(contract, family) if contract else installed().family(family))
        found: object = parts
        tables = {f"{family}, {title}: {kind}": rows for kind, rows in parts.items()}
    else:
        found = rows = listing.deployed(contract) if contract else listing.declared(installed())
        tables = {title: rows}
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for heading, rows in tables.items():
        listing.show(console(), heading, rows, totals=not family)


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
app.command()(env)
app.command()(seed)
app.command()(copy)
app.command()(adopt)
app.command()(release)
restore.register(app)
workbench.register(app)
app.add_typer(live.app, name="live")
app.command()(live.drift)
app.command()(codegen)

main = app
