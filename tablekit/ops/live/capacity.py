"""What tables and indexes take on AWS, and what moves it, against what is derived."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients, ResourceNotFoundError
from tablekit.model.capacity import SIDES
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.ops.drift import REFRESH
from tablekit.resources import SCALING_POLICY, SCALING_TARGET, SCHEDULED_ACTION, Expected, capacity
from tablekit.resources.tables import INDEXES

Rows = Iterator[tuple[str, Any, Any]]
Inputs = Mapping[str, Any]
ByHand = Callable[..., str]
"""A command for what no deployment does, of the AWS CLI."""


def throughput(
    table: Inputs, wanted: Inputs, one: Inputs, other: Inputs, index: str, moved: Collection[str], by_hand: ByHand
) -> Iterator[tuple[Any, ...]]:
    """Of a table, or of an index: units, the most on demand, and what is served at once, but for what is moved.

    table, wanted: as it is found and as it is wanted. one, other: its index, or again the table. Gives what a
    difference is made of.
    """
    within, same_mode = f"{INDEXES}.{index}." if index else "", table["billingMode"] == wanted["billingMode"]
    fixed = [side for side, _ in SIDES if f"{within}{side}Capacity" not in moved]
    if same_mode and (found := _units(one, fixed)) != (expected := _units(other, fixed)):
        yield "capacity", found, expected, "update"
    caps, most = (capacity.caps_of(each.get("onDemandThroughput")) for each in (one, other))
    if caps != most and (other.get("onDemandThroughput") or not same_mode):
        yield "caps of throughput", _caps(caps), _caps(most), "update"
    elif caps != most:
        free = {f"Max{word}RequestUnits": -1 for (_, word), units in zip(SIDES, caps, strict=True) if units}
        given: dict[str, Any] = {"on_demand_throughput": free}
        if index:
            given = {"global_secondary_index_updates": [{"Update": {"IndexName": index, "OnDemandThroughput": free}}]}
        lift = by_hand("update-table", table_name=table["name"], **given)
        do = "it throttles beyond them; onDemand has them, or -1 there lifts them"
        yield "caps of throughput", _caps(caps), None, "stays", do, lift, REFRESH
    if not capacity.is_warm(other, there := one.get("warmThroughput") or {}):
        yield "warm throughput", there, other["warmThroughput"], "update"


def targets(name: str, family: StagedFamily, staged: StagedTable) -> dict[str, Expected]:
    """The scaling targets that are expected of a table, by resource and dimension."""
    return {
        f"{each.inputs['resourceId']} {each.inputs['scalableDimension']}": each
        for each in capacity.autoscaling(name, family, staged)
        if each.type == SCALING_TARGET
    }


def autoscaling(
    scaled: Mapping[str, tuple[int, int]], targets: Mapping[str, Expected], table: str, by_hand: ByHand
) -> Iterator[tuple[Any, ...]]:
    """The scaling targets that are there against those that are expected; gives what a difference is made of."""
    for place in sorted({*scaled, *targets}):
        found, wanted = scaled.get(place), targets.get(place)
        resource, _, dimension = place.rpartition(" ")
        what = f"autoscaling of {resource.removeprefix('table/')}" if "/index/" in resource else "autoscaling"
        if wanted is None:
            given = {"resource_id": resource or f"table/{table}", "scalable_dimension": dimension}
            call = ("deregister-scalable-target", "application-autoscaling")
            stop = by_hand(*call, service_namespace="dynamodb", **given)
            do = "it changes what provisioned fixes; upTo there keeps it"
            yield what, _bounds(dimension, found), None, "stays", do, stop, REFRESH
            continue
        least, most = wanted.inputs["minCapacity"], wanted.inputs["maxCapacity"]
        least = found[0] if found and wanted.moves else least  # the clock has set it
        if found != (least, most):
            yield what, _bounds(dimension, found), _bounds(dimension, (least, most)), "update"


def _units(of: Inputs, sides: Collection[str]) -> str:
    return ", ".join(f"{of[f'{side}Capacity']} {side}" for side in sides) if "readCapacity" in of else "on demand"


def _caps(caps: tuple[int | None, int | None]) -> str:
    return ", ".join(f"{units} {side}" for (side, _), units in zip(SIDES, caps, strict=True) if units) or "none"


def _bounds(dimension: str, bounds: tuple[int, int] | None) -> str:
    return f"{dimension} from {bounds[0]} to {bounds[1]}" if bounds else "missing"


def _asked(clients: Clients, expected: Expected, call: str, what: str) -> list[Mapping[str, Any]]:
    """What describes the target's resource and dimension. Raises ResourceNotFoundError where nothing is there."""
    wanted = expected.inputs
    given = {"ServiceNamespace": wanted["serviceNamespace"], "ScalableDimension": wanted["scalableDimension"]}
    place = (
        {"ResourceIds": [wanted["resourceId"]]} if what == "ScalableTargets" else {"ResourceId": wanted["resourceId"]}
    )
    pages = clients.pages("application-autoscaling", wanted["region"], call, **given, **place)
    found = [each for page in pages for each in page[what]]
    if not found:
        raise ResourceNotFoundError(f"{expected.name!r} is not there")
    return found


