"""Several index changes of one table as single ones, in an order that DynamoDB takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tablekit.model import limits
from tablekit.ops.guard.shape import Index, Shape


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
