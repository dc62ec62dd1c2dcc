"""`tablekit adopt`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from tablekit.ops.adopt.engine import Stack
from tablekit.ops.adopt.run import Adoption
from tablekit.ops.errors import OK, AdoptError
from tablekit.ops.guard.rendering import shown
from tablekit.ops.live.command import Config, OfFamily, OfStage, looked, staged
from tablekit.ops.live.diff import SAYS, differences, report
from tablekit.ops.output import console

Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep", metavar="FILE", help="Where the state of before is kept. Default: .local/adopt/STACK-FAMILY.json."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the import file and the command; change nothing.")]
OnlyTable = Annotated[
    list[str] | None, typer.Option("--table", help="Only this table, by its logical name; may be repeated.")
]


def adopt(
    family: OfFamily,
    stage: OfStage,
    table: OnlyTable = None,
    dry_run: DryRun = False,
    keep: Keep = None,
    config: Config = None,
) -> None:
    """Bring a family's live tables, and what else exists under its names, into the stack as they are.

    Reads what is on AWS; refuses where the declaration differs in what no update can change; imports by the engine's
    own bulk import; then previews, and the guard judges it. Nothing on AWS changes: the next `pulumi up` does what the
    guard's table shows. Where the import fails, or the guard refuses, the state is put back. Run it again after it was
    cut off: what is imported already is passed over.

    Exit code: 0 adopted; 2 adopted, and a change of the next update needs approval; 3 the declaration has to be changed
    first; 1 nothing to adopt, or the engine failed.

    tablekit adopt --family content-ai --stage prod --dry-run
    """
    of = staged(family, stage, config)
    live = looked(of, config)
    if unknown := set(table or ()) - of.tables.keys():
        raise AdoptError(f"family {family!r} has no table {sorted(unknown)[0]!r}; it has {', '.join(of.tables)}")
    if table:
        live = live.model_copy(update={"tables": tuple(one for one in live.tables if one.table in table)})
    if not any(one.there for one in live.tables):
        names = ", ".join(sorted(one.name for one in of.tables.values()))
        raise AdoptError(f"no table of family {family!r} is on AWS in {of.region}: looked for {names}")
    found = differences(live, of)
    compared = report(live, of, found, f"Live tables of {family} in {stage}")
    if compared.exit_code == SAYS["declare"][2]:
        compared.print("text", console())
        raise typer.Exit(compared.exit_code)
    adoption = Adoption(Stack.of(stage), of, live, lambda line: typer.echo(line, err=True))
    resources = adoption.listed()
    if not resources["resources"]:
        typer.echo(f"family {family!r}: all that is on AWS is in stack {stage!r} already")
        raise typer.Exit(OK)
    if dry_run:
        typer.echo(json.dumps(resources, indent=2))
        words = adoption.stack.words("import", "--file", "FILE", "--generate-code=false")
        typer.echo(f"the command: {shlex.join(words)}", err=True)
        raise typer.Exit(OK)
    kept = keep or adoption.stack.folder / ".local" / "adopt" / f"{stage}-{family}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    judged = adoption.run(resources, kept)
    compared.print("text", console())
    shown(judged).print("text", console())
    typer.echo(
        f"{len(resources['resources'])} resources are in stack {stage!r} as they are on AWS; the state of before is in "
        f"{kept}. Next: pulumi up -s {stage}"
        + (f", then take {family!r} from existingFamilies in Pulumi.{stage}.yaml" if of.exists_already else "")
    )
    raise typer.Exit(judged.exit_code)
