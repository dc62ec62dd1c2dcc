"""What the engine says where a command of it fails."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from local.engine.find import Engine
from local.errors import DeploymentError
from local.stack import Stack

PLAN = {
    "steps": [{"op": "create"}],
    "diagnostics": [
        {"message": "error: families/shop.py:9: ttl twice\n\n", "severity": "info#err"},
        {"message": "a warning", "severity": "warning"},
    ],
}


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (json.dumps(PLAN), "families/shop.py:9: ttl twice"),
        ("error: no such stack", "no such stack"),
        ("[]", "[]"),
    ],
    ids=["a plan", "text", "other JSON"],
)
def test_a_plan_that_fails_is_not_printed_as_a_whole(tmp_path: Path, printed: str, said: str) -> None:
    (tmp_path / "printed").write_text(printed)
    engine = tmp_path / "pulumi"
    engine.write_text(f"#!/bin/sh\ncat {tmp_path}/printed\nexit 1\n")
    engine.chmod(0o755)
    stack = Stack("dev", Engine(engine, "3.258.0", "test"), {}, tmp_path)
    with pytest.raises(DeploymentError) as refusal:
        stack.run_checked("preview", "--json")
    assert str(refusal.value) == f"stack dev: `pulumi preview --json` failed: {said}"
