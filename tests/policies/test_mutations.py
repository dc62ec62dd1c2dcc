"""Proof by mutation, over the engine's protocol: each rule reports what breaks it, and is silent before."""

from __future__ import annotations

from copy import deepcopy
from operator import attrgetter

import pytest

from policies.pack import RULES
from tests.policies.analyzer import Found, Pack
from tests.policies.edits import Broken, edit, key
from tests.policies.mutations import MUTATIONS
from tests.policies.program import COPIED, EVERYTHING, stack

SOME_COPIED = {**COPIED, "families": list(COPIED["replicas"])}
BY_ID = {rule.id: rule for rule in RULES}
MODEL = {"index-unused", "index-repeats-key", "index-projection", "table-customer-key"}
"""About what the families and the stage's settings say: tests/policies/test_real_families.py breaks those."""


CLEAN: set[str] = set()
"""The stages, as `Broken` has them, of which the pack was seen to report nothing."""


@pytest.mark.parametrize(
    "broken",
    sorted(MUTATIONS, key=attrgetter("stage")),
    ids=lambda broken: f"{broken.rule}: {broken.target} {broken.says}",
)
def test_the_rule_that_owns_a_mutation_stops_it(pack: Pack, broken: Broken) -> None:
    stage, _, full = broken.stage.partition(" ")
    rule, target = BY_ID[broken.rule], key(broken.target)
    config, resources = stack(stage, **{"full": EVERYTHING, "copies": SOME_COPIED}.get(full, {}))
    pack.at(stage, config)

    def reported() -> list[Found]:
        """What the preview says of the one resource, and of the whole stack if the rule looks at that."""
        if not rule.types:
            return pack.everything(list(resources.values()))
        return pack.analyze(resources[target]) if target in resources else []

    if rule.types or broken.stage not in CLEAN:
        assert [each for each in reported() if each.level == "mandatory"] == [], "before the mutation"
        CLEAN.update(() if rule.types else (broken.stage,))
    registered = deepcopy(resources.get(target))
    edit(resources, target, broken.edits)
    assert resources.get(target) != registered, "applied in vain"
    found = reported()
    assert {each.level for each in found if each.rule == rule.id} == {rule.level(stage)}
    assert any(broken.says in each.message for each in found if each.rule == rule.id), found
    assert any(each.level == "mandatory" for each in found), "it went through"


def test_every_rule_has_a_mutation() -> None:
    assert {broken.rule for broken in MUTATIONS} | MODEL | {
        "stack-settings",
        "stack-alarms",
        "stack-not-judged",
    } == set(BY_ID)


@pytest.mark.parametrize("stage", ["pse", "acs", "formbridge", "Prod", "staging"])
def test_a_stage_that_can_not_stand_beside_prod_is_reported(pack: Pack, stage: str) -> None:
    config, resources = stack("dev")
    found = pack.at(stage, config).analyze_stack(list(resources.values()))
    stopped = {each.rule for each in found if each.level == "mandatory" and each.rule != "stack-complete"}
    assert stopped == (set() if stage == "staging" else {"stack-settings"}), found
