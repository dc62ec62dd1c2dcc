"""`tablekit contract`: diff, golden and schema."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tablekit.contract import ContractError
from tablekit.contract.golden import golden_text
from tablekit.contract.schema import schema_text
from tablekit.ops.contract import sources
from tablekit.ops.files import check_text, to_standard_output, write_files
from tablekit.ops.output import console

_SOURCES = (
    "a file (a word with a dot or a slash), REV:PATH at a git revision, a stack (any other word, or stack:NAME), or - "
    "for standard input"
)


class Format(StrEnum):
    """How the comparison is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


Old = Annotated[str, typer.Argument(metavar="OLD", help="The contract as it was: outputs or a JSON Schema.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="The contract as it is to be.")]
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="Outputs.")]
AsFormat = Annotated[Format, typer.Option("--format", help="For a person, for a pull request, for a program.")]
Families = Annotated[
    list[str] | None, typer.Option("--family", help="Only this family, as a consumer of it does; may be repeated.")
]
AcrossStages = Annotated[
    bool,
    typer.Option(
        "--across-stages", help="Compare two stages: all but the names, ARNs, regions and alarms that each has its own."
    ),
]
AllowFile = Annotated[
    Path | None,
    typer.Option("--allow-file", help="A TOML file of [[allow]] entries: family, object, change, by, reason, until."),
]
To = Annotated[Path | None, typer.Option("--to", help="Write it there, instead of to standard output.")]
Check = Annotated[
    Path | None,
    typer.Option("--check", help="Write nothing; exit code 1 where this file is not as it would be written."),
]

_DIFF_HELP = f"""Say what changed between two contracts: what breaks a consumer, and what adds.

OLD and NEW are each {_SOURCES}. Both are outputs (`pulumi stack output --json`, or a golden file), or both are JSON
Schemas of the contract.

Exit code 0: nothing changed, all that changed is additive or neutral, the major version was raised, or every breaking
change is allowed.

Exit code 2: a field is new, and the minor version was not raised.

Exit code 3: a breaking change without a major version.

Exit code 1: the two can't be compared. docs/contract.md says what counts as which change.
"""

contract = typer.Typer(
    help="The contract between the stack and those who read its outputs: what changed, and what CI compares.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(contract, name="contract")


@contract.command("diff", help=_DIFF_HELP)
def diff(
    old: Old,
    new: New,
    family: Families = None,
    across_stages: AcrossStages = False,
    allow_file: AllowFile = None,
    as_format: AsFormat = Format.TEXT,
) -> None:
    """Compare two contracts."""
    from tablekit.ops.contract.report import Allowance, compared

    if old == new == "-":
        raise ContractError("both OLD and NEW are to come from standard input; give one of them as a file")
    allowances = Allowance.read_file(allow_file) if allow_file else []
    today = datetime.now(UTC).date()
    was, now = sources.document(old), sources.document(new)
    if allow_file and now.kind == "schema":
        raise ContractError(f"--allow-file {allow_file}: a change of the shape is a new version's; leave the file out")
    report = compared(was, now, allowances, today, tuple(family or ()), across_stages)
    report.print(as_format, console())
    raise typer.Exit(report.exit_code)


@contract.command("golden")
def golden(source: Source, to: To = None, check: Check = None) -> None:
    """Print outputs in the form of the golden files in docs/contract: sorted, without account and time of a stream.

    SOURCE is as in `tablekit contract diff`. `make snapshots` renews the files of all stages by it.

    Exit code 0, or with --check 1 where the file is not as it would be written. Exit code 1: these are no outputs.
    """
    if to and check:
        raise ContractError(f"both --to {to} and --check {check} are given; give one")
    found = sources.document(source)
    if found.kind != "outputs":
        raise ContractError(
            f"{found.source}: a JSON Schema, not outputs; print the schema with: tablekit contract schema"
        )
    text = golden_text(found.outputs)
    if check:
        differs = (
            f"not what the stack exports; see what changed with: tablekit contract diff {check} {source}, and keep it "
            "with: make snapshots"
        )
        make = f"write it with: tablekit contract golden {source} --to {check}"
        check_text(check, text, make=make, differs=differs)
        typer.echo(f"{check} is what the stack exports")
    elif to:
        write_files({to: text}, "name another file with --to", folders=True)
        typer.echo(f"wrote {to}")
    else:
        to_standard_output(text)


@contract.command("schema")
def schema() -> None:
    """Print the JSON Schema of the contract, as `tablekit schema` does."""
    typer.echo(schema_text(), nl=False)
