"""The policy pack in the real engine: a program that breaks a rule is not deployed, and the rule is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from local.stack import EVENT_LOG
from tablekit.resources import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    EVENT_RULE,
    FUNCTION,
    KINDS,
    LOG_GROUP,
    ROLE,
    TABLE,
    TOPIC,
    VAULT,
    VAULT_LOCK,
)
from tests.engine.project import Project, project
from tests.policies.edits import key
from tests.policies.mutations import MUTATIONS

BROKEN = {
    "table-recovery": ("tablekit/resources/tables.py", 'Recovery={"enabled": True', 'Recovery={"enabled": False'),
    "access-wildcard-action": ("tablekit/model/statements.py", "sorted(set(actions))", '["dynamodb:*"]'),
    "alarm-published": ("tablekit/model/alarms.py", 'statistic: str = "Sum"', 'statistic: str = "Average"'),
}
"""What somebody changes in the derivation itself, which the rules on any stack still see: file, text, another text."""


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
    assert "table shop-orders: protect is false; set protect: true in Pulumi.local.yaml" in done.stdout
    assert "table-recovery-window" not in done.stdout


def test_a_program_that_breaks_rules_is_not_deployed(shop: Project) -> None:
    for name, text, instead in BROKEN.values():
        file = shop.folder / name
        before = file.read_text()
        assert text in before
        file.write_text(before.replace(text, instead))
    done = shop.pulumi("up", "--yes", "--policy-pack", "policies", check=False)
    assert done.returncode != 0
    assert [rule for rule in BROKEN if f"[mandatory]  {rule}  " not in done.stdout] == []
    assert [each for each in shop.state() if each["type"].startswith("aws:")] == []
    assert shop.client("dynamodb").list_tables()["TableNames"] == []


REFUSED_BEFORE = (
    "importTable is", "restoreSource", "replicas is", "inlinePolicies is", "managedPolicyArns", "httpFailure",
    "localSecondaryIndexes is", "policy is not given", "not a policy document", "an element is there", "2008-10-17",
    "rangeKey is not", "at most 10240", "aliases is", "notifications[1] has no",
    "its provider is 'default_", "code.", "layers is",
)  # fmt: skip
"""What mutations say that no policy is asked about here: the SDK or the AWS plug-in refuses them sooner, or in an empty
state they change nothing."""


OF_SEVERAL = ("backup-lock", "backup-lock-range", "backup-selection", "function-log", "function-schedule")
"""Their messages are of another resource than the one that is changed, and what comes after a refused one is not
registered."""
STOOD_ON = (TABLE, ROLE, TOPIC, VAULT, VAULT_LOCK, BACKUP_PLAN, BACKUP_SELECTION, EVENT_RULE, FUNCTION, LOG_GROUP)
"""What others come after: the program fails without it."""


def batches() -> list[list[int]]:
    """The places of the mutations of prod that the engine can be shown, no two of one batch on one resource."""
    made: list[dict[Any, int]] = []
    for place, broken in enumerate(MUTATIONS):
        target = key(broken.target)
        gone = "" in broken.edits and target[0] in STOOD_ON
        refused = broken.says.startswith(REFUSED_BEFORE) or broken.rule in OF_SEVERAL
        if broken.stage != "prod" or target[0] not in KINDS or gone or refused:
            continue
        batch = next((batch for batch in made if target not in batch), None)
        if batch is None:
            made.append(batch := {})
        batch[target] = place
    return [list(batch.values()) for batch in made]


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Prod as it is rehearsed, run by the program of somebody who changes it."""
    with project(tmp_path_factory.mktemp("prod"), "prod") as found:
        shutil.copy(Path(__file__).with_name("hostile.py"), found.folder / "__main__.py")
        yield found


@pytest.mark.long
@pytest.mark.parametrize("places", batches(), ids=lambda places: f"{len(places)} mutations")
def test_every_mutation_is_stopped_in_the_preview(prod: Project, places: list[int], tmp_path: Path) -> None:
    events = tmp_path / "events"
    chosen = {"CLONE": str(ROOT), "MUTATIONS": ",".join(map(str, places)), **EVENT_LOG}
    pack = ("--policy-pack", str(ROOT / "policies"))
    done = prod.pulumi("preview", *pack, "--event-log", str(events), check=False, environment=chosen)
    assert done.returncode != 0
    found = [
        event["policyEvent"] for line in events.read_text().splitlines() if "policyEvent" in (event := json.loads(line))
    ]
    went_through = []
    for place in places:
        broken = MUTATIONS[place]
        said = [
            each["message"]
            for each in found
            if each["policyName"] == broken.rule and each["enforcementLevel"] == "mandatory"
        ]
        if not any(broken.target.split()[1] in message and broken.says in message for message in said):
            went_through.append(broken)
    assert went_through == [], done.stdout[-3000:]
