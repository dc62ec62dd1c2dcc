"""`python -m benchmarks.seed`: measure, print, and leave with 0 whatever the figures are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.errors import BenchmarkError
from benchmarks.seed import data
from benchmarks.seed.peer import BATCH_WRITER, OURS, PYNAMODB, THREADS
from benchmarks.seed.report import Case, Report
from benchmarks.seed.servers import LOCAL, STUB, server
from benchmarks.servers import delayed
from local.progress import say
from local.project import ROOT
from local.workspace import without_accounts
from tests.support.fetched import NotFetchedError, from_pip

LATENCIES = (0.0, 10.0)
WIDTH = 110
"""Columns of the report where it goes to no terminal."""
SECONDS = 3600.0
"""Bound of one load."""
PYNAMODB_LOCK = Path(__file__).with_name("pynamodb.txt")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    sizes: Annotated[str, typer.Option(help="Items of a load, as 10000,100000.")] = "10000,100000,1000000",
    servers: Annotated[str, typer.Option(help=f"Of {STUB},{LOCAL}.")] = f"{STUB},{LOCAL}",
    runs: Annotated[int, typer.Option(min=1, help="Runs of each load, in turns; their median counts.")] = 3,
    peers_up_to: Annotated[int, typer.Option(help="Peers load up to that many items; ours any number.")] = 10_000,
    local_up_to: Annotated[int, typer.Option(help="DynamoDB Local gets up to that many.")] = 10_000,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure there.")] = None,
) -> None:
    """Load generated items by `tablekit seed`, boto3's `batch_writer` and PynamoDB, with and without latency."""
    counts = sorted({int(size) for size in sizes.split(",")})
    notes: list[str] = []
    pythons = dict.fromkeys((OURS, BATCH_WRITER, THREADS), Path(sys.executable))
    try:
        pythons[PYNAMODB] = from_pip("benchmark-pynamodb", "PynamoDB", PYNAMODB_LOCK) / "python"
    except NotFetchedError as missing:
        notes.append(f"PynamoDB was left out: {missing}")
    cases: list[Case] = []
    first = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="benchmark-seed-") as name:
        for kind in servers.split(","):
            try:
                with server(kind) as endpoint:
                    for count in counts:
                        if kind == LOCAL and count > local_up_to:
                            continue
                        if count <= peers_up_to:
                            cases += _measure(Path(name), kind, endpoint, count, pythons, runs)
                        else:
                            cases += _measure(Path(name), kind, endpoint, count, {OURS: pythons[OURS]}, 1)
            except NotFetchedError as missing:
                notes.append(f"{kind} was left out: {missing}")
    report = Report(cases, (first, os.getloadavg()[0]), tuple(notes))
    report.show(Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH))
    if json_file:
        json_file.write_text(json.dumps(report.as_json(), indent=2) + "\n", encoding="utf-8")


def _measure(folder: Path, kind: str, endpoint: str, count: int, pythons: dict[str, Path], runs: int) -> list[Case]:
    file = folder / f"{count}.jsonl"
    data.write(file, count)
    cases = [Case(who, kind, latency, count) for latency in LATENCIES for who in pythons]
    for turn in range(runs):
        for case in cases:
            say(f"{kind}, {count:,} items, {case.milliseconds:g} ms, run {turn + 1} of {runs}: {case.peer} …")
            with delayed(endpoint, case.milliseconds) as before:
                _load(case, pythons[case.peer], file, endpoint, before)
    file.unlink()
    return cases


def _load(case: Case, python: Path, file: Path, endpoint: str, before: str) -> None:
    """One load into a table of its own, and a look whether all of it is there. before: the endpoint, delayed."""
    table = "benchmark"
    data.make_table(endpoint, table)
    words = [str(python), "-m", "benchmarks.seed.peer", case.peer, str(file), before, table]
    environment = without_accounts(os.environ) | {"PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        words, env=environment, cwd=file.parent, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode != 0:
        raise BenchmarkError(f"{case.peer} left with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    stored = data.count(endpoint, table)
    data.drop_table(endpoint, table)
    if stored != case.items:
        raise BenchmarkError(f"{case.peer} stored {stored:,} of {case.items:,} items")
    took = json.loads(done.stdout)
    case.seconds.append(took["seconds"])
    case.peak.append(took["peak"])
    case.processor.append(took["processor"])


if __name__ == "__main__":
    try:
        app()
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
