"""The policy pack in the real engine: a program that breaks a rule is not deployed, and the rule is named."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from local.project import ROOT
from tests.engine.project import Project

COPY = """
import pulumi_aws

pulumi_aws.sns.Topic("again", name="local-shop-alarms", region="eu-west-1")
"""
BROKEN = {
    "table-recovery": ("components/table.py", "enabled=True, recovery", "enabled=False, recovery"),
    "index-declared": ("components/table.py", "projection_type=index.projection", 'projection_type="KEYS_ONLY"'),
    "access-wildcard-action": ("tablekit/model/permissions.py", "sorted(set(actions))", '["dynamodb:*"]'),
    "alarm-published": ("tablekit/model/alarms.py", 'statistic: str = "Sum"', 'statistic: str = "Average"'),
    "stack-names": ("__main__.py", "", COPY),
}
"""One rule a topic, and what somebody changes in the program to break it: file, text, text in its place."""


@pytest.fixture(scope="module", name="shop")
def _shop(shop: Project) -> Project:
    """With the pack beside it, never deployed."""
    shutil.copytree(ROOT / "policies", shop.folder / "policies", dirs_exist_ok=True)
    return shop


def test_a_family_that_keeps_the_rules_passes(shop: Project) -> None:
    done = shop.pulumi("preview", "--policy-pack", "policies")
    assert "dynamodb-table-families" in done.stdout
    assert "[mandatory]" not in done.stdout


def test_a_policy_configuration_makes_a_rule_stricter(shop: Project, tmp_path: Path) -> None:
    config = tmp_path / "policies.json"
    config.write_text(json.dumps({"table-protect": "mandatory", "table-recovery-window": {"minimumDays": 35}}))
    done = shop.pulumi("preview", "--policy-pack", "policies", "--policy-pack-config", str(config), check=False)
    assert done.returncode != 0
    assert "[mandatory]  table-protect  " in done.stdout
    assert "table local-shop-orders: protect is false; set protect: true in Pulumi.local.yaml" in done.stdout
    assert "table-recovery-window" not in done.stdout


def test_a_program_that_breaks_rules_is_not_deployed(shop: Project) -> None:
    for name, text, instead in BROKEN.values():
        file = shop.folder / name
        before = file.read_text()
        assert text in before
        file.write_text(before.replace(text, instead) if text else before + instead)
    done = shop.pulumi("up", "--yes", "--policy-pack", "policies", check=False)
    assert done.returncode != 0
    assert [rule for rule in BROKEN if f"[mandatory]  {rule}  " not in done.stdout] == []
    assert [each for each in shop.state() if each["type"].startswith("aws:")] == []
    assert shop.client("dynamodb").list_tables()["TableNames"] == []
