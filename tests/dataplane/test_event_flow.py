"""From a table to its consumers: what is written and expires in DynamoDB Local, by the pipes as they are registered.

A poller in each pipe's place reads the stream, AWS's own matcher judges its filters, events go by a bus and a rule to a
queue, and what expired goes through the function, under AWS's own runtime client, to a bucket. Both are killed.
"""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from tablekit.model import Entity, Family, S
from tablekit.model.staged import Account
from tablekit.resources import FUNCTION, PIPE, family_resources
from tests.components.mocked import made
from tests.dataplane import stages
from tests.support import aws, declare, dynamodb_local, ruler, runtime_api, tables, tools

ACCOUNT = Account("111122223333")
SETTINGS: Any = {"events": True, "archive": True}
ORDERS, LINES, EXPIRING, SMOKED, DELETED, CHANGED = 1_500, 4_000, 4_000, 250, 500, 500
"""Items by kind: orders are events, lines are not, others expire; of each kind that many the smoke test's, and of the
expiring ones and the orders that many are deleted and changed by a user."""
SECONDS = 240


def shop() -> Family:
    """A table with two kinds of item, one of which becomes events, and an archive of what expires."""
    entities = (
        Entity(name="order", keys={"pk": "ORDER#{order_id}", "sk": "AT#{day}"}),
        Entity(name="line", keys={"pk": "ORDER#{order_id}", "sk": "LINE#{line}"}),
    )
    table = declare.table(
        hash_key=S("pk"),
        range_key=S("sk"),
        indexes=(),
        entities=entities,
        attributes={"order_id": "S", "day": "S", "line": "S", "ttl": "N", "status": "S"},
        events={"purpose": "orders", "entities": ["order"], "attributes": ["order_id", "day"]},
        archive={"purpose": "cold"},
    )
    return declare.family(tables=(table,), patterns=())


@contextmanager
def poller(folder: Path, **asked: Any) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """What starts one, and starts it anew after it was killed."""
    folder.mkdir()
    (folder / "asked.json").write_text(json.dumps(asked))
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.support.pipe", str(folder / "asked.json")]
        started.append(subprocess.Popen(command, cwd=ROOT))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            process.kill()
            process.wait()


def until(found: Callable[[], bool], what: str) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < deadline, f"{what}: not in {SECONDS} s"
        time.sleep(0.2)


def write(client: Any, table: str, items: list[dict[str, Any]]) -> None:
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": each}} for each in items[start : start + 25]]
        while puts:
            puts = client.batch_write_item(RequestItems={table: puts}).get("UnprocessedItems", {}).get(table, [])


def item(kind: str, number: int, **more: Any) -> dict[str, Any]:
    smoked = {"smoke_run": {"S": "smoke1"}} if number < SMOKED else {}
    return {"pk": {"S": f"ORDER#{kind}{number}"}, "order_id": {"S": f"{kind}{number}"}, **smoked, **more}


DIGITS = "12345678901234567890123456789012345678"
ITEM = {
    "pk": {"S": 'ORDER#1 "é"\n'}, "PK": {"N": DIGITS}, "none": {"NULL": True}, "yes": {"BOOL": True},
    "bytes": {"B": "AAE="}, "more": {"BS": ["Ag==", "AQ=="]}, "texts": {"SS": ["b", "a"]}, "all": {"NS": ["2", "-0.5"]},
    "map": {"M": {"Deep": {"L": [{"N": "0.10"}, {"S": ""}]}}},
}  # fmt: skip


def expired(shard: int, sequence: int, **more: Any) -> dict[str, Any]:
    """A record as a pipe has it; a sequence number is one of its shard."""
    change = {"SequenceNumber": str(sequence), "ApproximateCreationDateTime": 1.8e9, "OldImage": ITEM}
    return {
        "eventID": f"{shard}-{sequence}",
        "eventName": "REMOVE",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-orders/stream/2026",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": change,
        **more,
    }


