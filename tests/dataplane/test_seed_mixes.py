"""`tablekit seed FILE` under every mix of faults: all is stored, or it stops cleanly and the next load completes it.

TABLEKIT_TEST_ITEMS=50000 sends as many under each mix, instead of a few hundred.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import urllib3

from families import catalogue
from tests.support.deployed import deploy
from tests.support.loading import write_lines
from tests.support.proxy import ALL, UNREADABLE, Choose, Fault, always, at_random, proxy
from tests.support.stub_table import StubTables

FAMILY = "formbridge"
WORDS = ("--family", FAMILY, "--table", "FormBridgeData")
ITEMS = int(os.environ.get("TABLEKIT_TEST_ITEMS", "600"))
LOADS = 4
"""Loads of a file, at most: the first one, and those that resume it."""
MIXES: dict[str, tuple[float, tuple[Fault, ...]]] = {
    **{fault.name.lower(): (0.2, (fault,)) for fault in ALL},
    "doubled, throttled": (0.3, (Fault.DOUBLED, Fault.THROTTLED)),
    "shifted, partly unprocessed, slow": (0.3, (Fault.SHIFTED, Fault.PARTIAL, Fault.SLOW)),
    "doubled, chunked, closed after execution": (0.3, (Fault.DOUBLED, Fault.CHUNKED, Fault.DROPPED_AFTER)),
    "unreadable of every kind": (0.3, UNREADABLE),
    "unreadable, doubled, shifted": (0.3, (*UNREADABLE, Fault.DOUBLED, Fault.SHIFTED)),
    "everything": (0.5, ALL),
}


@dataclass(frozen=True)
class Outcome:
    """What came of a file. exits: the loads' exit codes. said: the last one's standard error."""

    stored: int
    exits: tuple[int, ...]
    faults: int
    calls: int
    said: str


def load(items: int, folder: Path, choose: Choose, slow_seconds: float = 0.05) -> Outcome:
    """Load a file of so many items under these faults, until a load ends well."""
    file = write_lines(folder / "items.jsonl", [{"PK": f"order-{n:07}", "SK": "META", "n": n} for n in range(items)])
    tables = StubTables()
    exits: list[int] = []
    with proxy(tables.carry, choose, slow_seconds) as server:
        deployed = deploy(server.endpoint, [catalogue().family(FAMILY)], folder)
        while len(exits) < LOADS and (not exits or exits[-1]):
            shown = deployed.tablekit("seed", str(file), *WORDS)
            exits.append(shown.exit_code)
    (stored,) = (len(keys) for keys in tables.keys.values())
    return Outcome(stored, tuple(exits), server.done.total(), server.calls["BatchWriteItem"], shown.stderr)


@pytest.mark.parametrize("mix", MIXES)
def test_what_is_sent_is_stored_or_the_next_load_completes_it(mix: str, tmp_path: Path) -> None:
    rate, faults = MIXES[mix]
    found = load(ITEMS, tmp_path, at_random(rate, *faults))
    assert found.stored == ITEMS
    assert found.exits[-1] == 0, found
    assert all(found.exits[:-1]), "only the last one ended well"
    assert found.faults > 2, "the mix took place"


def test_answers_that_stay_unreadable_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tablekit.ops.seed.loader.UNREACHABLE_SECONDS", 0.1)
    found = load(100, tmp_path, at_random(1.0, Fault.HTML))
    assert found.exits == (2, 2, 2, 2)
    assert found.stored == 0
    assert "gave an answer that is not JSON: '<!DOCTYPE html>" in found.said
    assert "; is DynamoDB there, and no other server or proxy in between?" in found.said
    assert "Traceback" not in found.said


def test_one_answer_that_does_not_come_in_time_is_waited_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tablekit.ops.signed_http._TIMEOUT", urllib3.Timeout(1.0))
    monkeypatch.setattr("tablekit.ops.seed.loader.UNREACHABLE_SECONDS", 0.1)
    slow = [Fault.SLOW]
    choose = lambda operation: slow.pop() if operation == "BatchWriteItem" and slow else None  # noqa: E731
    found = load(25, tmp_path, choose, slow_seconds=2.0)
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
