"""`tablekit guard` and `tablekit index-steps`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tablekit.model.errors import did_you_mean
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.changes import CHANGES, Level
from tablekit.ops.guard.classify import index_steps
from tablekit.ops.guard.documents import read_plan, read_state
from tablekit.ops.guard.index_steps import IndexStepRunner, ordered_steps
from tablekit.ops.guard.pairing import Pair, Paired, pair
from tablekit.ops.guard.rendering import shown
from tablekit.ops.guard.report import Allowance, given_as_words, judge
from tablekit.ops.output import console
from tablekit.ops.stages import clients, places

DAY_MINUTES = 24 * 60.0


class Format(StrEnum):
    """How the report is written."""

    TABLE = "table"
    MARKDOWN = "markdown"
    JSON = "json"


Plan = Annotated[
    Path, typer.Option("--plan", help="The plan: `pulumi preview --json --show-sames`; - is standard input.")
]
State = Annotated[
    Path, typer.Option("--state", help="The state before it: `pulumi stack export`; - is standard input.")
]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="TABLE:CHANGE", help="Allow a change of a table (name or URN); may be repeated."),
]
By = Annotated[str | None, typer.Option("--by", help="Who allows what --allow names.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why.")]
AllowFile = Annotated[
    Path | None,
    typer.Option("--allow-file", help="A TOML file of [[allow]] entries: table, change, by, reason, until."),
]
AsFormat = Annotated[Format, typer.Option("--format", help="For a person, for a pull request, for a program.")]
OfTable = Annotated[
    str | None, typer.Option("--table", help="Only this table, by its resource's name or URN; a single change too.")
]
Run = Annotated[bool, typer.Option("--run", help="Make the changes on AWS, each after the one before is done.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before --run.")]
Minutes = Annotated[float, typer.Option("--minutes", min=0.0, help="The longest that one change may take.")]


def _help() -> str:
    kinds = {level: ", ".join(c.key for c in CHANGES.values() if c.level is level) for level in Level}
    return (
        "Judge what a plan does to each table, by the plan and the state before it.\n\n"
        f"Exit code 0, safe: {kinds[Level.SAFE]}.\n\n"
        f"Exit code 2, needs approval: {kinds[Level.APPROVAL]}.\n\n"
        f"Exit code 3, refused: {kinds[Level.REFUSED]}; or the engine itself refuses the plan.\n\n"
        "Exit code 1: the files can't be judged by. docs/guard.md says what each change means and what to do."
    )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("guard", help=_help())(guard)
    app.command("index-steps")(show_index_steps)


def guard(
    plan: Plan,
    state: State,
    allow: Allow = None,
    by: By = None,
    reason: Reason = None,
    allow_file: AllowFile = None,
    as_format: AsFormat = Format.TABLE,
) -> None:
    """Judge what a plan does to each table."""
    allowances = given_as_words(allow or [], by, reason)
    if (by or reason) and not allow:
        raise GuardError("--by and --reason belong to --allow TABLE:CHANGE; give it, or leave them out")
    if allow_file:
        allowances += Allowance.read_file(allow_file)
    report = judge(_paired(plan, state), allowances, datetime.now(UTC).date())
    shown(report).print(as_format, console())
    raise typer.Exit(report.exit_code)


def show_index_steps(
    plan: Plan,
    state: State,
    table: OfTable = None,
    run: Run = False,
    yes: Yes = False,
    minutes: Minutes = DAY_MINUTES,
) -> None:
    """Print a plan's index changes as single ones in order, for tables with several or without any left; with --run,
    make them.

    DynamoDB builds or drops one index of a table at a time, and the AWS plugin drops no table's last one. With --run
    each change is made by UpdateTable and awaited until it is ACTIVE; one that is done already is passed over, so a run
    that was cut off can be repeated. Then run `pulumi refresh`: the plan has no index change left. A single change,
    which `pulumi up` can make, is made only for the table that --table names. A plan of stack local is made on its
    emulator.
    """
    found = [(one, index_steps(one, one=table is not None)) for one in _chosen(_paired(plan, state), table)]
    found = [(one, steps) for one, steps in found if steps]
    for one, steps in found:
        typer.echo(f"{one.name}:")
        for number, step in enumerate(steps, 1):
            typer.echo(f"  {number}. {step.text}")
    if not found:
        typer.echo("No table has index changes to be made in steps.")
    elif run:
        _confirm(yes, sum(len(steps) for _, steps in found))
        made = _run([one for one, _ in found], minutes, typer.echo)
        typer.echo(f"{made} made, {sum(len(steps) for _, steps in found) - made} were there. Next: pulumi refresh")


def _paired(plan: Path, state: Path) -> Paired:
    if str(plan) == str(state) == "-":
        raise GuardError("both plan and state are to come from standard input; give one of them as a file")
    return pair(read_plan(plan), read_state(state))


def _chosen(paired: Paired, table: str | None) -> list[Pair]:
    found = [one for one in paired.pairs if table in (None, one.name, one.urn)]
    if table and not found:
        names = sorted({one.name for one in paired.pairs})
        raise GuardError(f"no table {table!r}{did_you_mean(table, names)}; the plan has {', '.join(names) or 'none'}")
    return found


def _confirm(yes: bool, count: int) -> None:
    if yes:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise GuardError("--run changes tables on AWS, and nobody is there to be asked; give --yes")
    if not typer.confirm(f"Make these {count} changes on AWS now?"):
        raise GuardError("nothing was changed")


def _run(pairs: list[Pair], minutes: float, say: Callable[[str], None]) -> int:
    stack = pairs[0].urn.removeprefix("urn:pulumi:").partition("::")[0]
    aws = clients(stack, places())
    made = 0
    for one in pairs:
        assert one.before is not None
        assert one.after is not None
        if not one.before.region:
            raise GuardError(f"{one.name}: neither the state nor its provider names its region; run `pulumi refresh`")
        runner = IndexStepRunner(aws.get("dynamodb", one.before.region), say, minutes)
        made += runner.run(one.before, one.after, ordered_steps(one.before, one.after))
    return made
