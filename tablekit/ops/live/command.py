"""`tablekit live describe` and `tablekit live diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tablekit.model import installed
from tablekit.model.errors import StageError
from tablekit.model.settings_file import read_settings
from tablekit.model.stage import load_stage, stage_settings
from tablekit.model.staged import StagedFamily
from tablekit.ops import stages
from tablekit.ops.errors import LiveError
from tablekit.ops.files import to_standard_output, write_files
from tablekit.ops.live.describe import describe as look
from tablekit.ops.live.diff import differences, report
from tablekit.ops.live.shape import Live, read
from tablekit.ops.output import console, progress_bar

OfFamily = Annotated[str, typer.Option("--family", metavar="KEY", help="The family whose names are looked for.")]
OfStage = Annotated[str, typer.Option("--stage", help="The stage, as in Pulumi.STAGE.yaml: its names and region.")]
Save = Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Write it there. Default: standard output.")]
Anonymous = Annotated[bool, typer.Option("--anonymous", help="Replace the account's id: to hand the file on.")]
Saved = Annotated[Path | None, typer.Option("--saved", metavar="FILE", help="A saved look, in place of AWS.")]
Config = Annotated[
    Path | None, typer.Option("--config", help="The stage's Pulumi.STAGE.yaml; default: the one beside you.")
]
Format = Annotated[str, typer.Option("--format", help="text, markdown or json.")]

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
    family: OfFamily, stage: OfStage, saved: Saved = None, config: Config = None, as_format: Format = "text"
) -> None:
    """Compare live tables with the declaration: what the first update would change, take away, or fail at.

    Exit code: 0 as declared, or changed in place; 2 something is on AWS that is not declared, or could not be read;
    3 the declaration has to be changed first, or the table would be replaced.

    tablekit live diff --family content-ai --stage prod --saved live.json
    """
    if as_format not in ("text", "markdown", "json"):
        raise LiveError(f"--format is {as_format!r}; it is text, markdown or json")
    of = staged(family, stage, config)
    live = read(saved) if saved else looked(of, config)
    if (live.stage, live.family) != (stage, family):
        raise LiveError(
            f"{saved}: is of family {live.family!r} in stage {live.stage!r}, and --family {family} --stage {stage} is "
            "meant; describe that one"
        )
    found = report(live, of, differences(live, of), f"Live tables of {family} in {stage}")
    found.print(as_format, console())
    raise typer.Exit(found.exit_code)


def staged(family: str, stage: str, config: Path | None) -> StagedFamily:
    """The family as the stage's file has it. Raises StageError where there is no file, or it is wrong."""
    catalogue = installed()
    declared = catalogue.family(family)
    folders = stages.places()
    file = config or stages.find(stage, folders)
    if file is None:
        raise StageError(f"no Pulumi.{stage}.yaml is in {', '.join(map(str, folders))}; give it with --config")
    project = next((each for folder in (file.parent, *folders) if (each := folder / "Pulumi.yaml").is_file()), None)
    settings, aws, _ = stage_settings(read_settings(file), read_settings(project) if project else {})
    settings.setdefault("families", [family])
    return StagedFamily(declared, load_stage(stage, settings, aws, catalogue), catalogue)


def looked(family: StagedFamily, config: Path | None) -> Live:
    """What is on AWS now."""
    clients = stages.clients(family.stage.stage, stages.places(), file=config)
    with progress_bar("describe", len(family.tables), "tables") as progress:
        return look(clients, family, progress)
