"""`tablekit seed FILE` over a bad network and a busy service: nothing lost, nothing double, and an end.

`test_seed_mixes.py` has each fault by itself.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from families import catalogue
from tablekit.contract import read_file
from tablekit.ops.seed.target import describe_target, targets
from tests.support import aws
from tests.support.deployed import Deployed, deploy
from tests.support.loading import INTO, deploy_shop, orders, plain, write_lines
from tests.support.proxy import ALL, UNREADABLE, Choose, Fault, always, at_random, proxy

COUNT = 1500
INTO_FORMBRIDGE = ("--family", "formbridge", "--table", "FormBridgeData")


def ids(shop: Deployed) -> list[str]:
    return sorted(item["order_id"]["S"] for item in shop.items("shop", "orders"))


def sent(count: int) -> list[str]:
    return sorted(plain(number)["order_id"] for number in range(count))


def test_what_is_sent_is_stored_whatever_happens(dynamodb: str, tmp_path: Path) -> None:
    shop = deploy_shop(dynamodb, tmp_path)
    file = orders(tmp_path / "items.jsonl", COUNT)
    with proxy(dynamodb, at_random(0.6, *ALL)) as between:
        shown = shop.tablekit("seed", str(file), *INTO, endpoint=between.endpoint)
    assert shown.exit_code == 0, shown.stderr
    assert between.done.total() > 5, "the scenario took place"
    assert ids(shop) == sent(COUNT)
    assert f"{COUNT:,} items stored" in shown.stdout
    again = shop.tablekit("seed", str(file), *INTO)
    assert f"{COUNT:,} there already, with the same content" in again.stdout


def test_families_survive_faults_too(moto: str, tmp_path: Path) -> None:
    shop = deploy_shop(moto, tmp_path)
    samples = Path(shop.package or "") / "samples/shop"
    samples.mkdir(parents=True)
    items = [{"order_id": {"S": f"o{n}"}, "line": {"N": "1"}} for n in range(40)]
    (samples / "orders.jsonl").write_text("\n".join(map(json.dumps, items)))
    faults = (Fault.THROTTLED, Fault.FAILED, Fault.FAILED_AFTER, Fault.DROPPED_AFTER, *UNREADABLE)
    with proxy(moto, at_random(0.2, *faults, operation="PutItem")) as between:
        shown = shop.tablekit("seed", endpoint=between.endpoint)
    assert shown.exit_code == 0, shown.stderr
    assert len(shop.items("shop", "orders")) == 40
    assert "nothing changed" in shop.tablekit("seed").stdout


def test_killed_and_run_again_it_is_as_one_clean_run(dynamodb: str, tmp_path: Path) -> None:
    count = 20_000
    formbridge = deploy(dynamodb, [catalogue().family("formbridge")], tmp_path)
    names = [f"order-{number:07}" for number in range(count)]
    items = [{"PK": name, "SK": "META", "note": "x" * 100} for name in names]
    file = write_lines(tmp_path / "items.jsonl", items)
    checkpoint = tmp_path / "kept.checkpoint"
    words = ("seed", str(file), *INTO_FORMBRIDGE, "--checkpoint", str(checkpoint), "--concurrency", "2")
    with proxy(dynamodb, at_random(1.0, Fault.SLOW), slow_seconds=0.02) as between:
        process = subprocess.Popen(
            formbridge.command(*words), env=formbridge.environment(between.endpoint), stdout=subprocess.DEVNULL
        )
        wait_until(lambda: checkpoint.exists() and json.loads(checkpoint.read_text())["items"] > 500)
        process.send_signal(signal.SIGKILL)
        process.wait()
    stored = json.loads(checkpoint.read_text())["items"]
    assert 500 < stored < count, "it was killed in the middle"
    with proxy(dynamodb, lambda operation: None) as between:
        shown = formbridge.tablekit(*words, endpoint=between.endpoint)
    assert shown.exit_code == 0, shown.stderr
    assert f"{stored:,} stored by the load that this one resumed" in shown.stdout
    assert between.calls["BatchWriteItem"] <= (count - stored) // 25 + 1, "what was stored is not sent again"
    assert sorted(item["PK"]["S"] for item in formbridge.items("formbridge", "FormBridgeData")) == names
    assert not checkpoint.exists()


def test_a_checkpoint_is_of_one_table_until_it_is_made_anew(dynamodb: str, tmp_path: Path) -> None:
    """test_seed_safety.py has what else a checkpoint is held to."""
    shop = deploy_shop(dynamodb, tmp_path)
    file = orders(tmp_path / "items.jsonl", 10)
    checkpoint = tmp_path / "kept"
    (target,) = targets(read_file(shop.outputs), shop.catalogue)
    made = describe_target(aws.clients(dynamodb), target)
    kept = {"digest": "x", "table": target.exported.arn, "table_id": made}
    for other, says in (
        ({}, "the file has changed since the load was interrupted"),
        ({"table_id": "other"}, "the table was made anew since the load was interrupted"),
        ({"table": "arn:other"}, f"is of table arn:other, this load of {target.exported.arn}"),
    ):
        checkpoint.write_text(json.dumps({**kept, **other}))
        shown = shop.tablekit("seed", str(file), *INTO, "--checkpoint", str(checkpoint))
        assert shown.exit_code == 1
        assert says in shown.stderr
    assert ids(shop) == []


@pytest.mark.parametrize(
    ("choose", "says"),
    [
        (always(Fault.EXPIRED), "the AWS credentials have expired (DescribeTable); log in again"),
        (always(Fault.CLOCK), "check the secret key and clock"),
        (at_random(1.0, Fault.EXPIRED), "the AWS credentials have expired (BatchWriteItem); log in again"),
        (at_random(1.0, Fault.CLOCK), "Signature not yet current"),
        (always(Fault.DROPPED), "no answer from http://127.0.0.1:"),
    ],
)
def test_what_will_not_pass_ends(dynamodb: str, tmp_path: Path, choose: Choose, says: str) -> None:
    shop = deploy_shop(dynamodb, tmp_path)
    file = orders(tmp_path / "items.jsonl", 100)
    with proxy(dynamodb, choose) as between:
        shown = shop.tablekit("seed", str(file), *INTO, endpoint=between.endpoint)
    assert shown.exit_code == 2, shown.stdout
    assert says in shown.stderr
    assert "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    ("table", "says"),
    [
        # The first call of a region asks for its last table; the others are met by their items.
        ("ai-insights", "DescribeTable: not there: Requested resource not found: Table: {} not found"),
        ("users", "PutItem: not there: Requested resource not found"),
    ],
)
def test_a_table_that_was_deleted_is_named_with_what_makes_it_anew(
    moto: str, tmp_path: Path, table: str, says: str
) -> None:
    cloudstro = deploy(moto, [catalogue().family("cloudstro")], tmp_path)
    name = f"dev-cloudstro-{table}"
    cloudstro.client("cloudstro").delete_table(TableName=name)
    shown = cloudstro.tablekit("seed")
    assert shown.exit_code == 2
    repair = "this makes it anew, empty: pulumi up --refresh -s dev (docs/runbooks/drift.md)"
    assert f"table '{name}' in us-east-1: {says.format(name)}; {repair}\n" in shown.stderr


def test_no_credentials_at_all(dynamodb: str, tmp_path: Path) -> None:
    """On AWS, before anything is called; an emulator gets keys that nobody has."""
    shop = deploy_shop(dynamodb, tmp_path)
    shown = shop.tablekit(
        "seed", str(orders(tmp_path / "items.jsonl", 10)), *INTO, AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="",
        AWS_SHARED_CREDENTIALS_FILE=str(tmp_path / "none"), AWS_CONFIG_FILE=str(tmp_path / "none"),
        AWS_ENDPOINT_URL="",
    )  # fmt: skip
    assert shown.exit_code == 2
    assert "no AWS credentials were found" in shown.stderr


def wait_until(condition: Any, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)
