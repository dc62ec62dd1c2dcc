"""Long work with a sign of life: a line now and then."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

EVERY_SECONDS = 15.0
POLL_SECONDS = 0.2


def say(text: str) -> None:
    """One line for a person, on stderr: stdout belongs to what a command was asked for."""
    print(text, file=sys.stderr, flush=True)


def elapsed(seconds: float) -> str:
    """`75.2` as `1 min 15 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def run(
    command: Sequence[str], doing: str, log: Path, timeout: float, environment: dict[str, str], folder: Path
) -> str:
    """Run a command to its end and say every so often that it still runs.

    log: takes all that the command prints.
    Returns why it failed, by the last line of its log; nothing if it did not. It is ended after `timeout` seconds, with
    everything that it started, as it is when this process is interrupted.
    """
    started = shown = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    try:
        while process.poll() is None:
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            if now - started > timeout:
                return f"not done after {timeout:.0f} s"
            if now - shown >= EVERY_SECONDS:
                shown = now
                say(f"{doing}: {elapsed(now - started)}, {last_line(log, 60)}")
        return last_line(log, 200) if process.returncode else ""
    finally:
        _end(process)


def last_line(log: Path, width: int) -> str:
    """The last line of a log that is not empty, cut to a width."""
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 4096))
        lines = [line.strip() for line in stream.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:width] if lines else "no output yet"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return
