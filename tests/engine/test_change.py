"""What a change of the declaration does to what is deployed, by the real engine, one change after another."""

from __future__ import annotations

import pytest

from tests.engine.project import SHOP, Project

TABLE = "local-shop-orders"
CUSTOMER_INDEX = 'Index(name="customer-index", hash_key=S("customer"), purpose="a customer\'s orders"),'
STATUS_INDEX = 'Index(name="status-index", hash_key=S("status"), purpose="orders of a status"),'
TWO_INDEXES = SHOP.replace(CUSTOMER_INDEX, f"{STATUS_INDEX}\n                {CUSTOMER_INDEX}")
MOVED = SHOP.replace(CUSTOMER_INDEX, f"{CUSTOMER_INDEX}\n                {STATUS_INDEX}")


@pytest.fixture(scope="module", name="shop")
def _shop(shop: Project) -> Project:
    """Deployed, with an item. Each test leaves it as it was, but for the last."""
    shop.set(pointInTimeRecoveryDays=7)
    shop.up()
    assert recovery_days(shop) == 7
    shop.client("dynamodb").put_item(TableName=TABLE, Item={"order_id": {"S": "o1"}, "customer": {"S": "c1"}})
    return shop


def index_names(shop: Project) -> list[str]:
    described = shop.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    return sorted(index["IndexName"] for index in described.get("GlobalSecondaryIndexes", []))


def items(shop: Project) -> int:
    return int(shop.client("dynamodb").scan(TableName=TABLE)["Count"])


def recovery_days(shop: Project) -> int:
    found = shop.client("dynamodb").describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    recovery = found["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    return int(recovery["RecoveryPeriodInDays"])


def test_an_index_comes_and_goes_in_place_and_its_place_in_the_source_is_nothing(shop: Project) -> None:
    shop.family("shop", TWO_INDEXES)
    made = shop.up()
    assert made["updated"] >= 1
    assert "replaced" not in made
    assert index_names(shop) == ["customer-index", "status-index"]
    exported = shop.outputs()["families"]["shop"]["tables"]["orders"]["indexes"]["status-index"]
    assert exported["hashKey"]["name"] == "status"
    shop.family("shop", MOVED)
    assert shop.plan() == []
    shop.family("shop", SHOP)
    shop.set(pointInTimeRecoveryDays=35)
    assert "replaced" not in shop.up()
    assert index_names(shop) == ["customer-index"]
    assert recovery_days(shop) == 35
    assert items(shop) == 1


def test_a_key_that_changes_loses_nothing(shop: Project) -> None:
    """The new table can't be made beside the old one of the same name: the update fails, and going back is enough."""
    shop.family("shop", SHOP.replace('hash_key=S("order_id")', 'hash_key=S("number")'))
    failed = shop.pulumi("up", "--yes", "--skip-preview", check=False)
    assert failed.returncode != 0
    assert "already exists" in failed.stdout + failed.stderr
    shop.family("shop", SHOP)
    shop.up()
    assert items(shop) == 1
    assert shop.plan() == []


def test_a_table_left_out_of_the_program_stays(shop: Project) -> None:
    shop.family("store", SHOP.replace('key="shop"', 'key="store"').replace("shop-{table}", "store-{table}"))
    shop.set(families=["store"])
    shop.up()
    assert items(shop) == 1


def test_destroy_leaves_every_table_and_item(shop: Project) -> None:
    shop.set(families=["shop"])
    shop.up(take_over=True)
    shop.pulumi("destroy", "--yes", "--skip-preview")
    assert [r["type"] for r in shop.state()] in ([], ["pulumi:pulumi:Stack"])
    assert items(shop) == 1
    assert index_names(shop) == ["customer-index"]
    again = shop.pulumi("up", "--yes", "--skip-preview", check=False)
    assert again.returncode != 0
    said = again.stdout + again.stderr
    assert TABLE in said
    assert "`make up` takes over what this stack made" in said
    assert "Traceback" not in said
    shop.up(take_over=True)
    assert items(shop) == 1
