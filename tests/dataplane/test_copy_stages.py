"""`tablekit copy` between stages, from files and by functions: what is left, whose profile calls, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import copies
from tests.support.copies import GENERIC, LINES
from tests.support.deployed import Deployed, deploy
from tests.support.loading import INTO, SHOP, deploy_shop, orders, plain
from tests.support.proxy import proxy


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
    shops: tuple[Deployed, Deployed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    one, other = shops
    copies.make(one.endpoint, "generic", GENERIC)
    copies.make(one.endpoint, "lines", LINES)
    monkeypatch.chdir(tmp_path)
    orders(tmp_path / "items.jsonl", 1)
    done = one.tablekit("copy", *words, "--outputs", str(other.outputs))
    assert done.exit_code in (1, 2)
    assert says in " ".join(done.stderr.split()), done.stderr
    assert done.stderr.startswith("tablekit: ")
    assert one.items("shop", "orders") == other.items("shop", "orders") == []
