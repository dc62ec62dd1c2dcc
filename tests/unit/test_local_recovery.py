"""What is made of what a killed update, or a killed emulator, left behind; with files in place of processes."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import emulator, recovery
from local.emulator import Emulator
from local.engine.find import Engine
from local.errors import DeploymentError, EmulatorError, PortTakenError
from local.stack import Stack

GONE = 2**22 + 1
"""No process has this pid: the kernel's highest is one less."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack("local", Engine(tmp_path / "pulumi", "3.258.0", "test"), {"PATH": "/usr/bin:/bin"}, tmp_path)


@pytest.fixture
def other() -> Iterator[psutil.Process]:
    """A process that is none of ours."""
    waits = "import time; print('ready', flush=True); time.sleep(600)"
    started = subprocess.Popen([sys.executable, "-c", waits, "--token=t"], stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    yield psutil.Process(started.pid)
    started.kill()
    started.communicate()


def lock(state: Path, content: str, name: str = "1234.json") -> Path:
    file = state / ".pulumi" / "locks" / "organization" / "tables" / "local" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return file


def held(pid: int, host: str = "") -> str:
    """The content of a lock, as an engine writes it."""
    return json.dumps({"pid": pid, "username": "me", "hostname": host or socket.gethostname()})


@pytest.mark.parametrize("content", [held(GONE), '{"pid": 12', ""], ids=["gone", "half written", "empty"])
@pytest.mark.parametrize("name", ["1234.json", "1234.json.18ea0d94583249bd.tmp"])
def test_the_lock_of_an_engine_that_is_gone_is_taken_off(
    stack: Stack, state: Path, content: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk leaves an empty `.tmp`, and the engine takes any file there for a lock."""
    file = lock(state, content, name)
    assert recovery.engines("local", state) == []
    recovery.unlock(stack, state)
    assert not file.exists()
    assert capsys.readouterr().err == "The last update of stack local was killed: taking its lock off.\n"


def test_a_pid_that_was_given_out_again_is_not_the_engine(state: Path, other: psutil.Process) -> None:
    lock(state, held(other.pid))
    assert recovery.engines("local", state) == []
    recovery.end_engines("local", state)
    assert other.is_running()


@pytest.fixture
def engine(other: psutil.Process, monkeypatch: pytest.MonkeyPatch) -> psutil.Process:
    """A process that is taken for an engine."""
    monkeypatch.setattr(recovery, "ENGINE", other.name())
    return other


def test_a_living_engine_is_waited_for(
    state: Path, engine: psutil.Process, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lock(state, held(engine.pid))
    monkeypatch.setattr(recovery, "ENGINE_SECONDS", 0.1)
    with pytest.raises(DeploymentError) as refusal:
        recovery.wait_for_engines("local", state)
    assert str(refusal.value) == (
        f"stack local: another update of it runs (process {engine.pid}) and has not ended within 0 s; "
        "wait for it, or end it by `make down`"
    )
    assert capsys.readouterr().err == (
        f"An update of stack local is under way (process {engine.pid}): waiting for its end. "
        "If it should not go on: ctrl-C here, then `make down`.\n"
    )
    engine.kill()
    recovery.wait_for_engines("local", state)


def test_the_lock_of_another_machine_is_respected(state: Path) -> None:
    file = lock(state, held(GONE, host="elsewhere"))
    with pytest.raises(DeploymentError) as refusal:
        recovery.engines("local", state)
    assert str(refusal.value) == (
        f"stack local: process {GONE} on elsewhere holds its lock {file}; wait for it, or end it; "
        "if it is gone, delete that file"
    )


def test_what_a_write_left_that_was_killed_half_way_is_removed(stack: Stack, state: Path) -> None:
    folder = state / ".pulumi" / "stacks" / "tables"
    folder.mkdir(parents=True)
    kept = {"local.json": "{}", "local.json.bak": "{}"}
    for name, text in {**kept, "local.json.18ea0d94583249bd.tmp": '{"half": '}.items():
        (folder / name).write_text(text)
    recovery.unlock(stack, state)
    assert sorted(file.name for file in folder.iterdir()) == sorted(kept)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b"\0" * 64, "Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "is not a stack's state"),
        (b'{"version": 3, "checkpoint": []}', "is not a stack's state"),
    ],
)
def test_a_damaged_state_names_its_file(state: Path, content: bytes, why: str) -> None:
    file = state / ".pulumi" / "stacks" / "tables" / "local.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(b'{"version": 3, "checkpoint": {}}')
    assert recovery.damage("local", state) is None
    file.write_bytes(content)
    assert recovery.damage("local", state) == f"{file}: {why}"
    file.unlink()
    file.mkdir()
    assert recovery.damage("local", state) == f"{file}: Is a directory"


def test_a_process_that_only_has_the_emulators_pid_is_not_taken_for_it(tmp_path: Path, other: psutil.Process) -> None:
    (tmp_path / emulator.FILE).write_text(json.dumps(_facts(other, token="")))
    found = emulator.known(tmp_path)
    assert found is not None
    assert not found.lives()
    assert emulator.running(tmp_path) is None
    found.stop()  # must not end that process
    assert other.is_running()
    assert other.status() != psutil.STATUS_ZOMBIE
    assert emulator.known(tmp_path) is None


def _facts(process: psutil.Process, token: str = "t") -> dict[str, object]:
    return {"pid": process.pid, "port": 4566, "token": token}


def test_an_emulator_that_a_killed_starter_had_under_way_is_taken(
    tmp_path: Path, other: psutil.Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(folder: Path, port: int, account: str | None, bound: int | None) -> Emulator:
        (folder / emulator.FILE).write_text(json.dumps(_facts(other)))
        raise PortTakenError("port 4566 is taken")

    monkeypatch.setattr(emulator, "_start", taken)
    found, new = emulator.start(tmp_path)
    assert (found.pid, new) == (other.pid, False)
    other.kill()
    other.wait()
    with pytest.raises(PortTakenError):
        emulator.start(tmp_path)


def test_an_emulators_file_that_says_nothing_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / emulator.FILE).write_text('{"pid": 1e400}')
    with pytest.raises(EmulatorError) as refusal:
        emulator.known(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path / emulator.FILE}: does not describe an emulator (cannot convert float infinity to integer); "
        "delete it, and end its process if it still runs"
    )


def test_an_emulator_that_fails_at_its_start_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Traceback …\nModuleNotFoundError: No module named 'moto'\n")
    assert emulator._why_not(1, 4566, log) == (
        f"emulator: left at its start with exit code 1: ModuleNotFoundError: No module named 'moto'; its log is {log}"
    )
