"""Proof by mutation, over the engine's protocol: each rule tells what breaks it, and is silent before."""

from __future__ import annotations

import pytest

from policies.pack import RULES
from tests.policies.analyzer import Found, Pack
from tests.policies.mutate import Mutation, Resources
from tests.policies.mutations import MUTATIONS
from tests.policies.program import Key, stack

STACK_RULES = {rule.id for rule in RULES if not rule.types}
ALWAYS_TOLD = {"index-unused", "index-projection", "table-customer-key"}
"""Advisory rules that tell something of the real families too: docs/policies.md has the decisions."""


def told(pack: Pack, rule: str, resources: Resources, target: Key) -> list[Found]:
    if rule in STACK_RULES:
        found = pack.analyze_stack(list(resources.values()))
    else:
        found = pack.analyze(resources[target]) if target in resources else []
    return [each for each in found if each.rule == rule]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.rule}: {mutation.name}")
def test_the_rule_that_owns_a_mutation_tells_it(pack: Pack, mutation: Mutation) -> None:
    config, resources = stack(mutation.stage, **mutation.settings)
    pack.at(mutation.stage, config)
    if mutation.rule not in ALWAYS_TOLD:
        assert told(pack, mutation.rule, resources, mutation.target) == [], "before the mutation"
    mutation.change(resources, mutation.target)
    found = told(pack, mutation.rule, resources, mutation.target)
    assert found, "nothing told"
    assert {each.level for each in found} == {mutation.level}
    assert any(mutation.says in each.message for each in found), [each.message for each in found]


def test_every_rule_has_a_mutation() -> None:
    assert {mutation.rule for mutation in MUTATIONS} | {"stack-stage"} == {rule.id for rule in RULES}


def test_the_mutations_are_many_and_distinct() -> None:
    assert len({(mutation.rule, mutation.name) for mutation in MUTATIONS}) == len(MUTATIONS) >= 40


@pytest.mark.parametrize("stage", ["pse", "acs", "formbridge", "Prod"])
def test_a_stage_that_can_not_stand_beside_prod_is_told(pack: Pack, stage: str) -> None:
    found = pack.at(stage).analyze_stack([])
    assert [each.rule for each in found if each.level == "mandatory"] == ["stack-stage"]


def test_a_stage_that_can_is_not(pack: Pack) -> None:
    assert pack.at("staging").analyze_stack([]) == []
