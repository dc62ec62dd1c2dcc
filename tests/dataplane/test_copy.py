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
from tests.support.deployed import Deployed, deploy
from tests.support.loading import INTO, SHOP, deploy_shop, orders, plain
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


@pytest.fixture
def shops(dynamodb: str, tmp_path: Path) -> tuple[Deployed, Deployed]:
    """The shop's table in two stages."""
    (tmp_path / "two").mkdir()
    one = deploy_shop(dynamodb, tmp_path)
    return one, deploy(dynamodb, [SHOP], tmp_path / "two", "test")


def between(one: Deployed, other: Deployed, *words: str, **more: Any) -> Any:
    given = ("copy", "shop/orders@dev", "shop/orders@test", "--outputs", str(other.outputs))
    folder = one.outputs.parent
    return one.tablekit(*given, "--checkpoint", str(folder / "kept"), *words, **more)


def test_items_that_are_there_are_left_unless_told(shops: tuple[Deployed, Deployed], tmp_path: Path) -> None:
    one, other = shops
    assert one.tablekit("seed", str(orders(tmp_path / "a.jsonl", 300)), *INTO).exit_code == 0
    done = between(one, other, "--capacity", "2000")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("shop/orders@dev -> shop/orders@test\n  300 items read in ")
    assert done.stdout.endswith("  equal\n")
    assert other.items("shop", "orders") == one.items("shop", "orders")
    client = one.client("shop")
    expired = {**one.items("shop", "orders")[0], "order_id": {"S": "expired"}, "ttl": {"N": "1700000000"}}
    client.put_item(TableName="dev-shop-orders", Item=expired)
    assert between(one, other, "--verify").stdout.endswith("  equal\n"), "TTL deletes it, here or there"
    client.delete_item(TableName="dev-shop-orders", Key={name: expired[name] for name in ("order_id", "line")})
    newer = {**other.items("shop", "orders")[0], "token": {"S": "newer"}}
    client.put_item(TableName="test-shop-orders", Item=newer)
    gone = other.items("shop", "orders")[1]
    client.delete_item(TableName="test-shop-orders", Key={name: gone[name] for name in ("order_id", "line")})
    client.put_item(TableName="test-shop-orders", Item={**newer, "order_id": {"S": "mine"}})
    compared = between(one, other, "--verify", "--differences", str(tmp_path / "keys"))
    assert compared.exit_code == 1
    assert "1 items: missing" in compared.stderr
    assert "1 items: different" in compared.stderr
    assert f"order_id = '{newer['order_id']['S']}', line = '{newer['line']['N']}': different\n" in compared.stderr
    rows = [json.loads(row) for row in (tmp_path / "keys").read_text().splitlines()]
    assert sorted(row["is"] for row in rows) == ["different", "missing", "only in TO"]
    left = between(one, other)
    assert left.exit_code == 1
    assert "  1 stored\n  299 there already, left\n" in left.stdout
    assert newer in other.items("shop", "orders")
    written = between(one, other, "--overwrite")
    assert written.exit_code == 0, written.stderr
    assert "1 items: only in TO" in written.stderr
    assert newer not in other.items("shop", "orders")


def test_an_item_that_is_written_meanwhile_is_not_overwritten(shops: tuple[Deployed, Deployed], tmp_path: Path) -> None:
    one, other = shops
    assert one.tablekit("seed", str(orders(tmp_path / "a.jsonl", 60)), *INTO).exit_code == 0
    client = one.client("shop")
    client.put_item(TableName="test-shop-orders", Item={"order_id": {"S": "mine"}, "line": {"N": "1"}})
    newer = {"order_id": {"S": "order-0000007"}, "line": {"N": "2"}, "token": {"S": "newer"}}

    def choose(operation: str) -> None:
        if operation == "PutItem":  # between the look and the write
            client.put_item(TableName="test-shop-orders", Item=newer)

    with proxy(one.endpoint, choose) as server:
        done = between(one, other, endpoint=server.endpoint)
    assert done.exit_code == 1
    assert "  59 stored\n  1 there already, left\n" in done.stdout
    assert newer in other.items("shop", "orders")


def test_each_side_is_called_by_its_own_profile(shops: tuple[Deployed, Deployed], tmp_path: Path) -> None:
    one, _ = shops
    assert one.tablekit("seed", str(orders(tmp_path / "a.jsonl", 3)), *INTO).exit_code == 0
    config = tmp_path / "config"
    keys = "[profile {0}]\naws_access_key_id = {0}\naws_secret_access_key = secret\n"
    config.write_text(keys.format("live") + keys.format("other"))
    with proxy(one.endpoint, lambda _: None) as source, proxy(one.endpoint, lambda _: None) as target:
        words = ["copy", "shop/orders@dev", "test-shop-orders@eu-west-1", "--checkpoint", str(tmp_path / "kept")]
        words += ["--from-endpoint", source.endpoint, "--to-endpoint", target.endpoint]
        words += ["--from-profile", "live", "--to-profile", "other"]
        done = one.tablekit(*words, AWS_CONFIG_FILE=str(config))
    assert done.exit_code == 0, done.stderr
    assert (source.signers, target.signers) == ({"live"}, {"other"})


