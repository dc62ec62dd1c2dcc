"""`tablekit export nosql-workbench`, `tablekit import nosql-workbench` and `tablekit import aws`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tablekit.model import Family, installed
from tablekit.model.naming import PROD, check_stage_name
from tablekit.ops.errors import LiveError, WorkbenchError
from tablekit.ops.files import regular, standard_input, to_standard_output, write_files
from tablekit.ops.output import counted

if TYPE_CHECKING:
    from tablekit.ops.workbench.declare import Imported

UNDATED = date(1970, 1, 1)
"""The models' date where none is given: the same families then give the same files."""
_NAME = "nosql-workbench"
_POSITION = re.compile(r"\[\d+\]")
_FIX = "name another place with --output"
_DOCUMENT = "docs/consume/nosql-workbench.md"

Families = Annotated[
    list[str] | None, typer.Option("--family", metavar="KEY", help="Only this family; may be repeated. Default: all.")
]
OfStage = Annotated[
    str | None,
    typer.Option("--stage", help="Name the tables as in this stage (dev-pse-…). Default: by their logical names."),
]
Folder = Annotated[
    Path | None,
    typer.Option("--output", metavar="DIR", help="Write <family>.json here. Default: standard output, for one family."),
]
Dated = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        help="The models' date; `today` asks the clock. Default: that of SOURCE_DATE_EPOCH, else 1970-01-01.",
    ),
]
Replace = Annotated[bool, typer.Option("--force", help="Replace files that are there with other content.")]
ModelFile = Annotated[Path, typer.Argument(metavar="FILE", help="A data model file; - is standard input.")]
Module = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE.py",
        help="The module to write; sample items go into samples/<family>/ beside it. - prints the module alone. "
        "Default: families/<family>.py.",
    ),
]
FamilyKey = Annotated[
    str | None, typer.Option("--key", help="The family's key. Default: made of the model's, or the tables', name.")
]
TableNames = Annotated[
    list[str] | None,
    typer.Option("--tables", metavar="NAMES", help="Tables by name, * for anything: 'content-*'; may be repeated."),
]
Saved = Annotated[
    Path | None, typer.Option("--saved", metavar="FILE", help="What `tablekit live describe --save` wrote, for AWS.")
]
OfRegion = Annotated[str | None, typer.Option("--region", help="The tables' region.")]
InStage = Annotated[
    str | None, typer.Option("--stage", help="The stage that the tables' names are of. Default: prod, plain names.")
]
Sample = Annotated[
    int,
    typer.Option("--sample", min=0, max=1000, help="Read that many items of each table, for attributes and types."),
]
Endpoint = Annotated[str | None, typer.Option("--endpoint", help="An emulator's address, instead of AWS.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, text in (
        ("export", "Write what is declared in another tool's format."),
        ("import", "Declare a family from another tool's format, or from live tables."),
    ):
        group = typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None)
        group.callback()(_group)
        app.add_typer(group, name=name)
        group.command(_NAME)(export_models if name == "export" else import_model)
        if name == "import":
            group.command("aws")(import_tables)


def _group() -> None:
    """Keeps the format a word of its own, where there is but one."""


def export_models(
    family: Families = None, stage: OfStage = None, output: Folder = None, day: Dated = None, force: Replace = False
) -> None:
    """Write the installed families as data model files (version 3.0) of NoSQL Workbench for DynamoDB.

    Tables, keys, indexes, projections, attributes with types, and sample items; an entity is a facet. What has no place
    in the format is counted on standard error. Exit code 1: nothing was written.
    """
    from tablekit.ops.samples import folders, sample_items
    from tablekit.ops.workbench.export import exported, left_out
    from tablekit.ops.workbench.format import text_of

    catalogue = installed()
    chosen = [catalogue.family(key) for key in dict.fromkeys(family or ())] or list(catalogue)
    named, dated = check_stage_name(stage) if stage else None, _day(day)
    if output is None and len(chosen) > 1:
        raise WorkbenchError(f"{len(chosen)} families make {len(chosen)} files; give --output DIR, or one --family")
    packages = folders()
    texts = {each.key: text_of(exported(each, sample_items(each, packages[each.key]), named, dated)) for each in chosen}
    if output is None:
        to_standard_output(texts[chosen[0].key])
    else:
        write_all({output / f"{key}.json": text for key, text in texts.items()}, force)
        for each in chosen:
            typer.echo(f"{output / each.key}.json: {counted(len(each.tables), 'table')}")
    if missing := left_out(chosen):
        _say(f"left out, as a data model has no place for it ({_DOCUMENT}): {missing}")


def import_model(file: ModelFile, output: Module = None, key: FamilyKey = None, force: Replace = False) -> None:
    """Make a family module, with its sample items, from a data model file of NoSQL Workbench for DynamoDB.

    Tables, keys, indexes, projections, attributes and sample items are the model's. Access patterns follow from keys
    and indexes: an item by its key, the items under a hash key, those of each index. What the module's docstring lists
    is to be settled by hand. What of the file was passed over stands on standard error. Exit code 1: nothing was
    written.
    """
    from tablekit.ops.workbench.declare import declared
    from tablekit.ops.workbench.format import dotted, read
    from tablekit.ops.workbench.module import module_source

    source = "standard input" if str(file) == "-" else str(file)
    model, unknown = read(_bytes(file, source), source)
    found = declared(model, source, key)
    _written(module_source(found.family), found, output, force)
    for note in _grouped([*(f"{dotted(place)}: a field that is not known" for place in unknown), *found.notes]):
        _say(f"left out: {note}")


