"""What a change of the declaration does to what is deployed, by the real engine."""

from __future__ import annotations

import pytest

from tests.engine.project import SHOP, Project

TABLE = "local-shop-orders"
SECOND_INDEX = """
                Index(name="status-index", hash_key=S("status"), purpose="orders of a status"),
"""
TWO_INDEXES = SHOP.replace("            indexes=(\n", f"            indexes=(\n{SECOND_INDEX}")


def index_names(project: Project) -> list[str]:
    described = project.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    return sorted(index["IndexName"] for index in described.get("GlobalSecondaryIndexes", []))


def put(project: Project) -> None:
    project.client("dynamodb").put_item(TableName=TABLE, Item={"order_id": {"S": "o1"}, "customer": {"S": "c1"}})


def items(project: Project) -> int:
    return int(project.client("dynamodb").scan(TableName=TABLE)["Count"])


def test_an_index_comes_and_goes_in_place(shop: Project) -> None:
    shop.up()
    put(shop)
    shop.family("shop", TWO_INDEXES)
    (step,) = [step for step in shop.plan() if "Table::" in step["urn"]]
    assert step["op"] == "update"
    assert shop.up()["updated"] >= 1
    assert index_names(shop) == ["customer-index", "status-index"]
    assert (
        shop.outputs()["families"]["shop"]["tables"]["orders"]["indexes"]["status-index"]["hashKey"]["name"] == "status"
    )
    shop.family("shop", SHOP)
    assert "replaced" not in shop.up()
    assert index_names(shop) == ["customer-index"]
    assert items(shop) == 1


def test_moving_an_index_in_the_source_changes_nothing(shop: Project) -> None:
    shop.family("shop", TWO_INDEXES)
    shop.up()
    first, second = (
        SECOND_INDEX.strip(),
        'Index(name="customer-index", hash_key=S("customer"), purpose="a customer\'s orders"),',
    )
    assert first in TWO_INDEXES
    assert second in TWO_INDEXES
    moved = TWO_INDEXES.replace(first, "§").replace(second, first).replace("§", second)
    assert moved != TWO_INDEXES
    shop.family("shop", moved)
    assert shop.plan() == []


def test_a_key_that_changes_is_planned_as_a_replacement_and_loses_nothing(shop: Project) -> None:
    """The new table can't be made beside the old one of the same name: the update fails, and going back is enough."""
    shop.up()
    put(shop)
    shop.family("shop", SHOP.replace('hash_key=S("order_id")', 'hash_key=S("number")'))
    assert "replace" in {step["op"] for step in shop.plan() if "table:Table::" in step["urn"]}
    failed = shop.pulumi("up", "--yes", "--skip-preview", check=False)
    assert failed.returncode != 0
    assert "already exists" in failed.stdout + failed.stderr
    assert items(shop) == 1
    shop.family("shop", SHOP)
    shop.up()
    assert items(shop) == 1
    assert shop.plan() == []


def test_destroy_leaves_every_table_and_item(shop: Project) -> None:
    shop.up()
    put(shop)
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


def test_a_table_left_out_of_the_program_stays(shop: Project) -> None:
    shop.up()
    put(shop)
    second = SHOP.replace('key="shop"', 'key="store"').replace("shop-{table}", "store-{table}")
    shop.family("store", second)
    shop.set(families=["store"])
    shop.up()
    assert items(shop) == 1


@pytest.mark.parametrize(
    ("setting", "shown"),
    [({"pointInTimeRecoveryDays": 7}, 7), ({"pointInTimeRecoveryDays": 35}, 35)],
)
def test_the_recovery_window_is_what_the_stage_sets(shop: Project, setting: dict[str, int], shown: int) -> None:
    shop.set(**setting)
    shop.up()
    found = shop.client("dynamodb").describe_continuous_backups(TableName=TABLE)["ContinuousBackupsDescription"]
    recovery = found["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    assert recovery["RecoveryPeriodInDays"] == shown


def test_an_endpoint_elsewhere_is_refused_before_anything_is_made(shop: Project) -> None:
    shop.set(aws__endpoints=[{"dynamodb": "http://10.0.0.1:4566"}])
    done = shop.pulumi("up", "--yes", "--skip-preview", check=False)
    assert done.returncode != 0
    assert "aws:endpoints" in done.stdout + done.stderr
    assert shop.client("dynamodb").list_tables()["TableNames"] == []
