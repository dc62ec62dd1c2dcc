"""Policies: actions from the patterns, resources from the prefix, and nothing besides."""

from __future__ import annotations

from typing import Any

import pytest

from tablekit.model import Catalogue, Reach, S, TenantScope
from tablekit.model.own_policies import table_policy
from tablekit.model.permissions import role_policy, topic_policy, trust_policy
from tablekit.model.staged import Account
from tests.support.declare import family, index, pattern, role, staged, table, writing
from tests.support.iam import Decision, Policy, Principal, Request, decide

ACCOUNT = Account("111122223333")
ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/"
ROLE = "arn:aws:iam::111122223333:role/"
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
        "TlsOnly": {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Action": ["dynamodb:PutItem", "dynamodb:Query"],
            "Resource": ["*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
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


OWN, PARTNER = "arn:aws:iam::111122223333:role/x", "arn:aws:iam::999988887777:role/partner"
SENT: dict[str, Any] = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.mark.parametrize(
    ("trust", "expected"),
    [
        ({}, [("Services", {"Service": ["lambda.amazonaws.com"]}, SENT)]),
        ({"principals": [OWN]}, [("Assume", {"AWS": [OWN]}, None)]),
        (
            {"services": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"], "principals": [OWN]},
            [
                ("Services", {"Service": ["ecs-tasks.amazonaws.com"]}, SENT),
                ("OtherServices", {"Service": ["ec2.amazonaws.com"]}, None),
                ("Assume", {"AWS": [OWN]}, None),
            ],
        ),
        (
            {
                "foreign": [
                    {"principal": PARTNER, "externalId": "a7"},
                    {"principal": PARTNER, "externalId": "b8", "organization": "o-abcdefghij"},
                ]
            },
            [
                ("Foreign1", {"AWS": [PARTNER]}, {"StringEquals": {"sts:ExternalId": "a7"}}),
                (
                    "Foreign2",
                    {"AWS": [PARTNER]},
                    {"StringEquals": {"sts:ExternalId": "b8", "aws:PrincipalOrgID": "o-abcdefghij"}},
                ),
            ],
        ),
    ],
)
def test_each_kind_of_caller_has_a_statement_with_what_it_has_to_show(
    trust: dict[str, Any], expected: list[tuple[str, dict[str, list[str]], dict[str, Any] | None]]
) -> None:
    found = trust_policy(staged(family(), "prod", trust={"shop": trust} if trust else {}), "app", ACCOUNT)
    assert [(each["Sid"], each["Principal"], each.get("Condition")) for each in found["Statement"]] == expected
    assert {action for each in found["Statement"] for action in each["Action"]} == {"sts:AssumeRole"}


def tenants(**settings: Any) -> list[dict[str, Any]]:
    """Who may assume the role of a shop's customer."""
    scope = TenantScope(tag="customer", leading_keys=("{tenant}",))
    customer = role(
        name="customer", access="read-only", tenant=scope, assumed_by="app", patterns=("orders-of-customer",)
    )
    asked = pattern(key="customer = '{customer_id}' AND day >= :since", example={"customer_id": "c1", "since": "2026"})
    declared = family(patterns=(asked, writing()), roles=(role(), customer))
    found: list[dict[str, Any]] = trust_policy(staged(declared, "prod", **settings), "customer", ACCOUNT)["Statement"]
    for each in found:
        assert each["Action"] == ["sts:AssumeRole", "sts:TagSession"]
        assert each["Condition"]["Null"] == {"aws:RequestTag/customer": "false"}
    return found


def test_a_tenants_role_is_opened_by_its_own_key_alone() -> None:
    declared = [{"AWS": ["arn:aws:iam::111122223333:role/shop-app-role"]}]
    assert [each["Principal"] for each in tenants()] == declared
    family_wide = {"services": ["lambda.amazonaws.com"], "principals": [OWN]}
    assert [each["Principal"] for each in tenants(trust={"shop": family_wide})] == declared
    foreign = {"principal": PARTNER, "externalId": "a7"}
    found = tenants(trust={"shop/customer": {"principals": [OWN], "foreign": [foreign]}})
    assert [each["Principal"] for each in found] == [{"AWS": [OWN]}, {"AWS": [PARTNER]}]
    assert found[1]["Condition"]["StringEquals"] == {"sts:ExternalId": "a7"}


def test_a_topic_takes_alarms_of_its_account_and_nothing_without_tls() -> None:
    topic = "arn:aws:sns:eu-west-1:111122223333:prod-shop-alarms"
    alarms, tls = topic_policy(topic, ACCOUNT)["Statement"]
    assert (alarms["Effect"], alarms["Principal"], alarms["Action"], alarms["Resource"], alarms["Condition"]) == (
        "Allow",
        {"Service": "cloudwatch.amazonaws.com"},
        ["sns:Publish"],
        [topic],
        SENT,
    )
    assert (tls["Effect"], tls["Principal"], tls["Action"], tls["Resource"], tls["Condition"]) == (
        "Deny",
        {"AWS": "*"},
        ["sns:Publish"],
        [topic],
        {"Bool": {"aws:SecureTransport": "false"}},
    )


LISTED = pattern(
    name="order-without-token", index=None, key="order_id = :id", projection=("order_id", "total"), example={"id": "o1"}
)
WHOLE = pattern(name="order", operation="get", index=None, key="order_id = :id", example={"id": "o1"})
FILTERED = LISTED.model_copy(update={"name": "order-by-token", "filter": "token = :token"})
SECRET: dict[str, Any] = {"secrets": ("token",), "indexes": (index(projection="KEYS_ONLY"),)}


def guarded(**changes: Any) -> Catalogue:
    """A shop whose orders hold a secret, and which has a second table."""
    patterns = (pattern(), LISTED, WHOLE, FILTERED, writing())
    orders = table(**{**SECRET, **changes}, patterns=patterns)
    refunds = table(name="refunds", patterns=(WHOLE.model_copy(update={"name": "refund"}),))
    readonly = role(name="readonly", access="read-only")
    return Catalogue([family(tables=(orders, refunds), roles=(role(), readonly), patterns=orders.patterns)])


def test_a_read_only_role_reads_no_secrets() -> None:
    shop = guarded().family("shop")
    assert [each.name for each in shop.patterns_of(shop.role("app"))] == [p.name for p in shop.access_patterns]
    readable = [each.name for each in shop.patterns_of(shop.role("readonly"))]
    assert readable == ["orders-of-customer", "order-without-token", "refund"]
    found = statements("readonly", guarded())
    assert {sid: each["Resource"] for sid, each in found.items()} == {
        "GetItem": [f"{ARN}shop-refunds"],
        "Query": [f"{ARN}shop-orders/index/customer-day-index"],
        "Named1Query": [f"{ARN}shop-orders"],
        "TlsOnly": ["*"],
    }
    assert found["Named1Query"]["Condition"] == {
        "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "ForAllValues:StringEquals": {
            "dynamodb:Attributes": ["customer", "day", "order_id", "paid", "status", "total", "ttl"]
        },
        "Null": {"dynamodb:Attributes": "false"},
    }
    assert statements("app", guarded())["GetItemAndPutItem"]["Resource"] == [f"{ARN}shop-*"]


def test_a_local_index_gives_what_its_table_has() -> None:
    """DynamoDB fetches from the table what such an index doesn't project."""
    local = index(name="order-day-index", hash_key=S("order_id"), local=True, projection="KEYS_ONLY")
    by_day = LISTED.model_copy(update={"name": "by-day", "index": "order-day-index", "projection": ("order_id", "day")})
    whole = by_day.model_copy(update={"name": "by-day-whole", "projection": ()})
    orders = table(**{**SECRET, "indexes": (local,)}, range_key=S("line"), patterns=(by_day, whole))
    declared = family(tables=(orders,), roles=(role(access="read-only"),), patterns=orders.patterns)
    assert [each.name for each in declared.patterns_of(declared.role("app"))] == ["by-day"]
    found = statements("app", Catalogue([declared]))
    assert set(found) == {"Named1Query", "TlsOnly"}
    assert found["Named1Query"]["Resource"] == [f"{ARN}shop-orders/index/order-day-index"]


def test_a_tenant_and_a_reach_of_a_read_only_role_name_attributes_too() -> None:
    reach = Reach(family="shop", patterns=("order-without-token",), purpose="see")
    store = family(key="store", table_name="store-{table}", roles=(role(access="read-only", reaches=(reach,)),))
    both = Catalogue([guarded().family("shop"), store])
    policy = role_policy(staged(store, "prod", both), "app", ACCOUNT)
    (named,) = [each for each in policy["Statement"] if each["Sid"] == "ShopNamed1Query"]
    assert named["Condition"]["StringEquals"] == {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
    scope = TenantScope(tag="order", leading_keys=("{tenant}",))
    own = LISTED.model_copy(update={"key": "order_id = '{order_id}'", "example": {"order_id": "o1"}})
    customer = role(
        name="customer", access="read-only", tenant=scope, assumed_by="app", patterns=("order-without-token",)
    )
    orders = table(**SECRET, patterns=(own,))
    declared = family(tables=(orders,), roles=(role(), customer), patterns=orders.patterns)
    condition = statements("customer", Catalogue([declared]))["TenantNamed1Query"]["Condition"]
    assert condition["Null"] == {
        "dynamodb:Attributes": "false",
        "dynamodb:LeadingKeys": "false",
        "aws:PrincipalTag/order": "false",
    }
    assert set(condition) > {"StringEquals", "ForAllValues:StringEquals", "ForAllValues:StringLike", "StringLike"}


def test_roles_may_use_the_keys_that_tables_leave_or_come_to() -> None:
    key = "arn:aws:kms:eu-west-1:111122223333:key/"
    leaving: dict[str, Any] = {
        "otherKmsKeyArns": {"eu-west-1": [f"{key}old"], "eu-west-2": [f"{key.replace('-1:', '-2:')}no"]}
    }
    assert statements("app", shop(), **leaving)["Key"]["Resource"] == [f"{key}old"], "to the AWS-managed key"
    both: dict[str, Any] = {**leaving, "encryption": "customer-managed", "kmsKeyArns": {"eu-west-1": f"{key}new"}}
    assert statements("app", shop(), **both)["Key"]["Resource"] == [f"{key}new", f"{key}old"]


def own(**settings: Any) -> dict[str, Any]:
    """The statements of a table's own policy in stage dev."""
    policy = table_policy(staged(family(), "dev", **settings), "dev-shop-orders", ACCOUNT)
    return {each["Sid"]: each for each in policy["Statement"]} if policy else {}


def test_denied_writers_can_not_write_by_any_api() -> None:
    statement = own(denyWrites={"shop": [f"{ROLE}old"]})["DenyWrites"]
    assert statement["Effect"] == "Deny"
    assert set(statement["Action"]) >= {
        f"dynamodb:{name}" for name in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLInsert")
    }


# What DynamoDB takes in a table's policy ("DynamoDB API operations supported by resource-based policies"); with
# another action it takes none of it, which no emulator says.
TAKEN = """
    BatchGetItem BatchWriteItem CreateBackup DeleteItem DeleteResourcePolicy DeleteTable DescribeContinuousBackups
    DescribeContributorInsights DescribeTable DescribeTimeToLive ExportTableToPointInTime GetItem GetResourcePolicy
    ListTagsOfResource PartiQLDelete PartiQLInsert PartiQLSelect PartiQLUpdate PutItem PutResourcePolicy Query
    RestoreTableToPointInTime Scan TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights
    UpdateItem UpdateTable UpdateTimeToLive
"""


def test_a_tables_policy_has_actions_that_dynamodb_takes_there() -> None:
    found = own(denyWrites={"shop": [f"{ROLE}old"]}, onlyPrincipals={"shop": [f"{ROLE}ops"]}, tlsOnly=True)
    assert list(found) == ["DenyWrites", "TlsOnly", "OnlyPrincipals"]
    assert found["TlsOnly"].pop("Action") == ["dynamodb:*"]
    named = {action.removeprefix("dynamodb:") for each in found.values() for action in each.get("Action", ())}
    assert named <= {*TAKEN.split()}
    assert {each["Effect"] for each in found.values()} == {"Deny"}


def test_nobody_is_locked_out_of_a_table_who_has_to_be_in() -> None:
    """No action on a table's settings or policy is denied; the family's own and service-linked roles are let in."""
    statement = own(onlyPrincipals={"shop": [f"{ROLE}ops"]}, backups=True)["OnlyPrincipals"]
    assert statement["Resource"] == [f"{ARN}dev-shop-orders", f"{ARN}dev-shop-orders/index/*"]
    assert statement["Condition"] == {
        "ArnNotLike": {
            "aws:PrincipalArn": [
                f"{ROLE}aws-service-role/*",
                f"{ROLE}dev-shop-app-role",
                f"{ROLE}dev-shop-aws-backup-role",
                f"{ROLE}dev-shop-aws-restore-role",
                f"{ROLE}ops",
            ]
        },
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }
    spared = ("DeleteResourcePolicy", "DescribeTable", "PutResourcePolicy", "TagResource", "UpdateTable", "DeleteTable")
    assert not {f"dynamodb:{name}" for name in spared} & {*statement["Action"]}


@pytest.mark.parametrize(
    ("who", "decision"),
    [
        (Principal("AWS", f"{ROLE}ops"), Decision.NOT_GRANTED),
        (Principal("AWS", f"{ROLE}aws-service-role/replication.dynamodb.amazonaws.com/R"), Decision.NOT_GRANTED),
        (Principal("Service", "redshift.amazonaws.com"), Decision.NOT_GRANTED),
        (Principal("AWS", f"{ROLE}intern"), Decision.DENIED),
        (Principal("AWS", f"{ROLE}ops2"), Decision.DENIED),
        (Principal("AWS", f"{ROLE}path/ops"), Decision.DENIED),
        (Principal("AWS", "arn:aws:iam::111122223333:user/ops"), Decision.DENIED),
        (Principal("AWS", "arn:aws:iam::999988887777:role/ops"), Decision.DENIED),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_whom_a_tables_policy_denies(who: Principal, decision: Decision) -> None:
    """Nobody is let in by it: who is not denied needs a policy of his own."""
    policy = table_policy(staged(family(), "dev", onlyPrincipals={"shop": [f"{ROLE}ops"]}), "dev-shop-orders", ACCOUNT)
    assert policy
    request = Request("dynamodb:Query", f"{ARN}dev-shop-orders/index/any", principal=who)
    assert decide(request, attached=[Policy.read(policy, "attached")]) is decision
