"""TableFamily with a family that nobody has heard of: what it registers, and what it exports."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components import FamilyTable
from tablekit.contract import ExportedFamily
from tablekit.model import Family, Index, N, Retention, S
from tablekit.model.staged import Account
from tests.components.mocked import ACCOUNT, made, run
from tests.support.declare import family, index, role, staged, table

TABLE = "aws:dynamodb/table:Table"


def the_table(declared: Family, name: str = "dev", **settings: Any) -> dict[str, Any]:
    recorder, _ = made(declared, name, **settings)
    return recorder.of(TABLE)["shop-orders"]


def test_a_table_is_as_declared() -> None:
    keys = [{"attributeName": "customer", "keyType": "HASH"}, {"attributeName": "day", "keyType": "RANGE"}]
    assert the_table(family()) == {
        "name": "dev-shop-orders",
        "region": "eu-west-1",
        "hashKey": "order_id",
        "attributes": [{"name": name, "type": "S"} for name in ("customer", "day", "order_id")],
        "globalSecondaryIndexes": [{"name": "customer-day-index", "keySchemas": keys, "projectionType": "ALL"}],
        "billingMode": "PAY_PER_REQUEST",
        "ttl": {"attributeName": "ttl", "enabled": True},
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "serverSideEncryption": {"enabled": True},
        "deletionProtectionEnabled": False,
        "tags": {
            "project": "dynamodb-tables",
            "family": "shop",
            "stage": "dev",
            "owner": "shop-team",
            "cost-centre": "shop",
            "table": "orders",
            "data-classification": "pii",
        },
    }


def test_ttl_that_goes_off_is_sent_with_the_attribute_that_it_was_on() -> None:
    def ttl(**fields: Any) -> Any:
        declared = table(ttl=None, retention=Retention(reason="until deleted"), **fields)
        return the_table(family(tables=(declared,))).get("ttl")

    assert ttl(ttl_was="ends") == {"attributeName": "ends", "enabled": False}
    assert ttl() is None
    kept = table(ttl=None, ttl_was="ends", retention=Retention(reason="until deleted"))
    assert made(family(tables=(kept,)))[1]["tables"]["orders"]["ttlAttribute"] is None, "consumers see no TTL"


def test_the_order_in_the_source_changes_nothing() -> None:
    indexes: tuple[Index, ...] = (index(), index(name="day-index", hash_key=S("day"), range_key=N("total")))
    one = the_table(family(tables=(table(indexes=indexes),)))
    other = the_table(family(tables=(table(indexes=indexes[::-1]),)))
    assert one == other
    assert [each["name"] for each in one["globalSecondaryIndexes"]] == ["customer-day-index", "day-index"]


def test_what_a_stage_sets() -> None:
    found = the_table(
        family(),
        "prod",
        deletionProtection=True,
        pointInTimeRecoveryDays=7,
        encryption="customer-managed",
        kmsKeyArns={"eu-west-1": "arn:aws:kms:eu-west-1:111122223333:key/k"},
        provisioned={"shop/orders": {"read": 5, "write": 2}},
        streams={"shop/orders": "KEYS_ONLY"},
        tags={"environment": "live"},
    )
    assert (
        found
        | {
            "name": "shop-orders",
            "deletionProtectionEnabled": True,
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k"},
            "billingMode": "PROVISIONED",
            "readCapacity": 5,
            "writeCapacity": 2,
            "streamEnabled": True,
            "streamViewType": "KEYS_ONLY",
        }
        == found
    )
    assert found["globalSecondaryIndexes"][0]["readCapacity"] == 5
    assert found["tags"]["environment"] == "live"


def test_a_table_is_looked_at_by_its_own_provider() -> None:
    """Another account's would not find it, and the update would then take away what autoscaling has given."""
    scaled = {"shop/orders": {"read": 5, "write": 5, "upTo": {"read": 50, "write": 50}}}
    shop = staged(family(), provisioned=scaled)

    def program() -> Any:
        there = pulumi.ResourceOptions(providers=[aws.Provider("there", region="eu-west-1")])
        return FamilyTable("shop-orders", shop, shop.tables["orders"], Account(ACCOUNT), opts=there).name

    recorder, _ = run(program)
    assert [each.partition("::")[2].rpartition("::")[0].rpartition("::")[2] for each in recorder.looked_by] == ["there"]


