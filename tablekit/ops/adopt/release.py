"""A family leaves a stack's state; what it has on AWS stays as it is."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tablekit.ops.adopt.engine import Stack, alone, said
from tablekit.ops.drift import deployment
from tablekit.ops.errors import AdoptError
from tablekit.ops.files import PRIVATE, write_files
from tablekit.resources import COMPONENTS, TABLE

FAMILY: Final = COMPONENTS[0]
Resource = Mapping[str, Any]


def resources_of(state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The resources of an exported state."""
    found: list[dict[str, Any]] = (state.get("deployment") or {}).get("resources") or []
    return found


def of_family(resources: Iterable[Resource], family: str) -> list[Resource]:
    """A family's component and all below it: a state has parents before their children."""
    own: set[str] = set()
    found = []
    for each in resources:
        if each.get("parent") in own or (each["type"] == FAMILY and each["urn"].rpartition("::")[2] == family):
            own.add(each["urn"])
            found.append(each)
    return found


@dataclass(frozen=True)
class Released:
    """A stack's state without a family. before: the state as it was. gone: the family's resources."""

    before: str
    after: str
    gone: list[Resource]

    @classmethod
    def of(cls, stack: Stack, family: str) -> Released:
        """Raises AdoptError where the stack hasn't the family, or can't be without it."""
        before = stack.export()
        state = json.loads(before)
        resources = resources_of(state)
        gone = of_family(resources, family)
        if not gone:
            there = sorted(each["urn"].rpartition("::")[2] for each in resources if each["type"] == FAMILY)
            raise AdoptError(f"family {family!r} is not in stack {stack.name!r}; it has {', '.join(there) or 'none'}")
        urns = {each["urn"] for each in gone}
        if any(each["resource"]["urn"] in urns for each in state["deployment"].get("pending_operations") or ()):
            raise AdoptError(
                f"stack {stack.name!r}: an update of family {family!r} was cut off; let it finish first: "
                f"{deployment(stack.name)}"
            )
        left = [each for each in resources if each["urn"] not in urns]
        if needing := sorted({each["urn"].rpartition("::")[2] for each in left if urns & set(_needed(each))}):
            raise AdoptError(
                f"family {family!r} can't leave stack {stack.name!r}: what it has is an input of {', '.join(needing)}; "
                "release their families first"
            )
        for each in left:
            # That it is made after another is of no use once that is there.
            if "dependencies" in each:
                each["dependencies"] = [urn for urn in each["dependencies"] if urn not in urns]
        state["deployment"]["resources"] = left
        return cls(before, json.dumps(state), gone)

    def run(self, stack: Stack, keep: Path) -> None:
        """Make it the stack's state. keep: where the state of before is written. Raises AdoptError."""
        with alone(keep.parent):
            if stack.export() != self.before:
                raise AdoptError(f"somebody else has changed stack {stack.name!r} meanwhile; run this again")
            self._run(stack, keep)

    def _run(self, stack: Stack, keep: Path) -> None:
        write_files({keep: self.before}, "name another one with --keep", mode=PRIVATE, folders=True)
        with tempfile.TemporaryDirectory(prefix="release-") as folder:
            after = Path(folder) / "state.json"
            after.write_text(self.after)
            done = stack.put(after)
        if done.returncode == 0:
            return
        back = "the state is as it was"
        if stack.export() != self.before and stack.put(keep).returncode:
            back = f"put the state back: {stack.way_back(keep)}"
        raise AdoptError(f"stack {stack.name!r} could not be changed; {back}:\n{said(done)}")

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """What stays on AWS: what it is, its name, its region, and whether it can be deleted there."""
        for each in self.gone:
            if each.get("custom"):
                outputs = each.get("outputs") or {}
                kind = each["type"].rpartition(":")[2]
                protected = ""
                if each["type"] == TABLE:
                    on = outputs.get("deletionProtectionEnabled")
                    protected = "protected from deletion" if on else "can be deleted"
                yield kind, str(each.get("id", "")), str(outputs.get("region", "")), protected


def _needed(resource: Resource) -> Iterator[str]:
    """The resources whose outputs are its inputs, and those that it lives by."""
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns or ()
    for name in ("parent", "deletedWith"):
        if resource.get(name):
            yield resource[name]
    yield str(resource.get("provider", "")).rpartition("::")[0]
