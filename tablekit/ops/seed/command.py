"""The command `tablekit seed`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tablekit.ops import sources, stages
from tablekit.ops.errors import BAD, SeedError
from tablekit.ops.seed.run import run
from tablekit.ops.seed.target import CONCURRENCY, IMPORT_ABOVE, SeedRequest
from tablekit.ops.sources import Outputs, Stack


def seed(
    file: Annotated[
        Path | None,
        typer.Argument(help="Items for one table (--family, --table): JSON Lines, DynamoDB JSON or CSV, or these .gz."),
    ] = None,
    outputs: Outputs = None,
    stack: Stack = None,
    family: Annotated[list[str] | None, typer.Option("--family", help="Only this family; may be repeated.")] = None,
    table: Annotated[str | None, typer.Option("--table", help="Only this table, by its logical name.")] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="The stage that is meant; prod must be named.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Yes, into prod.")] = False,
    file_format: Annotated[
        str | None, typer.Option("--format", help="jsonl, dynamodb or csv; by the file's name and content otherwise.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Overwrite items that are there.")] = False,
    skip_existing: Annotated[
        bool, typer.Option("--skip-existing", help="Leave items that are there, whatever their content.")
    ] = False,
    rejects: Annotated[
        Path | None,
        typer.Option("--rejects", help="Set bad lines aside in this new file, reasons in FILE.reasons; load the rest."),
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Where to keep how far the load is; beside the file otherwise.")
    ] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Calls at a time, at most.")] = (
        CONCURRENCY
    ),
    import_above: Annotated[
        float, typer.Option("--import-above", min=0, help="GiB above which a file goes to S3 for an import.")
    ] = IMPORT_ABOVE,
    stage_in: Annotated[
        str | None, typer.Option("--stage-in", help="s3://bucket/prefix for a file above --import-above.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything; call nothing, write nothing.")] = False,
) -> None:
    """Load the families' own items, or a FILE into one table, after checking every item.

    The families' items are put on the condition that they are not there: a second run changes nothing. A file goes in
    batches, unconditionally into an empty table, else after comparing; run it beside no other writer. An interrupted
    load resumes when it is run again. Exit code 1: bad input, bad items, or items there with other content; 2: AWS did
    not carry out a call; 128 and the signal's number: stopped by it.
    """
    if overwrite and skip_existing:
        raise SeedError("--overwrite and --skip-existing: an item that is there can't be both; give one")
    if file is None and (file_format or skip_existing or rejects or checkpoint or stage_in):
        raise SeedError("--format, --skip-existing, --rejects, --checkpoint and --stage-in go with a FILE; give one")
    if file is not None and (len(family or []) != 1 or table is None):
        raise SeedError(f"{file}: into which table? give one --family and one --table")
    request = SeedRequest(
        file,
        tuple(family or ()),
        table,
        stage,
        yes,
        file_format,
        overwrite,
        skip_existing,
        rejects,
        checkpoint,
        concurrency,
        import_above,
        stage_in,
        dry_run,
    )
    try:
        good = run(sources.outputs(outputs, stack), request, stages.places(outputs))
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(*interrupt.args, "run the same command again to go on") from None
    if not good:
        raise typer.Exit(BAD)
