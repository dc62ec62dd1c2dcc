"""`tablekit live describe`, `tablekit live diff` and `tablekit drift`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tablekit.model import Catalogue, installed
from tablekit.model.errors import StageError
from tablekit.model.staged import StagedFamily
from tablekit.ops import stages
from tablekit.ops.errors import LiveError
from tablekit.ops.files import ensure_writable, input_file, to_standard_output, write_files
from tablekit.ops.guard.command import AsFormat, Format
from tablekit.ops.live import drift as compare
from tablekit.ops.live.describe import describe as look
from tablekit.ops.live.diff import differences, report
from tablekit.ops.live.shape import Live, read
from tablekit.ops.output import console, progress_bar

OfFamily = Annotated[str, typer.Option("--family", metavar="KEY", help="The family whose names are looked for.")]
OfStage = Annotated[str, typer.Option("--stage", help="The stage, as in Pulumi.STAGE.yaml: its names and region.")]
Save = Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Write it there. Default: standard output.")]
Anonymous = Annotated[
    bool, typer.Option("--anonymous", help="Replace account ids and users' names: to hand it on. Tags stay.")
]
Saved = Annotated[Path | None, typer.Option("--saved", metavar="FILE", help="A saved look, in place of AWS.")]
Config = Annotated[
    Path | None, typer.Option("--config", help="The stage's Pulumi.STAGE.yaml; default: the one beside you.")
]
Endpoint = Annotated[str | None, typer.Option("--endpoint", help="An emulator's address for every service, not AWS.")]
OnlyFamily = Annotated[
    list[str] | None, typer.Option("--family", metavar="KEY", help="Only this family; may be repeated. Default: all.")
]
MarkdownFile = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write it as Markdown there besides.")
]
_OTHER_REPORT = "name another file with --report"
_CONFIG = "give the stage's own Pulumi.STAGE.yaml with --config"

app = typer.Typer(
    help="What is on AWS under a family's names, against its declaration. Nothing is written there.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def describe(
    family: OfFamily, stage: OfStage, save: Save = None, anonymous: Anonymous = False, config: Config = None
) -> None:
    """Read the family's tables, and which of its roles, topic and alarms are there, by calls that only read.

    The file holds shapes: keys, indexes, settings, counts, tags; never an item. A call that is not permitted is named
    in it, under `unread`. Exit code 2: AWS did not answer.

    tablekit live describe --family content-ai --stage prod --save live.json
    """
    live = looked(staged(family, stage, config), config)
    text = live.text(anonymous)
    if save is None:
        to_standard_output(text)
        return
    write_files({save: text}, "name another file with --save")
    there = sum(table.there for table in live.tables)
    typer.echo(f"{save}: {there} of {len(live.tables)} tables of family {family!r} are on AWS")


@app.command()
def diff(
    family: OfFamily, stage: OfStage, saved: Saved = None, config: Config = None, as_format: AsFormat = Format.TABLE
) -> None:
    """Compare live tables with the declaration: what the first update would change, take away, or fail at.

    Exit code: 0 as declared, or changed in place; 2 something is on AWS that is not declared, or could not be read;
    3 the declaration has to be changed first, or the table would be replaced.

    tablekit live diff --family content-ai --stage prod --saved live.json
    """
    of = staged(family, stage, config)
    live = read(saved) if saved else looked(of, config)
    if (live.stage, live.family) != (stage, family):
        raise LiveError(
            f"{saved}: is of family {live.family!r} in stage {live.stage!r}, and --family {family} --stage {stage} is "
            "meant; describe that one"
        )
    endpoint = stages.address_of(stage, stages.places(), file=config)
    found = report(live, of, differences(live, of, endpoint), f"Live tables of {family} in {stage}")
    found.print(as_format, console())
    raise typer.Exit(found.exit_code)


def drift(
    stage: Annotated[str, typer.Option("--stage", help="The stage, as in Pulumi.STAGE.yaml.")],
    family: OnlyFamily = None,
    config: Config = None,
    endpoint: Endpoint = None,
    as_format: AsFormat = Format.TABLE,
    report: MarkdownFile = None,
) -> None:
    """Find what was changed on AWS behind a stage's stack, by calls that only read.

    Tables with all that AWS says of them, roles, alarms with their topics, and published parameters. Each difference
    says what repairs it: a deployment, a command by hand, or none (docs/runbooks/drift.md). Exit code: 0 as declared;
    1 something differs; 2 AWS did not answer, or not all could be read.

    tablekit drift --stage dev --format markdown
    """
    folders = stages.places()
    settings, catalogue = configured(stage, config, stages.address_of(stage, folders, endpoint, config))
    for key in family or ():
        if catalogue.family(key).key not in settings.config.families:
            raise LiveError(f"family {key!r}: stage {stage!r} deploys {', '.join(settings.config.families)}; name one")
    if report:
        ensure_writable(report, _OTHER_REPORT)
    clients = stages.clients(stage, folders, compare.AT_ONCE, settings.endpoint, config)
    with progress_bar("compare", None, "objects", quiet=as_format is Format.JSON) as progress:
        objects, found = compare.look(clients, settings, catalogue, tuple(family or ()), progress)
    shown = compare.report(stage, objects, found, settings.unchecked)
    if report:
        write_files({report: f"{shown.markdown()}\n"}, _OTHER_REPORT)
    shown.print(as_format, console())
    raise typer.Exit(shown.exit_code)


def configured(
    stage: str, config: Path | None, endpoint: str | None = None, families: tuple[str, ...] = ()
) -> tuple[stages.StageSettings, Catalogue]:
    """The stage as its file has it. families: its own where no file names them; none: all that are installed.

    Raises StageError where there is no file, or it is wrong.
    """
    catalogue, folders = installed(), stages.places()
    if config:
        input_file(config, _CONFIG)
    file = config or stages.find(stage, folders)
    if file is None:
        looked_in = ", ".join(dict.fromkeys(map(str, folders)))
        raise StageError(f"no Pulumi.{stage}.yaml is in {looked_in}; give it with --config")
    return stages.settings(stage, file, folders, catalogue, families or tuple(catalogue.families), endpoint), catalogue


def staged(family: str, stage: str, config: Path | None) -> StagedFamily:
    """The family in the stage. Raises StageError as `configured`, and where there is no such family."""
    declared = installed().family(family)
    settings, catalogue = configured(stage, config, families=(family,))
    return StagedFamily(declared, settings.config, catalogue)


def looked(family: StagedFamily, config: Path | None) -> Live:
    """What is on AWS now."""
    clients = stages.clients(family.stage.stage, stages.places(), file=config)
    with progress_bar("describe", len(family.tables), "tables") as progress:
        return look(clients, family, progress)