def test_a_local_index_is_one() -> None:
    local = index(name="order-day-index", hash_key=S("order_id"), range_key=S("day"), local=True)
    found = the_table(family(tables=(table(range_key=S("line"), indexes=(local,)),), patterns=()))
    assert found["localSecondaryIndexes"] == [{"name": "order-day-index", "rangeKey": "day", "projectionType": "ALL"}]
    assert "globalSecondaryIndexes" not in found


def test_roles_and_their_policies() -> None:
    recorder, _ = made(family(roles=(role(), role(name="readonly", access="read-only"))))
    roles = recorder.of("aws:iam/role:Role")
    assert {name: inputs["name"] for name, inputs in roles.items()} == {
        "shop-app": "dev-shop-app-role",
        "shop-readonly": "dev-shop-readonly-role",
    }
    policies = recorder.of("aws:iam/rolePolicy:RolePolicy")
    app = json.loads(policies["shop-app"]["policy"])
    assert app["Statement"][0]["Resource"] == [f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/dev-shop-*"]
    readonly = json.loads(policies["shop-readonly"]["policy"])
    assert [(s["Effect"], s["Action"]) for s in readonly["Statement"]] == [
        ("Allow", ["dynamodb:Query"]),
        ("Deny", ["dynamodb:Query"]),
    ]


def test_alarms_go_to_a_topic_with_its_subscribers() -> None:
    subscribers = [{"protocol": "email", "endpoint": "ops@example.com"}]
    recorder, exported = made(family(), alarms="all", alarmSubscriptions=subscribers)
    alarms = recorder.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    assert len(alarms) == 5
    topic = f"arn:aws:sns:eu-west-1:{ACCOUNT}:dev-shop-alarms"
    assert all(alarm["alarmActions"] == [topic] and alarm["region"] == "eu-west-1" for alarm in alarms.values())
    summed = alarms["shop-orders-system-errors"]["metricQueries"]
    assert [query.get("expression") for query in summed] == [None, None, "FILL(m0, 0) + FILL(m1, 0)"]
    (subscription,) = recorder.of("aws:sns/topicSubscription:TopicSubscription").values()
    assert subscription["endpoint"]["value"] == "ops@example.com"
    assert len(subscription["endpoint"]) == 2, "a secret: its value beside the mark of one"
    assert exported["alarms"]["topicArn"] == topic
    assert sorted(exported["alarms"]["names"]) == sorted(alarm["name"] for alarm in alarms.values())


def test_without_alarms_there_is_no_topic() -> None:
    recorder, exported = made(family(), alarms="none")
    assert not recorder.of("aws:sns/topic:Topic")
    assert exported["alarms"] == {"topicArn": None, "names": [], "composite": None}


def test_what_is_exported_is_the_contracts() -> None:
    _, exported = made(family())
    parsed = ExportedFamily.model_validate(exported)
    assert parsed.model_dump(by_alias=True) == exported
    assert parsed.tables["orders"].stream_arn is None
    assert parsed.env == {"DYNAMODB_ORDERS_TABLE": "dev-shop-orders"}
    assert parsed.access_patterns["orders-of-customer"].key_condition == "customer = :customer AND day >= :since"
    assert parsed.access_patterns["place-order"].parameters == {"item": "M"}


def test_resource_names_are_free_of_the_stage() -> None:
    dev, prod = (made(family(), stage, alarms="all", publishParameters=True)[0] for stage in ("dev", "prod"))
    assert dev.resources.keys() == prod.resources.keys()
