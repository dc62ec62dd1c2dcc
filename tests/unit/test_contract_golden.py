"""The golden files are what the declarations give, stage by stage; tests/engine holds them against what is exported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.contracts import assert_golden, golden

ROOT = Path(__file__).parents[2]
STAGES = sorted(file.name.split(".")[1] for file in ROOT.glob("Pulumi.*.yaml"))


def test_another_contract_fails_with_what_to_do() -> None:
    outputs = golden("dev")
    del outputs["families"]["acs"]["env"]["DYNAMODB_USERS_TABLE"]
    with pytest.raises(pytest.fail.Exception) as failure:
        assert_golden("dev", outputs)
    assert "docs/contract/dev.json is not what the stage exports; renew it by: make snapshots" in str(failure.value)
    assert "breaking: acs variable DYNAMODB_USERS_TABLE removed: was 'acsd2p-dev-Users'" in str(failure.value)


@pytest.mark.parametrize("stage", STAGES)
def test_it_names_no_account_and_has_the_alarms_of_its_stage(stage: str) -> None:
    families = golden(stage)["families"].values()
    alarms = sum(len(family["alarms"]["names"]) for family in families)
    assert (alarms > 0) is (stage != "dev")
    assert json.dumps(golden(stage)).count("123456789012") == json.dumps(golden(stage)).count("arn:aws:")