def import_tables(
    tables: TableNames = None,
    saved: Saved = None,
    region: OfRegion = None,
    stage: InStage = None,
    output: Module = None,
    key: FamilyKey = None,
    sample: Sample = 0,
    endpoint: Endpoint = None,
    force: Replace = False,
) -> None:
    """Make a family module from live tables, by calls that only read.

    Keys, indexes, TTL, stream and tags are the tables'; attributes with their types are those of a sample of items, if
    one is asked for: no value is written. Access patterns follow from keys and indexes. What AWS does not know is
    listed in the module's docstring; what a stage's file has to say, or a family has no place for, stands on standard
    error. Exit code 1: nothing was written. 2: AWS did not answer.

    tablekit import aws --tables 'content-*' --region eu-west-2 --key content --sample 100
    """
    from tablekit.ops import stages
    from tablekit.ops.live import family, shape
    from tablekit.ops.workbench.module import module_source

    if bool(tables) == bool(saved):
        raise LiveError("give the tables' names by --tables, or a look at them by --saved FILE")
    types = None
    if saved:
        if sample or region or stage:
            raise LiveError("--saved names region and stage, and has no items: leave --region, --stage, --sample out")
        live = shape.read(saved)
        named, of, key = [each for each in live.tables if each.there], live.stage, key or live.family
        if not named:
            raise LiveError(f"{saved}: none of its tables was on AWS; describe them again")
    else:
        if not region:
            raise LiveError("--tables takes the region that they are in: give --region, as eu-west-2")
        of = check_stage_name(stage or PROD)
        clients = stages.clients(of, stages.places(), endpoint=endpoint)
        named = family.look(clients, region, tables or ())
        types = family.sample(clients, region, named, sample) if sample else None
    found = family.made(named, of, key, types)
    module = module_source(found.family, "live tables, by `tablekit import aws`", family.ADVICE)
    _written(module, found, output, force)
    for note in found.notes:
        _say(note)


def _written(module: str, found: Imported, output: Path | None, force: bool) -> None:
    """The module at its place, its sample items beside it, and a line that says so; or the module alone, printed."""
    if str(output) == "-":
        to_standard_output(module)
    else:
        path = _module_path(output, found.family)
        write_all({path: module, **_samples(path, found)}, force)
        typer.echo(_summary(path, found))


def write_all(contents: Mapping[Path, str], force: bool) -> None:
    """Write the texts in UTF-8, with the folders they need; all are written aside before the first takes its place.

    force: replace files that are there with other content. Raises WorkbenchError and FileError, with nothing written.
    """
    there = [path for path in contents if regular(path, _FIX) is not None]
    if not force and (other := [str(path) for path in there if _differs(path, contents[path])]):
        raise WorkbenchError(
            f"{', '.join(other)}: there already, with other content; nothing was written. "
            "Name another place with --output, or replace with --force"
        )
    write_files(contents, _FIX, folders=True)


def _differs(path: Path, content: str) -> bool:
    try:
        return path.read_bytes() != content.encode()
    except OSError:
        return True


def _day(given: str | None) -> date:
    if given == "today":
        return datetime.now(UTC).date()
    if given is not None:
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise WorkbenchError(f"--date {given!r} is not a day; write it as 2026-01-31, or today") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return UNDATED
    try:
        return datetime.fromtimestamp(int(epoch), UTC).date()
    except (ValueError, OverflowError, OSError):
        raise WorkbenchError(f"SOURCE_DATE_EPOCH={epoch!r} is no Unix time in seconds; fix or unset it") from None


def _bytes(file: Path, source: str) -> bytes:
    try:
        return standard_input() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise WorkbenchError(f"{source}: {error.strerror}; give a data model file that can be read") from None


def _module_path(output: Path | None, family: Family) -> Path:
    path = output or Path("families") / f"{family.key.replace('-', '_')}.py"
    if path.suffix != ".py" or not path.stem.isidentifier() or path.stem.startswith("_"):
        raise WorkbenchError(
            f"--output {path}: a family's module is a file <name>.py, letters, digits and _, a letter first; rename it"
        )
    return path


def _samples(path: Path, found: Imported) -> dict[Path, str]:
    folder = path.parent / "samples" / found.family.key
    return {
        folder / f"{table}.jsonl": "".join(f"{json.dumps(item, ensure_ascii=False)}\n" for item in items)
        for table, items in found.items.items()
        if items
    }


def _summary(path: Path, found: Imported) -> str:
    family, items = found.family, sum(map(len, found.items.values()))
    indexes = sum(len(table.indexes) for table in family.tables)
    counts = [
        counted(len(family.tables), "table"),
        counted(indexes, "index", "indexes"),
        counted(len(family.access_patterns), "access pattern"),
    ]
    beside = f"; {counted(items, 'sample item')} in {path.parent / 'samples' / family.key}" if items else ""
    return f"{path}: family {family.key!r}, {', '.join(counts)}{beside}"


def _grouped(notes: Iterable[str]) -> list[str]:
    """The notes, those that differ in positions alone as one: `DataModel[*].BillingMode: … (3 places)`."""
    groups: dict[str, list[str]] = {}
    for note in notes:
        where, _, why = note.partition(": ")
        groups.setdefault(f"{_POSITION.sub('[*]', where)}: {why}", []).append(note)
    return [f"{group} ({len(found)} places)" if len(found) > 1 else found[0] for group, found in groups.items()]


def _say(text: str) -> None:
    """A line on standard error that is not an error."""
    typer.echo(f"tablekit: {text}", err=True)
