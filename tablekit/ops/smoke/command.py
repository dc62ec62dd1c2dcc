"""`tablekit smoke`."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import Progress

from tablekit.client import Clients, UnreachableError
from tablekit.contract import Contract, ContractError
from tablekit.model import TablekitError, installed
from tablekit.ops import sources, stages
from tablekit.ops.files import regular
from tablekit.ops.options import Outputs, Stack, complain
from tablekit.ops.smoke import report as reports
from tablekit.ops.smoke.outcomes import Plane
from tablekit.ops.smoke.run import BUDGET_SECONDS, CONCURRENCY, Plan, run
from tablekit.ops.smoke.settings import StageSettings, load

FAILED, NOT_RUN, INTERRUPTED = 1, 2, 130
_CONNECT_SECONDS = 3
_WIDTH = 140
"""Of a log, which has no width of its own."""

Names = list[str]


def smoke(
    outputs: Outputs = None,
    stack: Stack = None,
    stage: Annotated[
        str | None, typer.Option("--stage", help="The stage that is meant; another one's outputs are refused.")
    ] = None,
    family: Annotated[Names | None, typer.Option("--family", help="Only this family; may be repeated.")] = None,
    pattern: Annotated[
        Names | None,
        typer.Option(
            "--pattern", help="Only this access pattern, as NAME or FAMILY/NAME, and no control plane; may be repeated."
        ),
    ] = None,
    plane: Annotated[
        str, typer.Option("--plane", help="control (the stage as declared), data (access patterns run) or both.")
    ] = "both",
    read_only: Annotated[
        bool | None,
        typer.Option(
            "--read-only/--write",
            help="Write nothing: run the reads with their declared examples. The default where the stage is prod, or "
            "its tables are protected.",
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="The stage's Pulumi.STAGE.yaml; default: the one beside you.")
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option("--endpoint", help="An emulator's address for every service, instead of AWS.")
    ] = None,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=256, help="Checks at a time.")] = CONCURRENCY,
    budget: Annotated[
        float, typer.Option("--consistent-within", min=0, help="Seconds to wait until an index has what was written.")
    ] = BUDGET_SECONDS,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit's XML there.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Check a deployed stage against its declaration, and run every access pattern on items of the run's own.

    The items are marked (attribute smoke_run), expire by TTL, and are deleted in the end, also after ctrl-C.
    Exit code: 0 passed, 1 something is not as it should be, 2 could not be run, or not judged in every part.
    """
    try:
        if plane not in ("control", "data", "both"):
            raise ContractError(f"--plane is {plane!r}; it is control, data or both")
        if junit:
            regular(junit, reports.OTHER_FILE)
        contract = sources.outputs(outputs, stack or (None if outputs else stage))
        if stage and contract.stage != stage:
            raise ContractError(f"stage {stage!r} was meant, and the outputs are of stage {contract.stage!r}")
        catalogue = installed()
        settings = load(contract, catalogue, config, endpoint, stages.places(outputs))
        chosen: frozenset[Plane] = frozenset({"control", "data"} if plane == "both" else {plane})  # type: ignore[arg-type]
        plan = Plan(
            tuple(family or ()),
            tuple(pattern or ()),
            chosen,
            settings.productive if read_only is None else read_only,
            concurrency,
            budget,
        )
        with _progress(as_json) as progress:
            found = run(contract, catalogue, settings, clients(settings, contract, concurrency), plan, progress)
    except TablekitError as error:
        complain(error)
        raise typer.Exit(NOT_RUN) from None
    except KeyboardInterrupt as error:
        said = "; ".join(map(str, error.args)) or "the run's items are deleted"
        complain(f"interrupted; {said}")
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(reports.as_json(found), indent=2))
    else:
        console = Console()
        reports.show(found, console if console.is_terminal or "COLUMNS" in os.environ else Console(width=_WIDTH))
    if junit:
        try:
            reports.write_junit(found, junit)
        except TablekitError as error:
            complain(error)
            raise typer.Exit(NOT_RUN) from None
    raise typer.Exit(FAILED if found.failed else NOT_RUN if found.unjudged else 0)


def clients(settings: StageSettings, contract: Contract, concurrency: int) -> Clients:
    """Clients for the stage: AWS, or its emulator. Raises UnreachableError."""
    if settings.endpoint is None:
        return Clients(connections=concurrency, capacity=True)
    parts = urlsplit(settings.endpoint)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((parts.hostname or "", port), _CONNECT_SECONDS).close()
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise UnreachableError(
            f"stage {contract.stage!r}: nothing answers at {settings.endpoint} ({why}); "
            "is the emulator up? make up, or give --endpoint"
        ) from None
    return Clients(settings.endpoint, connections=concurrency, capacity=True)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda done, total: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("smoke")
        yield lambda done, total: bar.update(task, completed=done, total=total)
