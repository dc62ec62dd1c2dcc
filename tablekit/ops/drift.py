"""One difference between a stage and its declaration, and the commands that repair it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablekit.client import AccessDeniedError, ThrottledError, UnreadableError
from tablekit.model.addresses import is_loopback
from tablekit.model.errors import TablekitError
from tablekit.model.stage import LOCAL
from tablekit.ops.signed_http import is_fault

REFRESH: Final = "up --refresh"
"""The state does not know of the difference: a deployment without --refresh finds nothing to do."""
DEPLOY: Final = "up"
"""The state is not what is declared: any deployment repairs it."""
RUNBOOK: Final = "docs/runbooks/drift.md"
VALUE_LENGTH: Final = 80
"""Characters that are shown of a parameter."""
STATEMENT_LENGTH: Final = 300
"""Those of a policy's statement."""
_CALLER = re.compile(r"arn:aws[a-z-]*:(?:sts|iam)::\d{12}:(?:assumed-role|role|user)/([\w+=,.@-]+)")


@dataclass(frozen=True)
class Problem:
    """One difference. text: a line for people.

    repairs: what repairs it, in order: REFRESH, DEPLOY, or a command to be run by hand, as `by_hand` writes it. None
    where nothing does. judged: False where it says only that nobody could look.
    """

    text: str
    repairs: tuple[str, ...] = (REFRESH,)
    judged: bool = True


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


def judges_nothing(error: TablekitError) -> bool:
    """Whether a failed call says nothing of what the stage is like: the service did not come to it."""
    return isinstance(error, ThrottledError | UnreadableError) or is_fault(error)


def denied(error: AccessDeniedError, action: str, where: str, advice: str) -> str:
    """Names the action, the role that may not, and the advice."""
    said = str(error)
    caller = _CALLER.search(said)
    who = f"role {caller.group(1)!r}" if caller else "the caller"
    return f"access denied: {who} may not {action} on {where}; {advice} (AWS said: {said.split(': ', 1)[-1]})"


def missing_table(name: str, declared: str, stage: str, region: str) -> str:
    """One line for a table that is not there."""
    return (
        f"table {name!r} ({declared}) is missing in {region}, expected ACTIVE; stage {stage!r} was meant: "
        f"is it the right account? If it is, this makes the table anew, empty: {deployment(stage)}"
    )


def summarize(value: Any) -> str:
    """A part of a policy as it is shown; a text is a parameter's value."""
    if isinstance(value, str):
        return repr(value if len(value) <= VALUE_LENGTH else f"{value[:VALUE_LENGTH]}…")
    text = "none" if value is None else json.dumps(value)
    return text if len(text) <= STATEMENT_LENGTH else f"{text[:STATEMENT_LENGTH]}…"


def statements(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A policy's statements by their Sid, however they are written."""
    given = document.get("Statement") or []
    return {
        str(statement.get("Sid", f"number {place}")): {
            field: _canonical(value) for field, value in statement.items() if field != "Sid"
        }
        for place, statement in enumerate(given if isinstance(given, list) else [given], 1)
    }


def _canonical(value: Any) -> Any:
    """IAM gives lists in any order, and a list of one as its element."""
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted(map(str, value))
    return [str(value)]
