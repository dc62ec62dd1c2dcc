"""Which process is which: a pid is given out again, so a process is known by its pid and something else of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

POLL_SECONDS = 0.05


def alive(pid: int) -> psutil.Process | None:
    """The process with a pid; nothing if there is none, or one that has ended and waits for its parent to notice."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process
    except (psutil.Error, OverflowError, ValueError):  # one of another user can not be looked at: it is none of ours
        return None


def the_one(pid: int, word: str) -> psutil.Process | None:
    """The process that has this pid and this word in its command line; nothing if it is gone.

    Not told by the time of its start: the system reckons that from its clock, and it moves when the clock is set.
    """
    process = alive(pid)
    with suppress(psutil.Error):
        if process and word in process.cmdline():
            return process
    return None


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
