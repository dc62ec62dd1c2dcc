"""What AWS Backup and EventBridge refuse, or take and then never carry out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.model import limits as shared

from .schema import Complaint, refuse
from .values import Props


def vault_lock(inputs: Props) -> Iterator[Complaint]:
    """A range of days, and days in which a compliance lock can be taken back."""
    least, most, grace = (inputs.get(f"{name}Days") for name in ("minRetention", "maxRetention", "changeableFor"))
    for name, days, allowed in (("minRetentionDays", least, 1), ("maxRetentionDays", most, 1)):
        if isinstance(days, int) and not allowed <= days <= shared.MAX_BACKUP_DAYS:
            yield refuse(name, days, f"{allowed} to {shared.MAX_BACKUP_DAYS} days", "Correct it.")
    if isinstance(grace, int) and grace < shared.MIN_LOCK_GRACE_DAYS:
        yield refuse("changeableForDays", grace, f"{shared.MIN_LOCK_GRACE_DAYS} days or more", "Give more.")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield refuse("minRetentionDays", least, f"at most maxRetentionDays ({most})", "Lower it, or raise the other.")


def plan(inputs: Props) -> Iterator[Complaint]:
    """Rules of different names, each keeping what is in cold storage for 90 days."""
    rules = [each for each in inputs.get("rules") or () if isinstance(each, Mapping)]
    names = [each.get("ruleName") for each in rules]
    if len(set(names)) < len(names):
        yield refuse("rules", names, "each rule's name once", "Rename one.")
    for place, rule in enumerate(rules):
        copies = enumerate(rule.get("copyActions") or ())
        owners = [("", rule), *((f".copyActions[{number}]", copy) for number, copy in copies)]
        for path, owner in owners:
            lifecycle = owner.get("lifecycle") or {}
            cold, deleted = lifecycle.get("coldStorageAfter"), lifecycle.get("deleteAfter")
            if isinstance(cold, int) and isinstance(deleted, int) and deleted < cold + shared.MIN_COLD_DAYS:
                allowed = f"coldStorageAfter and {shared.MIN_COLD_DAYS} days or more ({cold + shared.MIN_COLD_DAYS})"
                yield refuse(f"rules[{place}]{path}.lifecycle.deleteAfter", deleted, allowed, "Keep it longer.")


def selection(inputs: Props) -> Iterator[Complaint]:
    """Something that is selected."""
    if not inputs.get("resources") and not inputs.get("selectionTags"):
        yield refuse("resources", inputs.get("resources"), "ARNs, or selectionTags instead", "Select something.")


def event_rule(inputs: Props) -> Iterator[Complaint]:
    """A pattern, which is an object of lists or of such objects, or a schedule."""
    pattern, schedule = inputs.get("eventPattern"), inputs.get("scheduleExpression")
    if not pattern and not schedule:
        yield refuse("eventPattern", pattern, "a pattern, or scheduleExpression instead", "Give one.")
    if not isinstance(pattern, str) or not pattern:
        return
    try:
        found = json.loads(pattern)
    except ValueError as error:
        yield refuse("eventPattern", pattern, f"valid JSON ({error})", "Build it with json.dumps.")
        return
    if isinstance(found, list) or not is_pattern(found):
        allowed = "an object whose values are lists, not empty, or such objects"
        yield refuse("eventPattern", pattern, allowed, "Put each value into a list.")


def is_pattern(given: Any) -> bool:
    """Whether it has the form of an event pattern."""
    if isinstance(given, list):
        return bool(given)
    return isinstance(given, Mapping) and bool(given) and all(map(is_pattern, given.values()))
