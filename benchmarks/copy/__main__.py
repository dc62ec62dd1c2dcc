"""`python -m benchmarks.copy`: `tablekit copy` against `tablekit seed`, in turns; leaves with 0 whatever comes out."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.errors import BenchmarkError
from benchmarks.seed import data
from benchmarks.seed.peer import OURS
from benchmarks.seed.report import Target
from local.progress import say
from local.project import ROOT
from local.workspace import without_accounts
from tests.support import dynamodb_local
from tests.support.fetched import NotFetchedError

TRANSFORM = Path(__file__).with_name("orders.toml")
LOADER, COPY, TRANSFORMED = "tablekit seed", "tablekit copy", "tablekit copy --transform"
SECONDS = 3600.0
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    sizes: Annotated[str, typer.Option(help="Items, as 10000,100000; rates are of the first.")] = "10000,500000",
    runs: Annotated[int, typer.Option(min=1, help="Of each at the first size, in turns; their median counts.")] = 3,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write every figure there.")] = None,
) -> None:
    """Load a file, and copy a table with and without a transform, into tables of one DynamoDB Local from another."""
    counts = [int(size) for size in sizes.split(",")]
    took: dict[tuple[str, int], list[dict[str, Any]]] = {}
    load = os.getloadavg()[0]
    try:
        with (
            tempfile.TemporaryDirectory(prefix="benchmark-copy-") as name,
            dynamodb_local.server("-server") as source,
            dynamodb_local.server("-server") as target,
        ):
            for count in counts:
                file = Path(name) / f"{count}.jsonl"
                data.write(file, count)
                data.make_table(source, "full")
                _seed(file, source, "full", count)
                if count == counts[0]:  # a server is slow at first: nobody's turn
                    data.make_table(target, "empty")
                    _seed(file, target, "empty", count)
                    data.drop_table(target, "empty")
                for turn in range(runs if count == counts[0] else 1):
                    peers = (LOADER, COPY, TRANSFORMED) if count == counts[0] else (TRANSFORMED,)
                    for who in peers[:: -1 if turn % 2 else 1]:
                        say(f"{count:,} items, run {turn + 1}: {who} …")
                        data.make_table(target, "empty")
                        if who == LOADER:
                            done = _seed(file, target, "empty", count)
                        else:
                            more = [str(TRANSFORM)] if who == TRANSFORMED else []
                            done = _run("benchmarks.copy.peer", source, target, "full", "empty", *more)
                        took.setdefault((who, count), []).append(done)
                        if count == counts[0]:
                            _check(target, who, count)
                if count != counts[-1]:  # DynamoDB Local takes long to drop many items
                    data.drop_table(source, "full")
    except NotFetchedError as missing:
        raise BenchmarkError(str(missing)) from None
    _show(took, load)
    if json_file:
        rows = [{"peer": who, "items": count, "runs": runs} for (who, count), runs in took.items()]
        json_file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def _check(endpoint: str, who: str, count: int) -> None:
    """See that all is there, and drop it. A copy has compared it by itself."""
    stored = data.count(endpoint, "empty")
    data.drop_table(endpoint, "empty")
    if stored != count:
        raise BenchmarkError(f"{who} stored {stored:,} of {count:,} items")


def _seed(file: Path, endpoint: str, table: str, count: int) -> dict[str, Any]:
    return {**_run("benchmarks.seed.peer", OURS, str(file), endpoint, table), "items": count}


def _run(module: str, *words: str) -> dict[str, Any]:
    environment = without_accounts(os.environ) | {"PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise BenchmarkError(f"{module} left with exit code {done.returncode}:\n{done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _median(runs: list[dict[str, Any]], name: str) -> float:
    return float(statistics.median(run.get(name, 0.0) for run in runs))


def _show(took: dict[tuple[str, int], list[dict[str, Any]]], load: float) -> None:
    table = Table(title="Copying, medians", title_justify="left")
    for name in ("items", "", "items/s", "verifying, s", "peak MiB", "processor µs/item"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for (who, count), runs in took.items():
        rate, verifying = count / _median(runs, "seconds"), _median(runs, "verifying")
        peak = max(run["peak"] for run in runs) / 2**20
        processor = _median(runs, "processor") / count * 1e6
        table.add_row(f"{count:,}", who, f"{rate:,.0f}", f"{verifying:.1f}", f"{peak:.0f}", f"{processor:.0f}")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
    console.print(table)
    sizes = sorted({count for _, count in took})
    first = next(iter(took))[1]
    targets = [
        Target(
            f"rate of {who} / of {LOADER}, {first:,} items",
            0.8,
            _median(took[LOADER, first], "seconds") / _median(took[who, first], "seconds"),
            least=True,
        )
        for who in (COPY, TRANSFORMED)
    ]
    if len(sizes) > 1:
        few, many = (max(run["peak"] for run in took[TRANSFORMED, size]) for size in (sizes[0], sizes[-1]))
        targets.append(Target(f"peak memory at {sizes[-1]:,} / at {sizes[0]:,} items", 1.2, many / few, least=False))
    for target in targets:
        bound = "at least" if target.least else "at most"
        console.print(f"{target.text}: {target.value:.2f} ({bound} {target.limit:g}: {target.verdict})")
    console.print(f"{os.cpu_count()} processors, load {load:.1f} before and {os.getloadavg()[0]:.1f} after")


if __name__ == "__main__":
    try:
        app()
    except BenchmarkError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