def _named(found: list[Mapping[str, Any]], called: str, expected: Expected) -> Mapping[str, Any]:
    for each in found:
        if each[called] == expected.inputs["name"]:
            return each
    raise ResourceNotFoundError(f"{expected.name!r} is not there")


def _target(clients: Clients, expected: Expected, account: Account) -> Rows:
    found, wanted = _asked(clients, expected, "describe_scalable_targets", "ScalableTargets")[0], expected.inputs
    if not expected.moves:  # or the clock sets it
        yield "floor", found["MinCapacity"], wanted["minCapacity"]
    yield "ceiling", found["MaxCapacity"], wanted["maxCapacity"]
    suspended = found.get("SuspendedState") or {}
    yield "suspended", sorted(name for name, off in suspended.items() if off), []


def _policy(clients: Clients, expected: Expected, account: Account) -> Rows:
    policies = _asked(clients, expected, "describe_scaling_policies", "ScalingPolicies")
    found = _named(policies, "PolicyName", expected)
    yield "policies", sorted(each["PolicyName"] for each in policies), [expected.inputs["name"]]
    tracked = found.get("TargetTrackingScalingPolicyConfiguration") or {}
    wanted = expected.inputs["targetTrackingScalingPolicyConfiguration"]
    yield "use, in percent", tracked.get("TargetValue"), wanted["targetValue"]
    metric = (tracked.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
    yield "metric", metric, wanted["predefinedMetricSpecification"]["predefinedMetricType"]


def _action(clients: Clients, expected: Expected, account: Account) -> Rows:
    actions = _asked(clients, expected, "describe_scheduled_actions", "ScheduledActions")
    found, wanted = _named(actions, "ScheduledActionName", expected), expected.inputs
    yield "schedule", found.get("Schedule"), wanted["schedule"]
    yield "time zone", found.get("Timezone") or "UTC", wanted["timezone"]
    floor = (found.get("ScalableTargetAction") or {}).get("MinCapacity")
    yield "floor", floor, wanted["scalableTargetAction"]["minCapacity"]


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    SCALING_TARGET: (
        "resourceId scalableDimension",
        "application-autoscaling:DescribeScalableTargets",
        _target,
    ),
    SCALING_POLICY: (
        "resourceId scalableDimension name",
        "application-autoscaling:DescribeScalingPolicies",
        _policy,
    ),
    SCHEDULED_ACTION: (
        "resourceId scalableDimension name",
        "application-autoscaling:DescribeScheduledActions",
        _action,
    ),
}
"""By type: the inputs that are its name on AWS, what a role needs to look at it, and what is compared."""