def test_an_object_is_one_batchs_alone_and_its_items_are_texts_as_they_were(tmp_path: Path) -> None:
    """What reads the lines for Athena lowers the names of what is an object, and rounds its numbers."""
    staged = declare.staged(shop(), **SETTINGS)
    (function,) = (each for each in family_resources("shop", staged, ACCOUNT) if each.type == FUNCTION)
    told = json.loads(function.inputs["code"]["settings.json"])
    with (
        stages.moto() as moto,
        runtime_api.started(
            function.inputs["code"], function.inputs["handler"], tmp_path, "eu-west-1", AWS_ENDPOINT_URL=moto
        ) as runtime,
    ):
        s3 = aws.client(moto, "s3")
        s3.create_bucket(Bucket=told["bucket"], CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        by_user = expired(1, 102, userIdentity=None)
        for batch in ([expired(1, 100), expired(1, 101), by_user], [expired(2, 100)], [expired(2, 100)]):
            answer = runtime.invoke(batch)
            assert (answer.failed, answer.value["batchItemFailures"]) == ("", [])
        assert sorted(each for _, each in archived(s3, told["bucket"])) == ["1-100", "1-101", "2-100"]
        text = lines(s3, told["bucket"])[0]["item"]
    assert json.loads(text, parse_int=str, parse_float=str) == {
        "pk": 'ORDER#1 "é"\n', "PK": DIGITS, "none": None, "yes": True, "bytes": "AAE=", "more": ["AQ==", "Ag=="],
        "texts": ["a", "b"], "all": ["-0.5", "2"], "map": {"Deep": ["0.10", ""]},
    }  # fmt: skip


@pytest.mark.long
def test_exactly_the_right_ones_arrive_though_poller_and_function_are_killed(tmp_path: Path) -> None:
    for tool in (dynamodb_local.jars, ruler.jars):
        tools.need(tool)
    declared = shop()
    registered = made(declared, **SETTINGS)[0].of(PIPE)
    (function,) = (
        each
        for each in family_resources("shop", declare.staged(declared, **SETTINGS), ACCOUNT)
        if each.type == FUNCTION
    )
    bucket = json.loads(function.inputs["code"]["settings.json"])["bucket"]
    with dynamodb_local.server(dynamodb_local.EXPIRING) as dynamodb, stages.moto() as moto:
        client = aws.client(dynamodb)
        tables.create(client, declared, declared.tables[0], "dev")
        table = declared.table_name_for("orders", "dev")
        wanted = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        client.update_table(TableName=table, StreamSpecification=wanted)
        stream = client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
        sqs, s3, events = (aws.client(moto, service) for service in ("sqs", "s3", "events"))
        queue = subscribed(sqs, events, registered["shop-orders-events"])
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        asked = {"stream": stream, "dynamodb": dynamodb, "moto": moto}
        to_bus = poller(tmp_path / "bus", pipe=registered["shop-orders-events"], **asked)
        code = {"files": function.inputs["code"], "handler": function.inputs["handler"]}
        to_archive = poller(tmp_path / "archive", pipe=registered["shop-orders-archive"], **asked, **code)
        with to_bus as start_bus, to_archive as start_archive:
            first, second = start_bus(), start_archive()
            orders, expiring = written(client, table)
            until(lambda: waiting(sqs, queue) > ORDERS // 4, "a fourth of the events")
            first.send_signal(signal.SIGKILL)
            first.wait()
            start_bus()
            until(lambda: bool(keys(s3, bucket)), "an object")
            os.kill(int((tmp_path / "archive" / "pid").read_text()), signal.SIGKILL)
            until(lambda: len(keys(s3, bucket)) > 2, "objects after the function was killed")
            second.send_signal(signal.SIGKILL)
            second.wait()
            start_archive()
            heard = received(sqs, queue, len(orders))
            until(lambda: {each for each, _ in archived(s3, bucket)} >= expiring, "every expired item")
            time.sleep(3)  # for what comes too much
            heard += received(sqs, queue, 0)
            kept = Counter(archived(s3, bucket))
    by_id = Counter(each["id"] for each in heard)
    assert Counter((each["keys"]["pk"]["S"], each["change"]) for each in {e["id"]: e for e in heard}.values()) == orders
    twice = sum(by_id.values()) - len(by_id)
    assert twice <= 10, "at least once: what was delivered and not yet noted when the poller was killed, a batch"
    assert {each for each, _ in kept} == expiring
    assert max(kept.values()) == 1, "a batch that comes again overwrites itself"
    print(f"{len(heard)} events, {twice} of them twice; {len(kept)} archived in {len(set(kept))} lines")


def subscribed(sqs: Any, events: Any, pipe: dict[str, Any]) -> str:
    """The URL of a consumer's queue, which a rule on the bus has for its target."""
    bus = pipe["target"].rpartition("/")[2]
    events.create_event_bus(Name=bus)
    url: str = sqs.create_queue(QueueName="consumer")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    parameters = pipe["targetParameters"]["eventbridgeEventBusParameters"]
    pattern = {"source": [parameters["source"]], "detail-type": [parameters["detailType"]]}
    events.put_rule(Name="orders", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="orders", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def written(client: Any, table: str) -> tuple[Counter[tuple[str, str]], set[str]]:
    """Write all; gives the changes that are to become events, and the keys that are to be archived."""
    past = {"ttl": {"N": str(int(time.time()) - 3600)}}
    write(client, table, [item("o", n, sk={"S": "AT#1"}, day={"S": "1"}) for n in range(ORDERS)])
    write(client, table, [item("l", n, sk={"S": "LINE#1"}) for n in range(LINES)])
    kept = {"ttl": {"N": str(int(time.time()) + 86_400)}}
    write(client, table, [item("d", n, sk={"S": "LINE#1"}, **kept) for n in range(DELETED)])
    for n in range(DELETED):
        client.delete_item(TableName=table, Key={"pk": {"S": f"ORDER#d{n}"}, "sk": {"S": "LINE#1"}})
    for n in range(CHANGED):
        client.update_item(
            TableName=table,
            Key={"pk": {"S": f"ORDER#o{n}"}, "sk": {"S": "AT#1"}},
            UpdateExpression="SET #s = :s",
            ExpressionAttributeNames={"#s": "status"},
            ExpressionAttributeValues={":s": {"S": 'sent "now" <$.eventName>'}},
        )
    write(client, table, [item("e", n, sk={"S": "LINE#2"}, **past) for n in range(EXPIRING)])
    orders = Counter({(f"ORDER#o{n}", "INSERT"): 1 for n in range(SMOKED, ORDERS)})
    orders.update({(f"ORDER#o{n}", "MODIFY"): 1 for n in range(SMOKED, CHANGED)})
    return orders, {f"ORDER#e{n}" for n in range(SMOKED, EXPIRING)}


def waiting(sqs: Any, queue: str) -> int:
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def received(sqs: Any, queue: str, count: int) -> list[dict[str, Any]]:
    """What is in the queue, at least so many events of as many ids."""
    found: dict[str, list[dict[str, Any]]] = {}
    deadline = time.monotonic() + SECONDS
    while True:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for each in messages:
            event = json.loads(each["Body"])["detail"]
            found.setdefault(event["id"], []).append(event)
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        if not messages:
            if len(found) >= count:
                return [event for some in found.values() for event in some]
            assert time.monotonic() < deadline, f"{len(found)} of {count} events"
            time.sleep(0.5)


def keys(s3: Any, bucket: str) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [each["Key"] for page in pages for each in page.get("Contents", ())]


def archived(s3: Any, bucket: str) -> list[tuple[str, str]]:
    """The key and the record's id of each line."""
    return [(json.loads(line["item"])["pk"], line["id"]) for line in lines(s3, bucket)]


def lines(s3: Any, bucket: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for key in keys(s3, bucket):
        assert key.startswith("expired/table_name=dev-shop-orders/day=2"), key
        body = gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode()
        found += map(json.loads, body.splitlines())
    return found
