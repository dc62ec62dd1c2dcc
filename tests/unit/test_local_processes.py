"""A process is known by its pid and its command line, and is asked to leave before it is forced."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from local import processes

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)


@pytest.fixture
def stubborn() -> Iterator[psutil.Process]:
    """A process that does not leave when asked."""
    started = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    yield psutil.Process(started.pid)
    started.kill()
    started.communicate()


def test_a_pid_alone_is_not_enough() -> None:
    word = psutil.Process().cmdline()[-1]
    assert processes.the_one(os.getpid(), word) is not None
    assert processes.the_one(os.getpid(), word[:-1]) is None, "a part of a word"
    for pid in (2**22 + 1, 2**80, 0, -1):
        assert processes.the_one(pid, word) is None


def test_one_that_does_not_leave_is_forced(stubborn: psutil.Process) -> None:
    assert processes.end(stubborn, 0.2)
    # Its parent has not taken leave of it yet: it has ended all the same.
    assert stubborn.status() == psutil.STATUS_ZOMBIE
    assert processes.alive(stubborn.pid) is None


def test_one_that_goes_on_is_not_said_to_have_ended(stubborn: psutil.Process) -> None:
    assert not processes.ends(stubborn, 0.0)
