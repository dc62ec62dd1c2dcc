"""A copy of the project for a test to change, with a throw-away emulator and state: run by the real engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import textwrap
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local import emulator
from local.emulator import Emulator
from local.engine import ensure
from local.overlay import endpoints, for_emulator
from local.project import ROOT
from local.recovery import TAKE_OVER
from local.stack import ONE_CHECKPOINT, Stack
from local.workspace import Workspace
from tests.support import aws

PROGRAM = ("tablekit", "families", "components", "__main__.py", "Pulumi.yaml")
SECONDS = 240
"""Bound of one engine command; each takes some seconds."""

SHOP = """
from tablekit.model import Family, Index, Retention, Role, S, Table, query

FAMILY = Family(
    key="shop",
    title="Shop",
    document="none",
    table_name="shop-{table}",
    region="eu-west-1",
    owner="shop-team",
    cost_centre="shop",
    tables=(
        Table(
            name="orders",
            purpose="one item an order",
            hash_key=S("order_id"),
            classification="internal",
            retention=Retention(reason="until deleted"),
            attributes={"status": "S", "ttl": "N"},
            indexes=(
                Index(name="customer-index", hash_key=S("customer"), purpose="a customer's orders"),
            ),
            patterns=(
                query(
                    "orders-of-customer",
                    "a customer's orders",
                    index="customer-index",
                    key="customer = :customer",
                    example={"customer": "c1"},
                ),
            ),
        ),
    ),
    roles=(Role(name="app", purpose="the shop", access="read-write"),),
)
"""
"""A family that none of the five systems has: one file, as a sixth system would be."""


@dataclass
class Project:
    """A copy of the program under `folder`, and the stack that it is deployed to.

    `families/`, `components/` and the stage's settings are the test's to change. settings: as they were at first.
    """

    folder: Path
    stack: Stack
    emulator: Emulator
    settings: str = field(init=False)

    def __post_init__(self) -> None:
        self.settings = self.config_file.read_text()

    @property
    def config_file(self) -> Path:
        assert self.stack.config_file is not None
        return self.stack.config_file

    def reset(self) -> None:
        """Take every change back, leave no family, and empty emulator and state."""
        self.config_file.write_text(self.settings)
        _copy(self.folder, with_families=False)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
            urllib.request.Request(f"{self.emulator.endpoint}/moto-api/reset", method="POST")
        ) as answer:
            assert answer.status == 200
        self.forget()

    def forget(self) -> None:
        """Make the state anew, with nothing in it."""
        self.pulumi("stack", "rm", "--force", "--yes", "--preserve-config")
        self.stack.create(self.config_file, self.folder.parent)

    def set(self, **settings: Any) -> None:
        """Change settings of the stage's file; None removes one."""
        content = yaml.safe_load(self.config_file.read_text())
        for name, value in settings.items():
            key = name.replace("__", ":") if "__" in name else f"dynamodb-tables:{name}"
            content["config"][key] = value
            if value is None:
                del content["config"][key]
        self.config_file.write_text(yaml.safe_dump(content))

    def family(self, name: str, text: str) -> None:
        """Write a family's module."""
        (self.folder / "families" / f"{name}.py").write_text(textwrap.dedent(text).lstrip())

    def pulumi(
        self, *words: str, check: bool = True, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the engine on the stack; with `check`, a failure fails the test with what was said."""
        stack = ("--stack", self.stack.name) if words[0] != "package" else ()
        config = ("--config-file", str(self.config_file)) if words[0] not in ("stack", "package") else ()
        done = subprocess.run(
            [str(self.stack.engine.path), *words, *stack, *config, "--non-interactive"],
            cwd=self.folder,
            env={**self.stack.environment, **ONE_CHECKPOINT, "PULUMI_OPTION_COLOR": "never", **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert not check or done.returncode == 0, f"pulumi {' '.join(words)}:\n{done.stdout}\n{done.stderr}"
        return done

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run what a person types in a clone: the stage's file beside the program, `pulumi` and `.venv/bin/tablekit`.

        The families are the clone's.
        """
        process = self.started(script)
        said, complained = process.communicate(timeout=SECONDS)
        return subprocess.CompletedProcess(script, process.returncode, said, complained)

    def started(self, script: str) -> subprocess.Popen[str]:
        """As `shell`, not waited for."""
        if not (self.folder / ".venv").exists():
            (self.folder / ".venv").symlink_to(ROOT / ".venv")
        shutil.copy(self.config_file, self.folder)
        place = os.pathsep.join([str(self.stack.engine.path.parent), self.stack.environment["PATH"]])
        return subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                **self.stack.environment,
                "PATH": place,
                "PYTHONPATH": str(self.folder),
                "COLUMNS": "400",
                "PULUMI_SKIP_CONFIRMATIONS": "true",
                "PULUMI_OPTION_COLOR": "never",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def up(self, take_over: bool = False) -> dict[str, int]:
        """Deploy; gives the count of resources by what was done to them, as {'created': 9}."""
        environment = TAKE_OVER if take_over else None
        done = self.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", environment=environment)
        summary = done.stdout.rsplit("Resources:", 1)[1]
        return {kind: int(count) for count, kind in re.findall(r"(\d+) ([a-z]+)", summary.split("Duration")[0])}

    def plan(self) -> list[dict[str, Any]]:
        """The steps of a preview that change something."""
        steps = json.loads(self.pulumi("preview", "--json").stdout)["steps"]
        return [step for step in steps if step["op"] != "same"]

    def state(self) -> list[dict[str, Any]]:
        """The resources of the state."""
        exported = json.loads(self.pulumi("stack", "export").stdout)
        resources: list[dict[str, Any]] = exported["deployment"].get("resources", [])
        return resources

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        found: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json").stdout)
        return found

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        """A boto3 client for the emulator."""
        return aws.client(self.emulator.endpoint, service, region)


def _copy(clone: Path, with_families: bool) -> None:
    """The program as it stands here, over what there is; without families, none is left."""
    for name in PROGRAM:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, clone / name, ignore=shutil.ignore_patterns("*.egg-info"), dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / name, clone)
    for module in () if with_families else (clone / "families").glob("[a-z_]*.py"):
        if module.name != "__init__.py":
            module.unlink()


@contextmanager
def project(folder: Path, stage: str = "local", families: tuple[str, ...] | None = None) -> Iterator[Project]:
    """A copy of the project, not yet deployed. families: those to keep; None keeps the five systems'."""
    clone = folder / "clone"
    clone.mkdir()
    _copy(clone, with_families=families is None)
    engine = ensure()
    content = yaml.safe_load((ROOT / f"Pulumi.{stage}.yaml").read_text())
    with emulator.throw_away(folder) as served:
        content["config"]["aws:endpoints"] = endpoints(served.endpoint)
        if stage != "local":
            content, _ = for_emulator(content, "dynamodb-tables", served.endpoint)
        if families is not None:
            content["config"]["dynamodb-tables:families"] = list(families)
            for name in ("budgetAlerts", "growthLimits"):  # of families that are not there
                content["config"].pop(f"dynamodb-tables:{name}", None)
        config_file = folder / f"Pulumi.{stage}.yaml"
        config_file.write_text(yaml.safe_dump(content))
        workspace = Workspace(folder=folder, home=folder / "pulumi-home")
        stack = Stack(stage, engine, workspace.environment(engine), clone, config_file)
        stack.create(config_file, folder)
        yield Project(clone, stack, served)
