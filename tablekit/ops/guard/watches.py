"""What a plan does to what stands beside a stage's tables: budgets, backups, events, autoscaling, records, policies,
keys, replicas.

A type is judged here by a function of its inputs before and after; one that is not in the table is counted as another
resource, and not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tablekit.ops.guard import audit, backups, capacity, copies, events, functions
from tablekit.ops.guard.changes import Finding
from tablekit.ops.guard.documents import Step
from tablekit.ops.guard.pairing import LEAVING, REPLACING
from tablekit.ops.guard.shape import hidden
from tablekit.resources import (
    ANALYZER,
    ANOMALY_MONITOR,
    ANOMALY_SUBSCRIPTION,
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    BUDGET,
    CATALOG_DATABASE,
    CATALOG_TABLE,
    COMPOSITE_ALARM,
    DASHBOARD,
    EVENT_ARCHIVE,
    EVENT_BUS,
    EVENT_RULE,
    EVENT_TARGET,
    FUNCTION,
    INSIGHTS,
    KEY,
    KEY_ALIAS,
    KINDS,
    LOG_GROUP,
    PERMISSION,
    PIPE,
    QUEUE,
    REPLICA,
    RESOURCE_POLICY,
    SCALING_POLICY,
    SCALING_TARGET,
    SCHEDULED_ACTION,
    TRAIL,
    VAULT,
    VAULT_LOCK,
)

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Watch:
    """One such resource that the plan touches, with what becomes of it."""

    urn: str
    word: str
    findings: tuple[Finding, ...]

    @property
    def name(self) -> str:
        """The resource's name: the end of its URN."""
        return self.urn.rpartition("::")[2]


def watches(steps: Iterable[Step], new_tables: Collection[str] = ()) -> tuple[Watch, ...]:
    """Each that a plan's steps change, in the order of their URNs. new_tables: by their names on AWS."""
    found: dict[str, Watch] = {}
    for step in steps:
        state = step.state
        if state is None or state.type not in _JUDGED or step.op in ("same", "read", "refresh"):
            continue
        before = (step.old_state.inputs or {}) if step.old_state else None
        after = (step.new_state.inputs or {}) if step.new_state and step.op not in LEAVING else None
        if state.type == RESOURCE_POLICY and before is None and after is not None:
            # Nobody misses what a new table never let him do; of one that is in use, the policy is a change.
            table = str(after.get("resourceArn")).rpartition("/")[2]
            before = None if table in new_tables else {**after, "policy": "{}"}
        retained = bool(step.old_state and step.old_state.retain_on_delete)
        said = tuple(_findings(state.type, before, after, step.op in REPLACING, retained))
        if said and (step.urn not in found or step.new_state):
            found[step.urn] = Watch(step.urn, KINDS[state.type].word, said)
    return tuple(sorted(found.values(), key=lambda watch: watch.urn))


def _findings(
    kind: str, before: Inputs | None, after: Inputs | None, replaced: bool, retained: bool
) -> Iterator[Finding]:
    word, of_aws = KINDS[kind].word, _OF_AWS.get(kind, ())
    anew = list(events.made_anew(before, after)) if kind == PIPE else []
    if after is not None and hidden({name: value for name, value in after.items() if name not in of_aws}):
        yield Finding("unknown", f"a value of the {word} is a secret, or known only during the update")
    elif kind == VAULT_LOCK and (found := list(backups.lock(before or {}, after))):
        yield from found
    elif after is None:
        change = _LOST.get(kind, "watch-lost")
        yield Finding(_KEPT.get(kind, change) if retained else change, f"the {word} goes")
    elif before is None:
        yield Finding("create", f"a new {word}")
    elif lost := [*anew, *_JUDGED[kind](before, after)]:
        yield from (each if isinstance(each, Finding) else Finding("watch-loosened", each) for each in lost)
    elif replaced and kind in _HOLDING:
        yield Finding(_HOLDING[kind], f"the {word} is made anew: the new one has nothing of the old")
    else:
        yield Finding("in-place", f"the {word} is {'made anew' if replaced else 'changed'}")


_HOW: Final = ("notificationType", "comparisonOperator", "thresholdType")


def _budget(before: Inputs, after: Inputs) -> Iterator[str]:
    was, now = (_alerts(inputs) for inputs in (before, after))
    if gone := sorted(was.keys() - now.keys()):
        yield f"nobody hears of {', '.join(f'{amount:g}' for amount, *_ in gone)} {before.get('limitUnit')} any more"
    for alert in sorted(was.keys() & now.keys()):
        if left := sorted(was[alert] - now[alert]):
            yield f"{', '.join(left)} does not hear of {alert[0]:g} any more"
    for name in ("costFilters", "filterExpression", "limitUnit", "timeUnit"):
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name)} → {after.get(name)}"


