"""The pack as a process: it says its port first, ends by a signal or when left alone, and names a rule that breaks."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import suppress

import grpc
import psutil
import pytest

from local.project import ROOT
from tablekit.resources import TABLE
from tests.policies.analyzer import Pack, Sent

WAIT_SECONDS = 20


def test_the_first_line_is_the_port_and_sigint_ends_it() -> None:
    with subprocess.Popen([sys.executable, "-u", str(ROOT / "policies")], stdout=subprocess.PIPE, text=True) as pack:
        assert pack.stdout is not None
        assert 1024 <= int(pack.stdout.readline()) <= 65535
        pack.send_signal(signal.SIGINT)
        assert pack.wait(WAIT_SECONDS) == 0


def test_it_leaves_when_its_parent_is_killed() -> None:
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
    with suppress(psutil.NoSuchProcess):
        left, limit = psutil.Process(pid), time.monotonic() + WAIT_SECONDS
        while left.status() != psutil.STATUS_ZOMBIE:  # one that nobody has asked for yet
            assert time.monotonic() < limit, "it is still there"
            time.sleep(0.2)


def test_a_rule_that_breaks_is_named(pack: Pack) -> None:
    with pytest.raises(grpc.RpcError) as broken:
        pack.at("prod", project="warehouse").analyze(
            Sent(TABLE, "stock", {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": "many"}})
        )
    assert broken.value.code() == grpc.StatusCode.UNKNOWN
    assert "rule table-recovery-window broke on urn:pulumi:prod" in broken.value.details()
