"""An example's own project, copied, on a test's emulator and beside its stacks: run by the real engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from local.overlay import endpoints
from local.project import ROOT, project_name
from tests.engine.project import Project

STACK = "demo"


@dataclass
class Example(Project):
    """A copy of an example, with a stack of its own in the state of another project."""

    def refused(self) -> str:
        """Plan, which must fail; gives what was said, in which no traceback may be."""
        done = self.pulumi("preview", "--suppress-progress", check=False)
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
        self.config_file.write_text(yaml.safe_dump(content))

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
    shutil.copytree(ROOT / "examples" / name, copy)
    if not (folder / "components").exists():
        os.symlink(ROOT / "components", folder / "components")
    config_file = copy / f"Pulumi.{STACK}.yaml"
    shutil.copy(copy / "Pulumi.local.yaml", config_file)
    # The example's own `tablekit` is the one that its team has installed.
    environment = {**beside.stack.environment, "PYTHONPATH": str(ROOT)}
    stack = replace(beside.stack, name=STACK, environment=environment, folder=copy, config_file=config_file)
    found = Example(copy, stack, beside.emulator)
    found.configure()
    found.stack.create(config_file, folder)
    return found
