"""An update that is killed in the middle: the next one converges, without a hand on the state."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from families import catalogue
from local import deploy
from local.workspace import Workspace
from tests.engine.project import Project, project

CATALOGUE = catalogue()


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Project]:
    with project(tmp_path) as found:
        found.set(alarms="none")
        yield found


def tables(found: Project) -> int:
    return sum(len(found.client("dynamodb", r).list_tables()["TableNames"]) for r in ("eu-west-2", "us-east-1"))


def test_a_killed_update_is_followed_by_one_that_converges(whole: Project) -> None:
    command = [str(whole.stack.engine.path), "up", "--yes", "--skip-preview", "--stack", "local", "--non-interactive"]
    process = subprocess.Popen(
        [*command, "--config-file", str(whole.config_file)],
        cwd=whole.folder,
        env=dict(whole.stack.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while tables(whole) < 5 and time.monotonic() < deadline:
        assert process.poll() is None, "the update ended before it could be killed"
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    made = tables(whole)
    assert 5 <= made < 37, "killed too late to be in the middle"

    workspace = Workspace(folder=whole.config_file.parent, home=whole.config_file.parent / "pulumi-home")
    deploy.converge(whole.stack, workspace, whole.config_file, new_emulator=False)

    assert tables(whole) == 37
    assert whole.up().keys() == {"unchanged"}
    assert len([r for r in whole.state() if r["type"] == "aws:dynamodb/table:Table"]) == 37
