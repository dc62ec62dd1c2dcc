"""The configuration that a stage is rehearsed with."""

from __future__ import annotations

import pytest

from local.project import ROOT
from local.rehearsal import _config

ENDPOINT = "http://127.0.0.1:1"


@pytest.mark.parametrize(("stage", "rehearsed"), [("local", False), ("dev", True), ("prod", True)])
def test_a_stage_on_aws_is_told_that_it_is_rehearsed(stage: str, rehearsed: bool) -> None:
    """`local` is on an emulator anyway, and refuses the setting."""
    config = _config(stage, ROOT, ENDPOINT)["config"]
    assert ("dynamodb-tables:rehearsal" in config) is rehearsed
    assert config["aws:endpoints"][0]["dynamodb"] == ENDPOINT
