"""What a failed call means for a stage: its cause, and what to do next."""

from __future__ import annotations

import re

from tablekit.client import AccessDeniedError, ResourceNotFoundError, ThrottledError, UnreadableError
from tablekit.model.errors import TablekitError
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.ops.drift import deployment

_CALLER = re.compile(r"arn:aws[a-z-]*:(?:sts|iam)::\d{12}:(?:assumed-role|role|user)/([\w+=,.@-]+)")

_FAULTS = ("InternalServerError", "InternalFailure", "ServiceUnavailable")
"""Codes of a service that fails, whatever it is asked."""


def judges_nothing(error: TablekitError) -> bool:
    """Whether a failed call says nothing of what the stage is like: the service did not come to it."""
    return isinstance(error, ThrottledError | UnreadableError) or getattr(error, "code", "") in _FAULTS


def denied(error: AccessDeniedError, action: str, where: str, advice: str) -> str:
    """Names the action, the role that may not, and the advice."""
    said = str(error)
    caller = _CALLER.search(said)
    who = f"role {caller.group(1)!r}" if caller else "the caller"
    return f"access denied: {who} may not {action} on {where}; {advice} (AWS said: {said.split(': ', 1)[-1]})"


def call_failed(
    error: TablekitError, family: Family, pattern: AccessPattern, name: str, stage: str, region: str
) -> str:
    """One line for an access pattern whose call failed. name: the table's own."""
    where = f"table {name!r}" + (f", index {pattern.index!r}" if pattern.index else "")
    if isinstance(error, AccessDeniedError):
        call = f"dynamodb:{error.call}"
        if call != pattern.action:
            advice = (
                "the smoke test writes, reads and deletes items of its own: run it as a role that may, or --read-only"
            )
            return denied(error, call, f"table {name!r}", advice)
        roles = [family.role_name(role, stage) for role in family.roles if pattern in family.patterns_of(role)]
        return denied(error, pattern.action, where, f"run it as one of {', '.join(roles)}, or grant it that action")
    if isinstance(error, ResourceNotFoundError) and pattern.index and "no index" in str(error):
        return (
            f"index {pattern.index!r} of table {name!r} is missing; family {family.key!r} declares it on table "
            f"{pattern.table!r}: deploy it: {deployment(stage)}"
        )
    if isinstance(error, ResourceNotFoundError):
        return missing_table(name, f"{family.key}/{pattern.table}", stage, region)
    return str(error)


def missing_table(name: str, declared: str, stage: str, region: str) -> str:
    """One line for a table that is not there."""
    return (
        f"table {name!r} ({declared}) is missing in {region}, expected ACTIVE; stage {stage!r} was meant: "
        f"is it the right account? If it is, this makes the table anew, empty: {deployment(stage)}"
    )
