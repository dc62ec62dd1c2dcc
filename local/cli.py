"""The command `python -m local`. It shows what other modules do; the work is theirs."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from local import adoption, deploy, passthrough, rehearsal, yamlhost
from local.engine import ensure
from local.errors import DeploymentError, LocalError
from local.files import explained, write_atomically
from local.judging import judged_preview
from local.progress import say
from local.project import ROOT
from local.stack import leave_in_order

OutputsFile = Annotated[Path | None, typer.Option("--outputs", help="Write the stack's outputs there, as JSON.")]
ExportFile = Annotated[Path | None, typer.Option("--export", help="Write the stack's state there, as JSON.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show all that the engine says, a line a resource.")]

ENVIRONMENT = (
    "Environment: PULUMI_ENGINE names the one pulumi to use; `built` is the one of the pinned Go modules. "
    "AWS_PLUGIN=real takes the real AWS plug-in on the emulator instead of the stand-in. XDG_CACHE_HOME moves the "
    "cache, in which the engine is kept."
)
app = typer.Typer(
    help="Run this project on this machine: the engine, an emulator of AWS, and rehearsals of the other stages.",
    epilog=ENVIRONMENT,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def engine() -> None:
    """Find or get the Pulumi engine; print its path and version."""
    found = ensure()
    print(f"{found.path}  v{found.version}  ({found.source})")


@app.command("yaml-host")
def yaml_host() -> None:
    """Find or build the language host of Pulumi YAML, for programs beside this project; print its path.

    The official distribution of Pulumi has its own, and needs none of this.
    """
    print(yamlhost.ensure())


@app.command()
def up(
    fresh: Annotated[bool, typer.Option("--fresh", help="Lose the emulator's tables and items; start anew.")] = False,
    verbose: Verbose = False,
) -> None:
    """Start the emulator and deploy the stack `local` to it.

    From any state: after a killed update, a lost emulator, or a deployment before, which it then leaves unchanged.
    An emulator that lives is never replaced without --fresh: tables and items are in its memory alone.
    """
    outputs = deploy.up(fresh, verbose)
    print(f"Stack local is deployed; its outputs are in {_shown(outputs)}.")


@app.command()
def down() -> None:
    """Stop the emulator and drop the state of the stack `local`. The engine stays in the cache."""
    print(f"Emulator {deploy.down()}; the state of stack local is dropped.")


@app.command()
def rehearse(
    stage: Annotated[str, typer.Argument(help="The stage, as in Pulumi.STAGE.yaml.")],
    outputs: OutputsFile = None,
    export: ExportFile = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the emulator up until ctrl-C.")] = False,
    verbose: Verbose = False,
) -> None:
    """Deploy a stage's own configuration, with the policy pack on, to an emulator that is thrown away after."""
    with rehearsal.rehearsal(stage) as rehearsed:
        deploy.show(stage, rehearsed.up(verbose))
        if outputs:
            write_atomically(outputs, rehearsed.stack.outputs())
        if export:
            write_atomically(export, rehearsed.stack.run_checked("stack", "export"))
        print(f"Stage {stage} is rehearsed: it deploys as it is configured.")
        if keep:
            say(f"Its emulator stays at {rehearsed.emulator.endpoint} until ctrl-C.")
            signal.pause()


@app.command("rehearse-adoption")
def rehearse_adoption(
    stage: Annotated[str, typer.Argument(help="The stage, as in Pulumi.STAGE.yaml.")],
    live: Annotated[Path, typer.Option("--live", help="What `tablekit live describe --save` has written.")],
) -> None:
    """Make a family's live tables on an emulator as a saved look saw them; adopt, update and preview them there.

    Shows what the stage will see, and checks that no table, item or index is lost that was not announced. The emulator
    is thrown away after. Exit codes: those of `tablekit adopt`.
    """
    if code := adoption.rehearse(stage, live):
        raise typer.Exit(code)


@app.command()
def plan(
    stage: Annotated[str, typer.Argument(help="The stage, as in Pulumi.STAGE.yaml.")],
    to: Annotated[Path, typer.Option("--plan", help="Write the plan there, as `pulumi preview --json` has it.")],
    state: Annotated[Path, typer.Option("--state", help="Write the state before it there, as JSON.")],
    base: Annotated[
        Path | None, typer.Option("--base", help="A clone of the project as it was: deployed to an emulator first.")
    ] = None,
    change: Annotated[
        Path,
        typer.Option("--change", help="The clone whose change is planned, instead of this one.", show_default=False),
    ] = ROOT,
    for_up: Annotated[
        Path | None,
        typer.Option("--for-up", help="Write the plan there too, in the form that `pulumi up --plan` takes."),
    ] = None,
) -> None:
    """Plan what a clone would change in a stage; the two files are what `tablekit guard` judges.

    With --base no account and no state is needed: the stage is deployed as that clone has it to a throw-away emulator,
    and planned there. Without, it is planned where it is deployed: with your own credentials and state, the stack
    `local` on its emulator. The policy pack is always this clone's, and a plan that it did not judge is none.
    """
    change = change.resolve()
    saved = ("--save-plan", str(for_up.resolve())) if for_up else ()
    if base:
        with rehearsal.rehearsal(stage, base.resolve()) as rehearsed:
            rehearsed.up()
            before, planned = rehearsed.stack.run_checked("stack", "export"), rehearsed.plan(change, *saved)
    else:
        stack = replace(passthrough.deployed_stack(stage), folder=change)
        try:
            before = stack.run_checked("stack", "export")
        except DeploymentError as error:
            raise DeploymentError(
                f"{error}; a stage that is not deployed, or out of reach, is planned on an emulator, against a clone "
                f"of the project as it was: python -m local plan {stage} --base CLONE --plan FILE --state FILE",
                error.exit_code,
            ) from error
        planned = judged_preview(stack, *saved)
    write_atomically(state, before)
    write_atomically(to, planned)
    print(f"Stage {stage}: the plan is in {_shown(to)}, the state before it in {_shown(state)}.")


@app.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
def pulumi(arguments: Annotated[list[str] | None, typer.Argument(metavar="ARGS…")] = None) -> None:
    """Run the pulumi command line; what ./pulumiw calls.

    With `--stack local` it runs in the emulator's environment, with any other stage in yours. A preview, update,
    refresh or destroy shows the changes without the stack's outputs; `--suppress-outputs=false` shows these too.
    """
    passthrough.run_pulumi(arguments or [])


def main() -> None:
    """Run the command; every error of this package is one message on stderr and an exit code."""
    leave_in_order()
    words = sys.argv[1:]
    try:
        if words[:1] == ["pulumi"]:
            # Not by typer, which would take `--` and `--help` for itself.
            passthrough.run_pulumi(words[1:])
        try:
            app()
        finally:
            sys.stdout.flush()
    except LocalError as error:
        _complain(error)
        sys.exit(error.exit_code)
    except OSError as error:
        if error.filename is None:
            # Should it be the output: what is left in its buffer would fail again when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _complain(explained(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _complain(error: LocalError) -> None:
    print(f"error: {error}", file=sys.stderr)


def _shown(file: Path) -> str:
    """A path as short as it can be said."""
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
