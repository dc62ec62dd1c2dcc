"""One difference between a stage and its declaration, and the commands that repair it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from tablekit.model.addresses import is_loopback
from tablekit.model.stage import LOCAL

REFRESH: Final = "up --refresh"
"""The state does not know of the difference: a deployment without --refresh finds nothing to do."""
DEPLOY: Final = "up"
"""The state is not what is declared: any deployment repairs it."""
RUNBOOK: Final = "docs/runbooks/drift.md"


@dataclass(frozen=True)
class Problem:
    """One difference. text: a line for people.

    repairs: what repairs it, in order: REFRESH, DEPLOY, or a command to be run by hand, as `by_hand` writes it. None
    where nothing does.
    """

    text: str
    repairs: tuple[str, ...] = (REFRESH,)


def difference(what: str, found: Any, expected: Any, *repairs: str) -> list[Problem]:
    """The problem, where the two differ. repairs: REFRESH where none is given."""
    if found == expected:
        return []
    return [Problem(f"{what}: found {_said(found)}, expected {_said(expected)}", repairs or (REFRESH,))]


def _said(value: Any) -> str:
    return "none" if value in (None, (), []) else str(value)


def deployment(stage: str, kind: str = REFRESH) -> str:
    """The command that deploys a stage. kind: REFRESH or DEPLOY."""
    return f"{'./pulumiw' if stage == LOCAL else 'pulumi'} {kind} -s {stage}"


def by_hand(endpoint: str | None, region: str, service: str, call: str, **given: Any) -> str:
    """A call of the AWS command line, for what no deployment does.

    endpoint: an emulator's, which gets credentials that nobody has; None for AWS. given: the options, `_` for `-`, each
    a text or what becomes JSON.
    """
    words = ["aws", service, call, "--region", region]
    if endpoint:
        words += ["--endpoint-url", endpoint]
    if endpoint and is_loopback(endpoint):
        words = ["env", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", *words]
    for name, value in given.items():
        words += [f"--{name.replace('_', '-')}", value if isinstance(value, str) else json.dumps(value)]
    return shlex.join(words)


def commands(repairs: Iterable[str], stage: str) -> tuple[str, ...]:
    """What to run, each once: by hand first, then one deployment, which refreshes if anything asks for that.

    repairs: a Problem's, or what this function gave for some of them.
    """
    deployments = {kind: deployment(stage, kind) for kind in (REFRESH, DEPLOY)}
    asked = dict.fromkeys(deployments.get(repair, repair) for repair in repairs)
    hand = [command for command in asked if command not in deployments.values()]
    return (*hand, *[command for command in deployments.values() if command in asked][:1])
