"""Proof by mutation, over the engine's protocol: each rule reports what breaks it, and is silent before."""

from __future__ import annotations

import pytest

from policies.pack import RULES
from tests.policies.analyzer import Pack
from tests.policies.mutations import MUTATIONS, Broken, edit, key
from tests.policies.program import EVERYTHING, stack

BY_ID = {rule.id: rule for rule in RULES}
ALWAYS_REPORTED = {"index-unused", "index-projection", "table-customer-key"}
"""Advisory rules that report something of the real families too: docs/policies.md has the decisions."""


@pytest.mark.parametrize("broken", MUTATIONS, ids=lambda broken: f"{broken.rule}: {broken.says} in {broken.stage}")
def test_the_rule_that_owns_a_mutation_reports_it(pack: Pack, broken: Broken) -> None:
    stage, _, full = broken.stage.partition(" ")
    rule, target = BY_ID[broken.rule], key(broken.target)
    config, resources = stack(stage, **(EVERYTHING if full else {}))
    pack.at(stage, config)

    def reported() -> list[tuple[str, str]]:
        """The levels and messages of the rule, by the one resource or by the whole stack."""
        if not rule.types:
            found = pack.analyze_stack(list(resources.values()))
        else:
            found = pack.analyze(resources[target]) if target in resources else []
        return [(each.level, each.message) for each in found if each.rule == rule.id]

    if rule.id not in ALWAYS_REPORTED:
        assert reported() == [], "before the mutation"
    edit(resources, target, broken.edits)
    found = reported()
    assert {level for level, _ in found} == {rule.level(stage)}
    assert any(broken.says in message for _, message in found), found


def test_every_rule_has_a_mutation() -> None:
    assert {broken.rule for broken in MUTATIONS} | {"stack-stage"} == set(BY_ID)


@pytest.mark.parametrize("stage", ["pse", "acs", "formbridge", "Prod", "staging"])
def test_a_stage_that_can_not_stand_beside_prod_is_reported(pack: Pack, stage: str) -> None:
    found = pack.at(stage).analyze_stack([])
    assert [each.rule for each in found] == ([] if stage == "staging" else ["stack-stage"])
