"""`tablekit smoke`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from tablekit.contract import ContractError
from tablekit.model import installed
from tablekit.ops import sources, stages
from tablekit.ops.errors import BAD, OK, UNDECIDED
from tablekit.ops.files import ensure_writable, input_file
from tablekit.ops.output import console, progress_bar
from tablekit.ops.smoke import report as reports
from tablekit.ops.smoke.run import BUDGET_SECONDS, CONCURRENCY, Plan, run
from tablekit.ops.smoke.settings import load
from tablekit.ops.sources import Outputs, Stack

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
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print every check, and not only a line a family and what failed.")
    ] = False,
) -> None:
    """Check a deployed stage against its declaration, and run every access pattern on items of the run's own.

    The items are marked (attribute smoke_run), expire by TTL, and are deleted in the end, also after ctrl-C.
    Exit code: 0 passed; 1 bad input, or something is not as it should be; 2 AWS did not answer, or not to judge every
    part by; 128 and the signal's number: stopped by it.
    """
    if plane not in ("control", "data", "both"):
        raise ContractError(f"--plane is {plane!r}; it is control, data or both")
    if junit:
        ensure_writable(junit, reports.OTHER_FILE)
    contract = sources.outputs(outputs, stack or (None if outputs else stage))
    if stage and contract.stage != stage:
        raise ContractError(f"stage {stage!r} was meant, and the outputs are of stage {contract.stage!r}")
    if config:
        input_file(config, f"give the stage's own Pulumi.{contract.stage}.yaml with --config")
    catalogue, folders = installed(), stages.places(outputs)
    address = stages.address_of(contract.stage, folders, endpoint, config)
    settings = load(contract, catalogue, config, address, folders)
    plan = Plan(
        tuple(family or ()),
        tuple(pattern or ()),
        frozenset(("control", "data") if plane == "both" else (plane,)),  # type: ignore[arg-type]
        settings.productive if read_only is None else read_only,
        concurrency,
        budget,
    )
    clients = stages.clients(contract.stage, folders, concurrency, settings.endpoint, config)
    with progress_bar("smoke", None, "checks", quiet=as_json) as progress:
        found = run(contract, catalogue, settings, clients, plan, progress)
    if as_json:
        typer.echo(json.dumps(reports.as_json(found), indent=2))
    else:
        reports.show(found, console(), verbose)
    if junit:
        reports.write_junit(found, junit)
    raise typer.Exit(BAD if found.failed else UNDECIDED if found.unjudged else OK)
