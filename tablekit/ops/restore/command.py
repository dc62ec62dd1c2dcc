"""The commands `tablekit backup`, `backups` and `restore`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tablekit.client import translated
from tablekit.ops.drift import deployment
from tablekit.ops.errors import BAD, OK, UNDECIDED, FileError, RestoreError
from tablekit.ops.files import regular
from tablekit.ops.output import console, print_table, progress_bar
from tablekit.ops.restore import beside, drills
from tablekit.ops.restore.bring_back import DONE, REPLACED, bring_back, wanted_items
from tablekit.ops.restore.compare import SEGMENTS, Comparison, compare
from tablekit.ops.restore.source import Source, deployed
from tablekit.ops.seed.price import cost
from tablekit.ops.smoke.report import OTHER_FILE, write_junit
from tablekit.ops.sources import Outputs, Stack

Stage = Annotated[
    str | None, typer.Option("--stage", help="The stage that is meant; another one's outputs are refused.")
]
Config = Annotated[
    Path | None, typer.Option("--config", help="The stage's Pulumi.STAGE.yaml; default: the one beside you.")
]
Table = Annotated[str, typer.Argument(metavar="TABLE", help="As family/table.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Items(StrEnum):
    """Which items are brought back."""

    MISSING = "missing"
    CHANGED = "changed"
    KEYS = "keys"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(backup)
    app.command()(backups)
    app.command()(restore)


def backup(
    table: Table,
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Stage = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make an on-demand backup of a table, and wait until it can be restored. It is kept until somebody deletes it.

    As in: tablekit backup pse/keyword-intelligence --stage dev
    """
    source = deployed(outputs, stack, stage, config, writes=True).source(table)
    with translated(source.target.subject):
        name = f"{source.name}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        made = source.client.create_backup(TableName=source.name, BackupName=name)["BackupDetails"]
        while made["BackupStatus"] == "CREATING":
            time.sleep(1)
            described = source.client.describe_backup(BackupArn=made["BackupArn"])
            made = described["BackupDescription"]["BackupDetails"]
    row = _row(source, made)
    typer.echo(json.dumps(row, indent=2) if as_json else f"{row['name']} is {row['status']}: {row['arn']}")


def backups(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="As family/table; default: all.")] = None,
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Stage = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List what can be restored: each table's window of time and its backups; and the restored tables that are there.

    As in: tablekit backups pse/keyword-intelligence --stage dev
    """
    found = deployed(outputs, stack, stage, config)
    chosen = [found.source(table)] if table else found.all([])
    names: dict[str, list[str]] = {}
    for region in {source.target.region for source in chosen}:
        with translated(f"tables in {region}"):
            names[region] = [
                name for page in found.clients.pages("dynamodb", region, "list_tables") for name in page["TableNames"]
            ]
    rows = [row for source in chosen for row in _rows(source, names[source.target.region])]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        columns = ("table", "what", "name", "status", "from", "until", "bytes", "arn")
        cells = [[str(row.get(column, "")) for column in columns] for row in rows]
        print_table(console(), f"stage {found.contract.stage}", columns, cells)


def _rows(source: Source, names: list[str]) -> Iterator[dict[str, Any]]:
    """The table's window, its backups and what was restored of it. names: of the tables in its region."""
    if source.name in names:
        window = beside.window(source)
        moments = {"from": f"{window[0]:{_TIME}}", "until": f"{window[1]:{_TIME}}"} if window else {}
        status = "on" if window else "off"
        yield {"table": source.target.name, "what": "any time", "name": source.name, "status": status, **moments}
    else:
        yield {"table": source.target.name, "what": "any time", "name": source.name, "status": "the table is gone"}
    with translated(f"backups of {source.target.subject}"):
        pages = source.stage.clients.pages(
            "dynamodb", source.target.region, "list_backups", TableName=source.name, BackupType="ALL"
        )
        made = [each for page in pages for each in page["BackupSummaries"]]
    yield from (_row(source, each) for each in sorted(made, key=lambda each: each["BackupCreationDateTime"]))
    for name in names:
        if name.startswith(f"{beside.PREFIX}{source.name}."):
            yield {"table": source.target.name, "what": "restored", "name": name, "status": "is there, and is paid for"}


