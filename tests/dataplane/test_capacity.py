"""What an emulator has of capacity and of what moves it: as it is derived, and as somebody else changed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tablekit.model.staged import Account
from tablekit.ops.adopt.run import imported
from tablekit.ops.live import describe
from tablekit.ops.live.diff import table_differences
from tablekit.ops.live.family import made
from tablekit.ops.live.stage import table_problems
from tablekit.ops.live.watches import watches
from tablekit.ops.stages import StageSettings
from tablekit.resources import SCALING_POLICY, SCALING_TARGET, SCHEDULED_ACTION, TABLE
from tablekit.resources.stack import family_resources, family_watches
from tests.support import aws, declare

ACCOUNT = Account("123456789012")
FLOOR = {"name": "day", "schedule": "cron(0 8 ? * * *)", "write": 9}
UNITS = {"read": 5, "write": 5, "upTo": {"read": 100, "write": 50}, "floors": [FLOOR]}
SHOP = declare.staged(provisioned={"shop/orders": UNITS})
NAME, INDEX = SHOP.tables["orders"].name, "customer-day-index"
READS = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{NAME}"}
READS["ScalableDimension"] = "dynamodb:table:ReadCapacityUnits"
WRITES = {**READS, "ScalableDimension": "dynamodb:table:WriteCapacityUnits"}
OF_INDEX = {
    **READS,
    "ResourceId": f"table/{NAME}/index/{INDEX}",
    "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
}
ON_READS, ON_INDEX = (f"{each['ResourceId']} {each['ScalableDimension']}" for each in (READS, OF_INDEX))
TRACKED = {"PredefinedMetricSpecification": {"PredefinedMetricType": "DynamoDBReadCapacityUtilization"}}
POLICY = f"DynamoDBReadCapacityUtilization:table/{NAME}"
Ask = Callable[[str], Any]


def deploy(ask: Ask) -> None:
    """The table and what moves it, as the AWS plugin would."""
    scaling = ask("application-autoscaling")
    for each in family_resources("shop", SHOP, ACCOUNT):
        given = each.inputs
        place = {f"{name[0].upper()}{name[1:]}": given.get(name) for name in ("serviceNamespace", "resourceId")}
        place["ScalableDimension"] = given.get("scalableDimension")
        if each.type == TABLE:
            units = {"ReadCapacityUnits": given["readCapacity"], "WriteCapacityUnits": given["writeCapacity"]}
            keys = [("customer", "HASH"), ("day", "RANGE")]
            index: dict[str, Any] = {
                "IndexName": INDEX,
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": units,
            }
            index["KeySchema"] = [{"AttributeName": name, "KeyType": kind} for name, kind in keys]
            attributes = [{"AttributeName": key["name"], "AttributeType": key["type"]} for key in given["attributes"]]
            ask("dynamodb").create_table(
                TableName=NAME,
                KeySchema=[{"AttributeName": "order_id", "KeyType": "HASH"}],
                AttributeDefinitions=attributes,
                ProvisionedThroughput=units,
                GlobalSecondaryIndexes=[index],
            )
        elif each.type == SCALING_TARGET:
            bounds = {"MinCapacity": given["minCapacity"], "MaxCapacity": given["maxCapacity"]}
            scaling.register_scalable_target(**place, **bounds)
        elif each.type == SCALING_POLICY:
            tracked = given["targetTrackingScalingPolicyConfiguration"]
            metric = {"PredefinedMetricType": tracked["predefinedMetricSpecification"]["predefinedMetricType"]}
            own = {"TargetValue": tracked["targetValue"], "PredefinedMetricSpecification": metric}
            kind = {"PolicyType": given["policyType"], "TargetTrackingScalingPolicyConfiguration": own}
            scaling.put_scaling_policy(**place, PolicyName=given["name"], **kind)
        elif each.type == SCHEDULED_ACTION:
            action = {"MinCapacity": given["scalableTargetAction"]["minCapacity"]}
            when = {"Schedule": given["schedule"], "Timezone": given["timezone"]}
            scaling.put_scheduled_action(
                **place, ScheduledActionName=given["name"], **when, ScalableTargetAction=action
            )


def track(ask: Ask, use: float) -> None:
    own = {"TargetValue": use, **TRACKED}
    given = {"PolicyName": POLICY, "PolicyType": "TargetTrackingScaling"}
    scaling = ask("application-autoscaling")
    scaling.put_scaling_policy(**READS, **given, TargetTrackingScalingPolicyConfiguration=own)


CHANGES: tuple[tuple[Callable[[Ask], Any], dict[str, str]], ...] = (
    (
        lambda ask: ask("application-autoscaling").register_scalable_target(**READS, MinCapacity=5, MaxCapacity=9),
        {f"scaling target {ON_READS}": "ceiling: found 9, expected 100", "autoscaling": "to 9, expected"},
    ),
    (
        lambda ask: track(ask, 90),
        {f"scaling policy {ON_READS} {POLICY}": "use, in percent: found 90, expected 70"},
    ),
    (
        lambda ask: ask("application-autoscaling").delete_scaling_policy(**READS, PolicyName=POLICY),
        {f"scaling policy {ON_READS} {POLICY}": "missing, so nothing moves capacity"},
    ),
    (
        lambda ask: ask("application-autoscaling").deregister_scalable_target(**OF_INDEX),
        {f"scaling target {ON_INDEX}": "missing", f"autoscaling of {NAME}/index/{INDEX}": "missing, expected"},
    ),
    (
        lambda ask: ask("application-autoscaling").put_scheduled_action(
            **WRITES, ScheduledActionName="day", Schedule="cron(0 8 ? * * *)", ScalableTargetAction={"MinCapacity": 1}
        ),
        {f"scheduled floor {ON_READS.replace('Read', 'Write')} day": "floor: found 1, expected 9"},
    ),
    (
        lambda ask: ask("dynamodb").update_table(TableName=NAME, BillingMode="PAY_PER_REQUEST"),
        {"billing mode": "found PAY_PER_REQUEST, expected PROVISIONED"},
    ),
)


def looked_at(moto: str) -> tuple[Ask, Callable[[], dict[str, str]]]:
    """A client of a service, and what is found of the table and of what moves it, by what it is called."""

    def ask(service: str) -> Any:
        return aws.client(moto, service, "eu-west-1")

    def found() -> dict[str, str]:
        clients = aws.clients(moto)
        looks = watches(clients, family_watches("shop", SHOP, ACCOUNT), ACCOUNT, "dev", emulated=True)
        said = {name: problem.text.removeprefix(f"{name}: ") for name, _, look in looks for problem in look()}
        shape = describe.table(clients, "eu-west-1", NAME, "orders")
        of_it = table_differences(shape, SHOP, SHOP.tables["orders"], ACCOUNT)
        taken = ("capacity", "autoscaling", "billing", "caps", "warm")
        return said | {each.what: each.text for each in of_it if any(word in each.what for word in taken)}

    return ask, found


@pytest.mark.parametrize(("change", "says"), CHANGES, ids=[next(iter(says)) for _, says in CHANGES])
def test_what_somebody_else_changed_is_found(moto: str, change: Callable[[Ask], Any], says: dict[str, str]) -> None:
    ask, found = looked_at(moto)
    deploy(ask)
    assert found() == {}
    change(ask)
    told = found()
    assert told.keys() == says.keys()
    assert all(says[name] in told[name] for name in says), told


def test_what_autoscaling_and_the_clock_move_is_no_difference_and_is_taken_over_as_it_is(moto: str) -> None:
    ask, found = looked_at(moto)
    deploy(ask)
    units = {"ReadCapacityUnits": 77, "WriteCapacityUnits": 5}
    update = {"Update": {"IndexName": INDEX, "ProvisionedThroughput": units}}
    ask("dynamodb").update_table(TableName=NAME, ProvisionedThroughput=units, GlobalSecondaryIndexUpdates=[update])
    ask("application-autoscaling").register_scalable_target(**WRITES, MinCapacity=9, MaxCapacity=50)
    assert found() == {}
    live = describe.describe(aws.clients(moto), SHOP)
    ids = {name: given for (kind, name), given in imported(SHOP, live).items() if kind == SCALING_POLICY}
    assert ids["shop-orders-read-capacity"] == f"dynamodb/{ON_READS.replace(' ', '/')}/{POLICY}@eu-west-1"
    assert len(ids) == 4
    assert not any(kind == SCHEDULED_ACTION for kind, _ in imported(SHOP, live)), "they are put anew"
    (shape,) = live.tables
    notes = made([shape], "prod", "shop").notes
    for says in (
        f"table {NAME}: provisioned; a stage says so: provisioned: {{<family>/<table>: {{read: 77, write: 5}}}}",
        f"table {NAME}: {ON_READS} is scaled from 5 to 100; a stage says so: upTo, in provisioned",
    ):
        assert says in notes


@pytest.mark.parametrize("from_file", [True, False])
def test_without_the_stages_file_nobody_knows_how_a_table_is_scaled(moto: str, from_file: bool) -> None:
    ask, _ = looked_at(moto)
    deploy(ask)
    plain = declare.staged()
    settings = StageSettings(plain.stage, from_file, (), moto)
    found = table_problems(aws.clients(moto), plain, plain.tables["orders"], settings, ACCOUNT)
    assert any("autoscaling" in each.text or "billing mode" in each.text for each in found) == from_file


def test_a_maximum_and_warm_throughput_that_nobody_declares() -> None:
    found = {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "OnDemandThroughput": {"MaxReadRequestUnits": 40, "MaxWriteRequestUnits": -1},
        "WarmThroughput": {"ReadUnitsPerSecond": 30_000, "WriteUnitsPerSecond": 4_000, "Status": "ACTIVE"},
    }
    read = dict(describe.inputs(found, {}, {}, {}))
    assert read["onDemandThroughput"] == {"maxReadRequestUnits": 40}
    assert read["warmThroughput"] == {"readUnitsPerSecond": 30_000, "writeUnitsPerSecond": 4_000}
    found["WarmThroughput"] = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000}
    assert "warmThroughput" not in dict(describe.inputs(found, {}, {}, {})), "what every table has"
