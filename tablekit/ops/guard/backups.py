"""What a plan takes away of backups: what they hold, how long, who can shorten it, and who hears when they fail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.ops.guard.changes import Finding
from tablekit.ops.guard.shape import hidden

Inputs = Mapping[str, Any]


def vault(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Another name, region or key is another vault: AWS deletes none that holds something."""
    for name in ("name", "region", "kmsKeyArn"):
        if before.get(name) != after.get(name):
            now = "a key that the update makes" if hidden(after.get(name)) else after.get(name)
            text = f"{name}: {before.get(name)} → {now}, which is another vault; AWS deletes an empty one only"
            yield Finding("backup-lost", text)


def lock(before: Inputs, after: Inputs | None) -> Iterator[Finding]:
    """A lock by its mode and its range; before is empty where there was none, after None where it goes."""
    if after is None:
        yield Finding(
            "backup-loosened", "the vault lock leaves the stack, and stays until somebody takes it off on AWS"
        )
        return
    was, now = (inputs.get("changeableForDays") for inputs in (before, after))
    if was:
        if dict(before) != dict(after):
            yield Finding("lock-kept", "the vault lock is a compliance lock", hopeless=True)
    elif now:
        yield Finding("lock-for-good", f"{now} days after the update nobody takes the vault lock off")
    elif before:
        for name in ("minRetentionDays", "maxRetentionDays"):
            old, new = before.get(name), after.get(name)
            if old and (new or 0) < old and not (name == "maxRetentionDays" and new is None):
                yield Finding("backup-loosened", f"{name} of the vault lock: {old} → {new}")


def plan(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Rule by rule, and copy by copy; a rule that goes takes its copies with it."""
    old, new = (dict(_kept(inputs)) for inputs in (before, after))
    for (rule, copy), was in old.items():
        now, label = new.get((rule, copy)), f"rule {rule!r}{f', copy to {copy}' if copy else ''}"
        if now is None:
            if not copy or (rule, "") in new:
                yield Finding("backup-loosened", f"{label}: makes no backups any more")
            continue
        days, kept = was["days"], now["days"]
        if kept is not None and (days is None or kept < days):
            yield Finding("backup-loosened", f"{label}: kept for {days or 'ever'} → {kept} days")
        for name in sorted(was.keys() - {"days"}):
            if was[name] != now[name]:
                yield Finding("backup-loosened", f"{label}: {name}: {was[name]} → {now[name]}")


def _kept(inputs: Inputs) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    """By rule and by where its copy goes, which is empty for its own backups."""
    for rule in inputs.get("rules") or ():
        days = (rule.get("lifecycle") or {}).get("deleteAfter")
        own = {"days": days, "schedule": rule.get("schedule"), "vault": rule.get("targetVaultName")}
        yield (str(rule.get("ruleName")), ""), own
        for copy in rule.get("copyActions") or ():
            days = (copy.get("lifecycle") or {}).get("deleteAfter")
            yield (str(rule.get("ruleName")), str(copy.get("destinationVaultArn"))), {"days": days}


def selection(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What is no longer selected, or under more conditions; the role is another's business."""
    if gone := sorted(set(before.get("resources") or ()) - set(after.get("resources") or ())):
        yield Finding("backup-loosened", f"{', '.join(gone)} is not selected any more")
    if more := sorted(set(after.get("notResources") or ()) - set(before.get("notResources") or ())):
        yield Finding("backup-loosened", f"{', '.join(more)} is left out")
    was, now = (_conditions(inputs) for inputs in (before, after))
    if more := sorted(now - was):
        yield Finding("backup-loosened", f"selected is only what also has {', '.join(more)}")


def _conditions(inputs: Inputs) -> set[str]:
    return {
        f"{pair.get('key')} {operator} {pair.get('value')}"
        for each in inputs.get("conditions") or ()
        for operator, pairs in each.items()
        for pair in pairs or ()
    }


def event_rule(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What it tells of, or when it starts something."""
    if before.get("eventPattern") != after.get("eventPattern"):
        yield Finding("watch-loosened", "the event rule tells of something else")
    if before.get("scheduleExpression") != after.get("scheduleExpression"):
        text = f"schedule: {before.get('scheduleExpression')} → {after.get('scheduleExpression')}"
        yield Finding("watch-loosened", text)
    if after.get("state") == "DISABLED":
        yield Finding("watch-loosened", "the event rule is off")


def event_target(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Whom it tells."""
    if before.get("arn") != after.get("arn"):
        yield Finding("watch-loosened", f"{before.get('arn')} does not hear of it any more")
