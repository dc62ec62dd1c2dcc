"""The runbook of a change of key, run as it stands, while the old table is written to."""

from __future__ import annotations

import re
import threading
import time
from typing import Any

import pytest

from local.project import ROOT
from tablekit.client import connect
from tests.engine.project import SHOP, Project
from tests.support import aws

pytestmark = pytest.mark.long

RUNBOOK = ROOT / "docs" / "runbooks" / "change-a-key.md"
OLD = SHOP.replace('"status": "S", "ttl": "N"', '"status": "S", "placedAt": "S"')
COUNT = 40


def block(kind: str, number: int = 0) -> str:
    """A block of the runbook, for this stage, with less patience."""
    found = re.findall(rf"^```{kind}\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)[number]
    return re.sub(r"\bprod\b", "local", found).replace("--until-quiet 60", "--until-quiet 2")


def order(number: int, status: str = "paid") -> dict[str, Any]:
    return {
        "order_id": {"S": f"o{number}"},
        "customer": {"S": f"c{number % 3}"},
        "status": {"S": status},
        "placedAt": {"S": f"2026-01-{number % 28 + 1:02}T00:00:00Z"},
    }


def with_the_new_table() -> str:
    """The family with the table that the runbook declares."""
    module = OLD.replace("FAMILY = Family(", f"{block('python')}\n\nFAMILY = Family(")
    return module.replace("    tables=(\n        Table(", "    tables=(\n        NEW,\n        Table(")


def without_the_old_table() -> str:
    return re.sub(
        r"    tables=\(.*?\n    \),\n    roles", "    tables=(NEW,),\n    roles", with_the_new_table(), flags=re.DOTALL
    )


def test_the_runbook_changes_a_key(shop: Project) -> None:
    shop.family("shop", OLD)
    shop.set(protect=True)
    shop.up()
    client = shop.client("dynamodb")
    for number in range(COUNT):
        client.put_item(TableName="local-shop-orders", Item=order(number))

    shop.family("shop", with_the_new_table())
    shop.set(streams={"shop/orders": "NEW_AND_OLD_IMAGES"})
    assert "shop/orders: NEW_AND_OLD_IMAGES" in block("yaml")
    deploy, copy, remove = (block("bash", number) for number in range(3))
    deployed = shop.shell(deploy)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    (shop.folder / "orders-by-customer.toml").write_text(block("toml"))

    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            client.put_item(TableName="local-shop-orders", Item=order(COUNT + number))
            client.put_item(TableName="local-shop-orders", Item=order(number, "sent"))
            client.delete_item(TableName="local-shop-orders", Key={"order_id": {"S": f"o{COUNT // 2 + number}"}})
            number += 1
            time.sleep(0.2)

    writer, halt = threading.Thread(target=write), threading.Timer(5, stop.set)
    writer.start()
    halt.start()
    copied = shop.shell(copy)
    halt.cancel()
    stop.set()
    writer.join()
    assert copied.returncode == 0, copied.stdout + copied.stderr
    assert "shop/orders-by-customer@local is as shop/orders@local, and the lag is " in copied.stderr
    assert "the switch can be made. Stop what writes to shop/orders@local, then wait: this ends when" in copied.stderr
    assert copied.stdout.endswith("  equal\n")
    old = client.scan(TableName="local-shop-orders")["Items"]
    tables = connect(shop.folder / "outputs.json", aws.clients(shop.emulator.endpoint)).family("shop")
    found = [item for number in range(3) for item in tables.run("orders-by-customer", customer=f"c{number}").items]
    assert {(item["order_id"], item["state"]) for item in found} == {
        (item["order_id"]["S"], item["status"]["S"]) for item in old
    }
    assert {item["placed"] % 86400 for item in found} == {0}
    assert not any("placedAt" in item for item in found)

    shop.family("shop", without_the_old_table())
    shop.set(streams=None)
    removed = shop.shell(remove)
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert not any(resource["urn"].endswith("Table::shop-orders") for resource in shop.state())
    assert client.scan(TableName="local-shop-orders")["Count"] == len(old), "it stays where it is, with its items"
    assert shop.plan() == []
