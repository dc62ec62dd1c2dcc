"""What every rule has, what the engine learns of it, and the reference page."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import jsonschema
import pytest

from policies import reference
from policies.pack import RULES
from policies.rule import Level, Rule
from tests.policies.analyzer import Pack
from tests.policies.mutations import MUTATIONS

IDS = [rule.id for rule in RULES]
PROWLER = [
    "dynamodb_accelerator_cluster_encryption_enabled",
    "dynamodb_accelerator_cluster_in_transit_encryption_enabled",
    "dynamodb_accelerator_cluster_multi_az",
    "dynamodb_table_autoscaling_enabled",
    "dynamodb_table_cross_account_access",
    "dynamodb_table_deletion_protection_enabled",
    "dynamodb_table_protected_by_backup_plan",
    "dynamodb_tables_kms_cmk_encryption_enabled",
    "dynamodb_tables_pitr_enabled",
]
"""Its checks of DynamoDB."""


def test_the_rules_by_topic() -> None:
    counts = Counter(rule.topic for rule in RULES)
    assert len(set(IDS)) == len(IDS)
    expected = {"stack": 9, "tables": 10, "capacity": 3, "indexes": 3, "access": 5, "alarms": 4, "backups": 5}
    assert counts == {**expected, "copies": 6, "events": 5, "audit": 2, "functions": 3}


@pytest.mark.parametrize("rule", RULES, ids=IDS)
def test_a_rule_is_complete(rule: Rule) -> None:
    topics = "table|scaling|index|access|alarm|budget|backup|pipe|event|queue|bucket|trail|function|key|replica|stack"
    assert re.fullmatch(rf"({topics})(-[a-z]+)+", rule.id)
    assert re.fullmatch(r"[A-Z][^:.]+: [^.]+(\.\d[^.]*)?\.", rule.description), "what must be, and why"
    assert len(rule.description) < 160
    assert {rule.prod, rule.others} <= set(get_args(Level))
    assert rule.prod != "disabled", "a rule that prod does not apply is not one"
    for setting in rule.settings.values():
        jsonschema.validate(setting.default, setting.schema)


def controls() -> list[list[str]]:
    """The table of published controls: control, answer, rules, how."""
    lines = reference.CONTROLS.read_text().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_published_control_is_met_by_a_rule_that_a_mutation_proves_or_has_its_reason() -> None:
    proven = {broken.rule for broken in MUTATIONS} | {"index-unused", "index-repeats-key", "index-projection"}
    proven |= {"table-customer-key", "stack-alarms"}  # broken by settings: test_real_families.py
    for control, answer, rules, how in controls():
        named = re.findall(r"`([a-z-]+)`", rules)
        assert set(named) <= proven, control
        assert answer in ("met", "waived", "not applicable"), control
        assert how, control
        assert named or answer == "waived", control


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("Security Hub", [f"DynamoDB.{number}" for number in range(1, 8)]),
        ("Prowler", PROWLER),
        ("cdk-nag", ["DDB3", "DDB4", "IAM4", "IAM5", "SNS2", "SNS3"]),
        ("Checkov", [f"CKV_AWS_{number}" for number in (26, 28, 60, 61, 63, 119, 165, 355)]),
    ],
)
def test_every_published_control_on_what_is_here_has_its_answer(source: str, names: list[str]) -> None:
    answered = " ".join(control for control, *_ in controls() if source in control)
    assert [name for name in names if not re.search(rf"\b{re.escape(name)}\b", answered)] == []


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
