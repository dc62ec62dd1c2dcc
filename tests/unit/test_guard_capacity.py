"""What the guard makes of changes of what tables and indexes take, and of what moves it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tablekit.ops.guard.report import PlanReport, judge
from tests.support.guarded import Document, gsi, inputs, paired, plan, resource, state, step, urn

NAME = "dev-shop-orders"
TARGET, POLICY, ACTION = (
    f"aws:appautoscaling/{kind}" for kind in ("target:Target", "policy:Policy", "scheduledAction:ScheduledAction")
)
READS = {"resourceId": f"table/{NAME}", "scalableDimension": "dynamodb:table:ReadCapacityUnits"}
OF_INDEX = {
    "resourceId": f"table/{NAME}/index/customer-index",
    "scalableDimension": "dynamodb:index:ReadCapacityUnits",
}
ALONE = ["readCapacity", "writeCapacity", "globalSecondaryIndexes"]
FROM_5_TO_50 = {"minCapacity": 5, "maxCapacity": 50}
USE = {"targetTrackingScalingPolicyConfiguration": {"targetValue": 70}}


def provisioned(read: int, write: int = 5, index: int = 5, **more: Any) -> Document:
    units = {"billingMode": "PROVISIONED", "readCapacity": read, "writeCapacity": write}
    indexes = [{**gsi("customer-index"), "readCapacity": index, "writeCapacity": 5}]
    return {**units, "globalSecondaryIndexes": indexes, **more}


def capped(read: int | None, write: int | None = None, index: int | None = None) -> Document:
    def most(reads: int | None, writes: int | None) -> Document:
        units = {"maxReadRequestUnits": reads, "maxWriteRequestUnits": writes}
        given = {name: each for name, each in units.items() if each is not None}
        return {"onDemandThroughput": given} if given else {}

    return {**most(read, write), "globalSecondaryIndexes": [{**gsi("customer-index"), **most(index, None)}]}


def warm(read: int, index: int | None = None) -> Document:
    def units(reads: int) -> Document:
        return {"warmThroughput": {"readUnitsPerSecond": reads, "writeUnitsPerSecond": 4_000}}

    return {**units(read), "globalSecondaryIndexes": [{**gsi("customer-index"), **(units(index) if index else {})}]}


def report(folder: Path, *steps: Document, scaled: tuple[Document, ...] = ()) -> PlanReport:
    targets = [{"urn": urn(f"reads-{n}", TARGET), "type": TARGET, "inputs": each} for n, each in enumerate(scaled)]
    steps = (*steps, *(step("same", target, target) for target in targets))
    before = [each["oldState"] for each in steps if "oldState" in each]
    return judge(paired(folder, plan(*steps), state(*before)), (), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("before", "after", "says", "code"),
    [
        ({}, provisioned(5), ["capacity-mode: PAY_PER_REQUEST → PROVISIONED"], 2),
        (provisioned(5), {}, ["capacity-mode: PROVISIONED → PAY_PER_REQUEST"], 2),
        (provisioned(9), provisioned(5), ["capacity-lowered: 9 → 5 reads"], 2),
        (provisioned(5), provisioned(9), ["in-place: readCapacity"], 0),
        (provisioned(5, index=9), provisioned(5, index=8), ["capacity-lowered: index customer-index: 9 → 8 reads"], 2),
        ({}, {"tableClass": "STANDARD_INFREQUENT_ACCESS"}, ["table-class: STANDARD → STANDARD_INFREQUENT_ACCESS"], 2),
        ({}, {"tableClass": "STANDARD"}, ["in-place: tableClass"], 0),
        ({}, capped(100), ["cap: at most 100 reads; there was no maximum"], 2),
        (capped(100), capped(99), ["cap: at most 99 reads; it was 100"], 2),
        (capped(100), capped(200), ["in-place: onDemandThroughput"], 0),
        (capped(100), capped(-1), ["in-place: onDemandThroughput"], 0),
        (capped(100, 9), capped(100), ["cap-left-out: at most 9 writes, still"], 3),
        (capped(100), {}, ["cap-left-out: at most 100 reads, still"], 3),
        (capped(100), provisioned(5), ["capacity-mode: PAY_PER_REQUEST → PROVISIONED"], 2),
        (capped(9, index=9), capped(9, index=5), ["cap: index customer-index: at most 5 reads; it was 9"], 2),
        ({}, warm(20_000),
         ["warm-raised: what AWS gives → 20000 reads", "warm-raised: what AWS gives → 4000 writes"], 2),
        (warm(20_000), warm(15_000), ["warm-lowered: 20000 → 15000 reads: the table is replaced"], 3),
        (warm(20_000), {}, ["in-place: warmThroughput"], 0),
        (warm(12_000, 20_000), warm(12_000, 15_000),
         ["warm-lowered: index customer-index: 20000 → 15000 reads: the index is dropped and built anew"], 3),
    ],
)  # fmt: skip
def test_what_a_table_takes(tmp_path: Path, before: Document, after: Document, says: list[str], code: int) -> None:
    was, now = (resource(inputs(**given)) for given in (before, after))
    changed = sorted(
        name for name in now["inputs"] | was["inputs"] if now["inputs"].get(name) != was["inputs"].get(name)
    )
    named = [name for name in changed if name != "globalSecondaryIndexes"] or ["tableClass"]
    found = report(tmp_path, step("update", was, now, diffReasons=named))
    assert [f"{each.change}: {each.detail}" for each in found.tables[0].changes] == says
    assert found.exit_code == code


def test_what_autoscaling_moves_is_no_change_and_may_be_ignored(tmp_path: Path) -> None:
    was, now = resource(inputs(**provisioned(40, index=80))), resource(inputs(**provisioned(5)), ignoreChanges=ALONE)
    assert report(tmp_path, step("same", was, now), scaled=(READS, OF_INDEX)).exit_code == 0
    found = report(tmp_path, step("same", was, now))
    assert {each.change for each in found.tables[0].changes} == {"capacity-lowered", "options-set"}
    more = resource(inputs(**provisioned(5)), ignoreChanges=[*ALONE, "ttl"])
    (told,) = report(tmp_path, step("same", was, more), scaled=(READS, OF_INDEX)).tables[0].changes
    assert (told.change, told.detail) == ("options-set", "ignoreChanges: ttl")
    held = resource(inputs(**warm(12_000)), ignoreChanges=["warmThroughput", "globalSecondaryIndexes"])
    assert report(tmp_path, step("same", resource(inputs(**warm(12_000))), held)).exit_code == 0


@pytest.mark.parametrize(
    ("scaled", "says"),
    [
        ((READS,), {"9 → 5 writes", "index customer-index: 9 → 5 reads"}),
        ((OF_INDEX,), {"9 → 5 reads", "9 → 5 writes"}),
        ((READS, OF_INDEX), {"9 → 5 writes"}),
    ],
)
def test_what_autoscaling_does_not_move_is_lowered(
    tmp_path: Path, scaled: tuple[Document, ...], says: set[str]
) -> None:
    was, now = (resource(inputs(**provisioned(each, each, each))) for each in (9, 5))
    found = report(tmp_path, step("update", was, now), scaled=scaled)
    assert {each.detail for each in found.tables[0].changes} == says


@pytest.mark.parametrize(
    ("kind", "before", "after", "says", "code"),
    [
        (TARGET, FROM_5_TO_50, {**FROM_5_TO_50, "minCapacity": 4}, "the floor of …: 5 → 4", 2),
        (TARGET, FROM_5_TO_50, {**FROM_5_TO_50, "maxCapacity": 9}, "the ceiling of …: 50 → 9", 2),
        (TARGET, FROM_5_TO_50, {"minCapacity": 6, "maxCapacity": 90}, "", 0),
        (TARGET, FROM_5_TO_50, None, "the scaling target goes", 2),
        (POLICY, USE, {"targetTrackingScalingPolicyConfiguration": {"targetValue": 90}},
         "… grows at 90 % of use, and grew at 70 %", 2),
        (POLICY, USE, {"policyType": "StepScaling"}, "… follows no use of the table any more", 2),
        (POLICY, USE, {"targetTrackingScalingPolicyConfiguration": {"targetValue": 50}}, "", 0),
        (POLICY, USE, None, "the scaling policy goes", 2),
        (ACTION, {"scalableTargetAction": {"minCapacity": 9}}, {"scalableTargetAction": {"minCapacity": 8}},
         "the scheduled floor of …: 9 → 8", 2),
        (ACTION, {"schedule": "cron(0 8 ? * * *)"}, {"schedule": "cron(0 9 ? * * *)"},
         "the floor of … comes at another time: cron(0 8 ? * * *) → cron(0 9 ? * * *)", 2),
        (ACTION, {"scalableTargetAction": {"minCapacity": 9}}, None, "the scheduled floor goes", 2),
    ],
)  # fmt: skip
def test_what_moves_it(
    tmp_path: Path, kind: str, before: Document, after: Document | None, says: str, code: int
) -> None:
    made = [
        {"urn": urn("shop-orders-reads", kind), "type": kind, "inputs": {**READS, **given}}
        for given in (before, after)
        if given is not None
    ]
    touched = {"op": "update" if after else "delete", "urn": made[0]["urn"], "oldState": made[0]}
    touched |= {"newState": made[1]} if after else {}
    table = step("same", resource(inputs(**provisioned(5))), resource(inputs(**provisioned(5))))
    found = report(tmp_path, table, touched)
    details = [change.detail for watch in found.watches for change in watch.changes if change.change != "in-place"]
    assert details == ([says.replace("…", f"table/{NAME}, ReadCapacityUnits")] if says else [])
    assert found.exit_code == code
