"""`tablekit copy` on DynamoDB Local: what arrives, whatever happens meanwhile, and what is said of it.

With TABLEKIT_TEST_ITEMS as many items are copied as it says, between two servers.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tablekit.ops.seed.values import one_text
from tests.support import aws, copies, dynamodb_local
from tests.support.copies import GENERIC, LINES, REGION, TRANSFORM, Writer, contents, generic
from tests.support.proxy import Fault, at_random, proxy

GIVEN = os.environ.get("TABLEKIT_TEST_ITEMS")
COUNT = int(GIVEN or 900)


@dataclass(frozen=True)
class Sides:
    """A generic table and one of order lines, empty, on one server or two."""

    folder: Path
    source: str
    target: str
    clients: tuple[Any, Any]

    def words(self, source: str = "", target: str = "") -> list[str]:
        """The command's. source, target: endpoints in front of the servers."""
        named = [f"generic@{REGION}", f"lines@{REGION}", "--transform", "orders.toml", "--checkpoint", "kept"]
        return ["copy", *named, "--from-endpoint", source or self.source, "--to-endpoint", target or self.target]

    def fill(self, items: list[Any]) -> None:
        copies.fill(self.clients[0], "generic", items, self.folder, self.source)

    def expected(self) -> dict[str, str]:
        """What TO is to have, made here without the transform."""
        pages = self.clients[0].get_paginator("scan").paginate(TableName="generic", ConsistentRead=True)
        made = [line(item) for page in pages for item in page["Items"]]
        return {one_text({name: item[name] for name in LINES}): one_text(item) for item in made if item}

    def stored(self) -> dict[str, str]:
        return contents(self.clients[1], "lines", LINES)


def line(item: dict[str, Any]) -> dict[str, Any] | None:
    """What the transform is to make of an item."""
    found = re.fullmatch(r"ORDER#(\d+) LINE#(\d+)", f"{item['PK']['S']} {item['SK']['S']}")
    if not found or item["until"]["S"] == "soon":
        return None
    day = int(item["until"]["S"][8:10])
    return {
        "order_id": {"S": found[1]},
        "line": {"N": found[2]},
        "amount": item["total"],
        "due": {"N": str(1798761600 + 86400 * (day - 1))},
        "currency": {"S": "GBP"},
        "place": {"S": f"{found[1]}/{found[2]}"},
        "tags": item["tags"],
        "note": item["note"],
    }


