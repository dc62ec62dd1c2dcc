"""The one client of seed and smoke, against moto and AWS's own engine, and the answers that are not believed."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore import exceptions

from tablekit.client import to_dynamodb
from tablekit.client.answers import UnreadableAnswerError
from tablekit.client.aws import Clients
from tablekit.client.errors import ResourceNotFoundError
from tablekit.ops.seed.batches import batch_body
from tablekit.ops.signed_http import SignedHttpClient, encoded
from tablekit.ops.smoke.cleanup import TableWriter
from tests.support import aws
from tests.support.loading import deploy_shop
from tests.support.proxy import Fault, proxy
from tests.support.stub_table import StubTables

REGION = "eu-west-1"
CALL = "BatchWriteItem"
TABLE = "dev-shop-orders"
ITEM = {
    "order_id": {"S": "§"},
    "line": {"N": "1.5"},
    "photo": {"B": base64.b64encode(b"\x00\xff").decode()},
    "tags": {"SS": ["a"]},
}


def clients(endpoint: str, **settings: Any) -> Clients:
    return Clients(endpoint, aws.SESSION, **settings)


def body(*names: str) -> bytes:
    puts = {name: encoded({"PutRequest": {"Item": {**ITEM, "order_id": {"S": name}}}}) for name in names}
    return batch_body({(TABLE, name): put for name, put in puts.items()})


def test_a_batch_is_stored_and_its_capacity_told(endpoint: str, tmp_path: Path) -> None:
    shop = deploy_shop(endpoint, tmp_path)
    sender = SignedHttpClient(clients(endpoint), REGION)
    for _ in range(3):
        answer = sender.send(CALL, body("§"))
        assert answer["UnprocessedItems"] == {}
        assert answer["ConsumedCapacity"][0]["CapacityUnits"] >= 1
    sender.close()
    (stored,) = shop.items("shop", "orders")
    assert stored["photo"] == {"B": b"\x00\xff"}
    assert stored["order_id"] == {"S": "§"}


def test_a_proxy_of_the_environment_carries_the_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    tables = StubTables()
    with proxy(tables.carry, lambda operation: None) as server:
        deploy_shop(server.endpoint, tmp_path)
        monkeypatch.setenv("http_proxy", server.endpoint.replace("//", "//user:secret@"))
        sender = SignedHttpClient(clients("http://dynamodb.invalid:8000"), REGION)
        sender.send(CALL, body("a"))
        sender.close()
    assert len(tables.keys[TABLE]) == 1


def first(*faults: Fault | None) -> Any:
    """These, for the first batches; nothing for those after them."""
    left = list(faults)
    return lambda operation: left.pop(0) if operation == CALL and left else None


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault.GARBAGE, "gave an answer that is not JSON: "),
        (Fault.HTML, "gave an answer that is not JSON: '<!DOCTYPE html>"),
        (Fault.PORTAL, "gave status 302 with an answer that is not JSON: '<!DOCTYPE html>"),
        (Fault.EMPTY, "gave an empty answer"),
        (Fault.NO_OBJECT, "gave a JSON list, not an object"),
        (Fault.EMPTY_OBJECT, "gave an answer without the capacity that was asked for"),
        (Fault.CUT, 'gave an answer that is not JSON: \'{"UnprocessedItems"'),
        (Fault.CHECKSUM, "gave an answer that its checksum does not fit"),
    ],
)
def test_an_answer_that_is_none_is_an_error_by_either_sender(tmp_path: Path, fault: Fault, says: str) -> None:
    tables = StubTables()
    by_boto3 = fault is not Fault.PORTAL  # which botocore takes for an error
    with proxy(tables.carry, first(*[fault] * (6 if by_boto3 else 1))) as server:
        deploy_shop(server.endpoint, tmp_path)
        reached = clients(server.endpoint, capacity=True)
        sender = SignedHttpClient(reached, REGION)
        with pytest.raises(UnreadableAnswerError) as error:
            sender.send(CALL, body("a"))
        assert f"{server.endpoint} {says}" in str(error.value)
        if by_boto3:
            with pytest.raises(UnreadableAnswerError) as error:
                reached.get("dynamodb", REGION).batch_write_item(
                    **json.loads(body("a")), ReturnConsumedCapacity="TOTAL"
                )
            assert says in str(error.value)
            assert server.calls[CALL] == 6, "boto3's client repeats it four times"
        sender.send(CALL, body("b"))
        sender.close()
    assert len(tables.keys[TABLE]) == 1


@pytest.mark.parametrize("fault", [Fault.DOUBLED, Fault.SHIFTED])
def test_an_answer_that_comes_again_is_never_another_calls(tmp_path: Path, fault: Fault) -> None:
    tables = StubTables()
    with proxy(tables.carry, first(fault, None, fault)) as server:
        deploy_shop(server.endpoint, tmp_path)
        sender = SignedHttpClient(clients(server.endpoint), REGION)
        believed = set()
        for name in "abcdefgh":
            try:
                sender.send(CALL, body(name))
                believed.add(name)
            except exceptions.HTTPClientError as error:
                assert "the answer to another request" in str(error)  # noqa: PT017 - it may come, or not
        sender.close()
    stored = {json.loads(key)["order_id"]["S"] for key in tables.keys[TABLE]}
    assert believed <= stored
    assert len(believed) >= 6, "only those that came after a doubled answer are in doubt"


def test_boto3s_own_answers_are_left_alone(moto: str, tmp_path: Path) -> None:
    deploy_shop(moto, tmp_path)
    reached = clients(moto, capacity=True).get("dynamodb", REGION)
    reached.put_item(TableName=TABLE, Item={"order_id": {"S": "a"}, "line": {"N": "1"}}, ReturnConsumedCapacity="TOTAL")
    assert aws.client(moto).scan(TableName=TABLE)["Count"] == 1
    assert "Item" not in reached.get_item(TableName=TABLE, Key={"order_id": {"S": "b"}, "line": {"N": "1"}})
    with pytest.raises(exceptions.ClientError, match="ResourceNotFoundException"):
        reached.describe_table(TableName="none")


ROW = {
    "order_id": "§",
    "line": Decimal(1),
    "note": "größer",
    "photo": b"\x00\xff",
    "tags": {b"a", b"b"},
    "deep": {"list": [None, True, {"bytes": b"\x80"}], "map": {}},
}
KEY = {"order_id": "§", "line": Decimal(1)}


def writer(endpoint: str, table: str = TABLE) -> TableWriter:
    return TableWriter(SignedHttpClient(clients(endpoint), REGION), table)


def test_an_item_is_written_read_and_deleted(endpoint: str, tmp_path: Path) -> None:
    deploy_shop(endpoint, tmp_path)
    table = writer(endpoint)
    assert table.get(KEY) is None
    table.send([{"PutRequest": {"Item": to_dynamodb(ROW)}}])
    assert table.get(KEY) == ROW
    table.send([{"DeleteRequest": {"Key": to_dynamodb(KEY)}}])
    assert table.get(KEY) is None
    missing = writer(endpoint, "nothing")
    with pytest.raises(ResourceNotFoundError, match="'nothing'"):
        missing.get(KEY)
    with pytest.raises(ResourceNotFoundError, match="'nothing'"):
        missing.send([{"DeleteRequest": {"Key": to_dynamodb(KEY)}}])


REPEATED = (
    *(Fault.GARBAGE, Fault.HTML, Fault.EMPTY, Fault.EMPTY_OBJECT, Fault.TRUNCATED, Fault.CUT, Fault.CHECKSUM),
    *(Fault.THROTTLED, Fault.FAILED, Fault.DROPPED, Fault.PARTIAL),
)


@pytest.mark.parametrize("fault", REPEATED)
def test_a_deletion_is_repeated_until_its_answer_can_be_believed(moto: str, tmp_path: Path, fault: Fault) -> None:
    deploy_shop(moto, tmp_path)
    keys = [{**KEY, "line": Decimal(line)} for line in (1, 2)]
    writer(moto).send([{"PutRequest": {"Item": to_dynamodb(key)}} for key in keys])
    with proxy(moto, first(fault)) as between:
        writer(between.endpoint).send([{"DeleteRequest": {"Key": to_dynamodb(key)}} for key in keys])
        assert between.calls[CALL] == 2
    assert [writer(moto).get(key) for key in keys] == [None, None]
