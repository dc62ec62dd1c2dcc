"""The command `tablekit copy`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer

from tablekit.ops.copy.run import Copy, CopyRequest
from tablekit.ops.copy.sides import Access, side
from tablekit.ops.errors import BAD, UNDECIDED, CopyError
from tablekit.ops.files import PRIVATE, ensure_writable, writing
from tablekit.ops.scan import SEGMENTS
from tablekit.ops.seed.checks import SHOWN
from tablekit.ops.seed.price import cost
from tablekit.ops.seed.side_files import setting_aside
from tablekit.ops.seed.target import CONCURRENCY, is_on_aws

_OTHER = "name another file with --differences"
_KINDS = {"joined": "joined: several items of FROM became this one"}
_SIDE = "family/table@stage, family@stage (all its tables, with --transform), name@region"


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help=f"{_SIDE}, or a file of items as `seed` takes it.")],
    target: Annotated[str, typer.Argument(metavar="TO", help=f"{_SIDE}.")],
    transform: Annotated[
        str | None,
        typer.Option(
            "--transform", help="What becomes of an item: a name beside the families, a file, module:function."
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite/--if-absent", help="Write over items that are there, or (default) leave them.")
    ] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Only compare TO with what FROM's items are to be.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Then carry over changes from FROM's stream, until ctrl-C.")
    ] = False,
    until_quiet: Annotated[
        float | None,
        typer.Option("--until-quiet", min=1, help="With --follow: until FROM is unchanged for so many seconds."),
    ] = None,
    outputs: Annotated[
        list[Path] | None,
        typer.Option(
            "--outputs",
            help="Outputs of a stage that is named; may be repeated; or the stack of that name is asked.",
            envvar="TABLEKIT_OUTPUTS",
        ),
    ] = None,
    from_profile: Annotated[str | None, typer.Option("--from-profile", help="FROM's AWS profile.")] = None,
    to_profile: Annotated[str | None, typer.Option("--to-profile", help="TO's AWS profile.")] = None,
    from_endpoint: Annotated[str | None, typer.Option("--from-endpoint", help="FROM's emulator.")] = None,
    to_endpoint: Annotated[str | None, typer.Option("--to-endpoint", help="TO's emulator.")] = None,
    capacity: Annotated[
        float | None,
        typer.Option("--capacity", min=1, help="Read units a second, and write units a second, at most."),
    ] = None,
    segments: Annotated[int, typer.Option("--segments", min=1, max=256, help="Of the scans, at a time.")] = SEGMENTS,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Writes at a time, at most.")] = (
        CONCURRENCY
    ),
    file_format: Annotated[
        str | None, typer.Option("--format", help="Of a file: jsonl, dynamodb or csv; else by its name and content.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", help="Where to keep how far it is; FROM-to-TO.copy here otherwise.")
    ] = None,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            help="A new file for items that are refused, reasons in FILE.reasons; named by the time otherwise.",
        ),
    ] = None,
    differences: Annotated[
        Path | None,
        typer.Option("--differences", help="Write the key of every item that differs there, a JSON line each."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Yes, into prod, or into a table of AWS named by its own name.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy a table's items, or a file's, to a table: across families, regions, stages and accounts.

    It goes on where it was interrupted when it is run again, and ends with comparing both sides. Items that the
    transform refuses are set aside. TO, where it was empty, is written by nobody else meanwhile.

    \b
    tablekit copy shop/orders@dev shop/orders-v2@dev
    tablekit copy CloudStroData@us-east-1 cloudstro@prod --transform cloudstro --follow --yes
    tablekit copy items.jsonl shop/orders@dev --transform shop.transforms:orders
    tablekit copy shop/orders@prod shop/orders@dev --from-profile live --to-profile test --capacity 500

    Exit code 1: bad input, or TO is not as FROM; 2: items were refused, or AWS did not carry out a call; run it again.
    """
    if until_quiet and not follow:
        raise CopyError("--until-quiet goes with --follow; give both")
    if follow and verify:
        raise CopyError("--verify compares alone, and --follow copies; give one")
    files = tuple(outputs or ())
    one = side(source, Access(files, from_profile, from_endpoint))
    other = side(target, Access(files, to_profile, to_endpoint))
    if other.file:
        raise CopyError(f"{target}: is a file; TO is a table: {_SIDE}")
    if follow and one.file:
        raise CopyError(f"{source}: is a file, which has no stream to --follow")
    if not verify:
        other.ensure_allowed(yes)
    asked = CopyRequest(transform, overwrite, capacity, segments, concurrency, checkpoint, file_format, until_quiet)
    made = Copy(one, other, asked, lambda text: typer.echo(text, err=True))
    aside = rejects or made.place.with_name(f"{made.place.name}.{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.rejects")
    if differences:
        ensure_writable(differences, _OTHER)
    with setting_aside(aside) as spool:
        assert spool is not None
        try:
            if verify:
                made.verify(spool)
            else:
                made.run(spool, follow)
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt(*interrupt.args, "run the same command again to go on") from None
        spool.write()
    _tell(made, aside, spool.count, differences, as_json)
    if made.differs:
        raise typer.Exit(BAD)
    if spool.count:
        raise typer.Exit(UNDECIDED)


