"""The commands `tablekit backup`, `backups` and `restore`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tablekit.client import translated
from tablekit.model.naming import RESTORED
from tablekit.ops.errors import BAD, OK, UNDECIDED, RestoreError
from tablekit.ops.files import ensure_writable
from tablekit.ops.output import console, print_table, progress_bar
from tablekit.ops.restore import beside, drills
from tablekit.ops.restore.bring_back import LEFT, PUT, REPLACED, bring_back, wanted_items
from tablekit.ops.restore.compare import ANOTHER, compare
from tablekit.ops.restore.source import DeployedStage, Source, open_stage
from tablekit.ops.seed.price import cost
from tablekit.ops.seed.target import is_priced
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
_TEXTS = {
    "missing": "missing from the live table",
    "changed": "changed since",
    "new": "new since",
    "expired": "missing, and expired by TTL since: not brought back",
    "same": "the same",
}


class Items(StrEnum):
    """Which items are brought back."""

    MISSING = "missing"
    CHANGED = "changed"
    KEYS = "keys"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (backup, backups, restore):
        app.command()(command)


def backup(
    table: Table,
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Stage = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Make an on-demand backup of a table, and wait until it can be restored. It is kept until somebody deletes it.

    As in: tablekit backup pse/campaigns --stage dev
    """
    source = open_stage(outputs, stack, stage, config, writes=True).source(table)
    with translated(source.target.subject):
        name = f"{source.name}.{datetime.now(UTC):{beside.STAMP}}"
        made = source.client.create_backup(TableName=source.name, BackupName=name)["BackupDetails"]
        while made["BackupStatus"] == "CREATING":
            time.sleep(1)
            made = source.client.describe_backup(BackupArn=made["BackupArn"])["BackupDescription"]["BackupDetails"]
    row = _backup(source, made)
    typer.echo(json.dumps(row, indent=2) if as_json else f"{row['name']} is {row['status']}: {row['arn']}")


def backups(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="As family/table; default: all.")] = None,
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Stage = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """List what can be restored: each table's window of time, and its backups; and the restored tables that are there.

    As in: tablekit backups pse/campaigns --stage dev
    """
    found = open_stage(outputs, stack, stage, config)
    sources = [found.source(table)] if table else found.sources()
    names = {region: beside.table_names(found.clients, region) for region in {each.target.region for each in sources}}
    rows = [row for source in sources for row in _restorable(source, names[source.target.region])]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        columns = ("table", "what", "name", "status", "from", "until", "bytes", "arn")
        cells = [[str(row.get(column, "")) for column in columns] for row in rows]
        print_table(console(), f"stage {found.contract.stage}", columns, cells)


def _restorable(source: Source, names: list[str]) -> Iterator[dict[str, Any]]:
    """Of a table. names: those of all tables in its region."""
    there = source.name in names
    window = beside.window(source) if there else None
    moments = {name: f"{at:{beside.TIME}}" for name, at in zip(("from", "until"), window or (), strict=False)}
    status = ("on" if window else "off") if there else "the table is gone"
    yield {"table": source.target.name, "what": "any time", "name": source.name, "status": status, **moments}
    region, pages = source.target.region, source.stage.clients.pages
    with translated(f"backups of {source.target.subject}"):
        asked = {"TableName": source.name, "BackupType": "ALL"}
        made = [each for page in pages("dynamodb", region, "list_backups", **asked) for each in page["BackupSummaries"]]
    yield from (_backup(source, each) for each in sorted(made, key=lambda each: each["BackupCreationDateTime"]))
    for name in names:
        if name.startswith(f"{RESTORED}{source.name}."):
            yield {"table": source.target.name, "what": "restored", "name": name, "status": "is there, and costs"}


def _backup(source: Source, made: Mapping[str, Any]) -> dict[str, Any]:
    fields = (("from", "BackupCreationDateTime"), ("until", "BackupExpiryDateTime"))
    return {
        "table": source.target.name,
        "what": f"{made['BackupType'].lower()} backup",
        "name": made["BackupName"],
        "status": made["BackupStatus"],
        **{name: f"{made[field].astimezone(UTC):{beside.TIME}}" for name, field in fields if made.get(field)},
        "bytes": made.get("BackupSizeBytes", 0),
        "arn": made["BackupArn"],
    }


