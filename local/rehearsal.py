"""`make rehearse STAGE=prod`: a stage's own configuration, deployed to an emulator that is thrown away after."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from local import emulator, overlay
from local.changes import Changes
from local.emulator import Emulator
from local.engine import ensure
from local.files import locked, write_atomically
from local.judging import PACK, judged_preview
from local.progress import say
from local.project import ROOT, project_name, read_yaml, stage_file
from local.stack import Stack
from local.workspace import Workspace, local_workspace
from tablekit.model.stage import LOCAL

PREFIX = "dynamodb-tables-rehearsal-"


@dataclass(frozen=True)
class Rehearsal:
    """A stage on a throw-away emulator, in a throw-away state. Nothing is deployed before `up`."""

    stack: Stack
    emulator: Emulator
    stage: str

    def up(self, verbose: bool = False) -> Changes:
        """Deploy the stage, with the policy pack on where the project has one; raises `DeploymentError`."""
        return self.stack.change("up", *_policies(self.stack.folder), verbose=verbose)

    def plan(self, root: Path = ROOT, *options: str) -> str:
        """What the program in another folder would change here: `judged_preview`.

        Raises `DeploymentError` where the plan fails, as it does where a mandatory policy is violated.
        """
        with tempfile.TemporaryDirectory(prefix="plan-", dir=self.emulator.folder) as name:
            config_file = Path(name) / f"Pulumi.{self.stage}.yaml"
            config = _config(self.stage, root, self.emulator.endpoint)
            if self.stack.config_file:  # the salt that the stack was made with
                given = read_yaml(self.stack.config_file)
                config |= {key: given[key] for key in ("encryptionsalt",) if key in given}
            write_atomically(config_file, yaml.safe_dump(config, sort_keys=False))
            stack = replace(self.stack, folder=root, config_file=config_file)
            return judged_preview(stack, "--config-file", str(config_file), *options)


@contextmanager
def rehearsal(stage: str, root: Path = ROOT, adopted: str | None = None) -> Iterator[Rehearsal]:
    """A stage ready to be rehearsed; all of it is gone after the block.

    adopted: the one family to be rehearsed, whose tables were there before.
    """
    file = stage_file(stage, root)
    engine = ensure()
    with _folder(stage) as folder, emulator.throw_away(folder, overlay.account(read_yaml(file))) as served:
        config = _config(stage, root, served.endpoint, adopted)
        config_file = folder / file.name
        write_atomically(config_file, yaml.safe_dump(config, sort_keys=False))
        workspace = Workspace(folder=folder, home=local_workspace(root).home)
        stack = Stack(stage, engine, workspace.environment(engine), root, config_file)
        stack.create(config_file, folder)
        yield Rehearsal(stack, served, stage)


@contextmanager
def _folder(stage: str) -> Iterator[Path]:
    """A temporary folder that is locked while its rehearsal lives; those of rehearsals that were killed are removed."""
    parent = Path(tempfile.gettempdir())
    for left in parent.glob(f"{PREFIX}*"):
        if left.is_dir() and not left.is_symlink() and left.stat().st_uid == os.geteuid():
            # An empty one may be about to be locked.
            with locked(left, wait=False) as gone:
                if gone and any(left.iterdir()):
                    say(f"A rehearsal that was killed left {left}: removing it.")
                    shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{stage}-") as name, locked(Path(name), wait=True):
        yield Path(name)


def _config(stage: str, root: Path, endpoint: str, adopted: str | None = None) -> dict[str, Any]:
    """The content of the stage's file for the emulator; says what had to be left out."""
    file = stage_file(stage, root)
    project = project_name(root)
    given = read_yaml(file)
    config, left_out = overlay.for_emulator(given, project, endpoint)
    for key in left_out:
        say(f"{file.name}: {key} is left out of the rehearsal: only the stage's own key could read it.")
    if adopted:
        existing = f"{project}:existingFamilies"
        config["config"] |= {f"{project}:families": [adopted], existing: given["config"].get(existing, [])}
    if stage == LOCAL:  # on an emulator anyway
        del config["config"][f"{project}:rehearsal"]
    return config


def _policies(folder: Path) -> tuple[str, ...]:
    """The option for the project's own pack, where it has one."""
    pack = folder / PACK
    return ("--policy-pack", str(pack)) if (pack / "PulumiPolicy.yaml").is_file() else ()
