"""The pack as a process: it says its port first, leaves when told or left alone, and names a rule that breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2

import families
from local.project import ROOT
from policies.resource import ROLE_POLICY
from policies.server import Analyzer
from tablekit.model import Catalogue, FamilyError
from tests.policies.analyzer import Pack, Sent

WAIT_SECONDS = 20


def test_the_first_line_is_the_port_and_sigint_ends_it() -> None:
    with subprocess.Popen([sys.executable, "-u", str(ROOT / "policies")], stdout=subprocess.PIPE, text=True) as pack:
        assert pack.stdout is not None
        assert 1024 <= int(pack.stdout.readline()) <= 65535
        pack.send_signal(signal.SIGINT)
        assert pack.wait(WAIT_SECONDS) == 0


def test_it_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = f"""
import subprocess, sys, time
pack = subprocess.Popen([sys.executable, "-u", {str(ROOT / "policies")!r}], stdout=subprocess.PIPE, text=True)
print(pack.pid, pack.stdout.readline(), flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline().split()[0])
        parent.kill()
    limit = time.monotonic() + WAIT_SECONDS
    while alive(pid) and time.monotonic() < limit:
        time.sleep(0.2)
    assert not alive(pid)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and that nobody has asked for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_families_that_cannot_be_loaded_are_left_to_the_program_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()
    broken: list[object] = []

    def catalogue() -> Catalogue:
        asked.set()
        raise FamilyError("families/shop.py:3: no")

    monkeypatch.setattr(families, "catalogue", catalogue)
    monkeypatch.setattr(threading, "excepthook", broken.append)
    before = set(threading.enumerate())
    Analyzer("pack", ()).ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev"), None)
    assert asked.wait(WAIT_SECONDS)
    for thread in set(threading.enumerate()) - before:
        thread.join(WAIT_SECONDS)
    assert not broken


def test_a_rule_that_breaks_is_named(pack: Pack) -> None:
    with pytest.raises(grpc.RpcError) as broken:
        pack.at("prod").analyze(Sent(ROLE_POLICY, "acs-app", {"policy": "{no JSON"}))
    assert broken.value.code() == grpc.StatusCode.UNKNOWN
    assert "rule access-wildcard-action broke on urn:pulumi:prod" in broken.value.details()
