"""The five systems as they are, and what is not theirs: no false alarm, and nothing said of what is not known yet."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from families import catalogue
from policies.allowed import allowances
from policies.pack import RULES
from policies.resource import Resource
from policies.run import Run
from tablekit.model import Catalogue, Family, S
from tablekit.resources import ALARM, PARAMETER, ROLE, ROLE_POLICY, TABLE
from tests.components.mocked import ACCOUNT
from tests.policies.analyzer import Pack, Sent
from tests.policies.edits import DROP, UNKNOWN, edit, key
from tests.policies.mutations import FORMS, LOCKS, PSE, READS, USERS
from tests.policies.program import COPIED, EVERYTHING, STAGES, stack
from tests.support import declare

MISSPELT = "familes"
OF_OURS = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
PERSONAL = {
    f"{family.key}-{table.name}" for family in catalogue() for table in family.tables if table.classification == "pii"
}
"""The tables that hold personal data, for which the pack asks a customer-managed key."""


def rules_of(pack: Pack, *resources: Sent) -> set[str]:
    return {found.rule for resource in resources for found in pack.analyze(resource)}


@pytest.mark.parametrize(
    ("stage", "settings"), [*((stage, each) for each in ({}, EVERYTHING) for stage in STAGES), ("prod", COPIED)]
)
def test_what_is_reported_is_advisory_and_decided(pack: Pack, stage: str, settings: dict[str, Any]) -> None:
    config, resources = stack(stage, **settings)
    found: dict[str, set[str]] = defaultdict(set)
    for each in pack.at(stage, config).everything(list(resources.values())):
        assert each.level == "advisory", each
        found[each.rule].add(each.urn.split("::")[-1])
    for rule, names in found.items():
        assert [name for name in names if not any(each.fits(rule, name) for each in allowances())] == [], rule
    expected = {"index-repeats-key": 9, "index-projection": 6, "index-unused": 1, "table-customer-key": len(PERSONAL)}
    if stage != "prod" or settings:
        del expected["table-customer-key"]
    assert {rule: len(names) for rule, names in found.items()} == expected


def test_every_allowance_is_of_a_rule_and_of_a_resource() -> None:
    _, resources = stack("prod", **EVERYTHING)
    for each in allowances():
        assert any(each.fits(rule.id, name) for rule in RULES for _, name in resources), each


def test_what_only_the_update_will_know_is_said_and_hides_nothing_else(pack: Pack) -> None:
    config, resources = stack("prod", **EVERYTHING)
    first = key("parameter acs/contract/1")
    edit(resources, first, {"insecureValue": UNKNOWN})
    assert pack.at("prod", config).analyze(resources[first]) == []
    (said,) = [each for each in pack.analyze_stack(list(resources.values())) if each.rule == "stack-not-judged"]
    assert said.level == "advisory"
    assert "1 values are known to the update alone: parameter acs/contract/1: insecureValue" in said.message
    edit(resources, first, {"tier": UNKNOWN})
    assert [each.rule for each in pack.analyze(resources[first])] == ["stack-inputs"]


def test_an_unknown_value_silences_no_rule_on_the_rest_of_the_stack(pack: Pack) -> None:
    config, resources = stack("prod")
    edit(resources, key(FORMS), {"globalSecondaryIndexes": UNKNOWN, "tags": UNKNOWN, "name": UNKNOWN})
    edit(resources, key(USERS), {"": DROP})
    found = pack.at("prod", config).everything(list(resources.values()))
    assert sum("(known after the update), expected" in each.message for each in found) == 3
    assert any("table acs-Users: is not there" in each.message for each in found)


@pytest.mark.parametrize(
    ("rule", "changed", "says"),
    [
        ("stack-alarms", {"alarms": "none"}, "alarms is 'none', expected 'tables' or 'all'"),
        ("stack-settings", {MISSPELT: []}, "no such setting"),
        (
            "table-recovery-window",
            {"pointInTimeRecoveryDays": 7},
            "its recovery window is 7 days; allowed are 14 to 35",
        ),
        ("table-deletion-protection", {"deletionProtection": False}, "deletionProtectionEnabled is false"),
        ("table-protect", {"protect": False}, "protect is false"),
    ],
)
def test_prods_own_file_is_judged_too(pack: Pack, rule: str, changed: dict[str, Any], says: str) -> None:
    given = {name: value for name, value in changed.items() if name != MISSPELT}
    config, resources = stack("prod", families=["acs"], **given)
    config |= {f"dynamodb-tables:{MISSPELT}": "[]"} if MISSPELT in changed else {}
    found = pack.at("prod", config).everything(list(resources.values()))
    assert any(each.rule == rule and each.level == "mandatory" and says in each.message for each in found), found


def test_capacity_that_the_stages_file_fixes_is_let_pass_in_prod_and_nowhere_else(pack: Pack) -> None:
    fixed = {"families": ["cloudstro"], "provisioned": {"cloudstro/social-posts": {"read": 5, "write": 5}}}
    for stage, wanted in (("prod", set()), ("dev", {"table-billing"})):
        config, resources = stack(stage, **fixed)
        found = pack.at(stage, config).everything(list(resources.values()))
        assert {each.rule for each in found if each.level == "mandatory"} == wanted


def judged(rule: str, family: Family) -> list[str]:
    """What a rule on the declaration says of the family's one table."""
    run = Run("prod")
    run.catalogue, run.settings = Catalogue([family]), {"index-projection": {"wide": 3}}
    (check,) = (each.check for each in RULES if each.id == rule)
    return [each.message for each in check([Resource(TABLE, "shop-orders", "urn", {})], run)]


@pytest.mark.parametrize(
    ("rule", "changed", "says"),
    [
        ("index-unused", {}, "no access pattern uses index 'customer-day-index'"),
        ("index-repeats-key", {"hash_key": S("order_id"), "range_key": None}, "keyed by order_id, as the table is"),
        ("index-projection", {}, "project ALL: an item is stored 2 times"),
    ],
)
def test_an_index_is_judged_as_the_family_declares_it(rule: str, changed: dict[str, Any], says: str) -> None:
    table = declare.table(indexes=(declare.index(**changed),))
    assert any(says in message for message in judged(rule, declare.family(tables=(table,), patterns=())))


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
    found = pack.at("prod", project="warehouse").everything([theirs])
    assert found == []
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
        Sent(ROLE, "partner", {"assumeRolePolicy": granting(Principal="*", Condition=OF_OURS)["policy"]}),
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
