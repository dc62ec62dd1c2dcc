"""`python -m benchmarks.smoke`: the smoke test of a whole stage with many checks at a time and with one, in turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.servers import delayed
from local.files import write_atomically
from local.rehearsal import rehearsal

TARGET = 0.25
_SECONDS = 600

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def smoked(outputs: Path, stage: str, endpoint: str, concurrency: int) -> tuple[float, float, int]:
    """Seconds of one whole command, of the run alone, and its checks; raises RuntimeError where it fails."""
    words = ["--outputs", str(outputs), "--stage", stage, "--endpoint", endpoint, "--write", "--json"]
    started = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("tablekit")), "smoke", *words, "--concurrency", str(concurrency)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    taken = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(f"tablekit smoke: exit code {done.returncode}: {done.stderr or done.stdout[-2000:]}")
    found = json.loads(done.stdout)
    return taken, found["seconds"], len(found["outcomes"])


@app.command()
def main(
    stage: Annotated[str, typer.Option(help="The stage to rehearse and check.")] = "prod",
    milliseconds: Annotated[int, typer.Option("--latency", min=0, help="Latency of each call, in ms.")] = 10,
    concurrency: Annotated[int, typer.Option(min=2, help="Checks at a time, against one at a time.")] = 32,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each, in turns; their median counts.")] = 3,
) -> None:
    """Deploy a stage to a throw-away emulator, and time its smoke test through a proxy with latency."""
    times: dict[int, list[tuple[float, float]]] = {1: [], concurrency: []}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, rehearsal(stage) as rehearsed:
        rehearsed.up()
        outputs = Path(folder) / "outputs.json"
        write_atomically(outputs, rehearsed.stack.outputs())
        with delayed(f"http://127.0.0.1:{rehearsed.emulator.port}", milliseconds) as endpoint:
            for _ in range(runs):
                for at_once, taken in times.items():
                    whole, alone, checks = smoked(outputs, stage, endpoint, at_once)
                    taken.append((whole, alone))
                    at = f"{checks} checks, {at_once:>3} at a time"
                    print(f"{at}: {whole:.1f} s, the run {alone:.1f} s (load {os.getloadavg()[0]:.1f})", flush=True)
    for place, what in enumerate(("the whole command", "the run without the command's start")):
        one, many = (statistics.median(each[place] for each in taken) for taken in times.values())
        ratio = f"ratio {many / one:.3f}, target {TARGET}"
        print(f"{what}: median {one:.1f} s one at a time, {many:.1f} s at {concurrency}; {ratio}")


if __name__ == "__main__":
    app()
