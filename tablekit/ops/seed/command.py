"""The command `tablekit seed`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table as Grid

from tablekit.client.aws import Clients
from tablekit.client.errors import ClientError
from tablekit.contract import Contract, ContractError
from tablekit.model import TablekitError, installed
from tablekit.model.naming import PROD
from tablekit.ops import sources
from tablekit.ops.seed.bulk import CONCURRENCY, Loaded, Options, checked, load
from tablekit.ops.seed.checks import SHOWN
from tablekit.ops.seed.errors import SeedError
from tablekit.ops.seed.family_items import Kind, family_items
from tablekit.ops.seed.formats import format_of
from tablekit.ops.seed.price import cost
from tablekit.ops.seed.puts import Put, What, put_all
from tablekit.ops.seed.staging import place_of, stage_file
from tablekit.ops.seed.target import Target, permit, targets
from tablekit.ops.seed.watch import watched

GIB = 1 << 30
IMPORT_ABOVE = 50.0
"""GiB of a file above which it is DynamoDB's own import that should carry it."""
PUTS = 16
"""Puts of families' own items at a time."""


def seed(
    file: Annotated[
        Path | None,
        typer.Argument(help="Items for one table (--family, --table): JSON Lines, DynamoDB JSON or CSV, or these .gz."),
    ] = None,
    outputs: Annotated[
        Path | None,
        typer.Option("--outputs", help="A file of `pulumi stack output --json`.", envvar="TABLEKIT_OUTPUTS"),
    ] = None,
    stack: Annotated[
        str | None, typer.Option("--stack", "-s", help="The stack to ask with `pulumi stack output` (PULUMI_COMMAND).")
    ] = None,
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
        typer.Option("--rejects", help="Set bad lines aside there, reasons in FILE.reasons; load the rest."),
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
    load resumes when it is run again. Exit code 1: refused, bad items, or items there with other content; 2: could not
    run.
    """
    options = Options(file_format, overwrite, skip_existing, rejects, checkpoint, concurrency)
    try:
        if overwrite and skip_existing:
            raise SeedError("--overwrite and --skip-existing: an item that is there can't be both; give one")
        if file is None and (file_format or skip_existing or rejects or checkpoint or stage_in):
            raise SeedError(
                "--format, --skip-existing, --rejects, --checkpoint and --stage-in go with a FILE; give one"
            )
        if file is not None and (len(family or []) != 1 or table is None):
            raise SeedError(f"{file}: into which table? give one --family and one --table")
        contract = sources.outputs(outputs, stack)
        permit(contract, stage, yes)
        found = targets(contract, installed(), family or (), table)
        if file is None:
            good = _families(contract, found, overwrite, min(concurrency, PUTS), dry_run)
        elif file.is_file() and file.stat().st_size > import_above * GIB:
            good = _stage(found[0], file, options, stage_in, import_above, dry_run)
        else:
            good = _file(found[0], file, options, dry_run)
    except (ClientError, ContractError) as error:
        _complain(error)
        raise typer.Exit(2) from None
    except TablekitError as error:
        _complain(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        _complain("interrupted; run the same command again to go on")
        raise typer.Exit(130) from None
    if not good:
        raise typer.Exit(1)


def _complain(what: object) -> None:
    Console(stderr=True, soft_wrap=True).print(f"tablekit: {what}", markup=False, highlight=False, style="red")


def _families(contract: Contract, found: list[Target], overwrite: bool, concurrency: int, dry_run: bool) -> bool:
    kinds: tuple[Kind, ...] = ("reference",) if contract.stage == PROD else ("reference", "samples")
    now = time.time()
    items = family_items(found, kinds, now)
    if not items:
        missing = "reference data" if contract.stage == PROD else "reference data and no samples"
        typer.echo(f"stage {contract.stage}: no {missing} declared for these tables; nothing to write")
        return True
    if dry_run:
        typer.echo(f"stage {contract.stage}: {len(items)} items are good; nothing was written")
        return True
    clients = Clients(connections=concurrency)
    puts = put_all(clients, items, now, overwrite, concurrency)
    Console().print(_grid(contract, puts))
    different = [put.shown for put in puts if put.what == "different"]
    for shown in different[:SHOWN]:
        typer.echo(f"{shown} is there with other content", err=True)
    if len(different) > SHOWN:
        typer.echo(f"… and {len(different) - SHOWN} more", err=True)
    if different:
        typer.echo(f"{len(different)} items were left as they are; --overwrite replaces them", err=True)
    if all(put.what == "unchanged" for put in puts):
        typer.echo(f"All {len(puts)} items were there already: nothing changed.")
    else:
        typer.echo(f"{cost(sum(put.units for put in puts))}.")
    return not different


def _grid(contract: Contract, puts: list[Put]) -> Grid:
    columns: tuple[What, ...] = ("written", "unchanged", "renewed", "overwritten", "different")
    grid = Grid(title=f"stage {contract.stage}", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("family", "items", *columns):
        grid.add_column(column, justify="left" if column == "family" else "right", no_wrap=True)
    for family in dict.fromkeys(put.item.target.family.key for put in puts):
        counts = Counter(put.what for put in puts if put.item.target.family.key == family)
        grid.add_row(family, str(counts.total()), *(str(counts[column]) for column in columns))
    return grid


def _file(target: Target, file: Path, options: Options, dry_run: bool) -> bool:
    if dry_run:
        kind = format_of(file, target.table, options.format)
        found = checked(file, kind, target, options.rejects)
        typer.echo(f"{file}: {found.items:,} items are good, {found.bad:,} bad; nothing was written")
        return True
    clients = Clients(connections=options.concurrency)
    loaded = load(clients, target, file, options)
    for line in _summary(target, file, loaded, options):
        typer.echo(line)
    different = loaded.progress.different
    for shown in loaded.progress.examples:
        typer.echo(f"{target.name}: {shown} is there with other content", err=True)
    if different:
        typer.echo(
            f"{different:,} items were left as they are; --overwrite replaces them, --skip-existing accepts them",
            err=True,
        )
    return not different


def _summary(target: Target, file: Path, loaded: Loaded, options: Options) -> list[str]:
    progress = loaded.progress
    rate = progress.read / loaded.seconds if loaded.seconds else 0.0
    lines = [
        f"{file} -> {target.exported.name}: {progress.stored:,} items stored in {loaded.seconds:.1f} s "
        f"({rate:,.0f} items/s)"
    ]
    for count, text in (
        (loaded.resumed, "stored by the load that this one resumed"),
        (progress.merged, "replaced by a later item of the same key"),
        (progress.unchanged, "there already, with the same content"),
        (progress.skipped, "there already, skipped"),
        (progress.different, "there with other content"),
        (loaded.checked.bad, f"bad, set aside in {options.rejects}"),
        (progress.retried, "calls repeated"),
    ):
        if count:
            lines.append(f"  {count:,} {text}")
    return [*lines, f"  {cost(progress.units, progress.read_units)}"]


def _stage(target: Target, file: Path, options: Options, address: str | None, above: float, dry_run: bool) -> bool:
    size = file.stat().st_size / GIB
    if address is None:
        raise SeedError(
            f"{file}: {size:,.1f} GiB, above the {above:g} GiB of --import-above; give --stage-in s3://bucket/prefix "
            "to have DynamoDB import it into a new table, or raise --import-above"
        )
    place_of(address)
    kind = format_of(file, target.table, options.format)
    found = checked(file, kind, target, options.rejects)
    if dry_run:
        typer.echo(f"{file}: {found.items:,} items are good, {found.bad:,} bad; nothing was written")
        return True
    said: Callable[[int], None]
    with watched(f"staging {file.name}", found.size, "bytes") as said:
        settings = stage_file(Clients(), target, file, kind, address, said)
    typer.echo(
        f"{found.items:,} items are in {address}. DynamoDB imports into a table that it makes, never into one that is "
        f"there,\nso {target.exported.name} stays as it is: declare a table with a new logical name and the same keys, "
        "and give its\naws.dynamodb.Table this as import_table, which Pulumi then owns. Afterwards delete the objects.",
        err=True,
    )
    typer.echo(json.dumps({"importTable": settings}, indent=2))
    return True
