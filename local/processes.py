"""Which process is which: a pid is given out again, so a process is known by its pid and the time of its start."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

SLACK_SECONDS = 2.0
"""By how much two readings of one process's start may differ: the system's clock is set right now and then."""
POLL_SECONDS = 0.05


def alive(pid: int) -> psutil.Process | None:
    """The process with a pid; nothing if there is none, or one that has ended and waits for its parent to notice."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except (psutil.Error, OverflowError):  # another user's that can't be looked at is none that we started
        return None


def the_one(pid: int, started: float) -> psutil.Process | None:
    """The process that has this pid and was started then (seconds since the epoch); nothing if it is gone."""
    process = alive(pid)
    return process if process and abs(process.create_time() - started) < SLACK_SECONDS else None


def ends(process: psutil.Process, seconds: float) -> bool:
    """Wait for a process to end; whether it did. Not psutil's own: that waits for one that only its parent's leave
    keeps in the table, as it does for ever where nobody takes leave of orphans (a container)."""
    deadline = time.monotonic() + seconds
    while alive(process.pid) == process:
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def end(process: psutil.Process, seconds: float) -> bool:
    """Ask a process to leave, force it after some seconds; whether it is gone. Never hits another with its pid."""
    for ask in (process.terminate, process.kill):
        with suppress(psutil.NoSuchProcess):
            ask()
        if ends(process, seconds):
            return True
    return False


def holder(port: int) -> str | None:
    """Who listens on a port, as `process 123 (its command line)`; nothing where it can't be told: another user's."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if port in _listening(process):
                return f"process {process.pid} ({' '.join(process.cmdline())[:120]})"
    return None


def _listening(process: psutil.Process) -> Iterator[int]:
    return (found.laddr.port for found in process.net_connections("tcp") if found.status == psutil.CONN_LISTEN)