@pytest.fixture
def servers(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    if GIVEN:  # anew for each test: DynamoDB Local drops many items for minutes, and answers nobody meanwhile
        with dynamodb_local.server("-server") as one, dynamodb_local.server("-server") as other:
            yield one, other
    else:
        dynamodb = request.getfixturevalue("dynamodb")
        yield dynamodb, dynamodb


@pytest.fixture
def sides(servers: tuple[str, str], tmp_path: Path) -> Sides:
    (tmp_path / "orders.toml").write_text(TRANSFORM)
    source = copies.make(servers[0], "generic", GENERIC, "NEW_AND_OLD_IMAGES")
    return Sides(tmp_path, *servers, (source, copies.make(servers[1], "lines", LINES)))


def wait_until(condition: Callable[[], object], seconds: float = 3000 if GIVEN else 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def read(checkpoint: Path) -> int:
    return int(json.loads(checkpoint.read_text())["read"]) if checkpoint.exists() else 0


def kill_at(count: int, checkpoint: Path, *words: str) -> None:
    process = subprocess.Popen(copies.command(*words), cwd=checkpoint.parent, env=aws.KEYS)
    wait_until(lambda: read(checkpoint) >= count or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed in the middle"


@pytest.mark.long
def test_killed_every_item_is_there_once(sides: Sides) -> None:
    sides.fill(
        [generic(number) for number in range(COUNT)]
        + [generic(1, SK={"S": "NOTE"}), generic(COUNT, until={"S": "soon"})]
    )
    checkpoint = sides.folder / "kept"
    slowly = ("--capacity", str(max(300, COUNT // 60)), "--concurrency", "4" if GIVEN else "1")
    parts = (1, 2, 3) if GIVEN else (3,)
    for part in parts:
        kill_at(COUNT * part // 5, checkpoint, *sides.words(), *slowly)
    resumed = read(checkpoint)
    assert COUNT * 3 // 5 <= resumed < COUNT
    done = copies.run(*sides.words(), "--json", folder=sides.folder)
    assert done.exit_code == 2, done.stderr
    said = json.loads(done.stdout)
    assert said["resumed"] == resumed
    assert said["read"] == COUNT + 2 - resumed, "what was stored is not read again"
    assert said["sides"]["from"] == said["sides"]["to"]
    assert sides.stored() == sides.expected()
    assert "2 items were refused and not copied: kept." in done.stderr
    (rejects,) = sides.folder.glob("*.rejects")
    assert sorted(json.loads(row)["Item"]["SK"]["S"] for row in rejects.read_text().splitlines()) == [
        f"LINE#{COUNT % 3}",
        "NOTE",
    ]
    assert rejects.stat().st_mode & 0o077 == 0
    assert not checkpoint.exists()
    found = said["sides"]["to"]["hash"]
    print(f"\n{COUNT:,} items, killed at {resumed:,}; then {said['rate']:,.0f} items/s, hash {found}")


@pytest.mark.long
def test_followed_while_a_writer_goes_on_nothing_is_lost_at_the_switch(sides: Sides) -> None:
    sides.fill([generic(number) for number in range(COUNT)])
    writer = Writer(sides.clients[0], "generic", COUNT)
    log = sides.folder / "log"
    with writer.writing(), log.open("w") as said:
        process = subprocess.Popen(
            copies.command(*sides.words(), "--follow"), cwd=sides.folder, env=aws.KEYS, stdout=said, stderr=said
        )
        wait_until(lambda: "the switch can be made" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        before = writer.written
        wait_until(lambda: writer.written > before + 200)
    # The writer is stopped, and the last changes are on their way.
    process.send_signal(signal.SIGINT)
    assert process.wait() == 0, log.read_text()
    text = log.read_text()
    assert "carrying over the last changes" in text
    assert "the last changes are carried over; comparing once more" in text
    assert text.endswith("  equal\n")
    assert sides.stored() == sides.expected()
    verified = copies.run(*sides.words(), "--verify", "--json", folder=sides.folder)
    assert verified.exit_code == 0, verified.stderr
    print(f"\n{COUNT:,} items and {writer.written:,} writes: {re.findall(r'.*carried over$', text, re.MULTILINE)}")


@pytest.mark.long
def test_a_follower_that_was_killed_goes_on(sides: Sides) -> None:
    sides.fill([generic(number) for number in range(300)] + [generic(300, until={"S": "soon"})])
    words = [*sides.words(), "--follow", "--until-quiet", "1"]
    checkpoint = sides.folder / "kept"
    process = subprocess.Popen(
        copies.command(*words[:-2]), cwd=sides.folder, env=aws.KEYS, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert ", but for 1 items that are refused, and the lag is " in process.stderr.readline()
    sides.clients[0].put_item(TableName="generic", Item=generic(1000))
    wait_until(lambda: len(sides.stored()) == 301)
    process.kill()
    process.communicate()
    assert json.loads(checkpoint.read_text())["copied"] is True
    sides.clients[0].delete_item(TableName="generic", Key={name: generic(5)[name] for name in GENERIC})
    sides.clients[0].put_item(TableName="generic", Item=generic(7, until={"S": "soon"}))
    done = copies.run(*words, folder=sides.folder)
    assert done.exit_code == 2, done.stderr
    assert "2 items were refused" in done.stderr
    assert sides.stored() == sides.expected()
    assert len(sides.stored()) == 299


def test_a_stream_that_is_switched_off_is_not_followed_as_if_nothing_changed(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides.fill([generic(1)])
    monkeypatch.setattr("tablekit.ops.copy.follow._DESCRIBE_SECONDS", 0)

    def told(text: str, **_: Any) -> None:
        sides.clients[0].update_table(TableName="generic", StreamSpecification={"StreamEnabled": False})
        sides.clients[0].put_item(TableName="generic", Item=generic(2))

    monkeypatch.setattr("tablekit.ops.copy.command.typer.echo", told)
    done = copies.run(*sides.words(), "--follow", folder=sides.folder)
    assert done.exit_code == 1
    assert "the stream of table 'generic': was switched off, or its table is gone, and changes since" in done.stderr


def test_what_is_sent_is_stored_whatever_happens(sides: Sides) -> None:
    sides.fill([generic(number) for number in range(1000)])
    faults = (Fault.THROTTLED, Fault.FAILED_AFTER, Fault.DROPPED_AFTER, Fault.GARBAGE, Fault.CUT, Fault.PARTIAL)
    reads = at_random(0.1, Fault.THROTTLED, Fault.DROPPED, Fault.GARBAGE, operation="Scan")
    with proxy(sides.source, reads) as source, proxy(sides.target, at_random(0.2, *faults)) as target:
        done = copies.run(*sides.words(source.endpoint, target.endpoint), folder=sides.folder)
    assert done.exit_code == 0, done.stderr
    assert sides.stored() == sides.expected()


def test_a_checkpoint_is_of_one_copy(sides: Sides) -> None:
    sides.fill([generic(1)])
    kept = sides.folder / "kept"
    other = {"source": "x", "target": "y", "transform": "z", "overwrite": False}
    kept.write_text(json.dumps({**other, "fresh": True, "segments": 8, "started": 1.0}))
    done = copies.run(*sides.words(), folder=sides.folder)
    assert done.exit_code == 1
    assert done.stderr == (
        "tablekit: kept: is of a copy with another source; delete it to begin anew, or name another place with "
        "--checkpoint\n"
    )
    kept.write_text("{}")
    assert (
        "kept: is not a checkpoint of this command (source: Field required)"
        in copies.run(*sides.words(), folder=sides.folder).stderr
    )
    assert sides.stored() == {}
