"""`tablekit adopt` and `tablekit release`."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from tablekit.ops import stages
from tablekit.ops.adopt.engine import Stack
from tablekit.ops.adopt.release import Released
from tablekit.ops.adopt.run import Adoption, imported, left_out
from tablekit.ops.drift import DEPLOY, deployment
from tablekit.ops.errors import OK, REFUSED, AdoptError
from tablekit.ops.guard.rendering import shown
from tablekit.ops.live.command import Config, OfFamily, OfStage, looked, staged
from tablekit.ops.live.diff import differences, report
from tablekit.ops.output import console, print_table

Keep = Annotated[
    Path | None,
    typer.Option(
        "--keep", metavar="FILE", help="Where the state of before is kept. Default: .local/adopt/STAGE-FAMILY.json."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would be done; change nothing.")]
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

    Exit code: 0 adopted; 2 adopted, and a change of the next update needs approval, or not all could be read and
    nothing was done; 3 the declaration has to be changed first; 1 nothing to adopt, or the engine failed.

    tablekit adopt --family content-ai --stage prod --dry-run
    """
    of = staged(family, stage, config)
    if family not in of.stage.families:
        raise AdoptError(
            f"stage {stage!r} does not deploy family {family!r}: add it to dynamodb-tables:families in "
            f"Pulumi.{stage}.yaml, which has {', '.join(of.stage.families)}"
        )
    if unknown := set(table or ()) - of.tables.keys():
        raise AdoptError(f"family {family!r} has no table {sorted(unknown)[0]!r}; it has {', '.join(of.tables)}")
    live = whole = looked(of, config)
    if table:
        live = whole.model_copy(update={"tables": tuple(one for one in whole.tables if one.table in table)})
    if not any(one.there for one in live.tables):
        names = ", ".join(sorted(one.name for key, one in of.tables.items() if not table or key in table))
        raise AdoptError(f"no table of family {family!r} is on AWS in {of.region}: looked for {names}")
    found = differences(live, of, stages.address_of(stage, stages.places(), file=config))
    compared = report(live, of, found, f"Live tables of {family} in {stage}")
    unread = live.unread or any(one.unread for one in live.tables)
    if unread or compared.exit_code == REFUSED:
        # Not all that is to be known: whose a table is may be what could not be read.
        compared.print("text", console())
        typer.echo(f"tablekit: nothing is imported into stack {stage!r}, for what is said above", err=True)
        raise typer.Exit(compared.exit_code)
    stack = Stack.of(stage, config)
    kept = keep.resolve() if keep else stack.folder / ".local" / "adopt" / f"{stage}-{family}.json"
    adoption = Adoption(stack, of, live, kept, lambda line: typer.echo(line, err=True))
    resources = adoption.listed()
    if not resources["resources"] and not adoption.unfinished.exists():
        what = f"what is on AWS of {', '.join(table)}" if table else "all that is on AWS"
        typer.echo(f"family {family!r}: {what} is in stack {stage!r} already")
        raise typer.Exit(OK)
    if dry_run:
        typer.echo(json.dumps(resources, indent=2))
        words = stack.words("import", "--file", "FILE", "--generate-code=false")
        typer.echo(f"the command: {shlex.join(words)}", err=True)
        raise typer.Exit(OK)
    judged, taken_back = adoption.run(resources)
    compared.print("text", console())
    shown(judged).print("text", console())
    if taken_back:
        typer.echo(f"tablekit: the guard refuses the plan after the import; {taken_back}", err=True)
        raise typer.Exit(judged.exit_code)
    count = len(imported(of, live))
    typer.echo(f"{count} resources are in stack {stage!r} as they are on AWS; the state of before is in {kept}.")
    up = deployment(stage, DEPLOY)
    if left := left_out(whole, judged):
        typer.echo(f"Next: adopt what is on AWS besides, before {up} meets it: {', '.join(left)}")
    else:
        then = f", then take {family!r} from existingFamilies in Pulumi.{stage}.yaml" if of.exists_already else ""
        typer.echo(f"Next: {up}{then}")
    raise typer.Exit(judged.exit_code)


def release(
    family: Annotated[str, typer.Option("--family", metavar="KEY", help="The family that leaves the stack.")],
    stage: Annotated[str, typer.Option("--stage", help="The stage whose stack it leaves.")],
    dry_run: DryRun = False,
    keep: Keep = None,
) -> None:
    """Take a family out of a stack; its tables with their items, roles, topic and alarms stay on AWS as they are.

    Changes the stack's state alone, and prints what is left on AWS. `tablekit adopt` brings it back. Refused where
    another family of the stack is made of what this one has.

    Exit code: 0 released; 1 the stack hasn't the family, or can't be without it; the state is as it was.

    tablekit release --family content-ai --stage prod --dry-run
    """
    stack = Stack.of(stage)
    released = Released.of(stack, family)
    rows = list(released.rows())
    print_table(console(), "", ("what stays on AWS", "name", "region", ""), rows)
    if dry_run:
        typer.echo(f"{len(rows)} resources of family {family!r} would leave stack {stage!r}")
        raise typer.Exit(OK)
    kept = keep.resolve() if keep else stack.folder / ".local" / "adopt" / f"{stage}-{family}.released.json"
    released.run(stack, kept)
    typer.echo(
        f"{len(rows)} resources of family {family!r} left stack {stage!r}; the state of before is in {kept}.\n"
        f"Next: leave {family!r} out of dynamodb-tables:families in Pulumi.{stage}.yaml, or the next update would "
        f"create it anew; then {deployment(stage, DEPLOY)}, which takes it from the outputs.\n"
        f"It comes back, named there again, by: tablekit adopt --family {family} --stage {stage}"
    )
