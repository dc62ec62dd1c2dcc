"""Rules on autoscaling: each target is moved by something, as far as it has to be, and no index is forgotten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from policies.resource import NotKnownError, Resource
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.model import limits
from tablekit.resources import SCALING_POLICY, SCALING_TARGET, SCHEDULED_ACTION, TABLE


def _place(resource: Resource) -> tuple[Any, ...]:
    """What a target, a policy and a scheduled action have in common."""
    return tuple(resource.get(name) for name in ("serviceNamespace", "resourceId", "scalableDimension", "region"))


def _of(resources: Sequence[Resource], kind: str) -> list[Resource]:
    return [each for each in resources if each.type == kind]


@rule("scaling-bounds", SCALING_TARGET, SCALING_POLICY)
def bounds(resource: Resource, run: Run) -> Iterator[str]:
    """Capacity moves between a floor and a ceiling above it, at a use that AWS takes: else an update fails half-way."""
    if resource.get("serviceNamespace") != "dynamodb":
        return
    if resource.type == SCALING_TARGET:
        least, most = (resource.get(name, default=0) for name in ("minCapacity", "maxCapacity"))
        if not 1 <= least <= most:
            yield f"minCapacity is {least}, and maxCapacity {most}: give a floor of 1 or more, and a ceiling above it"
        return
    value = resource.get("targetTrackingScalingPolicyConfiguration", "targetValue", default=0)
    allowed = limits.SCALING_TARGET
    if not allowed[0] <= value <= allowed[-1]:
        yield f"targetValue is {value}; allowed are {allowed[0]} to {allowed[-1]} percent: set target in provisioned"


@rule("scaling-moves")
def moves(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each scaling target has a policy, and each floor is below its ceiling: a target alone moves nothing, and a floor
    above it fails when its time comes.
    """
    tracked = {_place(policy) for policy in _of(resources, SCALING_POLICY)}
    ceilings = {_place(target): target for target in _of(resources, SCALING_TARGET)}
    for place, target in ceilings.items():
        if place not in tracked and place[0] == "dynamodb":
            yield Finding(f"{target.label}: has no scaling policy, so that nothing moves it: give it one", target.urn)
    for action in _of(resources, SCHEDULED_ACTION):
        found = ceilings.get(_place(action))
        least = action.get("scalableTargetAction", "minCapacity", default=0)
        if found is None:
            yield Finding(f"{action.label}: has no scaling target: give it one, or remove it", action.urn)
        elif least > (most := found.get("maxCapacity", default=0)):
            yield Finding(f"{action.label}: its floor is {least}, and the ceiling {most}: lower it", action.urn)


@rule("scaling-indexes")
def indexes(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Where a table's writes are scaled, so are its indexes': one that is short throttles the table's writes, whatever
    the table has.
    """
    scaled = {_place(target)[1:3] for target in _of(resources, SCALING_TARGET)}
    for table in _of(resources, TABLE):
        try:
            name, found = table.get("name"), table.get("globalSecondaryIndexes", default=[])
        except NotKnownError:
            continue
        if (f"table/{name}", "dynamodb:table:WriteCapacityUnits") not in scaled:
            continue
        for index in found:
            place = f"table/{name}/index/{index.get('name')}"
            if (place, "dynamodb:index:WriteCapacityUnits") not in scaled:
                yield Finding(
                    f"{table.label}: its writes are scaled, and those of index {index.get('name')!r} are not: give it "
                    "upTo.write in provisioned",
                    table.urn,
                )
