"""Several index changes of one table as single ones, in an order that DynamoDB takes, and how they are made.

On the live table each is one UpdateTable, and the next waits until DynamoDB is done. What is there is read anew before
each step, and a step that is done already is passed over: a run that was cut off is completed by the next one. Nothing
is touched that is neither as the state has it nor as the plan wants it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tablekit.client.aws import translated
from tablekit.model import limits
from tablekit.ops.errors import GuardError
from tablekit.ops.guard.shape import Index, IndexKey, Shape, region_of_arn

FIRST_WAIT: Final = 0.2
LONGEST_WAIT: Final = 15.0
"""Seconds between two looks at a table: the first wait, which doubles up to the longest."""

SAY_EVERY: Final = 60.0
"""Seconds between two lines that say that a change is still under way."""


@dataclass(frozen=True)
class IndexStep:
    """One call of UpdateTable. index: as it will be (create) or as it was (delete). again: it goes and comes back."""

    action: Literal["create", "delete"]
    index: Index
    again: bool = False

    @property
    def text(self) -> str:
        """For people."""
        if self.action == "create":
            return f"build {self.index.name} ({self.index.text})"
        return f"drop {self.index.name}{', to build it anew' if self.again else ''}"


def changed_indexes(before: Mapping[str, Index], after: Mapping[str, Index]) -> tuple[set[str], set[str]]:
    """The names to drop and those to build; one that is not the same any more is in both."""
    other = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    return (before.keys() - after.keys()) | other, (after.keys() - before.keys()) | other


def ordered_steps(before: Shape, after: Shape) -> tuple[IndexStep, ...]:
    """From one set of global indexes to the other, one change at a time; none where no order gets there.

    What is new is built before anything goes, so that readers can move over; unless there is no room for it, or an
    index that goes holds one of its keys with another type. An index that is dropped to come back comes back next.
    """
    drop, build = changed_indexes(before.indexes, after.indexes)
    again = drop & build
    present = dict(before.indexes)
    steps: list[IndexStep] = []
    while drop or build:
        ready = [name for name in build - drop if _fits(after.indexes[name], present, after)]
        if ready:
            name = min(ready, key=lambda name: (name not in again, name))
            present[name] = after.indexes[name]
            build.discard(name)
            steps.append(IndexStep("create", after.indexes[name], name in again))
        elif drop:
            name = min(drop, key=lambda name: (name not in again, name))
            del present[name]
            drop.discard(name)
            steps.append(IndexStep("delete", before.indexes[name], name in again))
        else:
            return ()
    return tuple(steps)


def _fits(index: Index, present: Mapping[str, Index], table: Shape) -> bool:
    """Whether DynamoDB takes the index beside those that are there: their number, their attributes, the keys' types."""
    others = (*present.values(), *table.local_indexes.values())
    types = {key.attribute: key.type for keys in (table.keys, *(other.keys for other in others)) for key in keys}
    return (
        len(present) < limits.MAX_GLOBAL_INDEXES
        and sum(len(other.include) for other in others) + len(index.include) <= limits.MAX_TABLE_NON_KEY_ATTRIBUTES
        and all(types.get(key.attribute, key.type) == key.type for key in index.keys)
    )