def _row(source: Source, made: Mapping[str, Any]) -> dict[str, Any]:
    moments = {
        name: f"{made[field].astimezone(UTC):{_TIME}}"
        for name, field in (("from", "BackupCreationDateTime"), ("until", "BackupExpiryDateTime"))
        if made.get(field)
    }
    return {
        "table": source.target.name,
        "what": f"backup ({made['BackupType'].lower().replace('_', ' ')})",
        "name": made["BackupName"],
        "status": made["BackupStatus"],
        **moments,
        "bytes": made.get("BackupSizeBytes", 0),
        "arn": made["BackupArn"],
    }


def restore(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="As family/table.")] = None,
    keys_file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="With --into-live keys: the items' keys, a JSON object a line."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="As it was then, as 2026-11-27T10:15:00Z.")
    ] = None,
    backup: Annotated[
        str | None, typer.Option("--backup", metavar="ARN", help="As it is in a backup; `tablekit backups` has them.")
    ] = None,
    into_live: Annotated[
        Items | None, typer.Option("--into-live", help="Bring these items back into the live table: a dry run first.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it, where a dry run was made.")] = False,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", help="Where the keys of what differs are kept; default: RESTORED.keys.jsonl, here."),
    ] = None,
    replaced: Annotated[
        Path | None,
        typer.Option("--replaced", help="Where items that are replaced go first; default: RESTORED.replaced.jsonl."),
    ] = None,
    own_name: Annotated[
        bool, typer.Option("--own-name", help="The table is gone: restore a backup under its own name.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the table that was restored from then.")] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="Restore the smallest table of each family, verify it and delete it.")
    ] = False,
    family: Annotated[
        list[str] | None, typer.Option("--family", help="With --drill: only this family; may be repeated.")
    ] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="With --drill: write JUnit's XML there.")] = None,
    segments: Annotated[
        int, typer.Option("--concurrency", min=1, max=64, help="Segments of a table scanned at a time.")
    ] = SEGMENTS,
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Stage = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Restore a table beside the live one, compare the two, and bring back into the live one what was lost of it.

    The restored table is called restored.NAME.TIME, which no role reaches; it has the settings that its stage declares.
    Nothing in the live table changes without --into-live and --yes, and nothing that was written since the comparison.
    Cut off, the same command goes on.

    \b
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --into-live missing
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --into-live missing --yes
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --into-live keys some.jsonl --yes
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --delete
    tablekit restore --drill --junit drill.xml

    Exit code: 0 done; 1 bad input, settings that could not be put back, or items that were asked for and not brought
    back; 2 AWS did not carry out a call.
    """
    if drill:
        if table or at or backup or into_live or own_name or delete:
            raise RestoreError("--drill: chooses tables and time itself; give --family to have fewer")
        if junit:
            regular(junit, OTHER_FILE)
        found = drills.run(deployed(outputs, stack, stage, config, writes=True), family or [], segments, _say)
        if as_json:
            typer.echo(json.dumps(asdict(found), indent=2))
        else:
            drills.show(found, console())
        if junit:
            write_junit(found, junit, "restore --drill")
        raise typer.Exit(BAD if found.failed else UNDECIDED if found.unjudged else OK)
    if table is None or (at is None) == (backup is None):
        raise RestoreError("which table, and from when? give TABLE, and one of --at TIME and --backup ARN")
    if family or junit:
        raise RestoreError("--family and --junit belong to --drill; leave them out")
    if (into_live is Items.KEYS) != (keys_file is not None):
        raise RestoreError("--into-live keys FILE: the two go together; give both, or neither")
    if sum((into_live is not None, own_name, delete)) > 1 or (yes and not into_live):
        raise RestoreError("--into-live (with --yes or without), --own-name and --delete: give one of them")
    time_ = beside.time_of(at) if at else None
    source = deployed(outputs, stack, stage, config, writes=True).source(table)
    name = beside.name_of(source, time_, backup)
    if delete:
        beside.delete(source, name)
        typer.echo(f"{name} is deleted")
        return
    if own_name:
        if time_:
            raise RestoreError("--own-name: a table that is gone is restored from a --backup; DynamoDB makes one of it")
        name = source.name
    beside.begin(source, name, time_, backup, _say)
    beside.wait(source, name, _say)
    problems = beside.put_back(source, name, _say)
    found_: dict[str, Any] = {"table": source.target.name, "restored": name, "notAsDeclared": problems}
    lines = [f"{source.name} is restored as {name}", *(f"  not as declared: {each}" for each in problems)]
    left = 0
    if not own_name:
        file = keys or Path(f"{name}.keys.jsonl")
        if into_live is None or (into_live is not Items.KEYS and not yes and not file.exists()):
            compared = _compared(source, name, file, segments, as_json)
            found_ |= {"counts": compared.counts, "keys": str(file)}
            lines += _difference(compared, file)
        if into_live:
            kept = (replaced or Path(f"{name}.replaced.jsonl")) if yes else None
            counts = _brought_back(source, name, keys_file or file, into_live, kept, as_json)
            left = sum(count for what, count in counts.items() if what not in DONE) if yes else 0
            found_ |= {"intoLive": counts, "written": yes}
            lines += _brought(counts, kept)
    else:
        lines.append(f"the stack's state takes it as it is: {deployment(source.target.stage)}")
    typer.echo(json.dumps(found_, indent=2) if as_json else "\n".join(lines))
    if problems or left:
        raise typer.Exit(BAD)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _compared(source: Source, name: str, file: Path, segments: int, quiet: bool) -> Comparison:
    counts = [beside.described(source, each) for each in (name, source.name)]
    if counts[1] is None:
        raise RestoreError(
            f"table {source.name!r} is not there to be compared with; {name} is, and stays. To have it back, restore "
            "a --backup with --own-name (docs/runbooks/deleted-table.md)"
        )
    # Refreshed every six hours, so that it may end early or late.
    total = sum(int(each["ItemCount"]) for each in counts if each) or None
    with progress_bar(f"comparing {source.name}", total, "items", quiet=quiet) as progress:
        return compare(source, name, file, time.time(), segments, progress)


def _difference(compared: Comparison, file: Path) -> list[str]:
    texts = {
        "missing": "missing from the live table",
        "changed": "changed since",
        "new": "new since",
        "expired": "missing, and expired by TTL: not brought back",
        "same": "the same",
    }
    return [
        *(f"  {compared.counts[kind]:,} {text}" for kind, text in texts.items()),
        f"  their keys are in {file}; {cost(0, compared.units)}",
    ]


def _brought_back(
    source: Source, name: str, file: Path, into_live: Items, kept: Path | None, quiet: bool
) -> Counter[str]:
    kind = None if into_live is Items.KEYS else into_live.value
    try:
        total = sum(1 for _ in wanted_items(file, source, kind))
    except FileError:
        if into_live is Items.KEYS or file.exists():
            raise
        raise RestoreError(f"{file}: is not there: nothing was compared yet; run it without --yes first") from None
    with progress_bar(f"into {source.name}", total, "items", quiet=quiet) as progress:
        return bring_back(source, name, wanted_items(file, source, kind), kept, progress)


def _brought(counts: Counter[str], kept: Path | None) -> list[str]:
    lines = [
        f"  {count:,} {what if kept else f'would be {what}' if what in DONE[:2] else what}"
        for what, count in counts.items()
    ]
    if kept is None:
        return [*lines, "  nothing was written; with --yes it is"]
    return [*lines, *([f"  what was replaced is in {kept}"] if counts[REPLACED] else [])]
