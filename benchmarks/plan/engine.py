"""The two Pulumi programs, each in a folder of its own, and the engine's preview of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from benchmarks.plan.timing import Command
from local.engine import Engine
from local.overlay import endpoints
from local.project import ROOT
from local.stack import Stack
from local.workspace import Workspace

STAGE = "local"
PROGRAM = ("tablekit", "families", "components", "__main__.py", "Pulumi.yaml")
"""What a stage's deployment is made of, and no more."""
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.egg-info")


@dataclass(frozen=True)
class Bench:
    """What every preview of a run shares, so that nothing but the program differs.

    folder: a temporary one. endpoint: an emulator's; a preview asks it for the account and makes nothing there.
    parallel: the engine's operations at a time.
    """

    folder: Path
    engine: Engine
    endpoint: str
    parallel: int

    def copy_of_the_project(self, name: str) -> Path:
        """The project's own program, to be multiplied."""
        clone = self.folder / name / "program"
        clone.mkdir(parents=True)
        for part in PROGRAM:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, clone / part, ignore=NOT_COPIED)
            else:
                shutil.copy(source, clone)
        return clone

    def stack(self, program: Path, settings: Mapping[str, Any] | None) -> Stack:
        """An empty stack of a program, configured as stage `local` is.

        settings: those of the project's own that differ; None leaves all of the project's own out.
        """
        folder = program.parent
        content = yaml.safe_load((ROOT / f"Pulumi.{STAGE}.yaml").read_text(encoding="utf-8"))
        config = {name: value for name, value in content["config"].items() if settings is not None or _is_aws(name)}
        content["config"] = {**config, **(settings or {}), "aws:endpoints": endpoints(self.endpoint)}
        config_file = folder / f"Pulumi.{STAGE}.yaml"
        config_file.write_text(yaml.safe_dump(content), encoding="utf-8")
        workspace = Workspace(folder=folder, home=self.folder / "pulumi-home")
        stack = Stack(STAGE, self.engine, self._environment(workspace), program, config_file)
        stack.create(config_file, folder)
        return stack

    def preview(self, stack: Stack, *options: str) -> Command:
        """`pulumi preview` as it is given by hand, which shows every resource as it is planned."""
        words = [str(self.engine.path), "preview", "--stack", stack.name, "--config-file", str(stack.config_file)]
        words += ["--parallel", str(self.parallel), "--non-interactive", "--color", "never", *options]
        return Command(words, stack.folder, stack.environment)

    def _environment(self, workspace: Workspace) -> dict[str, str]:
        """As everywhere, with Python's bytecode kept, as it is by default: a machine may have that turned off."""
        environment = {**workspace.environment(self.engine), "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment


def _is_aws(setting: str) -> bool:
    return setting.startswith("aws:")
