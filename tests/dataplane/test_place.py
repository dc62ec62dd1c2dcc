"""The run's own calls on a table, sent by themselves, by boto3's client, and by that where the other fails."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore import exceptions

from tablekit.client import Clients, ResourceNotFoundError, to_dynamodb
from tablekit.ops.smoke.place import Place
from tablekit.ops.wire import direct
from tests.support.proxy import Fault, proxy

REGION = "eu-west-2"
KEY = {"id": b"\x00\xff", "day": Decimal(1)}
ITEM = {**KEY, "note": "größer", "parts": {b"a", b"b"}, "deep": {"list": [None, True, {"bytes": b"\x80"}], "map": {}}}


class Lost:
    """A connection that breaks each time."""

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        raise exceptions.ConnectionClosedError(endpoint_url="http://127.0.0.1")


class Refusing:
    """A table that takes nothing of a batch."""

    def send(self, call: str, body: bytes) -> dict[str, Any]:
        if call == "GetItem":
            raise exceptions.ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, call)
        return {"UnprocessedItems": {"things": [{"PutRequest": {"Item": {}}}]}}


@pytest.fixture(params=["direct", "boto3", "lost", "refusing"])
def place(moto: str, request: pytest.FixtureRequest) -> Place:
    return _place(moto, request.param)


def _place(moto: str, kind: str) -> Place:
    clients = Clients(moto, boto3.Session("test", "test"))
    client = clients.get("dynamodb", REGION)
    client.create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "day", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "B"},
            {"AttributeName": "day", "AttributeType": "N"},
        ],
    )
    ways: dict[str, Any] = {"direct": direct(clients, REGION), "lost": Lost(), "refusing": Refusing()}
    way = ways.get(kind)
    assert way is not None or kind == "boto3"
    return Place(client, "things", way)


def test_an_item_is_written_read_and_deleted(place: Place) -> None:
    assert place.get(KEY) is None
    assert place.batch_write([{"PutRequest": {"Item": to_dynamodb(ITEM)}}]) == []
    assert place.get(KEY) == ITEM
    assert place.batch_write([{"DeleteRequest": {"Key": to_dynamodb(KEY)}}]) == []
    assert place.get(KEY) is None


@pytest.mark.parametrize(
    "fault",
    [Fault.GARBAGE, Fault.HTML, Fault.EMPTY, Fault.EMPTY_OBJECT, Fault.TRUNCATED, Fault.CUT, Fault.CHECKSUM],
)
def test_a_deletion_is_not_believed_on_an_unreadable_answer(moto: str, fault: Fault) -> None:
    made = _place(moto, "direct")
    made.batch_write([{"PutRequest": {"Item": to_dynamodb(ITEM)}}])
    left = [fault]
    with proxy(moto, lambda operation: left.pop() if left else None) as between:
        clients = Clients(between.endpoint, boto3.Session("test", "test"))
        through = Place(clients.get("dynamodb", REGION), "things", direct(clients, REGION))
        assert through.batch_write([{"DeleteRequest": {"Key": to_dynamodb(KEY)}}]) == []
    assert made.get(KEY) is None


def test_a_table_that_is_not_there_is_named(place: Place) -> None:
    missing = Place(place.client, "nothing", place.way)
    with pytest.raises(ResourceNotFoundError, match="'nothing'"):
        missing.get(KEY)
    with pytest.raises(ResourceNotFoundError, match="'nothing'"):
        missing.batch_write([{"DeleteRequest": {"Key": to_dynamodb(KEY)}}])
