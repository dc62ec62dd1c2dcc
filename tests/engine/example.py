"""An example's own project, copied, on a test's emulator and beside its stacks: run by the real engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.emulator import Emulator
from local.overlay import endpoints
from local.project import ROOT, project_name
from local.stack import Stack
from tests.engine.project import Project

SECONDS = 120
STACK = "demo"


@dataclass(frozen=True)
class Example:
    """A copy of an example, with a stack of its own in the state of another."""

    folder: Path
    beside: Stack
    emulator: Emulator

    def pulumi(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the engine on the example's stack."""
        return self.run(*words, "--stack", STACK)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the engine in the example's folder."""
        return subprocess.run(
            [str(self.beside.engine.path), *words, "--non-interactive"],
            cwd=self.folder,
            # The example's own `tablekit` is the one that its team has installed.
            env={**self.beside.environment, "PYTHONPATH": str(ROOT), "PULUMI_OPTION_COLOR": "never"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def up(self) -> str:
        """Deploy; gives what was said."""
        done = self.pulumi("up", "--yes", "--skip-preview", "--suppress-progress")
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json").stdout)
        return found

    def refused(self) -> str:
        """Plan, which must fail; gives what was said, in which no traceback may be."""
        done = self.pulumi("preview", "--suppress-progress")
        said = done.stdout + done.stderr
        assert done.returncode != 0, said
        assert "Traceback" not in said
        assert "Exception calling application" not in said
        return said

    def configure(self, **settings: Any) -> None:
        """Write the stack's file: the example's own for the stack `local`, at this emulator, with other settings."""
        content = yaml.safe_load((self.folder / "Pulumi.local.yaml").read_text())
        content["config"]["aws:endpoints"] = endpoints(self.emulator.endpoint)
        name = project_name(self.folder)
        content["config"] |= {f"{name}:{key}": value for key, value in settings.items()}
        (self.folder / f"Pulumi.{STACK}.yaml").write_text(yaml.safe_dump(content))

    def edit(self, change: Mapping[str, str]) -> None:
        """Write the example's program anew, with pieces of its text changed."""
        text = (ROOT / "examples" / self.folder.name / "Pulumi.yaml").read_text()
        for old, new in change.items():
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / "Pulumi.yaml").write_text(text)


def example(name: str, folder: Path, beside: Project) -> Example:
    """A copy of `examples/<name>` under a folder, with an empty stack in the other project's state."""
    copy = folder / "examples" / name
    shutil.copytree(ROOT / "examples" / name, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if not (folder / "components").exists():
        os.symlink(ROOT / "components", folder / "components")
    found = Example(copy, beside.stack, beside.emulator)
    found.configure()
    made = found.pulumi("stack", "init")
    assert made.returncode == 0, made.stderr
    return found
