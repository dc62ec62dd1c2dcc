"""`python -m benchmarks.policies`: the preview with the policy pack and without, in turns."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.errors import BenchmarkError
from benchmarks.plan.engine import Bench
from benchmarks.plan.resources import planned
from benchmarks.plan.timing import Ratio, Timing, in_turns
from local import emulator
from local.engine import ensure
from local.errors import LocalError
from local.progress import say
from local.project import ROOT

TARGET = 1.6

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    runs: Annotated[int, typer.Option(min=1, help="Runs of each command; their median counts.")] = 7,
    parallel: Annotated[int, typer.Option(min=1, help="The engine's operations at a time.")] = 16,
) -> None:
    """Time the preview of every family on an empty stack, with `--policy-pack policies` and without, in turns."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, emulator.throw_away(Path(name)) as served:
        bench = Bench(Path(name), ensure(), served.endpoint, parallel)
        stack = bench.stack(bench.copy_of_the_project("project"), {})
        resources = len(planned(bench.preview(stack, "--json").run()))
        commands = [bench.preview(stack), bench.preview(stack, "--policy-pack", str(ROOT / "policies"))]
        first = os.getloadavg()[0]
        without, judged = in_turns(commands, runs, lambda place: say(f"Run {place} of {runs} …"))
    _show("without the pack", without)
    _show("with the pack", judged)
    ratio = Ratio.of(judged, without)
    print(f"with / without: {ratio.value:.2f} (single rounds {ratio.least:.2f} to {ratio.greatest:.2f}); ", end="")
    print(f"at most {TARGET:g}: {'met' if ratio.value <= TARGET else 'not met'}")
    processor = judged.processor_median / without.processor_median
    load = f"load {first:.1f} at the first run, {os.getloadavg()[0]:.1f} at the last"
    print(f"processor time with / without: {processor:.2f}; {resources} resources, {runs} runs each, in turns; {load}")


def _show(what: str, timing: Timing) -> None:
    least, most = min(timing.seconds), max(timing.seconds)
    print(f"{what:>16}: median {timing.median:.2f} s ({least:.2f} to {most:.2f}), ", end="")
    print(f"{timing.processor_median:.2f} s of processor")


if __name__ == "__main__":
    try:
        app()
    except (BenchmarkError, LocalError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