@dataclass(frozen=True)
class IndexStepRunner:
    """Runs steps with a boto3 DynamoDB client.

    say: takes a line for people. minutes: the most that one step may take.
    """

    client: Any
    say: Callable[[str], None]
    minutes: float
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def run(self, before: Shape, after: Shape, steps: Sequence[IndexStep]) -> int:
        """Take the table from before to after; gives how many steps had to be made. Raises GuardError, CallError."""
        made = 0
        for number, step in enumerate(steps, 1):
            title = f"{before.name}: {number} of {len(steps)}: {step.text}"
            live = self._settled(before, title)
            if self._is_done(before, after, step, live):
                self.say(f"{title}: done already")
                continue
            self.say(title)
            with translated(title):
                self.client.update_table(TableName=before.name, **_request(step, live))
            live = self._settled(before, title)
            if not self._is_done(before, after, step, live):
                raise GuardError(f"{title}: DynamoDB took it and it has no effect; see the table in the console")
            made += 1
        return made

    def _is_done(self, before: Shape, after: Shape, step: IndexStep, live: Mapping[str, Any]) -> bool:
        """Raises GuardError where the index is something else altogether."""
        name = step.index.name
        there = _indexes(live).get(name)
        if step.action == "delete":
            if there is None or there == after.indexes.get(name):
                return True
            expected = before.indexes[name]
        else:
            if there is None:
                return False
            expected = after.indexes[name]
        if there != expected:
            raise GuardError(
                f"{before.name}: index {name} is there as ({there.text}), and was expected as ({expected.text}); "
                "nothing was done to it. Run `pulumi refresh`, then write plan and state again"
            )
        return step.action == "create"

    def _settled(self, table: Shape, title: str) -> Mapping[str, Any]:
        """The table's description once nothing is under way. Raises GuardError after the time allowed."""
        start = said = self.clock()
        wait = FIRST_WAIT
        while True:
            with translated(title):
                live: Mapping[str, Any] = self.client.describe_table(TableName=table.name)["Table"]
            _check_owner(table, live)
            under_way = _under_way(live)
            if not under_way:
                return live
            now = self.clock()
            if now - start > self.minutes * 60:
                raise GuardError(
                    f"{title}: not done within {self.minutes:g} minutes ({under_way}); DynamoDB goes on with it. Run "
                    "this again later: it goes on where it is"
                )
            if now - said >= SAY_EVERY:
                said = now
                self.say(f"{title}: {under_way}, {(now - start) / 60:.0f} min")
            self.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _check_owner(table: Shape, live: Mapping[str, Any]) -> None:
    """Credentials of another account would meet another table of the same name."""
    arn = str(live.get("TableArn", ""))
    if table.arn and arn and arn != table.arn:
        where = f"account {arn.split(':')[4]}, region {region_of_arn(arn)}" if arn.count(":") > 4 else arn
        raise GuardError(
            f"{table.name}: the state has {table.arn}, and the credentials lead to {where}; use the right ones"
        )


def _under_way(live: Mapping[str, Any]) -> str:
    """What is not ACTIVE yet, or nothing."""
    found = [] if live.get("TableStatus") == "ACTIVE" else [f"table {live.get('TableStatus')}"]
    for index in live.get("GlobalSecondaryIndexes") or ():
        # An emulator may leave the status out.
        if (status := index.get("IndexStatus", "ACTIVE")) != "ACTIVE":
            filling = ", backfilling" if index.get("Backfilling") else ""
            found.append(f"index {index['IndexName']} {status}{filling}")
    return "; ".join(found)


def _indexes(live: Mapping[str, Any]) -> dict[str, Index]:
    types = _types(live)
    return {
        index["IndexName"]: Index(
            name=index["IndexName"],
            keys=tuple(
                IndexKey(key["AttributeName"], key["KeyType"], types.get(key["AttributeName"], "?"))
                for key in index["KeySchema"]
            ),
            projection=index["Projection"]["ProjectionType"],
            include=tuple(sorted(index["Projection"].get("NonKeyAttributes") or ())),
        )
        for index in live.get("GlobalSecondaryIndexes") or ()
    }


def _types(live: Mapping[str, Any]) -> dict[str, str]:
    return {entry["AttributeName"]: entry["AttributeType"] for entry in live.get("AttributeDefinitions") or ()}


def _request(step: IndexStep, live: Mapping[str, Any]) -> dict[str, Any]:
    """UpdateTable's arguments. Of the attributes exactly those that keys use, as DynamoDB asks."""
    if step.action == "delete":
        return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": step.index.name}}]}
    schemas = [live["KeySchema"]]
    schemas += [i["KeySchema"] for kind in ("Global", "Local") for i in live.get(f"{kind}SecondaryIndexes") or ()]
    there = _types(live)
    types = {key["AttributeName"]: there[key["AttributeName"]] for schema in schemas for key in schema}
    types |= {key.attribute: key.type for key in step.index.keys}
    projection: dict[str, Any] = {"ProjectionType": step.index.projection}
    if step.index.include:
        projection["NonKeyAttributes"] = list(step.index.include)
    create: dict[str, Any] = {
        "IndexName": step.index.name,
        "KeySchema": [{"AttributeName": key.attribute, "KeyType": key.kind} for key in step.index.keys],
        "Projection": projection,
    }
    if (live.get("BillingModeSummary") or {}).get("BillingMode") != "PAY_PER_REQUEST":
        own = live.get("ProvisionedThroughput") or {}
        read, write = step.index.throughput.units or (own.get("ReadCapacityUnits"), own.get("WriteCapacityUnits"))
        create["ProvisionedThroughput"] = {"ReadCapacityUnits": read or 1, "WriteCapacityUnits": write or 1}
    return {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in sorted(types.items())
        ],
        "GlobalSecondaryIndexUpdates": [{"Create": create}],
    }
