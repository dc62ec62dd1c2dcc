"""`tablekit seed FILE` under every mix of faults, with few items; `python -m tests.support.faults` sends 50,000."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
import urllib3

from families import catalogue
from tests.support.deployed import deploy
from tests.support.faults import FAMILY, MIXES, WORDS, load
from tests.support.loading import write_lines
from tests.support.proxy import Fault, always, at_random, proxy
from tests.support.stub_table import StubTables


@pytest.mark.parametrize("mix", MIXES)
def test_what_is_sent_is_stored_or_the_next_load_completes_it(mix: str, tmp_path: Path) -> None:
    found = load(mix, 600, tmp_path, alone=False)
    assert found.whole, found
    assert found.faults > 2, "the mix took place"


def test_answers_that_stay_unreadable_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tablekit.ops.seed.loader.UNREACHABLE_SECONDS", 0.1)
    found = load("HTML and redirections", 100, tmp_path, alone=False, choose=at_random(1.0, Fault.HTML))
    assert found.exits == (2, 2, 2, 2)
    assert found.stored == 0
    assert "gave an answer that is not JSON: '<!DOCTYPE html>" in found.said
    assert "; is DynamoDB there, and no other server or proxy in between?" in found.said
    assert "Traceback" not in found.said


def test_one_answer_that_does_not_come_in_time_is_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tablekit.ops.signed_http._TIMEOUT", urllib3.Timeout(1.0))
    monkeypatch.setattr("tablekit.ops.seed.loader.UNREACHABLE_SECONDS", 0.1)
    monkeypatch.setattr("tests.support.faults.SLOW_SECONDS", 2.0)
    slow = [Fault.SLOW]
    choose = lambda operation: slow.pop() if operation == "BatchWriteItem" and slow else None  # noqa: E731
    found = load("slow", 25, tmp_path, alone=False, choose=choose)
    assert found.exits == (0,), found.said
    assert (found.stored, found.calls) == (25, 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it_cleanly_and_the_next_load_completes_it(tmp_path: Path, number: signal.Signals) -> None:
    count = 2000
    file = write_lines(tmp_path / "items.jsonl", [{"PK": f"order-{n}", "SK": "META"} for n in range(count)])
    tables = StubTables()
    with proxy(tables.carry, always(Fault.SLOW), slow_seconds=0.02) as server:
        deployed = deploy(server.endpoint, [catalogue().family(FAMILY)], tmp_path)
        words = ("seed", str(file), *WORDS, "--concurrency", "2")
        process = subprocess.Popen(
            deployed.command(*words),
            env=deployed.environment(),
            stderr=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while server.calls["BatchWriteItem"] < 5:
            assert time.monotonic() < deadline, "it did not begin"
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert said == f"tablekit: stopped by {number.name}; run the same command again to go on\n"
        (keys,) = tables.keys.values()
        stored = len(keys)
        assert 0 < stored < count, "it was stopped in the middle"
    with proxy(tables.carry, lambda operation: None) as server:
        shown = deployed.tablekit(*words, endpoint=server.endpoint)
        calls = server.calls["BatchWriteItem"]
    assert shown.exit_code == 0, shown.stderr
    assert f"  {stored:,} stored by the load that this one resumed\n" in shown.stdout
    assert calls == (count - stored) / 25, "what was stored is not sent again"
    assert len(keys) == count
