"""What the smoke test found: one outcome a thing that was checked, and what a failed call means for a stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tablekit.client import AccessDeniedError, ResourceNotFoundError
from tablekit.model.errors import TablekitError
from tablekit.model.family import Family
from tablekit.model.patterns import AccessPattern
from tablekit.ops.drift import denied, deployment, missing_table

Plane = Literal["control", "data"]
Status = Literal["passed", "failed", "not judged", "not run"]


@dataclass(frozen=True)
class Outcome:
    """One table, index, role, alarm topic or access pattern.

    name: the object, as `table Users` or `messages-in-conversation`. status: not judged, where the service answered
    nothing to judge by: throttled, out of order, unreadable. problems: one line each; none where it passed.
    note: what was done, or why it was not. seconds: how long it took. units: capacity consumed by the pattern, None
    where the endpoint reports none. repairs: the commands that make the object as it is declared, in order.
    """

    family: str
    plane: Plane
    name: str
    status: Status
    problems: tuple[str, ...] = ()
    note: str = ""
    seconds: float = 0.0
    units: float | None = None
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class SmokeReport:
    """A whole run. unchecked: what could not be compared, and what it would take. left_behind: items not deleted.

    repairs: the commands that repair all of the control plane's differences, in order.
    """

    stage: str
    read_only: bool
    concurrency: int
    seconds: float
    outcomes: tuple[Outcome, ...]
    unchecked: tuple[str, ...] = ()
    left_behind: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether anything is not as it should be; what a service that answers nothing leaves behind, is not judged."""
        failed = any(outcome.status == "failed" for outcome in self.outcomes)
        return failed or (bool(self.left_behind) and not self.unjudged)

    @property
    def unjudged(self) -> bool:
        """Whether something could not be judged."""
        return any(outcome.status == "not judged" for outcome in self.outcomes)

    def count(self, status: Status, plane: Plane | None = None) -> int:
        """How many outcomes have that status."""
        return sum(each.status == status and plane in (None, each.plane) for each in self.outcomes)


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
