"""Starts, finds and stops the emulator of AWS: a moto server on this machine, in a process of its own.

The one of the stack `local` listens on 127.0.0.1:4566 and stays until it is stopped; a throw-away one takes a free
port and leaves with whoever started it. Both keep everything in memory.
"""

from __future__ import annotations

import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from local.emulator_process import ADDRESS, PORT_TAKEN
from local.errors import EmulatorError
from local.ports import holder
from local.progress import last_line
from local.project import ROOT
from local.workspace import without_accounts

PORT = 4566
START_SECONDS = 60.0
ANSWER_SECONDS = 5.0
STOP_SECONDS = 5.0
FILE = "emulator.json"
LOG = "emulator.log"
_children: dict[int, subprocess.Popen[bytes]] = {}
"""The processes that this one started itself, and so has to ask for when they have ended."""
_started: list[subprocess.Popen[bytes]] = []
"""Held, since Python warns of a child that outlives its handle, and these are meant to."""


@dataclass(frozen=True)
class Emulator:
    """A moto server's process.

    account: the id of the AWS account that it plays.
    folder: holds its file and its log.
    """

    pid: int
    port: int
    token: str
    account: str
    folder: Path

    @property
    def endpoint(self) -> str:
        return f"http://{ADDRESS}:{self.port}"

    def lives(self) -> bool:
        """Whether its process is there, and is the one that was started: a pid is given out again."""
        return self.token in command_line(self.pid)

    def answers(self) -> bool:
        """Whether it answers within some seconds."""
        # Not urllib, which would ask a proxy that the environment names.
        connection = http.client.HTTPConnection(ADDRESS, self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/moto-api/data.json")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> None:
        """End its process, by force if it does not leave; raises `EmulatorError` if it stays all the same."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.lives():
                break
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
            _wait_until_gone(self)
        if self.lives():
            raise EmulatorError(f"emulator: process {self.pid} does not leave; end it by `kill -9 {self.pid}`")
        if child := _children.pop(self.pid, None):
            child.wait(STOP_SECONDS)
        (self.folder / FILE).unlink(missing_ok=True)


def known(folder: Path) -> Emulator | None:
    """The emulator that was last started from a folder, dead or alive; nothing if it was stopped or never started."""
    try:
        facts = json.loads((folder / FILE).read_text())
        return Emulator(int(facts["pid"]), int(facts["port"]), str(facts["token"]), str(facts["account"]), folder)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EmulatorError(
            f"{folder / FILE}: does not tell of an emulator ({error}); delete it, and end its process if it still runs"
        ) from error


def running(folder: Path) -> Emulator | None:
    """The emulator of a folder, if it lives and answers."""
    found = known(folder)
    return found if found and found.lives() and found.answers() else None


def start(folder: Path, port: int = PORT) -> tuple[Emulator, bool]:
    """The emulator of a folder, started if it is not there; and whether it is a new one, hence empty."""
    if found := running(folder):
        if port in (0, found.port):
            return found, False
        raise EmulatorError(f"emulator: one runs on port {found.port} already, {port} was asked for; stop it first")
    if left := known(folder):
        left.stop()
    return _start(folder, port, account=None, bound=None), True


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
            for process in _started:
                process.poll()  # takes leave of a child that has ended
    finally:
        os.close(reading)
        os.close(writing)


def _start(folder: Path, port: int, account: str | None, bound: int | None) -> Emulator:
    folder.mkdir(parents=True, exist_ok=True)
    token, log = secrets.token_hex(8), folder / LOG
    command = [sys.executable, "-m", "local.emulator_process", "--port", str(port), "--file", str(folder / FILE)]
    command += ["--token", token, *(["--bound"] if bound is not None else [])]
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
    _started.append(process)
    _children[process.pid] = process
    try:
        return _await_answer(process, folder, token, port)
    except BaseException:
        process.kill()
        process.wait()
        raise


def _await_answer(process: subprocess.Popen[bytes], folder: Path, token: str, port: int) -> Emulator:
    log = folder / LOG
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = known(folder)
        if found and found.token == token and found.answers():
            return found
        if process.poll() is not None:
            raise EmulatorError(_why_not(process.returncode, port, log))
        time.sleep(0.05)
    raise EmulatorError(f"emulator: did not answer within {START_SECONDS:.0f} s; its log is {log}")


def _why_not(exit_code: int, port: int, log: Path) -> str:
    if exit_code != PORT_TAKEN:
        return f"emulator: left at its start with exit code {exit_code}: {last_line(log, 200)}; its log is {log}"
    return (
        f"emulator: port {port} of {ADDRESS} is taken by {holder(port) or 'a process that cannot be told'}; "
        "stop that (`make down`, if it is the emulator of another clone) and run this again"
    )


def _wait_until_gone(emulator: Emulator) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and emulator.lives():
        time.sleep(0.05)


def command_line(pid: int) -> str:
    """The command line of a process; empty if there is none."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