def restore(
    table: Annotated[str | None, typer.Argument(metavar="TABLE", help="As family/table.")] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Of --into-live keys: the items' keys, a JSON object a line.")
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
    yes: Annotated[bool, typer.Option("--yes", help="Do it, after a dry run.")] = False,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where the keys of what differs are kept, and the items that are replaced.")
    ] = Path(),
    own_name: Annotated[
        bool, typer.Option("--own-name", help="The table is gone: restore a backup under its own name.")
    ] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the table that was restored from then.")] = False,
    drill: Annotated[
        bool, typer.Option("--drill", help="Restore the smallest table of each family, verify it and delete it.")
    ] = False,
    junit: Annotated[Path | None, typer.Option("--junit", help="Of --drill: write JUnit's XML there.")] = None,
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
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --into-live missing --yes
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --into-live keys some.jsonl --yes
    tablekit restore pse/campaigns --at 2026-11-27T10:15:00Z --delete
    tablekit restore --drill --junit drill.xml

    Exit code: 0 done; 1 bad input, settings that could not be put back, or items that were asked for and not brought
    back; 2 AWS did not carry out a call.
    """
    if drill:
        if table or at or backup or into_live or own_name or delete or yes:
            raise RestoreError("--drill chooses tables and time itself; leave the others out")
        _drill(open_stage(outputs, stack, stage, config, writes=True), junit, as_json)
    if table is None or (at is None) == (backup is None) or junit:
        raise RestoreError("which table, and from when? give TABLE, and one of --at TIME and --backup ARN; or --drill")
    if (into_live is Items.KEYS) != (file is not None):
        raise RestoreError("--into-live keys FILE: the two go together; give both, or neither")
    if sum((into_live is not None, own_name, delete)) > 1 or (yes and not into_live) or (own_name and at):
        raise RestoreError("give one of --into-live (which --yes belongs to), --own-name (of a --backup) and --delete")
    moment = beside.time_of(at) if at else None
    source = open_stage(outputs, stack, stage, config, writes=True).source(table)
    name = beside.name_of(source, moment, backup)
    if delete:
        beside.delete(source, name)
        typer.echo(f"{name} is deleted")
        return
    # Before hours are spent: is the file as it is to be, and can there be one?
    keys = file or folder / f"{name}.keys.jsonl"
    if file:
        for _ in wanted_items(file, source, None):
            pass
    elif not own_name:
        ensure_writable(keys, ANOTHER)
        if yes and not keys.exists():
            raise RestoreError(
                f"{keys}: is not there: run the command without --yes first, which says what would be done"
            )
    name = source.name if own_name else name
    beside.begin(source, name, moment, backup)
    beside.wait(source, name)
    found: dict[str, Any] = {"table": source.name, "restored": name, "notAsDeclared": beside.put_back(source, name)}
    if not own_name:
        if into_live is None or (not yes and not keys.exists()):
            found |= _compare(source, name, keys, as_json)
        if into_live:
            kept = folder / f"{name}.replaced.jsonl" if yes else None
            found |= _into_live(source, name, keys, into_live, kept, as_json)
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(_lines(found)))
    if found["notAsDeclared"] or (yes and found["intoLive"].keys() & LEFT):
        raise typer.Exit(BAD)


def _compare(source: Source, name: str, keys: Path, quiet: bool) -> dict[str, Any]:
    described = [beside.described(source, each) for each in (name, source.name)]
    if described[1] is None:
        raise RestoreError(
            f"table {source.name!r} is not there to be compared with; {name} is, and stays. To have it back, restore "
            "a --backup with --own-name (docs/runbooks/deleted-table.md)"
        )
    # DynamoDB's own figures, some hours old: the bar may end early or late.
    total = sum(each["ItemCount"] for each in described if each) or None
    with progress_bar(f"comparing {source.name}", total, "items", quiet=quiet) as progress:
        counts, units = compare(source, name, keys, time.time(), progress)
    priced = is_priced(source.stage.clients, source.target)
    return {"counts": counts, "consumed": cost(0, units, priced), "keys": str(keys)}


def _into_live(source: Source, name: str, keys: Path, items: Items, kept: Path | None, quiet: bool) -> dict[str, Any]:
    kind = None if items is Items.KEYS else items.value
    total = sum(1 for _ in wanted_items(keys, source, kind))
    written = datetime.fromtimestamp(keys.stat().st_mtime, UTC)
    with progress_bar(f"into {source.name}", total, "items", quiet=quiet) as progress:
        counts = bring_back(source, name, wanted_items(keys, source, kind), kept, progress)
    asked = {"asked": total, "keys": str(keys), "keysFrom": f"{written:{beside.TIME}}"}
    replaced = str(kept) if kept and counts[REPLACED] else None
    return {**asked, "intoLive": counts, "written": bool(kept), "replaced": replaced}


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What was done, for people."""
    yield f"{found['table']} is restored as {found['restored']}"
    yield from (f"  not as declared: {each}" for each in found["notAsDeclared"])
    if counts := found.get("counts"):
        yield from (f"  {counts[kind]:,} {text}" for kind, text in _TEXTS.items())
        yield f"  the keys of what differs are in {found['keys']}; {found['consumed']}"
    if "intoLive" in found:
        would = "" if found["written"] else "would be "
        anew = "" if found["asked"] else "; without --into-live the tables are compared anew"
        yield f"  {found['asked']:,} items are asked for by {found['keys']}, of {found['keysFrom']}{anew}"
        for what, count in found["intoLive"].items():
            yield f"  {count:,} {would if what in (PUT, REPLACED) else ''}{what}"
        if found["replaced"]:
            yield f"  what was replaced is in {found['replaced']}"
        if would:
            yield "  nothing was written; with --yes it is"


def _drill(stage: DeployedStage, junit: Path | None, as_json: bool) -> None:
    if junit:
        ensure_writable(junit, OTHER_FILE)
    found = drills.run(stage)
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
    else:
        cells = [
            (each.status, f"{each.family}: {each.name}", "; ".join(each.problems) or each.note, f"{each.seconds:.1f}")
            for each in found.outcomes
        ]
        title = f"stage {found.stage}: restored, verified and deleted"
        print_table(console(), title, ("", "table", "", "s"), cells)
    if junit:
        write_junit(found, junit, "restore --drill")
    raise typer.Exit(BAD if found.failed else UNDECIDED if found.unjudged else OK)
