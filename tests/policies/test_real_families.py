"""The five systems as they are, and what is not theirs: no false alarm, and nothing said of what is not known yet."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from policies.decisions import ACCEPTED
from policies.resource import ALARM, PARAMETER, ROLE, ROLE_POLICY, TABLE
from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Pack, Sent
from tests.policies.mutate import LOCKS, POSTS, PSE, READS, USERS, Change, both, drop, put
from tests.policies.program import Key, stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine sends a text that only the update will know."""
KEY = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"

SSM = f"arn:aws:ssm:eu-west-2:{ACCOUNT}:parameter"


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_the_real_families_have_no_mandatory_finding(pack: Pack, stage: str) -> None:
    config, resources = stack(stage)
    found = pack.at(stage, config).everything(list(resources.values()))
    assert [each for each in found if each.level == "mandatory"] == []


@pytest.mark.parametrize("stage", ["local", "dev", "prod"])
def test_what_is_advisory_is_what_was_decided(pack: Pack, stage: str) -> None:
    config, resources = stack(stage)
    found: dict[str, set[str]] = defaultdict(set)
    for each in pack.at(stage, config).everything(list(resources.values())):
        found[each.rule].add(each.urn.split("::")[-1])
    decided = {rule: set(names) for rule, (_, names) in ACCEPTED.items()}
    if stage != "prod":
        del decided["table-customer-key"]
    assert found == decided


FIXED: tuple[tuple[str, Key, Change], ...] = (
    ("table-customer-key", USERS, put("serverSideEncryption/kmsKeyArn", KEY)),
    ("index-unused", (TABLE, "formbridge-FormBridgeData"), drop("globalSecondaryIndexes/2")),
    ("index-repeats-key", USERS, drop("globalSecondaryIndexes")),
    ("index-projection", POSTS, put("globalSecondaryIndexes/0/projectionType", "KEYS_ONLY")),
)


@pytest.mark.parametrize(("rule", "target", "fix"), FIXED, ids=[rule for rule, _, _ in FIXED])
def test_what_is_advisory_falls_silent_when_fixed(pack: Pack, rule: str, target: Key, fix: Change) -> None:
    config, resources = stack("prod")
    pack.at("prod", config)
    assert rule in {each.rule for each in pack.analyze(resources[target])}
    fix(resources, target)
    if rule == "index-projection":
        for index in resources[target].inputs["globalSecondaryIndexes"]:
            index["projectionType"] = "KEYS_ONLY"
    assert rule not in {each.rule for each in pack.analyze(resources[target])}


@pytest.mark.parametrize(
    ("target", "change"),
    [
        (USERS, put("pointInTimeRecovery/enabled", UNKNOWN)),
        (USERS, put("pointInTimeRecovery", UNKNOWN)),
        (USERS, both(put("tags", UNKNOWN), put("name", UNKNOWN))),
        (USERS, put("globalSecondaryIndexes", UNKNOWN)),
        (USERS, put("globalSecondaryIndexes/0", UNKNOWN)),
        (USERS, put("globalSecondaryIndexes/0/projectionType", UNKNOWN)),
        (USERS, put("attributes", UNKNOWN)),
        (PSE, put("policy", UNKNOWN)),
        (READS, put("alarmActions", [UNKNOWN])),
        (READS, put("dimensions", UNKNOWN)),
        (READS, put("treatMissingData", UNKNOWN)),
    ],
)
def test_what_is_not_known_yet_is_passed_over(pack: Pack, target: Key, change: Change) -> None:
    config, resources = stack("prod")
    pack.at("prod", config)
    change(resources, target)
    assert [each for each in pack.analyze(resources[target]) if each.level == "mandatory"] == []
    assert pack.analyze_stack(list(resources.values())) == []


def test_a_table_of_nobody_we_know_is_held_to_the_general_rules_only(pack: Pack) -> None:
    _, resources = stack("prod")
    inputs = resources[LOCKS].inputs | {"name": "warehouse-stock", "hashKey": "sku"}
    inputs["attributes"] = [{"name": "sku", "type": "S"}, {"name": "bin", "type": "S"}]
    inputs["globalSecondaryIndexes"] = [
        {"name": "bin-index", "projectionType": "ALL", "keySchemas": [{"attributeName": "bin", "keyType": "HASH"}]}
    ]
    inputs["tags"] = inputs["tags"] | {"family": "warehouse", "table": "stock", "project": "warehouse"}
    theirs = Sent(TABLE, "warehouse-stock", inputs, protect=True)
    pack.at("prod", project="warehouse")
    assert pack.everything([theirs, Sent("dynamodb-tables:index:TableFamily", "warehouse", {})]) == [
        each for each in pack.analyze_stack([theirs]) if each.rule == "alarm-throttles"
    ]
    assert {each.rule for each in pack.analyze(replace(theirs, protect=False))} == {"table-protect"}


