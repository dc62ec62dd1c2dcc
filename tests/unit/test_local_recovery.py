"""What is made of what a killed update, or a killed emulator, left behind; with files in place of processes."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from local import emulator, recovery
from local.emulator import Emulator
from local.emulator_process import PORT_TAKEN
from local.engine.find import Engine
from local.errors import DeploymentError, EmulatorError
from local.stack import Stack

GONE = 2**22 + 1
"""No process has this pid: the kernel's highest is one less."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack whose engine notes what it is asked for."""
    binary = tmp_path / "pulumi"
    binary.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    binary.chmod(0o755)
    return Stack("local", Engine(binary, "3.258.0", "test"), {"PATH": "/usr/bin:/bin"}, tmp_path)


def lock(state: Path, content: str) -> None:
    file = state / ".pulumi" / "locks" / "organization" / "tables" / "local" / "1234.json"
    file.parent.mkdir(parents=True)
    file.write_text(content)


def test_no_lock_is_no_recovery(stack: Stack, state: Path, tmp_path: Path) -> None:
    assert recovery.unlock(stack, state) is False
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"pid": GONE, "hostname": socket.gethostname()}),
        json.dumps({"pid": os.getpid(), "hostname": socket.gethostname()}),  # given out again: no engine has it
        '{"pid": 12',
        "",
    ],
    ids=["gone", "another process", "half written", "empty"],
)
def test_the_lock_of_an_engine_that_is_gone_is_taken_off(
    stack: Stack, state: Path, tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lock(state, content)
    assert recovery.unlock(stack, state) is True
    assert (tmp_path / "asked").read_text().startswith("cancel --yes --stack local")
    assert "The last update of stack local was killed" in capsys.readouterr().err


def test_the_lock_of_a_living_engine_is_respected(stack: Stack, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock(state, json.dumps({"pid": 77, "hostname": socket.gethostname()}))
    monkeypatch.setattr(recovery, "command_line", lambda pid: "/somewhere/pulumi up -s local")
    with pytest.raises(DeploymentError) as refusal:
        recovery.unlock(stack, state)
    assert str(refusal.value) == "stack local: another update of it runs (process 77); wait for it, or end it"


def test_the_lock_of_another_machine_is_respected(stack: Stack, state: Path) -> None:
    lock(state, json.dumps({"pid": GONE, "hostname": "elsewhere"}))
    with pytest.raises(DeploymentError, match=f"process {GONE} on elsewhere"):
        recovery.unlock(stack, state)


def test_a_write_that_was_killed_half_way_is_mended(stack: Stack, state: Path) -> None:
    lock(state, json.dumps({"pid": GONE, "hostname": socket.gethostname()}))
    folder = state / ".pulumi" / "stacks" / "tables"
    folder.mkdir(parents=True)
    kept = {"local.json": "{}", "local.json.bak": "{}", "local.json.bak.attrs": "{}"}
    for name, text in {**kept, "local.json.attrs": "", "local.json.18ea0d94583249bd.tmp": '{"half": '}.items():
        (folder / name).write_text(text)
    recovery.unlock(stack, state)
    assert sorted(file.name for file in folder.iterdir()) == sorted(kept)


def test_pending_operations_are_seen() -> None:
    assert recovery.pending({"pending_operations": [{"type": "creating"}]})
    assert not recovery.pending({"pending_operations": [], "resources": []})
    assert not recovery.pending(None)


def test_a_process_that_only_has_the_emulators_pid_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / emulator.FILE).write_text(
        json.dumps({"pid": os.getpid(), "port": 4566, "token": "0123456789abcdef", "account": "123456789012"})
    )
    found = emulator.known(tmp_path)
    assert found is not None
    assert not found.lives()
    assert emulator.running(tmp_path) is None
    found.stop()  # must not end this process
    assert emulator.known(tmp_path) is None


def test_an_emulators_file_that_says_nothing_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / emulator.FILE).write_text("{}")
    with pytest.raises(EmulatorError) as refusal:
        emulator.known(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path / emulator.FILE}: does not tell of an emulator ('pid'); "
        "delete it, and end its process if it still runs"
    )


def test_a_taken_port_names_its_holder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(emulator, "holder", lambda port: "process 12 (python -m http.server)")
    assert emulator._why_not(PORT_TAKEN, 4566, tmp_path / "log") == (
        "emulator: port 4566 of 127.0.0.1 is taken by process 12 (python -m http.server); "
        "stop that (`make down`, if it is the emulator of another clone) and run this again"
    )


def test_an_emulator_that_fails_at_its_start_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Traceback …\nModuleNotFoundError: No module named 'moto'\n")
    assert emulator._why_not(1, 4566, log) == (
        f"emulator: left at its start with exit code 1: ModuleNotFoundError: No module named 'moto'; its log is {log}"
    )


def test_its_address_is_loopback(tmp_path: Path) -> None:
    assert Emulator(1, 4566, "t", "123456789012", tmp_path).endpoint == "http://127.0.0.1:4566"
