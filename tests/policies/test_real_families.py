"""The five systems as they are, and what is not theirs: no false alarm, and nothing said of what is not known yet."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from families import catalogue
from policies.decisions import ACCEPTED
from policies.resource import ALARM, FAMILY, PARAMETER, ROLE, ROLE_POLICY
from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Pack, Sent
from tests.policies.mutations import DROP, FORMS, LOCKS, POSTS, PSE, READS, USERS, Edits, edit, key
from tests.policies.program import EVERYTHING, KEYS, STAGES, stack

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine sends a text that only the update will know."""

PERSONAL = {
    f"{family.key}-{table.name}" for family in catalogue() for table in family.tables if table.classification == "pii"
}
"""The tables that hold personal data, for which the pack asks a customer-managed key."""


def rules_of(pack: Pack, *resources: Sent) -> set[str]:
    return {found.rule for resource in resources for found in pack.analyze(resource)}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["as it is", "every option"])
def test_what_is_reported_is_advisory_and_decided(pack: Pack, stage: str, settings: dict[str, Any]) -> None:
    config, resources = stack(stage, **settings)
    found: dict[str, set[str]] = defaultdict(set)
    for each in pack.at(stage, config).everything(list(resources.values())):
        assert each.level == "advisory", each
        found[each.rule].add(each.urn.split("::")[-1])
    decided = {rule: PERSONAL if names == ("*",) else set(names) for rule, (_, names) in ACCEPTED.items()}
    if stage != "prod" or settings:
        del decided["table-customer-key"]
    assert found == decided


@pytest.mark.parametrize(
    ("rule", "target", "edits"),
    [
        ("table-customer-key", USERS, {"serverSideEncryption/kmsKeyArn": KEYS["eu-west-2"]}),
        ("index-unused", FORMS, {"globalSecondaryIndexes/2": DROP}),
        ("index-repeats-key", USERS, {"globalSecondaryIndexes": DROP}),
        ("index-projection", POSTS, {"globalSecondaryIndexes/*/projectionType": "KEYS_ONLY"}),
    ],
)
def test_what_is_advisory_falls_silent_when_fixed(pack: Pack, rule: str, target: str, edits: Edits) -> None:
    config, resources = stack("prod")
    assert rule in rules_of(pack.at("prod", config), resources[key(target)])
    edit(resources, key(target), edits)
    assert rule not in rules_of(pack, resources[key(target)])


@pytest.mark.parametrize(
    ("target", "edits"),
    [
        (USERS, {"pointInTimeRecovery/enabled": UNKNOWN}),
        (USERS, {"pointInTimeRecovery": UNKNOWN}),
        (USERS, {"tags": UNKNOWN, "name": UNKNOWN}),
        (USERS, {"globalSecondaryIndexes": UNKNOWN}),
        (USERS, {"globalSecondaryIndexes/0": UNKNOWN}),
        (USERS, {"globalSecondaryIndexes/0/projectionType": UNKNOWN}),
        (USERS, {"attributes": UNKNOWN}),
        (PSE, {"policy": UNKNOWN}),
        (READS, {"alarmActions": [UNKNOWN]}),
        (READS, {"dimensions": UNKNOWN}),
        (READS, {"treatMissingData": UNKNOWN}),
        ("parameter acs/contract/1", {"insecureValue": UNKNOWN}),
    ],
)
def test_what_is_not_known_yet_is_passed_over(pack: Pack, target: str, edits: Edits) -> None:
    config, resources = stack("prod", **EVERYTHING)
    edit(resources, key(target), edits)
    found = pack.at("prod", config).analyze(resources[key(target)])
    assert [each for each in found if each.level == "mandatory"] == []
    assert pack.analyze_stack(list(resources.values())) == []


def test_a_table_of_nobody_we_know_is_held_to_the_general_rules_only(pack: Pack) -> None:
    _, resources = stack("prod")
    edits = {
        "name": "warehouse-stock",
        "hashKey": "sku",
        "attributes": [{"name": "sku", "type": "S"}, {"name": "bin", "type": "S"}],
        "globalSecondaryIndexes": [{"name": "bin-index", "projectionType": "ALL", "hashKey": "bin"}],
        **{f"tags/{name}": "warehouse" for name in ("family", "table", "project")},
    }
    edit(resources, key(LOCKS), edits)
    theirs = replace(resources[key(LOCKS)], name="warehouse-stock")
    found = pack.at("prod", project="warehouse").everything([theirs, Sent(FAMILY, "warehouse", {})])
    assert {each.rule for each in found} == {"alarm-throttles"}
    assert rules_of(pack, replace(theirs, protect=False)) == {"table-protect"}


def granting(**statement: Any) -> dict[str, Any]:
    """The inputs of a policy with one statement that allows."""
    return {"policy": json.dumps({"Statement": {"Effect": "Allow", **statement}})}


def test_roles_alarms_and_parameters_of_nobody_we_know_are_theirs(pack: Pack) -> None:
    _, resources = stack("prod")
    env = f"arn:aws:ssm:eu-west-2:{ACCOUNT}:parameter/dynamodb/prod/acs/env/*"
    theirs = [
        Sent(ROLE_POLICY, "warehouse-app", resources[key(PSE)].inputs),
        Sent(ROLE_POLICY, "warehouse-logs", granting(Action="logs:*", Resource="*")),
        Sent(ROLE_POLICY, "task", granting(Action="ssm:GetParameters", Resource=env)),
        Sent(ROLE, "partner", {"assumeRolePolicy": granting(Principal="*", Condition={"X": {}})["policy"]}),
        Sent(ALARM, "queue", {"namespace": "AWS/SQS", "metricName": "Any", "statistic": "Average", "period": 60}),
        Sent(ALARM, "elsewhere", resources[key(READS)].inputs | {"dimensions": {"TableName": "other"}, "tags": {}}),
        Sent(PARAMETER, "warehouse", {"name": "/warehouse/key", "type": "SecureString", "tier": "Advanced"}),
    ]
    assert pack.at("prod", project="warehouse").everything(theirs) == []
    wide = Sent(ROLE_POLICY, "warehouse", granting(Action="dynamodb:*", Resource="*"))
    assert rules_of(pack, wide) == {"access-wildcard-action", "access-wildcard-resource"}


def test_a_policy_configuration_overrides_the_stages_level_and_the_settings(pack: Pack) -> None:
    config, resources = stack("dev")
    table = replace(resources[key(USERS)], protect=False)
    assert "table-protect" not in rules_of(pack.at("dev", config), table)
    given: dict[str, dict[str, Any]] = {
        "table-protect": {"enforcementLevel": "mandatory"},
        "table-customer-key": {"enforcementLevel": "mandatory", "classifications": ["internal"]},
        "table-recovery-window": {"minimumDays": 36},
        "index-repeats-key": {"enforcementLevel": "disabled"},
        "index-projection": {"wide": 1000},
    }
    pack.at("dev", config, given)
    assert rules_of(pack, table) == {"table-protect", "table-recovery-window"}
    assert rules_of(pack, resources[key(LOCKS)]) >= {"table-customer-key"}
    assert {each.level for each in pack.analyze(table) if each.rule == "table-protect"} == {"mandatory"}


def test_ttl_that_is_off_is_on_no_key(pack: Pack) -> None:
    """A table whose TTL was on a key says so for good."""
    config, resources = stack("prod")
    edit(resources, key(USERS), {"ttl": {"attributeName": resources[key(USERS)].inputs["hashKey"], "enabled": False}})
    assert "table-ttl-key" not in rules_of(pack.at("prod", config), resources[key(USERS)])
