"""`tablekit backup`, `backups` and `restore`, on a server that keeps backups, and on AWS's own engine.

moto restores to any time what the table holds now; so what was is shown by on-demand backups, which it keeps.
"""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deployed import Deployed, deploy
from tests.support.loading import SHOP

TABLE = "shop/orders"
NAME = "dev-shop-orders"
REGION = "eu-west-1"


def item(number: int, **attributes: Any) -> dict[str, Any]:
    return {
        "order_id": {"S": f"order-{number:05}"},
        "line": {"N": str(number % 5)},
        "total": {"N": str(number)},
        "tags": {"SS": ["a", "b"]},
        "extra": {"M": {"note": {"S": "as it was"}, "empty": {"L": []}}},
        **attributes,
    }


def key(of: dict[str, Any]) -> dict[str, Any]:
    return {name: of[name] for name in ("order_id", "line")}


class Shop:
    """A shop on moto, whose stage has a file; commands run in a folder of their own."""

    def __init__(self, deployed: Deployed, folder: Path) -> None:
        self.deployed, self.folder = deployed, folder
        self.client = deployed.client("shop")
        self.config = folder / "Pulumi.dev.yaml"
        self.settings()

    def settings(self, **changes: Any) -> None:
        """Write the stage's file."""
        given = {"families": ["shop"], "deletionProtection": True, "pointInTimeRecoveryDays": 7, **changes}
        config = {"aws:region": REGION, **{f"dynamodb-tables:{name}": value for name, value in given.items()}}
        self.config.write_text(yaml.safe_dump({"config": config}))

    def run(self, *words: str, code: int = 0) -> str:
        done = self.deployed.tablekit(*words, "--config", str(self.config))
        assert done.exit_code == code, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stderr if code and not done.stdout else done.stdout

    def put(self, items: list[dict[str, Any]]) -> None:
        for start in range(0, len(items), 25):
            requests = [{"PutRequest": {"Item": each}} for each in items[start : start + 25]]
            self.client.batch_write_item(RequestItems={NAME: requests})

    def remove(self, items: list[dict[str, Any]]) -> None:
        for start in range(0, len(items), 25):
            requests = [{"DeleteRequest": {"Key": key(each)}} for each in items[start : start + 25]]
            self.client.batch_write_item(RequestItems={NAME: requests})

    def items(self) -> dict[str, dict[str, Any]]:
        return {each["order_id"]["S"]: each for each in self.deployed.items("shop", "orders")}

    def backup(self) -> str:
        arn: str = json.loads(self.run("backup", TABLE, "--json"))["arn"]
        return arn


@pytest.fixture
def shop(moto: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    return Shop(deploy(moto, [SHOP], tmp_path), tmp_path)


def test_a_thousand_deleted_and_five_hundred_spoilt_come_back_and_what_is_new_stays(shop: Shop) -> None:
    before = [item(number) for number in range(2000)]
    shop.put(before)
    backup = shop.backup()
    shop.remove(before[:1000])
    spoilt = [item(number, total={"S": "nonsense"}, wrong={"BOOL": True}) for number in range(1000, 1500)]
    shop.put(spoilt)
    new = [item(number) for number in range(5000, 5100)]
    shop.put(new)

    compared = json.loads(shop.run("restore", TABLE, "--backup", backup, "--json"))
    name = compared["restored"]
    assert name.startswith(f"restored.{NAME}.")
    assert compared["counts"] == {"missing": 1000, "changed": 500, "new": 100, "expired": 0, "same": 500}
    assert compared["notAsDeclared"] == []
    keys = shop.folder / compared["keys"]
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert "nonsense" not in keys.read_text()

    for items, count in (("missing", 1000), ("changed", 500)):
        there = shop.items()
        words = ("restore", TABLE, "--backup", backup, "--into-live", items)
        what = "put back" if items == "missing" else "replaced"
        assert f"  {count:,} would be {what}\n  nothing was written" in shop.run(*words)
        assert shop.items() == there
        assert f"  {count:,} {what}\n" in shop.run(*words, "--yes")
        assert f"  {count:,} there as it was\n" in shop.run(*words, "--yes"), "a second time there is nothing to do"

    assert shop.items() == {each["order_id"]["S"]: each for each in (*before, *new)}
    kept = shop.folder / f"{name}.replaced.jsonl"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    lines = [json.loads(line)["Item"] for line in kept.read_text().splitlines()]
    assert sorted(lines, key=str) == sorted(spoilt, key=str)
