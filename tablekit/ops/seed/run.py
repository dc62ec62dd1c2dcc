"""What `tablekit seed` does: the families' items, a file, or a file staged in S3; and what it then tells."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import typer

from tablekit.client.aws import Clients
from tablekit.contract import Contract
from tablekit.model import installed
from tablekit.model.naming import PROD
from tablekit.ops.errors import SeedError
from tablekit.ops.files import input_file
from tablekit.ops.output import console, print_table, progress_bar
from tablekit.ops.samples import Kind
from tablekit.ops.seed.bulk import ANOTHER, Loaded, checked, load
from tablekit.ops.seed.checks import SHOWN, Reread
from tablekit.ops.seed.families import Put, What, family_items, put_all
from tablekit.ops.seed.formats import START, format_of
from tablekit.ops.seed.price import WriteUnits, cost
from tablekit.ops.seed.side_files import setting_aside
from tablekit.ops.seed.staging import place_of, stage_file
from tablekit.ops.seed.target import SeedRequest, Target, ensure_stage_allowed, is_priced, targets
from tablekit.ops.stages import clients

GIB = 1 << 30
PUTS = 16
"""Puts of families' own items at a time."""


def run(contract: Contract, request: SeedRequest, places: Sequence[Path]) -> bool:
    """Do it; gives whether nothing is left for a person to decide. Raises TablekitError.

    places: where the stage's file is looked for.
    """
    ensure_stage_allowed(contract, request.stage, request.yes)
    # A dry run calls nothing.
    aws = Clients() if request.dry_run else clients(contract.stage, places, request.concurrency)
    found = targets(contract, installed(), request.families, request.table)
    file = request.file
    if file is None:
        return _families(aws, contract, found, request)
    if input_file(file, ANOTHER).st_size > request.import_above * GIB:
        return _stage(aws, found[0], file, request)
    return _file(aws, found[0], file, request)


def _families(aws: Clients, contract: Contract, found: list[Target], request: SeedRequest) -> bool:
    kinds: tuple[Kind, ...] = ("reference",) if contract.stage == PROD else ("reference", "samples")
    now = time.time()
    items = family_items(found, kinds, now)
    if not items:
        missing = "reference data" if contract.stage == PROD else "reference data and no samples"
        typer.echo(f"stage {contract.stage}: no {missing} declared for these tables; nothing to write")
        return True
    if request.dry_run:
        typer.echo(f"stage {contract.stage}: {len(items)} items are good; nothing was written")
        return True
    concurrency = min(request.concurrency, PUTS)
    puts = put_all(aws, items, now, request.overwrite, concurrency)
    _show(contract, puts)
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
        priced = is_priced(aws, found[0])
        stored = [put.item for put in puts if put.what in ("written", "renewed", "overwritten")]
        counted = sum(WriteUnits(each.target.table)(each.item) for each in stored)
        typer.echo(f"{cost(sum(put.units for put in puts) if priced else counted, priced=priced)}.")
    return not different


def _show(contract: Contract, puts: list[Put]) -> None:
    columns: tuple[What, ...] = ("written", "unchanged", "renewed", "overwritten", "different")
    rows = []
    for family in dict.fromkeys(put.item.target.family.key for put in puts):
        counts = Counter(put.what for put in puts if put.item.target.family.key == family)
        rows.append([family, str(counts.total()), *(str(counts[column]) for column in columns)])
    print_table(console(), f"stage {contract.stage}", ("family", "items", *columns), rows)


def _file(aws: Clients, target: Target, file: Path, request: SeedRequest) -> bool:
    if request.dry_run:
        return _dry_run(target, file, request)
    loaded = load(aws, target, file, request)
    for line in _summary(target, file, loaded, request, is_priced(aws, target)):
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


def _dry_run(target: Target, file: Path, request: SeedRequest) -> bool:
    """Check the file. The files of rejects are not made; that they could be is seen."""
    with setting_aside(request.rejects) as rejects:
        found = checked(file, format_of(file, target.table, request.format), target, rejects)
    for problem in found.problems:
        typer.echo(problem, err=True)
    typer.echo(f"{file}: {found.items:,} items are good, {found.bad:,} bad; nothing was written")
    return True


def _summary(target: Target, file: Path, loaded: Loaded, request: SeedRequest, priced: bool) -> list[str]:
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
        (loaded.checked.bad, f"bad, set aside in {request.rejects}"),
        (progress.retried, "calls repeated"),
    ):
        if count:
            lines.append(f"  {count:,} {text}")
    return [*lines, f"  {cost(progress.units, progress.read_units, priced)}"]


def _stage(aws: Clients, target: Target, file: Path, request: SeedRequest) -> bool:
    address = request.stage_in
    if address is None:
        raise SeedError(
            f"{file}: {file.stat().st_size / GIB:,.1f} GiB, above the {request.import_above:g} GiB of --import-above; "
            "give --stage-in s3://bucket/prefix to have DynamoDB import it into a new table, or raise --import-above"
        )
    place_of(address)
    if request.dry_run:
        return _dry_run(target, file, request)
    kind = format_of(file, target.table, request.format)
    with setting_aside(request.rejects) as rejects:
        found = checked(file, kind, target, rejects)
        with progress_bar(f"staging {file.name}", found.size, "bytes") as progress:
            again = Reread(file, kind, target, found, START)
            settings = stage_file(aws, target, again, address, progress)
            again.finish(again.items, f"delete the objects in {address} and stage it again")
        if rejects:
            rejects.write()
    typer.echo(
        f"{found.items:,} items are in {address}. DynamoDB imports into a table that it makes, never into one that is "
        f"there,\nso {target.exported.name} stays as it is: declare a table with a new logical name and the same keys, "
        "and give its\naws.dynamodb.Table this as import_table, which Pulumi then owns. Afterwards delete the objects.",
        err=True,
    )
    typer.echo(json.dumps({"importTable": settings}, indent=2))
    return True
