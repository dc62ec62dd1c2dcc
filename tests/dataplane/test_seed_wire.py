"""Both ways a batch is sent, against AWS's own engine."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import boto3
import pytest
from botocore import exceptions

from tablekit.client.aws import Clients
from tablekit.ops.seed.wire import _Straight, _ThroughClient, batch_body, put_entry, wire
from tests.support.loading import deploy_shop
from tests.support.proxy import Fault, always, proxy

REGION = "eu-west-1"
TABLE = "dev-shop-orders"
ITEM = {
    "order_id": {"S": "§"},
    "line": {"N": "1.5"},
    "photo": {"B": base64.b64encode(b"\x00\xff").decode()},
    "tags": {"SS": ["a"]},
}


def clients(endpoint: str) -> Clients:
    return Clients(endpoint, boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION))


@pytest.mark.parametrize("through", [False, True])
def test_a_batch_is_stored_and_its_capacity_told(endpoint: str, tmp_path: Path, through: bool) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    way = _ThroughClient(clients(endpoint), REGION) if through else wire(clients(endpoint), REGION)
    answer = way.send(batch_body(TABLE, [put_entry(ITEM)]))
    assert answer["UnprocessedItems"] == {}
    assert answer["ConsumedCapacity"][0]["CapacityUnits"] >= 1
    way.close()
    (stored,) = shop.items("shop", "orders")
    assert stored["photo"] == {"B": b"\x00\xff"}
    assert stored["order_id"] == {"S": "§"}


@pytest.mark.parametrize("through", [False, True])
def test_what_is_unprocessed_comes_in_dynamodb_json(moto: str, tmp_path: Path, through: bool) -> None:
    deploy_shop(moto, tmp_path)
    with proxy(moto, always(Fault.PARTIAL)) as between:
        reached = clients(between.endpoint)
        way = _ThroughClient(reached, REGION) if through else wire(reached, REGION)
        other = {**ITEM, "order_id": {"S": "other"}}
        answer = way.send(batch_body(TABLE, [put_entry(ITEM), put_entry(other)]))
        way.close()
    ((write,),) = answer["UnprocessedItems"].values()
    assert json.loads(json.dumps(write["PutRequest"]["Item"])) == other


def test_a_table_that_is_missing_is_an_error_as_boto3s(endpoint: str) -> None:
    way = wire(clients(endpoint), REGION)
    with pytest.raises(exceptions.ClientError) as error:
        way.send(batch_body("no-such-table", [put_entry(ITEM)]))
    way.close()
    assert error.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_a_proxy_of_the_environment_is_respected(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert isinstance(wire(clients(moto), REGION), _ThroughClient)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert isinstance(wire(clients(moto), REGION), _Straight)
