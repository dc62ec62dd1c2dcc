"""What a plan does to what tables and indexes take: their mode, class, limits, and what moves them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from tablekit.ops.guard.changes import Finding
from tablekit.ops.guard.shape import Shape, Throughput

Inputs = Mapping[str, Any]
_SIDES: Final = ("reads", "writes")
_DIMENSIONS: Final = ("ReadCapacityUnits", "WriteCapacityUnits")
Scaled = Collection[tuple[str, str]]
"""What autoscaling moves: an index, or the empty name for the table itself, and its dimension, as above."""
_MOVED: Final = frozenset(
    f"ignoreChanges: {name}" for name in ("readCapacity", "writeCapacity", "globalSecondaryIndexes")
)
"""What a table ignores whose capacity something else moves: its indexes stand in one property with theirs."""


def told(options: frozenset[str], after: Shape, scaled: Scaled) -> frozenset[str]:
    """The options that are worth a word: without those that leave alone what is moved on AWS."""
    warm = {"ignoreChanges: warmThroughput"} if any(any(each.warm) for each in after.owners.values()) else set()
    return options - (_MOVED if scaled or warm else set()) - warm


def changes(before: Shape, after: Shape, scaled: Scaled) -> Iterator[Finding]:
    """Those of the table, and of each index that stays. scaled: what autoscaling moves of them afterwards."""
    switched = before.billing != after.billing
    if switched:
        yield Finding("capacity-mode", f"{before.billing} → {after.billing}")
    if before.table_class != after.table_class:
        yield Finding("table-class", f"{before.table_class} → {after.table_class}")
    for name, now in after.owners.items():
        if (was := before.owners.get(name)) is not None:
            where = f"index {name}: " if name else ""
            for finding in (
                *_caps(was, now, switched),
                *_warm(was, now, bool(name)),
                *_units(was, now, [(name, dimension) in scaled for dimension in _DIMENSIONS]),
            ):
                yield Finding(finding.change, f"{where}{finding.detail}", finding.hopeless)


def _caps(was: Throughput, now: Throughput, switched: bool) -> Iterator[Finding]:
    for side, old, new in zip(_SIDES, was.caps, now.caps, strict=True):
        old = None if old == -1 else old
        if new is not None and new > 0 and (old is None or new < old):
            yield Finding("cap", f"at most {new} {side}; {'there was no maximum' if old is None else f'it was {old}'}")
        elif old is not None and new is None and not switched:
            yield Finding("cap-left-out", f"at most {old} {side}, still", hopeless=True)


def _warm(was: Throughput, now: Throughput, index: bool) -> Iterator[Finding]:
    for side, old, new in zip(_SIDES, was.warm, now.warm, strict=True):
        if new > old:
            yield Finding("warm-raised", f"{old or 'what AWS gives'} → {new} {side}")
        elif 0 < new < old:
            fate = "the index is dropped and built anew" if index else "the table is replaced"
            yield Finding("warm-lowered", f"{old} → {new} {side}: {fate}", hopeless=True)


def _units(was: Throughput, now: Throughput, moved: Collection[bool]) -> Iterator[Finding]:
    for side, old, new, moves in zip(_SIDES, was.units or (0, 0), now.units or (0, 0), moved, strict=True):
        if 0 < new < old and not moves:
            yield Finding("capacity-lowered", f"{old} → {new} {side}")


def target(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Its floor and its ceiling."""
    for name, word in (("minCapacity", "floor"), ("maxCapacity", "ceiling")):
        if (was := before.get(name) or 0) > (now := after.get(name) or 0):
            yield Finding("capacity-lowered", f"the {word} of {_whose(before)}: {was} → {now}")


def policy(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """How much is used before it grows."""
    was, now = (_use(inputs) for inputs in (before, after))
    if now is None:
        yield Finding("scaling-lost", f"{_whose(before)} follows no use of the table any more")
    elif was is not None and now > was:
        yield Finding("capacity-lowered", f"{_whose(before)} grows at {now} % of use, and grew at {was} %")


def action(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """A floor that the clock sets, and when."""
    was, now = ((inputs.get("scalableTargetAction") or {}).get("minCapacity") or 0 for inputs in (before, after))
    if now < was:
        yield Finding("capacity-lowered", f"the scheduled floor of {_whose(before)}: {was} → {now}")
    for name in ("schedule", "timezone"):
        if before.get(name) != after.get(name):
            text = f"the floor of {_whose(before)} comes at another time: {before.get(name)} → {after.get(name)}"
            yield Finding("capacity-lowered", text)


def _use(inputs: Inputs) -> float | None:
    tracked = inputs.get("targetTrackingScalingPolicyConfiguration") or {}
    value: float | None = tracked.get("targetValue")
    return value


def _whose(inputs: Inputs) -> str:
    return f"{inputs.get('resourceId')}, {str(inputs.get('scalableDimension')).rpartition(':')[2]}"
