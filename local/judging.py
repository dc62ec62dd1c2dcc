"""A plan is judged by this clone's policy pack, also where the program is another clone's, or there is no plan."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from local.errors import DeploymentError
from local.project import ROOT
from local.stack import EVENT_LOG, Stack

PACK = "policies"
DECLARATIONS = "families"
ALLOWANCES = "*-allow.toml"
CONFIGURED = "PULUMI_OPTION_POLICY_PACK_CONFIG"
"""Environment variable: `--policy-pack-config`, by which rules can be turned off."""


def judged_preview(stack: Stack, *options: str) -> str:
    """What a stack's program would change, as `pulumi preview --json` has it: the plan that `tablekit guard` judges.

    Raises `DeploymentError` where the preview fails, as it does where a mandatory rule is broken, and where the engine
    does not say that the pack has judged the stack.
    """
    environment = {name: value for name, value in stack.environment.items() if name != CONFIGURED} | EVENT_LOG
    with _pack(stack.folder) as pack, tempfile.TemporaryDirectory(prefix="preview-") as folder:
        events = Path(folder) / "events"
        words = ("preview", "--json", "--show-sames", "--policy-pack", str(pack), "--event-log", str(events), *options)
        try:
            plan = replace(stack, environment=environment).run_checked(*words)
        except DeploymentError as error:
            # The engine's JSON leaves out what the pack found.
            if found := "".join(_violations(_read(events))):
                raise DeploymentError(
                    f"stack {stack.name}: the policy pack stops it:{found}", error.exit_code
                ) from error
            raise
        if not any(_judges_the_stack(event) for event in _read(events)):
            raise DeploymentError(
                f"stack {stack.name}: the policy pack in {ROOT / PACK} judged nothing, so there is no plan; "
                "restore it from git"
            )
    return plan


def _read(events: Path) -> list[dict[str, dict[str, Any]]]:
    """The engine's events, as it logged them."""
    return [json.loads(line) for line in events.read_text().splitlines()] if events.exists() else []


def _violations(events: Iterable[Mapping[str, Mapping[str, str]]]) -> Iterator[str]:
    """What stops the plan, a line each: the rule, and what it found."""
    for event in events:
        violation = event.get("policyEvent", {})
        if violation.get("enforcementLevel") == "mandatory":
            message = re.sub(r"<\{%.*?%\}>", "", violation["message"])  # marks of the engine's, for colours
            _description, _, found = message.strip().partition("\n")
            yield textwrap.indent(f"\n{violation['policyName']}: {found}", "  ")


def _judges_the_stack(event: Mapping[str, Mapping[str, object]]) -> bool:
    """Whether an event says which rules the stack as a whole keeps or breaks, and there are any."""
    summary = event.get("policyAnalyzeStackSummaryEvent", {})
    return bool(summary.get("passed") or summary.get("failed"))


@contextmanager
def _pack(program: Path) -> Iterator[Path]:
    """The folder of this clone's pack; it judges by the families that the program declares.

    For the program of another clone it is a copy, with the library and the allowances of this clone, and the families
    of the other.
    """
    if program == ROOT:
        yield ROOT / PACK
        return
    with tempfile.TemporaryDirectory(prefix="pack-") as name:
        place = Path(name)
        # Bytecode of another clone would be run in place of the source that somebody read.
        sources = shutil.ignore_patterns("__pycache__", "*.egg-info")
        for folder in (ROOT / PACK, ROOT / "tablekit", program / DECLARATIONS):
            shutil.copytree(folder, place / folder.name, ignore=sources)
        for file in ROOT.glob(ALLOWANCES):
            shutil.copy(file, place)
        # Where Pulumi's own language host looks for Python: PulumiPolicy.yaml.
        (place / ".venv").symlink_to(ROOT / ".venv")
        yield place / PACK
