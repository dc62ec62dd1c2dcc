"""Policies: actions from the patterns, resources from the prefix, and nothing besides."""

from __future__ import annotations

from typing import Any

from tablekit.model import Catalogue, Reach
from tablekit.model.permissions import deny_writes_policy, role_policy, trust_policy
from tablekit.model.staged import Account
from tests.support.declare import family, pattern, role, staged, writing

ACCOUNT = Account("111122223333")
ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
SCAN = pattern(name="all-orders", operation="scan", index=None, key=None, example={}, scan_reason="a list of all")


def statements(role_name: str, catalogue: Catalogue, stage_name: str = "prod", **settings: Any) -> dict[str, Any]:
    policy = role_policy(staged(catalogue.family("shop"), stage_name, catalogue, **settings), role_name, ACCOUNT)
    assert policy["Version"] == "2012-10-17"
    by_id = {statement["Sid"]: statement for statement in policy["Statement"]}
    assert len(by_id) == len(policy["Statement"]), "statement ids must differ"
    return by_id


def shop(**changes: Any) -> Catalogue:
    return Catalogue([family(**changes)])


def test_a_family_with_a_prefix_gets_prefix_scoped_statements() -> None:
    found = statements("app", shop())
    assert found == {
        "PutItem": {"Sid": "PutItem", "Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": [f"{ARN}shop-*"]},
        "Query": {
            "Sid": "Query",
            "Effect": "Allow",
            "Action": ["dynamodb:Query"],
            "Resource": [f"{ARN}shop-*", f"{ARN}shop-*/index/*"],
        },
    }


def test_a_scan_is_granted_on_its_own_table_only() -> None:
    found = statements("app", shop(patterns=(pattern(), writing(), SCAN)))
    assert found["Scan"]["Resource"] == [f"{ARN}shop-orders"]
    assert "Scan" not in statements("app", shop())


def test_a_family_without_a_prefix_gets_exact_arns() -> None:
    found = statements("app", shop(table_name="{table}"))
    assert found["PutItem"]["Resource"] == [f"{ARN}orders"]
    assert found["Query"]["Resource"] == [f"{ARN}orders/index/customer-day-index"]


def test_describe_and_metrics_are_asked_for() -> None:
    found = statements("app", shop(roles=(role(describe=True, metrics_namespace="SHOP"),)))
    assert found["Describe"]["Resource"] == [f"{ARN}shop-*"]
    assert found["Metrics"] == {
        "Sid": "Metrics",
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"cloudwatch:namespace": "SHOP"}},
    }


def neighbours() -> Catalogue:
    store = family(key="store", table_name="{table}", patterns=(pattern(), writing()))
    reaches = (
        Reach(family="store", patterns=("orders-of-customer",), purpose="see"),
        Reach(family="store", patterns=("place-order",), purpose="write", option="shop-writes-store"),
    )
    return Catalogue([family(roles=(role(reaches=reaches),)), store])


def test_a_reach_is_by_exact_arn_and_its_option_is_off() -> None:
    found = statements("app", neighbours())
    assert found["StoreQuery"]["Resource"] == [f"{ARN}orders/index/customer-day-index"]
    assert not any(sid.startswith("Shop") for sid in found)
    assert f"{ARN}orders" not in [r for s in found.values() for r in s["Resource"]]


def test_a_reachs_option_turns_it_on() -> None:
    found = statements("app", neighbours(), options=["shop-writes-store"])
    assert found["ShopWritesStorePutItem"]["Resource"] == [f"{ARN}orders"]


def test_trust_names_services_or_principals() -> None:
    trusting = staged(family(), "prod", trust={"shop": {"principals": ["arn:aws:iam::111122223333:role/x"]}})
    for found, principal in (
        (trusting, {"AWS": ["arn:aws:iam::111122223333:role/x"]}),
        (staged(), {"Service": ["lambda.amazonaws.com"]}),
    ):
        assert trust_policy(found, "app", ACCOUNT)["Statement"][0]["Principal"] == principal


def test_roles_may_use_the_keys_that_tables_leave_or_come_to() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/"
    leaving: dict[str, Any] = {
        "otherKmsKeyArns": {"eu-west-1": [f"{key}old"], "eu-west-2": [f"{key.replace('-1:', '-2:')}no"]}
    }
    assert statements("app", shop(), **leaving)["Key"]["Resource"] == [f"{key}old"], "to the AWS-managed key"
    both: dict[str, Any] = {**leaving, "encryption": "customer-managed", "kmsKeyArns": {"eu-west-1": f"{key}new"}}
    assert statements("app", shop(), **both)["Key"]["Resource"] == [f"{key}new", f"{key}old"]


def test_denied_writers_can_not_write_by_any_api() -> None:
    (statement,) = deny_writes_policy(["arn:aws:iam::111122223333:role/old"], f"{ARN}shop-orders")["Statement"]
    assert statement["Effect"] == "Deny"
    assert set(statement["Action"]) >= {
        f"dynamodb:{name}" for name in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert")
    }