def test_what_is_sent_is_stored_whatever_happens(sides: Sides) -> None:
    sides.fill([generic(number) for number in range(1000)])
    faults = (Fault.THROTTLED, Fault.FAILED_AFTER, Fault.DROPPED_AFTER, Fault.GARBAGE, Fault.CUT, Fault.PARTIAL)
    reads = at_random(0.1, Fault.THROTTLED, Fault.DROPPED, Fault.GARBAGE, operation="Scan")
    with proxy(sides.source, reads) as source, proxy(sides.target, at_random(0.2, *faults)) as target:
        done = copies.run(*sides.words(source.endpoint, target.endpoint), folder=sides.folder)
    assert done.exit_code == 0, done.stderr
    assert sides.stored() == sides.expected()


FUNCTION = """
def by_customer(item):
    if item["order_id"]["S"].endswith("3"):
        raise ValueError("threes are not wanted")
    if item["order_id"]["S"].endswith("4"):
        return []
    return {**item, "token": {"S": "changed"}}
"""


def test_a_function_and_a_file(
    shops: tuple[Deployed, Deployed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = shops
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moves.py").write_text(FUNCTION)
    file = orders(tmp_path / "items.jsonl", 40)
    file.write_text(file.read_text() + "{not JSON\n" + json.dumps(plain(41, order_id="")) + "\n")
    done = one.tablekit(
        "copy", "items.jsonl", "shop/orders@dev", "--transform", "moves:by_customer", "--rejects", "bad"
    )
    assert done.exit_code == 2, done.stderr
    assert "6 items were refused and not copied: bad, reasons in bad.reasons" in done.stderr
    reasons = Path("bad.reasons").read_text()
    assert reasons.count("ValueError: threes are not wanted\n") == 4
    assert "items.jsonl:41: not JSON at character 2" in reasons
    stored = one.items("shop", "orders")
    assert len(stored) == 32
    assert {item["token"]["S"] for item in stored} == {"changed"}
    orders(file, 2)
    file.write_text(file.read_text() + json.dumps(plain(1, token="again")) + "\n")
    done = one.tablekit("copy", "items.jsonl", "shop/orders@test", "--outputs", str(other.outputs))
    assert done.exit_code == 1
    assert done.stderr.endswith("\n1 items: joined: several items of FROM became this one\n")


BOTH = ("shop/orders@dev", "shop/orders@test")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("gone.jsonl", "shop/orders@dev"),
            "gone.jsonl: no such file; give a file of items, or name a table: family/table@stage",
        ),
        (("shop/order@dev", "shop/orders@test"), "no table 'order'; did you mean 'orders'?"),
        (
            ("shop/orders@dev", "shop/orders@Prod"),
            "shop/orders@Prod: what stands behind @ is a stage or a region; write family/table@stage",
        ),
        (("shop/orders@dev", "items.jsonl"), "items.jsonl: is a file; TO is a table"),
        (("shop/orders@dev", "shop/orders@dev"), "shop/orders@dev and shop/orders@dev are one table; name two"),
        (
            ("shop/orders@dev", "dev-shop-orders@eu-west-1"),
            "shop/orders@dev and dev-shop-orders@eu-west-1 are one table",
        ),
        (("shop/orders@dev", "none@eu-west-1"), "table 'none' in eu-west-1: DescribeTable: not there"),
        (
            ("lines@eu-west-1", "generic@eu-west-1"),
            "has the keys order_id (S), line (N), generic@eu-west-1 has PK (S), SK (S); say by --transform",
        ),
        (
            (*BOTH, "--transform", "cloudstra"),
            "no transform of that name lies beside the families; did you mean 'cloudstro'?",
        ),
        ((*BOTH, "--transform", "none.toml"), "none.toml: No such file or directory; give a file of a transform"),
        (
            (*BOTH, "--transform", "nowhere:none"),
            "--transform nowhere:none: can't be loaded: ModuleNotFoundError: No module named 'nowhere'",
        ),
        (
            (*BOTH, "--follow"),
            "shop/orders@dev: --follow needs its stream with NEW_AND_OLD_IMAGES, and it has none; set ",
        ),
        (("items.jsonl", "shop/orders@dev", "--follow"), "items.jsonl: is a file, which has no stream to --follow"),
        (
            (*BOTH, "--transform", "json:__name__"),
            "--transform json:__name__: can't be loaded: TypeError: __name__ is not a function; fix it",
        ),
        ((*BOTH, "--differences", "."), ".: is a directory, not a file; name another file with --differences"),
        ((*BOTH, "--until-quiet", "3"), "--until-quiet goes with --follow; give both"),
        ((*BOTH, "--from-profile", "none"), "profile 'none': The config profile (none) could not be found"),
    ],
)
def test_what_is_asked_wrongly_is_one_message(
    shops: tuple[Deployed, Deployed], sides: Sides, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    one, other = shops
    monkeypatch.chdir(sides.folder)
    orders(sides.folder / "items.jsonl", 1)
    done = one.tablekit("copy", *words, "--outputs", str(other.outputs))
    assert done.exit_code in (1, 2)
    assert says in " ".join(done.stderr.split()), done.stderr
    assert done.stderr.startswith("tablekit: ")
    assert one.items("shop", "orders") == other.items("shop", "orders") == []


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
