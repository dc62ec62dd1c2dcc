"""What an emulator has of events: as it is derived, and as somebody else changed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.standin.catalog.pipes import PIPE as SPEC
from tablekit.model.staged import Account
from tablekit.ops.live.watches import watches
from tablekit.resources import EVENT_ARCHIVE, EVENT_BUS, PIPE, QUEUE, Expected
from tablekit.resources.stack import family_watches
from tests.support import aws, declare

ACCOUNT = Account("123456789012")
SHOP = declare.staged(declare.family(tables=(declare.table(events={"purpose": "p"}),)), events=True)
KINDS = (QUEUE, EVENT_BUS, EVENT_ARCHIVE, PIPE)
EXPECTED = tuple(each for each in family_watches("shop", SHOP, ACCOUNT) if each.type in KINDS)
EVENTS = "dev-shop-orders-events"
Ask = Callable[[str], Any]


def make(ask: Ask, expected: Expected, stream: str) -> None:
    """As the AWS plugin would."""
    given = expected.inputs
    if expected.type == QUEUE:
        kept = {"MessageRetentionPeriod": str(given["messageRetentionSeconds"]), "Policy": given["policy"]}
        ask("sqs").create_queue(QueueName=given["name"], Attributes=kept)
    elif expected.type == EVENT_BUS:
        ask("events").create_event_bus(Name=given["name"])
    elif expected.type == EVENT_ARCHIVE:
        named = {"ArchiveName": given["name"], "EventSourceArn": given["eventSourceArn"]}
        ask("events").create_archive(**named, RetentionDays=given["retentionDays"])
    elif expected.type == PIPE:
        props = {prop.name: prop for prop in SPEC.settable}
        named = {props[name].aws: props[name].codec.encode(given[name]) for name in given if name in props}
        ask("pipes").create_pipe(**named, Source=stream)


def changed(**more: Any) -> Callable[[Ask], Any]:
    """A pipe that is changed by hand."""
    return lambda ask: ask("pipes").update_pipe(Name=EVENTS, RoleArn="arn:aws:iam::123456789012:role/mine", **more)


def restarted(ask: Ask) -> None:
    """A table whose stream is another one than the pipe's."""
    ask("pipes").delete_pipe(Name=EVENTS)
    (pipe,) = (each for each in EXPECTED if each.type == PIPE)
    arn = ask("dynamodb").describe_table(TableName="dev-shop-orders")["Table"]["LatestStreamArn"]
    make(ask, pipe, arn.rpartition("/")[0] + "/2020-01-01T00:00:00.000")


CHANGES: tuple[tuple[str, Callable[[Ask], Any], str], ...] = (
    ("event bus dev-shop", lambda ask: ask("events").delete_event_bus(Name="dev-shop"), "missing"),
    (
        "event archive dev-shop",
        lambda ask: ask("events").update_archive(ArchiveName="dev-shop", RetentionDays=1),
        "days: found 1",
    ),
    (
        "queue dev-shop-undelivered",
        lambda ask: ask("sqs").set_queue_attributes(
            QueueUrl=ask("sqs").get_queue_url(QueueName="dev-shop-undelivered")["QueueUrl"],
            Attributes={"MessageRetentionPeriod": "60"},
        ),
        "seconds that it keeps a message: found 60, expected 1209600",
    ),
    (f"pipe {EVENTS}", changed(), "role: found arn:aws:iam::123456789012:role/mine"),
    (f"pipe {EVENTS}", lambda ask: ask("pipes").stop_pipe(Name=EVENTS), "state: found"),
    (f"pipe {EVENTS}", restarted, "stream: found"),
    (f"pipe {EVENTS}", lambda ask: ask("pipes").delete_pipe(Name=EVENTS), "missing"),
)


@pytest.mark.parametrize(("name", "change", "says"), CHANGES, ids=[f"{name}: {says}" for name, _, says in CHANGES])
def test_what_somebody_else_changed_is_found(moto: str, name: str, change: Callable[[Ask], Any], says: str) -> None:
    def ask(service: str) -> Any:
        return aws.client(moto, service)

    def found() -> dict[str, list[str]]:
        looks = watches(aws.clients(moto), EXPECTED, ACCOUNT, "dev", emulated=True)
        return {called: texts for called, _, look in looks if (texts := [problem.text for problem in look()])}

    ask("dynamodb").create_table(
        TableName="dev-shop-orders",
        KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    stream = ask("dynamodb").describe_table(TableName="dev-shop-orders")["Table"]["LatestStreamArn"]
    for each in EXPECTED:
        make(ask, each, stream)
    ask("pipes").describe_pipe(Name=EVENTS)  # moto's own state goes on at each look
    assert found() == {}
    change(ask)
    assert [text.removeprefix(f"{name}: ").startswith(says) for text in found()[name]][:1] == [True]


def test_a_bus_under_the_familys_own_key_is_as_it_is_derived(moto: str) -> None:
    """Derived is the key's alias, and AWS has its ARN."""
    own = declare.staged(SHOP.declared, events=True, encryption="family-keys")
    (bus,) = (each for each in family_watches("shop", own, ACCOUNT) if each.type == EVENT_BUS)
    kms, events = aws.client(moto, "kms"), aws.client(moto, "events")
    made, other = (kms.create_key()["KeyMetadata"] for _ in range(2))
    kms.create_alias(AliasName=bus.inputs["kmsKeyIdentifier"], TargetKeyId=made["KeyId"])
    said = []
    for key in (made, other):
        events.create_event_bus(Name="dev-shop", KmsKeyIdentifier=key["Arn"])
        ((_, _, look),) = watches(aws.clients(moto), [bus], ACCOUNT, "dev", emulated=True)
        said.append([problem.text.partition(": found ")[0] for problem in look()])
        events.delete_event_bus(Name="dev-shop")
    assert said == [[], ["key"]]