def _tell(made: Copy, aside: Path, refused: int, differences: Path | None, as_json: bool) -> None:
    outcome, progress, verified = made.outcome, made.outcome.progress, made.outcome.verified
    assert verified is not None
    if differences:
        with writing(differences, _OTHER, PRIVATE) as file:
            file.writelines(f"{each.line}\n" for each in verified.differences())
    counts = verified.counts()
    rate = outcome.read / outcome.seconds if outcome.seconds else 0.0
    read_units = made.reading.units + progress.read_units
    sides: dict[str, Any] = {
        name: {"items": sum(each.counts), "hash": each.hash}
        for name, each in (("from", verified.expected), ("to", verified.found))
    }
    if as_json:
        found = {name: getattr(outcome, name) for name in ("read", "resumed", "followed", "seconds")}
        found |= {name: getattr(progress, name) for name in ("stored", "skipped", "retried", "units")}
        found |= {"readUnits": read_units, "rate": rate, "refused": refused, "rejects": str(aside) if refused else None}
        typer.echo(json.dumps({**found, "sides": sides, "differences": dict(counts)}, indent=2))
    else:
        typer.echo(f"{made.source.spelled} -> {made.target.spelled}")
        if outcome.seconds:
            typer.echo(f"  {outcome.read:,} items read in {outcome.seconds:.1f} s ({rate:,.0f} items/s)")
        for count, text in (
            (progress.stored, "stored"),
            (outcome.resumed, "read by the copy that this one resumed"),
            (progress.skipped, "there already, left"),
            (outcome.followed, "changes carried over"),
            (progress.retried, "calls repeated"),
        ):
            if count:
                typer.echo(f"  {count:,} {text}")
        priced = is_on_aws(made.target.clients, made.target.region)
        typer.echo(f"  {cost(progress.units, read_units, priced)}")
        for name, each in sides.items():
            typer.echo(f"  {name.upper():4} {each['items']:,} items, hash {each['hash']}")
        if not counts:
            moving = len(verified.excused)
            typer.echo(
                f"  equal, but for {moving:,} that changed meanwhile and were carried over" if moving else "  equal"
            )
    for difference in islice(verified.differences(), SHOWN):
        typer.echo(str(difference), err=True)
    if counts.total() > SHOWN:
        typer.echo(f"… and {counts.total() - SHOWN:,} more; --differences FILE has them all", err=True)
    for kind, count in counts.items():
        typer.echo(f"{count:,} items: {_KINDS.get(kind, kind)}", err=True)
    if refused:
        typer.echo(f"{refused:,} items were refused and not copied: {aside}, reasons in {aside}.reasons", err=True)
