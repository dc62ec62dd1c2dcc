"""What moves the capacity of tables and of their indexes, and what of them is then left as it is on AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tablekit.model import limits
from tablekit.model.capacity import SIDES
from tablekit.model.staged import StagedFamily, StagedTable
from tablekit.resources.expected import SCALING_POLICY, SCALING_TARGET, SCHEDULED_ACTION, Expected
from tablekit.resources.tables import INDEXES


def autoscaling(name: str, family: StagedFamily, staged: StagedTable) -> Iterator[Expected]:
    """A target with its policy and its scheduled floors, of reads and of writes, of the table and of each index.

    name: the table's resource name. Application Auto Scaling acts by the role that is linked to it in the account.
    """
    capacity = staged.capacity
    for index in staged.owners if capacity else ():
        assert capacity is not None, "the loop has looked"
        own, owner = capacity.of(index), f"{name}/{index}" if index else name
        for side, word in SIDES:
            ceiling = staged.ceiling(index, side)
            if ceiling is None:
                continue
            place = {
                "serviceNamespace": "dynamodb",
                "resourceId": f"table/{staged.name}" + (f"/index/{index}" if index else ""),
                "scalableDimension": f"dynamodb:{'index' if index else 'table'}:{word}CapacityUnits",
                "region": family.region,
            }
            floors = {floor.name: floor for floor in own.floors if getattr(floor, side) is not None}
            yield Expected(
                SCALING_TARGET,
                f"{owner}-{side}-capacity",
                {**place, "minCapacity": getattr(own, side), "maxCapacity": ceiling},
                moves={"minCapacity": (getattr(own, side), ceiling)} if floors else {},
            )
            metric = f"DynamoDB{word}CapacityUtilization"
            tracked = {
                "targetValue": capacity.target,
                "predefinedMetricSpecification": {"predefinedMetricType": metric},
            }
            policy = {"policyType": "TargetTrackingScaling", "targetTrackingScalingPolicyConfiguration": tracked}
            # As DynamoDB names what it makes by itself: a target takes no second policy on the same metric.
            called = f"{metric}:{place['resourceId']}"[: limits.MAX_SCALING_POLICY_NAME]
            yield Expected(SCALING_POLICY, f"{owner}-{side}-capacity", {**place, "name": called, **policy})
            for floor in floors.values():
                action = {
                    "name": floor.name,
                    "schedule": floor.schedule,
                    "timezone": floor.timezone,
                    "scalableTargetAction": {"minCapacity": getattr(floor, side)},
                }
                yield Expected(SCHEDULED_ACTION, f"{owner}-{side}-{floor.name}", {**place, **action})


@dataclass(frozen=True)
class PresentIndex:
    """A global index as it is on AWS. shape: what makes it this index, as `shape_of` gives it."""

    shape: tuple[Any, ...]
    read: int
    write: int
    caps: tuple[int | None, int | None] = (None, None)
    warm: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Present:
    """A table as it is on AWS, as far as something moves it there. tags: its own, by which this stack knows it."""

    billing: str
    warm: Mapping[str, int]
    indexes: Mapping[str, PresentIndex]
    tags: Mapping[str, str]


def shape_of(keys: Iterator[tuple[str, str]], projection: str, include: Any) -> tuple[Any, ...]:
    """What makes an index this one: its keys with their kinds, its projection, the attributes that it has besides."""
    return tuple(keys), projection, tuple(sorted(include or ()))


def left_alone(expected: Expected, present: Present | None) -> list[str]:
    """The inputs whose changes are ignored: those that AWS moves, as long as that hides no change of anything else.

    All indexes are one input to the engine, which compares them by place, and the AWS plugin gives them another place
    as their numbers move: they are ignored together or not at all, and so they are while they are there as declared.
    present: None where the table is not there yet.
    """
    if present is None:
        return []
    other_mode = present.billing != expected.inputs["billingMode"]
    roots = dict.fromkeys(path.partition(".")[0] for path in expected.moves)
    shows = {
        "warmThroughput": not is_warm(expected.inputs, present.warm),
        INDEXES: other_mode or _is_imported(expected, present) or not _are_there(expected, present),
    }
    return [root for root in roots if not shows.get(root, other_mode)]


def kept(expected: Expected, present: Present | None) -> Expected:
    """The table with its indexes' capacity as it is on AWS, where they are not left alone: another index's change is no
    reason to take from this one what its use has given it.
    """
    if present is None or INDEXES in left_alone(expected, present):
        return expected
    indexes = []
    for index in expected.inputs.get(INDEXES) or ():
        there, numbers = present.indexes.get(index["name"]), {}
        for side, _ in SIDES:
            within = expected.moves.get(f"{INDEXES}.{index['name']}.{side}Capacity")
            if there and within and (units := getattr(there, side)):
                numbers[f"{side}Capacity"] = min(max(units, within[0]), within[1])
        indexes.append({**index, **numbers})
    return replace(expected, inputs={**expected.inputs, **({INDEXES: indexes} if indexes else {})})


def _is_imported(expected: Expected, present: Present) -> bool:
    """Whether no update of this stack has been at the table yet.

    What an import leaves as inputs of its indexes has their keys in two forms, which the AWS plugin takes of nobody.
    """
    own = expected.inputs["tags"]
    return any(present.tags.get(tag) != own[tag] for tag in ("project", "family", "stage"))


def is_warm(wanted: Mapping[str, Any], there: Mapping[str, Any]) -> bool:
    """Whether what a table or an index is to serve at once it does. there: its warm throughput."""
    asked = wanted.get("warmThroughput") or {}
    return all(units <= there.get(name, 0) for name, units in asked.items())


def _are_there(expected: Expected, present: Present) -> bool:
    declared = {index["name"]: index for index in expected.inputs.get(INDEXES) or ()}
    if declared.keys() != present.indexes.keys():
        return False
    for name, index in declared.items():
        there, keys = present.indexes[name], ((key["attributeName"], key["keyType"]) for key in index["keySchemas"])
        if there.shape != shape_of(keys, index["projectionType"], index.get("nonKeyAttributes")):
            return False
        if not is_warm(index, there.warm) or not _is_as_fixed(expected, index, there):
            return False
    return True


def caps_of(throughput: Mapping[str, Any] | None) -> tuple[int | None, int | None]:
    """The maximum of reads and of writes; None where there is none, be it lifted."""
    given = throughput or {}
    read, write = (given.get(f"max{word}RequestUnits") for _, word in SIDES)
    return (read if (read or 0) > 0 else None), (write if (write or 0) > 0 else None)


def _is_as_fixed(expected: Expected, index: Mapping[str, Any], there: PresentIndex) -> bool:
    """Whether what nothing moves of the index is as it is declared."""
    return caps_of(index.get("onDemandThroughput")) == there.caps and all(
        f"{INDEXES}.{index['name']}.{side}Capacity" in expected.moves
        or index.get(f"{side}Capacity", 0) == getattr(there, side)
        for side, _ in SIDES
    )