def test_a_role_and_an_alarm_of_nobody_we_know_are_theirs(pack: Pack) -> None:
    _, resources = stack("prod")
    pack.at("prod", project="warehouse")
    reads = Sent(ROLE_POLICY, "warehouse-app", resources[PSE].inputs)
    logs = Sent(ROLE_POLICY, "warehouse-logs", granting(Action="logs:*", Resource="*"))
    partner = Sent(ROLE, "partner", {"assumeRolePolicy": granting(Principal="*", Condition={"X": {}})["policy"]})
    queue = Sent(ALARM, "queue", {"namespace": "AWS/SQS", "metricName": "Any", "statistic": "Average", "period": 60})
    inputs = resources[READS].inputs | {"dimensions": {"TableName": "elsewhere"}, "tags": {}}
    table = Sent(ALARM, "elsewhere", inputs)
    secrets = Sent(ROLE_POLICY, "task", granting(Action="ssm:GetParameters", Resource=f"{SSM}/dynamodb/prod/acs/env/*"))
    own = Sent(PARAMETER, "warehouse", {"name": "/warehouse/key", "type": "SecureString", "tier": "Advanced"})
    assert pack.everything([reads, logs, partner, queue, table, secrets, own]) == []


def test_a_role_of_nobody_we_know_is_not_let_loose_on_dynamodb(pack: Pack) -> None:
    pack.at("prod", project="warehouse")
    found = pack.analyze(Sent(ROLE_POLICY, "warehouse", granting(Action="dynamodb:*", Resource="*")))
    assert {each.rule for each in found} == {"access-wildcard-action", "access-wildcard-resource"}


def granting(**statement: Any) -> dict[str, Any]:
    """The inputs of a policy with one statement that allows."""
    return {"policy": json.dumps({"Statement": {"Effect": "Allow", **statement}})}


def test_a_policy_configuration_overrides_the_stages_level_and_the_settings(pack: Pack) -> None:
    config, resources = stack("dev")
    table = replace(resources[USERS], protect=False)
    assert "table-protect" not in {each.rule for each in pack.at("dev", config).analyze(table)}
    given: dict[str, dict[str, Any]] = {
        "table-protect": {"enforcementLevel": "mandatory"},
        "table-customer-key": {"enforcementLevel": "mandatory", "classifications": ["internal"]},
        "index-repeats-key": {"enforcementLevel": "disabled"},
        "index-projection": {"wide": 1000},
    }
    found = pack.at("dev", config, given).analyze(table)
    assert {(each.rule, each.level) for each in found} == {("table-protect", "mandatory")}
    locks = pack.analyze(replace(resources[LOCKS], protect=True))
    assert {(each.rule, each.level) for each in locks} == {("table-customer-key", "mandatory")}


def test_a_shorter_window_may_be_allowed(pack: Pack) -> None:
    config, resources = stack("prod")
    resources[USERS].inputs["pointInTimeRecovery"]["recoveryPeriodInDays"] = 7
    rule = "table-recovery-window"
    assert rule in {each.rule for each in pack.at("prod", config).analyze(resources[USERS])}
    given = {rule: {"minimumDays": 7}}
    assert rule not in {each.rule for each in pack.at("prod", config, given).analyze(resources[USERS])}


def test_ttl_that_is_off_is_on_no_key(pack: Pack) -> None:
    """A table whose TTL was on a key says so for good."""
    config, resources = stack("prod")
    resources[USERS].inputs["ttl"] = {"attributeName": resources[USERS].inputs["hashKey"], "enabled": False}
    assert "table-ttl-key" not in {each.rule for each in pack.at("prod", config).analyze(resources[USERS])}


def test_a_part_whose_text_is_not_known_yet_is_passed_over(pack: Pack) -> None:
    config, resources = stack("prod", publishParameters=True)
    pack.at("prod", config)
    parts = [key for key in resources if key[0] == PARAMETER and "/contract/" in key[1]]
    for key in parts:
        resources[key].inputs["insecureValue"] = UNKNOWN
        assert pack.analyze(resources[key]) == []
    assert len(parts) > 20
    assert pack.analyze_stack(list(resources.values())) == []


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_stage_with_everything_turned_on_is_clean_too(pack: Pack, stage: str) -> None:
    keys = {region: KEY.replace("eu-west-2", region) for region in ("eu-west-2", "us-east-1")}
    config, resources = stack(
        stage,
        alarms="all",
        encryption="customer-managed",
        kmsKeyArns=keys,
        options=["pse-shares-ai-response-cache"],
        publishParameters=True,
        denyWrites={"acs": [f"arn:aws:iam::{ACCOUNT}:role/intern"]},
        streams={"acs/Users": "NEW_IMAGE", "formbridge/FormBridgeData": "NEW_IMAGE"},
    )
    found = pack.at(stage, config).everything(list(resources.values()))
    assert [each for each in found if each.level == "mandatory"] == []
    assert "table-customer-key" not in {each.rule for each in found}
