"""Live tables against the declaration: each difference in its class, with what to do; as declared there is none."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tablekit.model import Index, S
from tablekit.model.staged import Account, StagedFamily
from tablekit.ops.errors import LiveError
from tablekit.ops.live.diff import Difference, differences, report
from tablekit.ops.live.shape import ANONYMOUS, Live, LiveTable, read
from tablekit.resources.tables import resource_policy
from tablekit.resources.tables import table as expected
from tests.support.declare import family, index, staged, table

KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"
LOCAL = {"name": "day-local", "rangeKey": "day", "projectionType": "ALL"}
MORE = {
    "name": "more",
    "keySchemas": [{"attributeName": "paid", "keyType": "HASH"}],
    "projectionType": "KEYS_ONLY",
}


def shop(**changes: Any) -> StagedFamily:
    patterns = () if "indexes" in changes else None
    return staged(family(tables=(table(**changes),), patterns=patterns), "prod")


def look(of: StagedFamily, changed: dict[str, Any], **more: Any) -> Live:
    """The table as it is expected, but for these inputs; None takes one away."""
    inputs = deepcopy(expected("shop-orders", of, of.tables["orders"]).inputs)
    for path, value in changed.items():
        holder: Any = inputs
        *way, name = (int(step) if step.isdigit() else step for step in path.split("/"))
        for step in way:
            holder = holder.setdefault(step, {}) if isinstance(holder, dict) else holder[step]
        if value is None:
            del holder[name]
        else:
            holder[name] = value
    shape = LiveTable(table="orders", **{"inputs": inputs, "status": "ACTIVE", **more})
    return Live(stage="prod", family="shop", account="111122223333", taken="2026-11-27T19:00:00Z", tables=(shape,))


def found(changed: dict[str, Any], more: dict[str, Any] | None = None, **declared: Any) -> list[Difference]:
    of = shop(**declared)
    return differences(look(of, changed, **(more or {})), of)


def test_a_table_as_it_is_expected_has_no_difference() -> None:
    assert found({}) == []


def test_a_table_that_is_not_there_would_be_created_and_is_no_difference() -> None:
    of = shop()
    live = look(of, {}).model_copy(update={"tables": (LiveTable(table="orders"),)})
    assert differences(live, of) == []
    assert report(live, of, [], "x").data["missing"] == ["orders"]


@pytest.mark.parametrize(
    ("changed", "what", "kind", "do"),
    [
        ({"hashKey": "id"}, "keys", "declare", 'hash_key=S("id"), no range_key'),
        ({"attributes/2/type": "N"}, "keys", "declare", 'hash_key=N("order_id")'),
        ({"rangeKey": "day"}, "keys", "declare", 'range_key=S("day")'),
        ({"region": "eu-central-1"}, "region", "declare", 'region="eu-central-1"'),
        ({"name": "orders"}, "name", "declare", "table_name"),
        ({"localSecondaryIndexes": [LOCAL]}, "index 'day-local'", "declare", "local=True"),
        ({"replicas": [{"regionName": "us-east-1"}]}, "replicas", "declare", "name its region in replicas"),
        ({"ttl/attributeName": "ends"}, "TTL", "declare", 'ttl="ends"'),
        ({"attributes/0/type": "N"}, "index 'customer-day-index'", "declare", 'N("customer")'),
        ({"tags/stage": "dev"}, "owner", "declare", "let that stack release it"),
        ({"globalSecondaryIndexes/0/projectionType": "KEYS_ONLY"}, "index 'customer-day-index'", "goes", "KEYS_ONLY"),
        ({"globalSecondaryIndexes": [MORE]}, "index 'more'", "goes", 'Index(name="more", hash_key=S("paid"), '),
        ({"streamEnabled": True, "streamViewType": "NEW_IMAGE"}, "stream", "goes", 'stream="NEW_IMAGE"'),
        ({"tags/team": "x"}, "tag 'team'", "goes", 'tags={"team": "x"}'),
        ({"onDemandThroughput": {"maxReadRequestUnits": 9}}, "caps of throughput", "stays", "throttles"),
        ({"serverSideEncryption/kmsKeyArn": KEY}, "encryption key", "stays", f"otherKmsKeyArns: {KEY}"),
        ({"ttl": None}, "TTL", "update", "items expire"),
        ({"globalSecondaryIndexes": None}, "index 'customer-day-index'", "update", ""),
        ({"pointInTimeRecovery": None}, "point-in-time recovery", "update", ""),
        ({"pointInTimeRecovery/recoveryPeriodInDays": 7}, "window of point-in-time recovery", "update", ""),
        ({"serverSideEncryption": None}, "encryption with KMS", "update", ""),
        ({"deletionProtectionEnabled": True}, "deletion protection", "update", ""),
        ({"billingMode": "PROVISIONED", "readCapacity": 5, "writeCapacity": 5}, "billing mode", "update", ""),
        ({"tags/owner": "x"}, "tag 'owner'", "update", ""),
        ({"tags": None}, "tag 'stage'", "update", ""),
        ({"tableClass": "STANDARD_INFREQUENT_ACCESS"}, "table class", "update", "tableClasses: STANDARD_INFREQUENT"),
        (
            {"globalSecondaryIndexes/0/onDemandThroughput": {"maxWriteRequestUnits": 9}},
            "index 'customer-day-index': caps of throughput",
            "stays",
            "-1 there lifts them",
        ),
    ],
)
def test_a_difference_is_in_its_class_and_says_what_to_do(
    changed: dict[str, Any], what: str, kind: str, do: str
) -> None:
    of_it = {each.what: each for each in found(changed)}
    assert of_it[what].kind == kind
    assert do in of_it[what].do


@pytest.mark.parametrize(
    ("more", "what", "kind"),
    [
        ({"status": "DELETING"}, "status", "declare"),
        ({"policy": '{"Statement": []}'}, "resource policy", "stays"),
        ({"scaled": ("dynamodb:table:ReadCapacityUnits",)}, "autoscaling", "stays"),
        ({"building": {"customer-day-index": "CREATING"}}, "index 'customer-day-index': status", "declare"),
        ({"stack": "shop-tables"}, "owner", "declare"),
        ({"unread": {"tags": "not permitted"}}, "tags", "unknown"),
    ],
)
def test_what_stands_beside_the_inputs_is_compared_too(more: dict[str, Any], what: str, kind: str) -> None:
    assert [(each.what, each.kind) for each in found({}, more)] == [(what, kind)]


@pytest.mark.parametrize(
    ("changed", "declared", "command"),
    [
        (
            {"globalSecondaryIndexes": [MORE]},
            {"indexes": ()},
            "aws dynamodb update-table --region eu-west-1 --table-name shop-orders --global-secondary-index-updates "
            """'[{"Delete": {"IndexName": "more"}}]'""",
        ),
        (
            {"ttl/attributeName": "ends"},
            {},
            "aws dynamodb update-time-to-live --region eu-west-1 --table-name shop-orders --time-to-live-specification "
            """'{"Enabled": false, "AttributeName": "ends"}'""",
        ),
        (
            {"serverSideEncryption/kmsKeyArn": KEY},
            {},
            "aws dynamodb update-table --region eu-west-1 --table-name shop-orders --sse-specification "
            """'{"Enabled": true, "SSEType": "KMS"}'""",
        ),
        (
            {"onDemandThroughput": {"maxReadRequestUnits": 9}},
            {},
            "aws dynamodb update-table --region eu-west-1 --table-name shop-orders --on-demand-throughput "
            """'{"MaxReadRequestUnits": -1}'""",
        ),
    ],
    ids=["last-index", "ttl", "customers-key", "caps"],
)
def test_what_the_plugin_plans_nothing_for_is_repaired_by_hand_first(
    changed: dict[str, Any], declared: dict[str, Any], command: str
) -> None:
    (only,) = found(changed, **declared)
    assert only.repairs == (command, "up --refresh")


@pytest.mark.parametrize("changed", [{"hashKey": "id"}, {"attributes/0/type": "N"}, {"localSecondaryIndexes": [LOCAL]}])
def test_what_nothing_changes_has_no_repair(changed: dict[str, Any]) -> None:
    assert {each.repairs for each in found(changed)} == {()}


def test_what_could_not_be_read_is_not_taken_for_missing() -> None:
    unread = {"TTL": "no", "tags": "no", "point-in-time recovery": "no"}
    assert {each.kind for each in found({"ttl": None, "pointInTimeRecovery": None}, {"unread": unread})} == {"unknown"}


def test_an_undeclared_index_stays_where_the_declaration_has_none() -> None:
    assert [each.kind for each in found({"globalSecondaryIndexes": [MORE]}, indexes=())] == ["stays"]


def test_ttl_that_is_on_and_not_declared_stays_and_is_declared_off_by_ttl_was() -> None:
    off: dict[str, Any] = {"ttl": None, "retention": table().retention.model_copy(update={"days": None})}
    (only,) = found({"ttl": {"attributeName": "ttl", "enabled": True}}, **off)
    assert (only.kind, only.do) == ("stays", 'ttl="ttl" keeps it; ttl_was="ttl" switches it off')
    assert found({}, ttl_was="ttl", **off) == []


def test_indexes_are_compared_by_name_whatever_their_order() -> None:
    two: tuple[Index, ...] = (index(), index(name="day-index", hash_key=S("day"), range_key=None))
    of = shop(indexes=two)
    live = look(of, {})
    live.tables[0].inputs["globalSecondaryIndexes"].reverse()
    assert differences(live, of) == []


@pytest.mark.parametrize(
    ("changed", "code"), [({}, 0), ({"ttl": None}, 0), ({"tags/team": "x"}, 2), ({"hashKey": "x"}, 3)]
)
def test_the_verdict_is_that_of_the_gravest(changed: dict[str, Any], code: int) -> None:
    of = shop()
    live = look(of, changed)
    made = report(live, of, differences(live, of), "Live tables")
    assert made.exit_code == made.data["exitCode"] == code
    assert made.markdown().startswith({0: "### ✅", 2: "### ⚠️", 3: "### ⛔"}[code])


def test_a_saved_look_is_read_again_and_names_no_account_where_it_is_handed_on(tmp_path: Path) -> None:
    others = {"AWS": ["arn:aws:iam::444455556666:root", "777788889999"]}
    policy = json.dumps({"Statement": [{"Principal": others}]})
    live = look(shop(), {"serverSideEncryption/kmsKeyArn": KEY}, policy=policy, items=123456789012)
    file = tmp_path / "live.json"
    file.write_text(live.text(anonymous=True))
    assert not [each for each in ("111122223333", "444455556666", "777788889999") if each in file.read_text()]
    handed_on = read(file)
    assert (handed_on.account, handed_on.tables[0].items) == (ANONYMOUS, 123456789012)
    assert handed_on.tables[0].policy == policy.replace("444455556666", "000000000001").replace(
        "777788889999", "000000000002"
    )
    file.write_text(live.text())
    assert read(file) == live


def test_a_file_that_is_handed_on_is_compared_without_accounts_and_names_nobody(tmp_path: Path) -> None:
    denied = ["arn:aws:iam::111122223333:role/former", "arn:aws:iam::444455556666:user/jane.doe"]
    keys = {"encryption": "customer-managed", "kmsKeyArns": {"eu-west-1": KEY}, "denyWrites": {"shop": denied}}
    of = staged(family(), "prod", **keys)
    policy = resource_policy("orders", of, of.tables["orders"], Account("111122223333"))
    assert policy
    said = "User: arn:aws:sts::111122223333:assumed-role/ops/jane.doe@example.com is not authorized"
    live = look(of, {}, policy=policy.inputs["policy"], arn=policy.inputs["resourceArn"], unread={"tags": said})
    live = live.model_copy(update={"subscriptions": {"email 1f0c": "arn:aws:sns:eu-west-1:111122223333:alarms:1"}})
    file = tmp_path / "live.json"
    file.write_text(live.text(anonymous=True))
    assert not [each for each in ("email", "jane", "1111", "4444") if each in file.read_text()]
    assert (
        {each.what for each in differences(read(file), of)} == {each.what for each in differences(live, of)} == {"tags"}
    )


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 2}', "\x00"])
def test_a_file_that_is_no_saved_look_is_one_message(content: str, tmp_path: Path) -> None:
    file = tmp_path / "live.json"
    file.write_text(content)
    with pytest.raises(LiveError, match="give a file of `tablekit live describe --save`") as error:
        read(file)
    assert all(line.startswith((str(file), "…")) for line in str(error.value).splitlines())


@pytest.mark.parametrize(
    ("broken", "policy"),
    [
        ({"hashKey": 1}, None),
        ({"attributes": [{"name": "id"}]}, None),
        ({"globalSecondaryIndexes": [{}]}, None),
        ({}, "none"),
        ({}, "[]"),
        ({}, '{"Statement": "x"}'),
    ],
)
def test_a_shape_of_another_form_is_one_message(broken: dict[str, Any], policy: str | None, tmp_path: Path) -> None:
    live = json.loads(look(shop(), {}).text())
    live["tables"][0]["policy"] = policy
    live["tables"][0]["inputs"] |= broken
    file = tmp_path / "live.json"
    file.write_text(json.dumps(live))
    with pytest.raises(LiveError, match="give a file of `tablekit live describe --save`"):
        read(file)