def _alerts(inputs: Inputs) -> dict[tuple[Any, ...], set[str]]:
    """Amount, and of what, how and in which unit it is one -> who hears of it."""
    return {
        (float(each["threshold"]), *(str(each.get(name)) for name in _HOW)): {
            *(each.get("subscriberSnsTopicArns") or ()),
            *(each.get("subscriberEmailAddresses") or ()),
        }
        for each in inputs.get("notifications") or ()
    }


def _composite(before: Inputs, after: Inputs) -> Iterator[str]:
    was, now = (set(str(inputs.get("alarmRule")).split(" OR ")) for inputs in (before, after))
    if gone := sorted(was - now):
        yield f"its rule is without {', '.join(gone)}"
    if left := sorted(set(before.get("alarmActions") or ()) - set(after.get("alarmActions") or ())):
        yield f"{', '.join(left)} does not hear of it any more"
    if after.get("actionsEnabled") is False or after.get("actionsSuppressor"):
        yield "its actions are off, or may be suppressed"


def _dashboard(before: Inputs, after: Inputs) -> Iterator[str]:
    """Whoever looks sees that it changed."""
    yield from ()


_OF_AWS: Final = {
    BACKUP_SELECTION: ("planId",),
    PIPE: ("source",),
    EVENT_BUS: ("kmsKeyIdentifier",),
    EVENT_ARCHIVE: ("kmsKeyIdentifier",),
    ANOMALY_SUBSCRIPTION: ("monitorArnLists",),
    VAULT: ("kmsKeyArn",),
    REPLICA: ("kmsKeyArn",),
    KEY_ALIAS: ("targetKeyId",),
}
"""What AWS alone names, so that the update knows it first."""
_PARTS: Final = (BUCKET_ACCESS, BUCKET_OWNERSHIP, BUCKET_ENCRYPTION, BUCKET_VERSIONING)
_LOST: Final = {
    **dict.fromkeys((VAULT, VAULT_LOCK, BACKUP_PLAN, BACKUP_SELECTION), "backup-lost"),
    **dict.fromkeys((QUEUE, EVENT_BUS, EVENT_ARCHIVE, PIPE, CATALOG_DATABASE, CATALOG_TABLE), "delivery-lost"),
    **dict.fromkeys((SCALING_TARGET, SCALING_POLICY, SCHEDULED_ACTION), "scaling-lost"),
    **dict.fromkeys((TRAIL, BUCKET, BUCKET_LIFECYCLE, *_PARTS), "records-lost"),
    **dict.fromkeys((BUCKET_POLICY, RESOURCE_POLICY), "access-loosened"),
    KEY: "key-lost",
    KEY_ALIAS: "key-loosened",
    REPLICA: "replica-lost",
}
"""What it is called that such a resource goes, where it is no watch."""
_KEPT: Final = {KEY: "key-left", REPLICA: "replica-left"}
"""The same, where it is retained and that makes a difference."""
_HOLDING: Final = {
    **{kind: _LOST[kind] for kind in (KEY, VAULT, BUCKET, QUEUE, EVENT_ARCHIVE)},
    REPLICA: "replica-replaced",
}
"""What it is called that one which holds something is made anew, where no input says why: by `--replace`, or as the
plugin finds it."""
_JUDGED: Final[Mapping[str, Callable[[Inputs, Inputs], Iterator[str | Finding]]]] = {
    BUDGET: _budget,
    COMPOSITE_ALARM: _composite,
    DASHBOARD: _dashboard,
    VAULT: backups.vault,
    VAULT_LOCK: backups.lock,
    BACKUP_PLAN: backups.plan,
    BACKUP_SELECTION: backups.selection,
    EVENT_RULE: backups.event_rule,
    EVENT_TARGET: backups.event_target,
    KEY: copies.key,
    KEY_ALIAS: copies.alias,
    REPLICA: copies.replica,
    QUEUE: events.queue,
    EVENT_BUS: events.bus,
    EVENT_ARCHIVE: events.archive,
    PIPE: events.pipe,
    CATALOG_DATABASE: events.catalog,
    CATALOG_TABLE: events.catalog,
    BUCKET: audit.bucket,
    **dict.fromkeys(_PARTS, audit.part),
    BUCKET_LIFECYCLE: audit.lifecycle,
    BUCKET_POLICY: audit.policy,
    RESOURCE_POLICY: audit.policy,
    TRAIL: audit.trail,
    ANALYZER: audit.analyzer,
    INSIGHTS: audit.insights,
    ANOMALY_MONITOR: audit.monitor,
    ANOMALY_SUBSCRIPTION: audit.subscription,
    SCALING_TARGET: capacity.target,
    SCALING_POLICY: capacity.policy,
    SCHEDULED_ACTION: capacity.action,
    FUNCTION: functions.function,
    PERMISSION: functions.permission,
    LOG_GROUP: functions.log_group,
}
"""By type: what of a change takes away some of what it watches."""
