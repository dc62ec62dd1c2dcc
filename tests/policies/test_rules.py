"""What every rule has, what the engine learns of it, and the reference page."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import jsonschema
import pytest

from policies import reference
from policies.decisions import NOT_MET
from policies.pack import RULES
from policies.rule import Level, Rule
from tests.policies.analyzer import Pack

IDS = [rule.id for rule in RULES]


def test_the_rules_by_topic() -> None:
    counts = Counter(rule.topic for rule in RULES)
    assert len(set(IDS)) == len(IDS)
    assert counts == {"tables": 12, "schema": 5, "indexes": 6, "access": 11, "alarms": 6, "parameters": 4, "stack": 5}


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"(table|index|access|alarm|parameter|stack)(-[a-z]+)+", rule.id)
    assert re.fullmatch(r"[A-Z][^:.]+: [^.]+(\.\d[^.]*)?\.", rule.description), "what must be, and why"
    assert len(rule.description) < 160
    assert {rule.prod, rule.others} <= set(get_args(Level))
    assert rule.prod != "disabled", "a rule that prod does not apply is not one"
    for setting in rule.settings.values():
        jsonschema.validate(setting.default, setting.schema)
    assert all(re.match(r"(Security Hub|Checkov|Prowler|cdk-nag|Trivy) [\w.-]+$", control) for control in rule.controls)


def test_the_published_controls_on_tables_are_met_or_answered() -> None:
    met = {control for rule in RULES for control in rule.controls} | {control for control, _ in NOT_MET}
    for control in ("CKV_AWS_28", "CKV_AWS_119", "CKV_AWS_165", "DDB3", "AWS-0024", "AWS-0025"):
        assert any(control in each for each in met), control
    for number in range(1, 8):
        assert any(f"DynamoDB.{number}" in each for each in met), number


def test_the_engine_knows_each_rule_with_its_level_by_stage(pack: Pack) -> None:
    assert pack.at("prod").levels() == {rule.id: rule.prod for rule in RULES}
    assert pack.at("dev").levels() == {rule.id: rule.others for rule in RULES}
    info = {policy.name: policy for policy in pack.info().policies}
    assert info["table-recovery"].description == next(r for r in RULES if r.id == "table-recovery").description
    assert info["table-recovery-window"].configSchema.properties["minimumDays"]["default"] == 14


def test_the_reference_is_what_the_rules_give_and_has_each() -> None:
    page = reference.page()
    assert reference.FILE.read_text() == page
    assert all(f"| `{rule.id}` |" in page for rule in RULES)


def test_a_word_that_the_reference_does_not_know_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--chekc"]) == 2
    assert "usage: python -m policies.reference [--check]" in capsys.readouterr().err
