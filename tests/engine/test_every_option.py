"""A whole stage with every option on, by the real engine: what is made once is not made again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tablekit.resources import REPLICA
from tests.components.mocked import ACCOUNT
from tests.engine.project import project
from tests.policies.program import COPIED, EVERYTHING

EMULATED = "123456789012"
"""The emulator's account."""
pytestmark = pytest.mark.long


@pytest.mark.parametrize(("stage", "settings"), [("local", EVERYTHING), ("prod", COPIED)], ids=["local", "prod"])
def test_a_second_up_and_a_refresh_change_nothing(tmp_path: Path, stage: str, settings: dict[str, Any]) -> None:
    """With keys that the stage is given, and with the stack's own keys and replicas."""
    with project(tmp_path, stage) as made:
        made.set(**json.loads(json.dumps(settings).replace(ACCOUNT, EMULATED)))
        created = made.up()
        assert created.keys() == {"created"}
        refreshed = made.pulumi("refresh", "--yes", "--skip-preview", "--suppress-progress")
        assert re.search(rf"Resources:\n\s+{created['created']} unchanged\n", refreshed.stdout), refreshed.stdout
        assert made.up() == {"unchanged": created["created"]}
        assert made.plan() == []
        replicas = [each for each in made.state() if each["type"] == REPLICA]
        assert bool(replicas) == ("replicas" in settings)
        assert all(each["customTimeouts"]["create"] == 24 * 60 * 60 for each in replicas), "filling one takes hours"
