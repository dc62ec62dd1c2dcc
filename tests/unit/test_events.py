"""Events: what a table declares, and what of it and of the stage's settings is derived."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tablekit.model import Entity, S
from tablekit.model.events import event_filters, largest_event
from tablekit.model.staged import Account
from tablekit.resources import (
    ALARM,
    EVENT_ARCHIVE,
    EVENT_BUS,
    PIPE,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    TABLE,
    TOPIC,
    Expected,
    events,
    family_resources,
)
from tests.support import declare
from tests.support.snapshots import CATALOGUE

ACCOUNT = Account("111122223333")
ENTITIES = (
    Entity(name="order", keys={"pk": "ORDER#{order_id}", "sk": "AT#{day}"}),
    Entity(name="line", keys={"pk": "ORDER#{order_id}", "sk": "LINE#{line}"}),
    Entity(name="note", keys={"pk": "ORDER#{order_id}", "sk": "LINE#{line}#NOTE"}),
    Entity(name="customer", keys={"pk": "CUSTOMER#{customer}", "sk": "AT#{day}"}),
)
ATTRIBUTES = {
    "order_id": "S",
    "day": "S",
    "line": "N",
    "customer": "S",
    "secret": "S",
    "data": "M",
    "ttl": "N",
    "a.b": "S",
}
KEYED: dict[str, Any] = {
    "hash_key": S("pk"), "range_key": S("sk"), "indexes": (), "entities": ENTITIES, "attributes": ATTRIBUTES,
    "secrets": ("secret",),
}  # fmt: skip


def shop(**events: Any) -> Any:
    """The shop, whose table says its events."""
    return declare.family(tables=(declare.table(events={"purpose": "p", **events}, **KEYED),), patterns=())


def made(family: Any, stage: str = "dev", **settings: Any) -> dict[str, list[Expected]]:
    """What a shop's stage has, by type."""
    found: dict[str, list[Expected]] = {}
    for each in family_resources("shop", declare.staged(family, stage, **settings), ACCOUNT):
        found.setdefault(each.type, []).append(each)
    return found


def test_without_the_setting_there_are_none() -> None:
    assert made(shop()).keys() == {TABLE, ROLE, ROLE_POLICY}


def test_a_bus_with_its_archive_a_queue_a_pipe_and_its_role() -> None:
    found = made(shop(entities=["order"], attributes=["order_id", "day"]), events=True)
    assert {kind: len(each) for kind, each in found.items()} == {
        TABLE: 1, ROLE: 2, ROLE_POLICY: 2, TOPIC: 1, ALARM: 2, QUEUE: 1, EVENT_BUS: 1, EVENT_ARCHIVE: 1, PIPE: 1,
    }  # fmt: skip
    ((bus,), (archive,), (queue,), (pipe,)) = (found[kind] for kind in (EVENT_BUS, EVENT_ARCHIVE, QUEUE, PIPE))
    arn = "arn:aws:events:eu-west-1:111122223333:event-bus/dev-shop"
    assert (bus.inputs["name"], archive.inputs["eventSourceArn"], pipe.inputs["target"]) == ("dev-shop", arn, arn)
    assert (archive.inputs["retentionDays"], queue.inputs["maxMessageSize"]) == (90, 262_144)
    stream = pipe.inputs["sourceParameters"]["dynamodbStreamParameters"]
    assert stream == {
        "startingPosition": "TRIM_HORIZON",
        "batchSize": 10,
        "maximumRecordAgeInSeconds": 43_200,
        "maximumRetryAttempts": 20,
        "onPartialBatchItemFailure": "AUTOMATIC_BISECT",
        "parallelizationFactor": 1,
        "deadLetterConfig": {"arn": "arn:aws:sqs:eu-west-1:111122223333:dev-shop-undelivered"},
    }
    assert list(pipe.of_aws) == ["source"], "only AWS knows what a stream is called"
    assert pipe.inputs["targetParameters"]["eventbridgeEventBusParameters"] == {
        "source": "dynamodb-tables.shop", "detailType": "orders changed",
    }  # fmt: skip
    template = pipe.inputs["targetParameters"]["inputTemplate"]
    assert template == (
        '{"table": "orders", "change": "<$.eventName>", "id": "<$.eventID>", '
        '"sequence": "<$.dynamodb.SequenceNumber>", "keys": <$.dynamodb.Keys>, '
        '"attributes": {"order_id": "<$.dynamodb.NewImage.order_id.S>", "day": "<$.dynamodb.NewImage.day.S>"}}'
    )


def test_the_roles_are_there_long_before_the_pipes() -> None:
    """AWS takes a while to know a role, and makes no pipe with one that it does not know yet."""
    family = declare.staged(shop(), events=True)
    kinds = [each.type for each in events.of_family("shop", family, ACCOUNT)]
    assert kinds == [ROLE, ROLE_POLICY, QUEUE, EVENT_BUS, EVENT_ARCHIVE, PIPE]


def test_bus_and_archive_get_the_arn_of_a_key_that_the_stack_makes() -> None:
    found = made(shop(), events=True, encryption="family-keys")
    for (each,) in (found[EVENT_BUS], found[EVENT_ARCHIVE]):
        assert {path: (name, output) for path, (_, name, output) in each.of_aws.items()} == {
            "kmsKeyIdentifier": ("shop-key", "arn")
        }


