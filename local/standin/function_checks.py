"""What AWS refuses of functions, their logs and their schedules, and neither moto nor the published models do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from .schema import Complaint, refuse
from .values import Archive, Props

_DAYS: Final = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_RATE: Final = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
_CRON: Final = re.compile(r"cron\((\S+ ){5}\S+\)")


def function(inputs: Props) -> Iterator[Complaint]:
    """Its handler is in its code, and its role is a role's ARN."""
    code, handler, role = inputs.get("code"), inputs.get("handler"), inputs.get("role")
    if isinstance(code, Archive) and code.files and isinstance(handler, str):
        module, _, name = handler.rpartition(".")
        if f"def {name}(" not in code.files.get(f"{module}.py", ""):
            there = ", ".join(sorted(code.files))
            yield refuse("handler", handler, f"<file>.<function> of the code, which has {there}", "Name one that is.")
    if isinstance(role, str) and not re.fullmatch(r"arn:aws[a-z-]*:iam::\d{12}:role/\S+", role):
        yield refuse("role", role, "a role's ARN", "Give the ARN, not the name.")


def log_group(inputs: Props) -> Iterator[Complaint]:
    """How long it keeps."""
    days = inputs.get("retentionInDays")
    if isinstance(days, int) and days not in _DAYS:
        yield refuse("retentionInDays", days, ", ".join(map(str, _DAYS)), "Take one of these.")


def schedule(inputs: Props) -> Iterator[Complaint]:
    """A rate, with its unit in the plural above one, or cron's six fields."""
    given = inputs.get("scheduleExpression")
    if isinstance(given, str) and not _RATE.fullmatch(given) and not _CRON.fullmatch(given):
        yield refuse(
            "scheduleExpression", given, "rate(6 hours), or cron(minute hour day month weekday year)", "Fix it."
        )
