"""What a plan takes away of functions: that they run, who may start them, and how long their log is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.ops.guard.changes import Finding

Inputs = Mapping[str, Any]


def function(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Whether it is the same one, and still runs. Its code is read in the plan's own difference."""
    for name in ("name", "region", "role"):
        if before.get(name) != after.get(name):
            yield Finding("watch-loosened", f"{name} of the function: {before.get(name)} → {after.get(name)}")
    if after.get("reservedConcurrentExecutions") == 0:
        yield Finding("watch-loosened", "the function never runs: reservedConcurrentExecutions is 0")
    for name in ("timeout", "memorySize"):
        was, now = before.get(name), after.get(name)
        if was and (now or 0) < was:
            yield Finding("watch-loosened", f"{name} of the function: {was} → {now or 'the least'}")


def permission(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Who may start the function."""
    for name in ("function", "principal", "sourceArn", "sourceAccount"):
        if before.get(name) != after.get(name):
            yield Finding("watch-loosened", f"{name} of the permission: {before.get(name)} → {after.get(name)}")


def log_group(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """How long it keeps; nothing or 0 is for ever."""
    was, now = before.get("retentionInDays") or 0, after.get("retentionInDays") or 0
    if now and (not was or now < was):
        yield Finding("watch-loosened", f"the log is kept for {was or 'ever'} → {now} days")
    if before.get("name") != after.get("name"):
        yield Finding("watch-loosened", f"{before.get('name')} goes, with what is in it")
