"""Starts, finds and stops the emulator of AWS: a moto server on this machine, in a process of its own.

The one of the stack `local` listens on 127.0.0.1:4566 and stays until it is stopped; a throw-away one takes a free
port and leaves with whoever started it. Both keep everything in memory.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.emulator_process import ADDRESS, PORT_TAKEN
from local.errors import EmulatorError, PortTakenError
from local.processes import end, holder, the_one
from local.progress import last_line, say
from local.project import ROOT
from local.workspace import without_accounts

PORT = 4566
START_SECONDS = 60.0
ANSWER_SECONDS = 5.0
PATIENCE_SECONDS = 120.0
"""How long one that lives is waited for. Nothing is made of its silence but a message: it holds tables and items."""
STOP_SECONDS = 5.0
FILE = "emulator.json"
LOG = "emulator.log"
_started: dict[int, subprocess.Popen[bytes]] = {}
"""The processes that this one started itself: it takes leave of them, and Python warns of a child without a handle."""


@dataclass(frozen=True)
class Emulator:
    """A moto server's process.

    token: a word of its command line and of its file; with the pid it says which process that is.
    folder: holds its file and its log.
    """

    pid: int
    port: int
    token: str
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"http://{ADDRESS}:{self.port}"

    def lives(self) -> bool:
        """Whether its process is there, and is the one that was started."""
        return self._process() is not None

    def answers(self) -> bool:
        """Whether it answers within some seconds, to a question that costs it the same however much it holds.

        That it does not is no sign that it is gone: it may be busy. `lives` tells.
        """
        # Not urllib, which would ask a proxy that the environment names.
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/moto-api/config")
            return connection.getresponse().status < 400
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End its process, by force if it does not leave; raises `EmulatorError` if it stays all the same."""
        process = self._process()
        if process and not end(process, STOP_SECONDS):
            raise EmulatorError(f"emulator: process {self.pid} does not leave; end it by `kill -9 {self.pid}`")
        if child := _started.pop(self.pid, None):
            child.wait(STOP_SECONDS)
        (self.folder / FILE).unlink(missing_ok=True)

    def _process(self) -> psutil.Process | None:
        return the_one(self.pid, _token_word(self.token))


def known(folder: Path) -> Emulator | None:
    """The emulator that was last started from a folder, dead or alive; nothing if it was stopped or never started."""
    try:
        facts = json.loads((folder / FILE).read_text())
        return Emulator(int(facts["pid"]), int(facts["port"]), str(facts["token"]), folder)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, OverflowError, KeyError, TypeError) as error:
        raise EmulatorError(
            f"{folder / FILE}: does not describe an emulator ({error}); delete it, and end its process if it still runs"
        ) from error


def running(folder: Path) -> Emulator | None:
    """The emulator of a folder, if its process is there."""
    found = known(folder)
    return found if found and found.lives() else None


def start(folder: Path, port: int = PORT) -> tuple[Emulator, bool]:
    """The emulator of a folder, started if its process is gone; and whether it is a new one, hence empty.

    Raises `EmulatorError` where one lives and does not answer: it is never replaced, since what it holds is in its
    memory alone.
    """
    if (found := running(folder)) and _answers_in_time(found):
        if port in (0, found.port):
            return found, False
        raise EmulatorError(f"emulator: one runs on port {found.port} already, {port} was asked for; stop it first")
    if left := known(folder):
        left.stop()
    try:
        return _start(folder, port, account=None, bound=None), True
    except PortTakenError:
        if found := running(folder):  # a starter that was killed had it under way
            return found, False
        raise


def _answers_in_time(found: Emulator) -> bool:
    """Whether it answers, or else is gone by now; raises `EmulatorError` if it is neither."""
    deadline, told = time.monotonic() + PATIENCE_SECONDS, False
    while not found.answers():
        if not found.lives():
            return False
        if not told:
            say(f"The emulator (process {found.pid}) is there and does not answer yet: waiting for it …")
            told = True
        if time.monotonic() > deadline:
            raise EmulatorError(
                f"emulator: process {found.pid} lives, but did not answer on port {found.port} within "
                f"{PATIENCE_SECONDS:.0f} s. It is left as it is, for all tables and items of stack local are in its "
                "memory: wait and run this again. To lose them and start with an empty one: `make up FRESH=1`"
            )
        time.sleep(0.2)
    return True


@contextmanager
def throw_away(folder: Path, account: str | None = None) -> Iterator[Emulator]:
    """An emulator on a free port, which leaves with the block, and with this process if that is killed.

    account: the id of the AWS account to play, 12 digits; moto's own if none is given.
    """
    reading, writing = os.pipe()
    try:
        emulator = _start(folder, 0, account, bound=reading)
        try:
            yield emulator
        finally:
            emulator.stop()
    finally:
        os.close(reading)
        os.close(writing)


def _start(folder: Path, port: int, account: str | None, bound: int | None) -> Emulator:
    folder.mkdir(parents=True, exist_ok=True)
    token, log = secrets.token_hex(8), folder / LOG
    command = [sys.executable, "-m", "local.emulator_process", "--port", str(port), "--file", str(folder / FILE)]
    command += [_token_word(token), *(["--bound"] if bound is not None else [])]
    environment = without_accounts(os.environ) | {"PYTHONPATH": str(ROOT), "AWS_EC2_METADATA_DISABLED": "true"}
    if account is not None:
        environment["MOTO_ACCOUNT_ID"] = account
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if bound is None else bound,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
    _started[process.pid] = process
    try:
        return _await_answer(process, folder, token, port)
    except BaseException:
        process.kill()
        _started.pop(process.pid).wait()
        raise


def _token_word(token: str) -> str:
    return f"--token={token}"


def _await_answer(process: subprocess.Popen[bytes], folder: Path, token: str, port: int) -> Emulator:
    log = folder / LOG
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = known(folder)
        if found and found.token == token and found.answers():
            return found
        if process.poll() is not None:
            taken = process.returncode == PORT_TAKEN
            raise (PortTakenError if taken else EmulatorError)(_why_not(process.returncode, port, log))
        time.sleep(0.05)
    raise EmulatorError(f"emulator: did not answer within {START_SECONDS:.0f} s; its log is {log}")


def _why_not(exit_code: int, port: int, log: Path) -> str:
    if exit_code != PORT_TAKEN:
        return f"emulator: left at its start with exit code {exit_code}: {last_line(log, 200)}; its log is {log}"
    return (
        f"emulator: port {port} of {ADDRESS} is taken by {holder(port) or 'an unknown process'}; "
        "stop that (`make down`, if it is the emulator of another clone) and run this again"
    )
