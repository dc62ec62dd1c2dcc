"""`make rehearse STAGE=prod`: a stage's own configuration, deployed to an emulator that is thrown away after."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from local import emulator, overlay
from local.emulator import Emulator
from local.engine import ensure
from local.errors import ProjectError
from local.progress import say
from local.project import ROOT, project_name, read_yaml, stage_file
from local.stack import Stack
from local.workspace import Workspace, local_workspace

POLICIES = "policies"


@dataclass(frozen=True)
class Rehearsal:
    """A stage on a throw-away emulator, in a throw-away state. Nothing is deployed before `up`."""

    stack: Stack
    emulator: Emulator

    def up(self, *options: str) -> None:
        """Deploy the stage, with the policy pack on where the project has one; raises `DeploymentError`."""
        pack = self.stack.folder / POLICIES
        policies = ("--policy-pack", str(pack)) if (pack / "PulumiPolicy.yaml").is_file() else ()
        self.stack.change("up", "--suppress-outputs", *policies, *options)


@contextmanager
def rehearsal(stage: str, root: Path = ROOT) -> Iterator[Rehearsal]:
    """A stage ready to be rehearsed; all of it is gone after the block."""
    file = stage_file(stage, root)
    content = read_yaml(file)
    project = project_name(root)
    engine = ensure()
    with tempfile.TemporaryDirectory(prefix=f"rehearse-{stage}-") as name:
        folder = Path(name)
        with emulator.throw_away(folder, overlay.account(content)) as served:
            try:
                config, left_out = overlay.for_emulator(content, project, served.endpoint)
            except ProjectError as error:
                raise ProjectError(f"{file}: {error}") from error
            for key in left_out:
                say(f"{file.name}: {key} is left out of the rehearsal: only the stage's own key could read it.")
            config_file = folder / file.name
            config_file.write_text(yaml.safe_dump(config, sort_keys=False))
            workspace = Workspace(folder=folder, home=local_workspace(root).home)
            stack = Stack(stage, engine, workspace.environment(engine), root, config_file)
            stack.create(config_file)
            yield Rehearsal(stack, served)
