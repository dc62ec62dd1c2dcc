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


SCALED = {"read": 5, "write": 5, "upTo": {"read": 100, "write": 50}}
NIGHT = {"name": "night", "schedule": "cron(0 22 ? * * *)", "timezone": "Europe/London", "read": 2}


def capacity(shop: Project) -> dict[str, tuple[int, int]]:
    """Of the table and of its indexes."""
    table = shop.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    owners = {"table": table, **{index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", ())}}
    units = {name: owner["ProvisionedThroughput"] for name, owner in owners.items()}
    return {name: (each["ReadCapacityUnits"], each["WriteCapacityUnits"]) for name, each in units.items()}


def scale(shop: Project, table: int, **indexes: int) -> None:
    """As Application Auto Scaling does it: reads of the table, and of some indexes."""
    updates = [
        {"Update": {"IndexName": f"{name}-index", "ProvisionedThroughput": units(read)}}
        for name, read in indexes.items()
    ]
    given = {"ProvisionedThroughput": units(table), "GlobalSecondaryIndexUpdates": updates}
    shop.client("dynamodb").update_table(TableName=TABLE, **given)


def units(read: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": 5}


def refreshed(shop: Project) -> None:
    shop.pulumi("refresh", "--yes", "--skip-preview")


@pytest.mark.long
def test_what_autoscaling_has_moved_stays_and_hides_no_index(shop: Project) -> None:
    shop.family("shop", TWO_INDEXES)
    shop.set(provisioned={"shop/orders": {**SCALED, "floors": [NIGHT]}})
    shop.up()
    assert capacity(shop) == {"table": (5, 5), "customer-index": (5, 5), "status-index": (5, 5)}
    scaling = shop.client("application-autoscaling")
    targets = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    assert {each["ResourceId"] for each in targets} == {
        f"table/{TABLE}{index}" for index in ("", "/index/customer-index", "/index/status-index")
    }
    assert len(targets) == 2 * 3
    assert shop.plan() == []
    # The clock sets the night's floor, and use moves three numbers, each otherwise.
    for each in targets:
        if each["ScalableDimension"].endswith("ReadCapacityUnits"):
            place = {name: each[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
            scaling.register_scalable_target(**place, MinCapacity=2, MaxCapacity=100)
    scale(shop, 40, customer=10, status=80)
    moved = {"table": (40, 5), "customer-index": (10, 5), "status-index": (80, 5)}
    assert shop.plan() == []
    refreshed(shop)
    assert shop.plan() == []
    assert "updated" not in shop.up()
    assert capacity(shop) == moved
    # One comes, one goes, one is projected otherwise: each is planned, and the numbers of the others stay.
    third = 'Index(name="day-index", hash_key=S("day"), purpose="orders of a day"),'
    shop.family("shop", TWO_INDEXES.replace(CUSTOMER_INDEX, f"{CUSTOMER_INDEX} {third}"))
    planned = [
        (step["op"], step["urn"].rpartition("::")[2], step["urn"].count("appautoscaling")) for step in shop.plan()
    ]
    assert ("update", "shop-orders", 0) in planned
    assert sum(scaled for *_, scaled in planned) == 4 + 1
    shop.up()
    assert capacity(shop) == {**moved, "day-index": (5, 5)}
    shop.family("shop", TWO_INDEXES.replace('purpose="orders of a status"', 'purpose="-", projection="KEYS_ONLY"'))
    shop.up()
    table = shop.client("dynamodb").describe_table(TableName=TABLE)["Table"]
    projected = {index["IndexName"]: index["Projection"]["ProjectionType"] for index in table["GlobalSecondaryIndexes"]}
    assert projected == {"customer-index": "ALL", "status-index": "KEYS_ONLY"}
    assert capacity(shop)["customer-index"] == (10, 5)
    refreshed(shop)
    assert shop.plan() == []
    # One that another hand has made, as `tablekit index-steps` does: a refresh gives its keys in two forms.
    keys = {"IndexName": "day-index", "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}]}
    made = {**keys, "Projection": {"ProjectionType": "ALL"}, "ProvisionedThroughput": units(5)}
    types = [{"AttributeName": name, "AttributeType": "S"} for name in ("order_id", "customer", "status", "day")]
    client = shop.client("dynamodb")
    client.update_table(TableName=TABLE, AttributeDefinitions=types, GlobalSecondaryIndexUpdates=[{"Create": made}])
    status = STATUS_INDEX.replace('orders of a status"', '-", projection="KEYS_ONLY"')
    shop.family("shop", SHOP.replace(CUSTOMER_INDEX, f"{CUSTOMER_INDEX} {status} {third}"))
    refreshed(shop)
    assert "one of the two forms" in shop.pulumi("preview", "--json", check=False).stdout
    client.untag_resource(ResourceArn=table["TableArn"], TagKeys=["stage"])
    refreshed(shop)
    assert "replaced" not in shop.up()
    assert capacity(shop)["customer-index"] == (10, 5)
    assert shop.plan() == []
    # Another mode is no number that use has moved.
    shop.family("shop", SHOP)
    shop.set(provisioned=None)
    assert "replaced" not in shop.up()
    refreshed(shop)
    assert shop.plan() == []
    assert scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"] == []


def test_other_insights_are_made_anew_as_the_aws_plugin_has_no_update_of_them(shop: Project) -> None:
    shop.set(contributorInsights={"shop": "throttled"})
    assert shop.up()["created"] == 2
    shop.set(contributorInsights={"shop": "all"})
    assert [step["op"] for step in shop.plan() if "contributorInsights" in step["urn"]] == ["replace", "replace"]
    done = shop.pulumi("up", "--yes", "--skip-preview").stdout
    assert 0 < done.index("deleted original") < done.index("creating replacement"), done
    assert shop.plan() == []
    shop.set(contributorInsights=None)
    assert shop.up()["deleted"] == 2


def test_the_bucket_of_a_trail_that_was_off_is_taken_back(shop: Project) -> None:
    shop.set(dataEvents="writes")
    shop.up()
    shop.set(dataEvents=None)
    shop.up()
    shop.set(dataEvents="writes")
    assert "BucketAlreadyOwnedByYou" in shop.pulumi("up", "--yes", "--skip-preview", check=False).stdout
    bucket = ("trail-eu-west-1", "dynamodb-tables-local-trail-123456789012-eu-west-1@eu-west-1")
    parent = "trail=urn:pulumi:local::dynamodb-tables::dynamodb-tables:index:StageTrail::trail-eu-west-1"
    options = ("--generate-code=false", "--protect=false", "--parent", parent)
    shop.pulumi("import", "aws:s3/bucket:Bucket", *bucket, *options, "--yes", "--skip-preview")
    assert shop.up()["created"] == 7
    assert shop.plan() == []
    shop.set(dataEvents=None)
    shop.up()


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
