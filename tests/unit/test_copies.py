"""A family's own keys and its replicas: what is derived of them, what others may do with them, what the guard says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tablekit.contract import Contract, ExportedFamily, expected_family
from tablekit.contract.permissions import statements
from tablekit.model import Catalogue, Family, StageError, load_stage
from tablekit.model.permissions import backup_policies, role_policy
from tablekit.model.staged import Account, StagedFamily
from tablekit.ops.guard.report import PlanReport, judge
from tablekit.resources import ALARM, KEY, KEY_ALIAS, REPLICA, RESOURCE_POLICY, TABLE, TOPIC, VAULT, family_resources
from tablekit.resources.expected import Expected
from tablekit.resources.stack import check_family
from tests.support import declare
from tests.support.declare import LOOPBACK
from tests.support.guarded import KEY as KEY_ARN
from tests.support.guarded import Document, inputs, paired, plan, read_back, resource, state, step, urn

ACCOUNT = Account("111122223333")
ALIAS = "alias/dynamodb/dev/shop"
THERE = "us-east-1"
OWN: dict[str, Any] = {"encryption": "family-keys"}
COPIED: dict[str, Any] = {"replicas": {"shop": [THERE]}}
OTHER = "arn:aws:kms:eu-west-1:111122223333:key/old"


def shop(**settings: Any) -> StagedFamily:
    family: Family = declare.family()
    return declare.staged(family, "dev", Catalogue([family]), **settings)


def made(**settings: Any) -> dict[tuple[str, str], Expected]:
    return {each.key: each for each in family_resources("shop", shop(**settings), ACCOUNT)}


BOTH = Catalogue([declare.family(), declare.family(key="store", table_name="store-{table}", region=None)])
REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"encryption": "own-keys"}, "encryption: 'own-keys' is not allowed … 'family-keys'"),
    ({"encryption": "family-keys", "kmsKeyArns": {"eu-west-1": OTHER}}, "encryption is family-keys; make it cust"),
    (
        {"encryption": "family-keys", "rehearsal": True, "alarms": "none"},
        "aws:endpoints has no 'kms' … dynamodb, iam, sts, cloudwatch, sns, kms needs one",
    ),
    ({"replicas": {"shp": ["eu-west-2"]}}, "replicas: no family 'shp' … did you mean 'shop'?"),
    ({"replicas": {"shop": []}}, "replicas: shop: names no region; write it as [eu-west-1], or remove the key"),
    ({"replicas": {"shop": "eu-west-2"}}, "replicas.shop: 'eu-west-2' is not allowed"),
    ({"replicas": ["eu-west-2"]}, "replicas: ['eu-west-2'] is not allowed"),
    ({"replicas": {"shop": ["Ireland"]}}, "replicas.shop[0]: 'Ireland' is not a region's name; write it as"),
    ({"replicas": {"shop": ["eu-west-2"] * 2}}, "replicas: shop: eu-west-2 is listed twice; list each once"),
    ({"replicas": {"shop": ["eu-west-1"]}}, "replicas: shop: its tables are in eu-west-1 themselves; name"),
    ({"replicas": {"store": ["eu-west-2"]}}, "replicas: store: its tables are in eu-west-2 themselves"),
    ({"replicas": {"shop": ["cn-north-1"]}}, "cn-north-1 is in partition aws-cn, and its tables are in aws; no"),
    (
        {"families": ["store"], "replicas": {"shop": ["eu-west-2"]}},
        "replicas: shop: the stage does not deploy it; put it into families, or remove the key",
    ),
    (
        {"backups": True, "backupVault": {"copyTo": "us-east-1"}, "replicas": {"shop": ["us-east-1"]}},
        "replicas: shop: backupVault.copyTo is us-east-1 too, where the replicas have backups of their own",
    ),
    (
        {"provisioned": {"shop/orders": {"read": 5, "write": 5}}, "replicas": {"shop": ["eu-west-2"]}},
        "replicas: shop: provisioned fixes the writes of shop/orders … give upTo.write, or remove it there",
    ),
    (
        {"streams": {"shop/orders": "NEW_IMAGE"}, "replicas": {"shop": ["eu-west-2"]}},
        "the stream of shop/orders is NEW_IMAGE … set streams: {shop/orders: NEW_AND_OLD_IMAGES}",
    ),
    (
        {
            "encryption": "customer-managed",
            "kmsKeyArns": {"eu-west-1": OTHER, "eu-west-2": OTHER.replace("-1", "-2", 1)},
            "replicas": {"shop": ["us-east-1"]},
        },
        "kmsKeyArns: encryption is customer-managed, and region us-east-1 has no key",
    ),
)


@pytest.mark.parametrize(("settings", "says"), REFUSED, ids=[says[:60] for _, says in REFUSED])
def test_a_setting_that_can_not_be_is_refused_with_one_message(settings: dict[str, Any], says: str) -> None:
    given = {"families": ["shop", "store"], **settings}
    endpoints = [LOOPBACK] if "rehearsal" in settings else None
    with pytest.raises(StageError) as error:
        load_stage("dev", given, {"region": "eu-west-2", "endpoints": endpoints}, BOTH)
    text = str(error.value)
    assert "\n" not in text
    assert text.startswith("Pulumi.dev.yaml: ")
    assert [part for part in says.split(" … ") if part not in text] == [], text


def test_nothing_of_it_is_there_unless_it_is_asked_for() -> None:
    found = made(alarms="all", backups=True)
    assert not {kind for kind, _ in found} & {KEY, KEY_ALIAS, REPLICA}
    table = found[TABLE, "shop-orders"]
    assert (table.of_aws, table.ignored) == ({}, ("replicas",))
    assert "streamEnabled" not in table.inputs


def test_what_the_familys_own_key_encrypts() -> None:
    found = made(
        **OWN, alarms="all", backups=True, backupVault={"copyTo": THERE}, deletionProtection=True, protect=True
    )
    keys = [name for kind, name in found if kind == KEY]
    assert keys == ["shop-key", f"shop-key-{THERE}"], "where it has tables, and where copies of backups go"
    key, alias = found[KEY, "shop-key"], found[KEY_ALIAS, "shop-key"]
    assert key.protect
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"]) == (True, 30)
    assert alias.inputs["name"] == ALIAS
    assert alias.of_aws == {"targetKeyId": (KEY, "shop-key", "keyId")}
    owner, topic = json.loads(key.inputs["policy"])["Statement"]
    assert (owner["Action"], owner["Principal"]) == (["kms:*"], {"AWS": "arn:aws:iam::111122223333:root"})
    assert topic["Principal"]["Service"] == ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    arn = {"serverSideEncryption.kmsKeyArn": (KEY, "shop-key", "arn")}
    assert found[TABLE, "shop-orders"].of_aws == arn
    assert found[VAULT, f"shop-backups-{THERE}"].of_aws == {"kmsKeyArn": (KEY, f"shop-key-{THERE}", "arn")}
    assert found[TOPIC, "shop-alarms"].inputs["kmsMasterKeyId"] == ALIAS


def test_roles_use_the_own_key_by_its_alias_and_the_others_by_their_arns() -> None:
    family = shop(**OWN, **COPIED, otherKmsKeyArns={"eu-west-1": [OTHER]}, backups=True)
    allowed = {each["Sid"]: each for each in role_policy(family, "app", ACCOUNT)["Statement"]}
    assert allowed["Key"]["Resource"] == [OTHER]
    assert "ForAnyValue:StringEquals" not in allowed["Key"]["Condition"]
    own = allowed["OwnKey"]
    assert own["Resource"] == [f"arn:aws:kms:{region}:111122223333:key/*" for region in ("eu-west-1", THERE)]
    assert own["Condition"] == {
        "StringEquals": {"kms:ViaService": [f"dynamodb.{region}.amazonaws.com" for region in ("eu-west-1", THERE)]},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": ALIAS},
    }
    for policy in backup_policies(family, ACCOUNT):
        grants = [each for each in policy["Statement"] if each["Action"] == ["kms:CreateGrant"]]
        assert [each["Sid"] for each in grants] == ["Grants", "OwnGrants"]
        assert all(each["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"} for each in grants)


def test_a_replica_has_what_its_table_has() -> None:
    found = made(**COPIED, alarms="all", backups=True, denyWrites={"shop": ["arn:aws:iam::111122223333:role/x"]})
    table, replica = found[TABLE, "shop-orders"], found[REPLICA, f"shop-orders-{THERE}"]
    assert (table.inputs["streamEnabled"], table.inputs["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES")
    arn = "arn:aws:dynamodb:eu-west-1:111122223333:table/dev-shop-orders"
    assert replica.inputs == {
        "globalTableArn": arn,
        "region": THERE,
        "pointInTimeRecovery": True,
        "deletionProtectionEnabled": False,
        "tags": table.inputs["tags"],
    }
    denied = found[RESOURCE_POLICY, f"shop-orders-{THERE}-deny-writes"]
    assert denied.inputs["resourceArn"] == arn.replace("eu-west-1", THERE)
    for name, region, other in (("shop", "eu-west-1", THERE), (f"shop-{THERE}", THERE, "eu-west-1")):
        lag = found[ALARM, f"{name}-orders-replication-to-{other}"].inputs
        assert (lag["region"], lag["dimensions"]["ReceivingRegion"], lag["threshold"]) == (region, other, 180_000)
        assert found[VAULT, f"{name}-backups"].inputs["region"] == region
    roles = [name for kind, name in found if kind == "aws:iam/role:Role" and "aws-" in name]
    assert roles == ["shop-aws-backup", "shop-aws-restore"], "IAM's are in no region"


def test_others_get_the_replicas_and_their_keys_from_the_contract() -> None:
    family = shop(**OWN, **COPIED)
    keys = {region: f"arn:aws:kms:{region}:111122223333:key/{region}" for region in family.regions}
    exported: ExportedFamily = expected_family(family, ACCOUNT, key_arns=keys)
    table = exported.tables["orders"]
    assert (table.kms_key_arn, table.replicas[THERE].kms_key_arn) == (keys["eu-west-1"], keys[THERE])
    contract = Contract(stage="dev", families={"shop": exported})
    found = statements(contract, "shop", ["orders-of-customer"])
    arns = [table.arn, table.replicas[THERE].arn]
    assert found[0]["Resource"] == sorted(f"{arn}/index/customer-day-index" for arn in arns)
    assert found[-1]["Resource"] == sorted(keys.values())


TODAY = date(2026, 6, 1)
KINDS = {"key": KEY, "alias": KEY_ALIAS, "replica": REPLICA}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
A_KEY: Document = {"policy": POLICY, "enableKeyRotation": True, "deletionWindowInDays": 30, "region": "eu-west-1"}
AN_ALIAS: Document = {"name": ALIAS, "targetKeyId": "1"}
A_REPLICA: Document = {"globalTableArn": "arn:t", "region": THERE, "kmsKeyArn": "arn:k", "pointInTimeRecovery": True}
A_REPLICA["deletionProtectionEnabled"] = True


def judged(folder: Path, op: str, kind: str, before: Any, after: Any, retained: bool) -> PlanReport:
    place = urn(f"shop-{kind}", KINDS[kind])
    sides = {
        side: {"urn": place, "type": KINDS[kind], "inputs": given, "retainOnDelete": retained}
        for side, given in (("oldState", before), ("newState", after))
        if given is not None
    }
    touched = {"op": op, "urn": place, **sides}
    return judge(paired(folder, plan(step("same", resource(), resource()), touched), state(resource())), (), TODAY)


@pytest.mark.parametrize(
    ("op", "kind", "before", "new", "says", "code"),
    [
        ("create", "replica", None, A_REPLICA, "create: a new replica", 0),
        ("create", "replica", None, {**A_REPLICA, "kmsKeyArn": UNKNOWN}, "create: a new replica", 0),
        ("delete", "replica", A_REPLICA, None, "replica-left: the replica goes", 2),
        ("delete lost", "replica", A_REPLICA, None, "replica-lost: the replica goes", 3),
        ("replace", "replica", A_REPLICA, {"kmsKeyArn": "arn:l"}, "replica-replaced: kmsKeyArn: arn:k → arn:l", 3),
        ("replace", "replica", A_REPLICA, {"kmsKeyArn": UNKNOWN}, "replica-replaced: kmsKeyArn: arn:k → another", 3),
        ("replace", "replica", A_REPLICA, {"region": "eu-north-1"}, "replica-replaced: region: us-east-1 →", 3),
        ("replace", "replica", A_REPLICA, {}, "replica-replaced: the replica is made anew", 3),
        ("replace", "key", A_KEY, {}, "key-lost: the key is made anew", 3),
        ("replace", "alias", AN_ALIAS, {}, "in-place: the key alias is made anew", 0),
        ("update", "replica", A_REPLICA, {"pointInTimeRecovery": False}, "replica-loosened: point-in-time", 2),
        ("update", "replica", A_REPLICA, {"deletionProtectionEnabled": False}, "replica-loosened: protection", 2),
        ("update", "replica", A_REPLICA, {"tags": {"a": "b"}}, "in-place: the replica is changed", 0),
        ("create", "key", None, A_KEY, "create: a new key", 0),
        ("delete", "key", A_KEY, None, "key-left: the key goes", 2),
        ("delete lost", "key", A_KEY, None, "key-lost: the key goes", 3),
        ("replace", "key", A_KEY, {"multiRegion": True}, "key-lost: multiRegion: None → True, which is another", 3),
        ("update", "key", A_KEY, {"isEnabled": False}, "key-lost: the key is disabled", 3),
        ("update", "key", A_KEY, {"enableKeyRotation": False}, "key-loosened: the key is not rotated any more", 2),
        ("update", "key", A_KEY, {"deletionWindowInDays": 7}, "key-loosened: its deletion waits 30 → 7 days", 2),
        ("update", "key", A_KEY, {"policy": "{}"}, "key-loosened: who may use the key is another", 2),
        ("update", "key", A_KEY, {"policy": POLICY.replace(" ", "")}, "in-place: the key is changed", 0),
        ("create", "alias", None, {**AN_ALIAS, "targetKeyId": UNKNOWN}, "create: a new key alias", 0),
        ("update", "alias", AN_ALIAS, {"targetKeyId": "2"}, "key-lost: the alias names 1 → 2: roles lose the key", 3),
        ("update", "alias", AN_ALIAS, {"targetKeyId": UNKNOWN}, "key-lost: the alias names 1 → another", 3),
        ("delete", "alias", AN_ALIAS, None, "key-loosened: the key alias goes", 2),
    ],
)  # fmt: skip
def test_what_a_plan_does_to_keys_and_replicas(
    tmp_path: Path, op: str, kind: str, before: Any, new: Any, says: str, code: int
) -> None:
    op, _, lost = op.partition(" ")
    after = {**(before or {}), **new} if new is not None else None
    found = judged(tmp_path, op, kind, before, after, not lost)
    lines = [f"{change.change}: {change.detail}" for each in found.watches for change in each.changes]
    assert [line[: len(says)] for line in lines] == [says]
    assert found.exit_code == code


def test_the_stream_of_a_table_with_a_replica_stays_on(tmp_path: Path) -> None:
    """AWS refuses the update, so that an allowance would help nobody."""
    off = step("update", resource(), resource(inputs(streamEnabled=False, streamViewType=None)))
    arn = f"arn:aws:dynamodb:eu-west-2:111122223333:table/{inputs()['name']}"
    place = {"urn": urn("shop-replica", REPLICA), "type": REPLICA, "inputs": {**A_REPLICA, "globalTableArn": arn}}
    for there, allowable in (((), True), ((place,), False)):
        found = judge(paired(tmp_path, plan(off), state(resource(), *there)), (), TODAY)
        (change,) = found.tables[0].changes
        assert (change.change, change.allowable) == ("stream", allowable)
        assert change.detail.endswith("has a replica") is not allowable


def test_a_table_that_is_to_leave_the_own_key_is_told_from_one_under_aws_s(tmp_path: Path) -> None:
    """Roles name it by its alias; the state says which key that is."""
    region = {"region": "eu-west-2"}
    named = {"ForAnyValue:StringEquals": {"kms:ResourceAliases": ALIAS}}
    allow = {"Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": [f"{KEY_ARN[:-4]}*"], "Condition": named}
    policies = [
        {
            "urn": urn("shop-app", "aws:iam/rolePolicy:RolePolicy"),
            "type": "aws:iam/rolePolicy:RolePolicy",
            "inputs": {"policy": json.dumps({"Statement": statement})},
        }
        for statement in ([allow], [])
    ]
    arn = f"{KEY_ARN.rpartition(':')[0]}:{ALIAS}"
    outputs = {**region, "name": ALIAS, "arn": arn, "targetKeyArn": KEY_ARN}
    alias = {"urn": urn("shop-key", KEY_ALIAS), "type": KEY_ALIAS, "inputs": {"name": ALIAS}, "outputs": outputs}
    under = {"serverSideEncryption": {"enabled": True, "kmsKeyArn": KEY_ARN}}
    was = resource(inputs(**under), outputs=read_back(**under))
    now = resource(inputs(serverSideEncryption={"enabled": True}), outputs=read_back(**under))
    steps = step("same", was, now), step("update", policies[0], policies[1])
    found = judge(paired(tmp_path, plan(*steps), state(was, policies[0], alias)), (), TODAY)
    changes = [change.change for table in found.tables for change in table.changes]
    assert (changes, found.exit_code) == (["managed-key", "key-permission"], 3)
    coming = resource(inputs(serverSideEncryption={"enabled": True, "kmsKeyArn": UNKNOWN}), outputs=read_back())
    first = step("update", resource(), coming, diffReasons=["serverSideEncryption"])
    found = judge(paired(tmp_path, plan(first), state(resource())), (), TODAY)
    assert [change.change for table in found.tables for change in table.changes] == ["in-place"]


def test_a_policy_that_is_too_long_for_iam_is_said_before_anything_is_made() -> None:
    check_family(shop(**COPIED))
    many = [f"{place}-{side}-{number}" for place in ("us", "eu", "ap", "sa") for side in ("east", "west", "north")
            for number in range(2, 10)]  # fmt: skip
    with pytest.raises(
        StageError, match=r"replicas: role 'app' of family 'shop' .* IAM takes 10240: name fewer regions"
    ):
        check_family(shop(replicas={"shop": [region for region in many if region != "eu-west-1"]}))
