"""Proof by mutation, over the engine's protocol: each rule reports what breaks it, and is silent before."""

from __future__ import annotations

import pytest

from policies.pack import RULES
from tests.policies.analyzer import Found, Pack
from tests.policies.mutate import Broken, Resources
from tests.policies.mutations_access import ACCESS
from tests.policies.mutations_alarms import ALARMS, STACK
from tests.policies.mutations_parameters import PARAMETERS
from tests.policies.mutations_tables import INDEXES, TABLES
from tests.policies.program import Key, stack

MUTATIONS = [
    (rule, broken)
    for topic in (TABLES, INDEXES, ACCESS, ALARMS, PARAMETERS, STACK)
    for rule, all_of_them in topic.items()
    for broken in all_of_them
]
IDS = [f"{rule}: {broken.says} in {broken.stage}" for rule, broken in MUTATIONS]
BY_ID = {rule.id: rule for rule in RULES}
ALWAYS_REPORTED = {"index-unused", "index-projection", "table-customer-key"}
"""Advisory rules that report something of the real families too: docs/policies.md has the decisions."""


def reported(pack: Pack, rule: str, resources: Resources, target: Key) -> list[Found]:
    if not BY_ID[rule].types:
        found = pack.analyze_stack(list(resources.values()))
    else:
        found = pack.analyze(resources[target]) if target in resources else []
    return [each for each in found if each.rule == rule]


@pytest.mark.parametrize(("rule", "broken"), MUTATIONS, ids=IDS)
def test_the_rule_that_owns_a_mutation_reports_it(pack: Pack, rule: str, broken: Broken) -> None:
    config, resources = stack(broken.stage, **broken.settings)
    pack.at(broken.stage, config)
    if rule not in ALWAYS_REPORTED:
        assert reported(pack, rule, resources, broken.target) == [], "before the mutation"
    broken.change(resources, broken.target)
    found = reported(pack, rule, resources, broken.target)
    assert found, "nothing reported"
    assert {each.level for each in found} == {BY_ID[rule].level(broken.stage)}
    assert any(broken.says in each.message for each in found), [each.message for each in found]


def test_every_rule_has_a_mutation() -> None:
    assert {rule for rule, _ in MUTATIONS} | {"stack-stage"} == set(BY_ID)


def test_the_mutations_are_many() -> None:
    assert len(MUTATIONS) == 115


@pytest.mark.parametrize("stage", ["pse", "acs", "formbridge", "Prod"])
def test_a_stage_that_can_not_stand_beside_prod_is_reported(pack: Pack, stage: str) -> None:
    found = pack.at(stage).analyze_stack([])
    assert [each.rule for each in found if each.level == "mandatory"] == ["stack-stage"]


def test_a_stage_that_can_is_not(pack: Pack) -> None:
    assert pack.at("staging").analyze_stack([]) == []
