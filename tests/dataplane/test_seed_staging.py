"""A file that is too large to be carried by this machine: staged in S3, on moto, for DynamoDB's own import."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tablekit.client.aws import Clients
from tablekit.contract import read_file
from tablekit.ops.seed.checks import Reread, check_file
from tablekit.ops.seed.formats import START
from tablekit.ops.seed.staging import place_of, stage_file
from tablekit.ops.seed.target import targets
from tests.support import aws
from tests.support.loading import INTO, deploy_shop, orders, plain


@pytest.fixture
def s3(moto: str) -> Any:
    made = aws.client(moto, "s3")
    made.create_bucket(Bucket="staging", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    yield made
    for found in made.list_objects_v2(Bucket="staging").get("Contents", []):
        made.delete_object(Bucket="staging", Key=found["Key"])
    made.delete_bucket(Bucket="staging")


def staged(s3: Any) -> dict[str, list[dict[str, Any]]]:
    """Object -> its items."""
    found = {}
    for entry in s3.list_objects_v2(Bucket="staging").get("Contents", []):
        content = s3.get_object(Bucket="staging", Key=entry["Key"])["Body"].read()
        found[entry["Key"]] = [json.loads(line)["Item"] for line in gzip.decompress(content).splitlines()]
    return found


def test_a_large_file_is_staged_and_dynamodb_takes_it(moto: str, s3: Any, tmp_path: Path) -> None:
    shop = deploy_shop(moto, tmp_path)
    file = orders(tmp_path / "items.jsonl", 50)
    words = ("seed", str(file), *INTO, "--import-above", "0", "--stage-in", "s3://staging/loads")
    shown = shop.tablekit(*words)
    assert shown.exit_code == 0, shown.stderr
    assert "DynamoDB imports into a table that it makes, never into one that is there" in shown.stderr
    settings = json.loads(shown.stdout)["importTable"]
    assert settings == {
        "inputFormat": "DYNAMODB_JSON",
        "inputCompressionType": "GZIP",
        "s3BucketSource": {"bucket": "staging", "keyPrefix": "loads/dev-shop-orders/"},
    }
    assert shop.items("shop", "orders") == [], "the table that is there stays as it is"
    made = aws.client(moto)
    source = settings["s3BucketSource"]
    made.import_table(
        S3BucketSource={"S3Bucket": source["bucket"], "S3KeyPrefix": source["keyPrefix"]},
        InputFormat=settings["inputFormat"],
        InputCompressionType=settings["inputCompressionType"],
        TableCreationParameters={
            "TableName": "dev-shop-orders-2",
            "AttributeDefinitions": [
                {"AttributeName": "order_id", "AttributeType": "S"},
                {"AttributeName": "line", "AttributeType": "N"},
            ],
            "KeySchema": [
                {"AttributeName": "order_id", "KeyType": "HASH"},
                {"AttributeName": "line", "KeyType": "RANGE"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    items = [item for items in staged(s3).values() for item in items]
    assert sorted(item["order_id"]["S"] for item in items) == [plain(number)["order_id"] for number in range(50)]


def test_it_is_staged_in_parts(moto: str, s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = deploy_shop(moto, tmp_path)
    file = orders(tmp_path / "items.jsonl", 50)
    for name, value in shop.environment().items():
        monkeypatch.setenv(name, value)
    (target,) = targets(read_file(shop.outputs), shop.catalogue)
    found = Reread(file, "jsonl", target, check_file(file, "jsonl", target.table), START)
    stage_file(Clients(), target, found, "s3://staging", part_bytes=2000)
    parts = staged(s3)
    assert len(parts) > 5
    assert sum(map(len, parts.values())) == 50


def test_a_bucket_that_is_missing_ends_it(moto: str, tmp_path: Path) -> None:
    shop = deploy_shop(moto, tmp_path)
    file = orders(tmp_path / "items.jsonl", 5)
    words = ("seed", str(file), *INTO, "--import-above", "0")
    shown = shop.tablekit(*words, "--stage-in", "s3://no-such-bucket/x")
    assert shown.exit_code == 2
    assert "bucket 'no-such-bucket'" in shown.stderr
    shown = shop.tablekit(*words, "--stage-in", "bucket/x")
    assert shown.exit_code == 1
    assert "'bucket/x' is not an address in S3; write it as s3://bucket/prefix" in shown.stderr


def test_a_place_without_a_prefix() -> None:
    assert place_of("s3://bucket") == ("bucket", "")
    assert place_of("s3://bucket/a/b/") == ("bucket", "a/b")
