"""The golden files are what the declarations give, stage by stage; tests/engine holds them against what is exported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from families import catalogue
from tablekit.contract import VERSION, expected_family
from tablekit.model import load_stage
from tablekit.model.stage import setting
from tablekit.model.staged import Account, staged_families
from tests.support.contracts import GOLDEN, assert_golden, golden
from tests.support.declare import LOOPBACK

ROOT = Path(__file__).parents[2]
STAGES = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))
CATALOGUE = catalogue()
ACCOUNT = Account("123456789012")


def declared(stage: str) -> dict[str, Any]:
    """The outputs of a stage as its file and the declarations have them, with ARNs as AWS writes them."""
    settings = yaml.safe_load((ROOT / f"Pulumi.{stage}.yaml").read_text())["config"]
    own = {key.split(":")[1]: setting(value) for key, value in settings.items() if key.startswith("dynamodb-tables:")}
    aws = {"region": settings["aws:region"], "endpoints": [LOOPBACK]}
    if stage != "local":
        own["rehearsal"] = True
    config = load_stage(stage, {"families": list(CATALOGUE.families), **own}, aws, CATALOGUE)
    families = {
        key: expected_family(family, ACCOUNT, "2000-01-01T00:00:00.000").model_dump(by_alias=True)
        for key, family in staged_families(config, CATALOGUE).items()
    }
    # What else a stack exports is no family's: only the engine's tests can tell.
    return {**golden(stage), "contractVersion": VERSION, "stage": stage, "families": families}


def test_every_stage_has_one() -> None:
    assert sorted(file.stem for file in GOLDEN.glob("*.json")) == STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_a_golden_file_is_what_is_declared(stage: str) -> None:
    assert_golden(stage, declared(stage))


def test_another_contract_fails_with_what_to_do() -> None:
    outputs = golden("dev")
    del outputs["families"]["acs"]["env"]["DYNAMODB_USERS_TABLE"]
    with pytest.raises(pytest.fail.Exception) as failure:
        assert_golden("dev", outputs)
    assert "docs/contract/dev.json is not what the stage exports; renew it by: make contract" in str(failure.value)
    assert "breaking: acs variable DYNAMODB_USERS_TABLE removed: was 'acsd2p-dev-Users'" in str(failure.value)


@pytest.mark.parametrize("stage", STAGES)
def test_its_counts_are_the_documents(stage: str) -> None:
    families = golden(stage)["families"].values()
    counts = [len(family[kind]) for kind in ("tables", "accessPatterns", "roles", "env") for family in families]
    assert [sum(counts[place : place + 6]) for place in range(0, 24, 6)] == [37, 223, 14, 37]
    alarms = sum(len(family["alarms"]["names"]) for family in families)
    assert (alarms > 0) is (stage != "dev")
    assert json.dumps(golden(stage)).count("123456789012") == json.dumps(golden(stage)).count("arn:aws:")