def test_the_role_is_that_pipes_and_reads_that_stream_alone() -> None:
    found = made(shop(), events=True)
    (role,) = [each for each in found[ROLE] if each.inputs["name"] == "dev-shop-orders-events-role"]
    (trust,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "111122223333",
        "aws:SourceArn": "arn:aws:pipes:eu-west-1:111122223333:pipe/dev-shop-orders-events",
    }
    statements = json.loads(found[ROLE_POLICY][1].inputs["policy"])["Statement"]
    assert {each["Sid"]: each["Resource"] for each in statements} == {
        "Stream": ["arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-orders/stream/*"],
        "Streams": ["*"],
        "Bus": ["arn:aws:events:eu-west-1:111122223333:event-bus/dev-shop"],
        "Undelivered": ["arn:aws:sqs:eu-west-1:111122223333:dev-shop-undelivered"],
    }


@pytest.mark.parametrize(
    ("changes", "given", "view"),
    [
        (["INSERT"], None, "NEW_IMAGE"),
        (["REMOVE"], None, "OLD_IMAGE"),
        (["INSERT", "REMOVE"], None, "NEW_AND_OLD_IMAGES"),
        (["INSERT"], "NEW_AND_OLD_IMAGES", "NEW_AND_OLD_IMAGES"),
    ],
)
def test_the_stream_has_what_events_need(changes: list[str], given: str | None, view: str) -> None:
    settings: Any = {"streams": {"shop/orders": given}} if given else {}
    (table,) = made(shop(changes=changes), events=True, **settings)[TABLE]
    assert table.inputs["streamViewType"] == view


def test_what_is_given_up_and_what_fails_is_heard_whatever_the_stages_alarms() -> None:
    alarms = made(shop(), events=True, alarms="none")[ALARM]
    assert [(each.inputs["name"], each.inputs["threshold"]) for each in alarms] == [
        ("dev-shop-undelivered", 0), ("dev-shop-orders-events-failures", 0),
    ]  # fmt: skip
    assert alarms[0].inputs["metricQueries"][0]["metric"]["dimensions"] == {"QueueName": "dev-shop-undelivered"}
    metrics = [each["metric"] for each in alarms[1].inputs["metricQueries"] if "metric" in each]
    assert {(each["namespace"], *each["dimensions"].items()) for each in metrics} == {
        ("AWS/EventBridge/Pipes", ("PipeName", "dev-shop-orders-events"))
    }


def test_form_bridges_submissions_are_events_and_say_little() -> None:
    declaring = [(family.key, table.name) for family in CATALOGUE for table in family.tables if table.events]
    assert declaring == [("formbridge", "FormBridgeData")]
    table = CATALOGUE.family("formbridge").table("FormBridgeData")
    assert table.events
    assert table.events.entities == ("submission",)
    assert not {"data", "form_id"} & {*table.events.attributes}
    (only,) = event_filters(table.events, table)
    assert only["dynamodb"]["Keys"] == {"PK": {"S": [{"prefix": "TENANT#"}]}, "SK": {"S": [{"prefix": "SUB#"}]}}
    assert largest_event(table.events, table) == 62_464, "bytes, a fourth of the limit"


@pytest.mark.parametrize(
    ("events", "says"),
    [
        ({"entities": ["ordr"]}, "no entity 'ordr'; did you mean 'order'?"),
        ({"entities": ["order", "order"]}, "events.entities: 'order' is listed twice"),
        ({"entities": ["line"]}, "the beginnings of the keys of 'line' are also those of 'note'"),
        ({"changes": []}, "events.changes"),
        ({"changes": ["DELETE"]}, "events.changes"),
        ({"purpose": ""}, "events.purpose"),
        ({"attributes": ["order_id"]}, "'order_id' is in no key of every such item, so that an item may lack it"),
        ({"entities": ["order"], "attributes": ["line"]}, "'line' is in no key of every such item"),
        ({"entities": ["order"], "attributes": ["days"]}, "'days' is not a declared attribute; did you mean 'day'?"),
        ({"entities": ["order"], "attributes": ["secret"]}, "'secret' is a secret, and events go to whoever"),
        ({"entities": ["order"], "attributes": ["data"]}, "'data' is M, and an event takes texts and numbers"),
        ({"entities": ["order"], "attributes": ["a.b"]}, "'a.b' can't stand in a path"),
        ({"entities": ["order"], "attributes": ["day"], "changes": ["REMOVE"]}, "a removed item has no new image"),
    ],
)
def test_a_wrong_declaration_is_refused(events: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="events") as refusal:
        shop(**events)
    assert says.removeprefix("events.") in str(refusal.value).replace("\n", " ")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"stream": "KEYS_ONLY"}, "stream is KEYS_ONLY, and events can't do with less than NEW_IMAGE; set that, or"),
        ({"stream_readers": ["search", "mail"]}, "3 readers of its stream (events, search, mail); DynamoDB serves 2"),
    ],
)
def test_a_stream_that_does_not_serve_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="orders") as refusal:
        declare.table(events={"purpose": "p"}, **table)
    assert says in str(refusal.value)
