"""What is imported, in what order it is done, and how it is taken back."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tablekit.model.staged import Account, StagedFamily
from tablekit.ops.adopt.engine import Stack, alone, said
from tablekit.ops.adopt.release import of_family, resources_of
from tablekit.ops.errors import REFUSED, AdoptError
from tablekit.ops.files import PRIVATE, write_files
from tablekit.ops.guard.documents import read_plan, read_state
from tablekit.ops.guard.pairing import pair
from tablekit.ops.guard.report import PlanReport, judge
from tablekit.ops.live.shape import Live, subscribed
from tablekit.ops.live.watches import called
from tablekit.ops.output import counted
from tablekit.resources import (
    ALARM,
    BUDGET,
    EVENT_TARGET,
    PARAMETER,
    RESOURCE_POLICY,
    ROLE,
    ROLE_POLICY,
    SCALING_POLICY,
    SCALING_TARGET,
    SUBSCRIPTION,
    TABLE,
    TOPIC,
    family_resources,
)


def imported(family: StagedFamily, live: Live) -> dict[tuple[str, str], str]:
    """The id on AWS of each resource of the family that is there, by type and Pulumi name.

    What is of a region has `@region` behind it: a family's need not be the stage's.
    """
    account = Account(live.account, live.partition)
    region = f"@{family.region}"
    tables = {shape.arn: shape for shape in live.tables if shape.there}
    by_name: dict[str, Collection[str]] = {
        TABLE: [shape.inputs["name"] for shape in tables.values()],
        ALARM: live.alarms,
        PARAMETER: live.parameters,
    }
    found = {}
    for each in family_resources(family.key, family, account):
        name = str(each.inputs.get("name"))
        if name in by_name.get(each.type, ()):
            found[each.key] = f"{name}{region}"
        elif each.type == RESOURCE_POLICY and (arn := each.inputs["resourceArn"]) in tables and tables[arn].policy:
            found[each.key] = f"{arn}{region}"
        elif each.type == ROLE and name in live.roles:
            found[each.key] = name
        elif each.type == ROLE_POLICY and (policy := f"{each.inputs['role']}:{name}") in live.roles:
            found[each.key] = policy
        elif each.type == TOPIC and name in live.topics:
            found[each.key] = f"{account.arn('sns', family.region, name)}{region}"
        elif (watch := called(each)) in live.watches:
            name = watch.partition(" ")[2]
            if each.type == EVENT_TARGET:
                name = f"{name}/{each.inputs['targetId']}"
            elif each.type in (SCALING_TARGET, SCALING_POLICY):
                name = f"dynamodb/{name.replace(' ', '/')}"
            region_of_it = f"@{each.inputs.get('region', family.region)}"  # copies of backups have another
            found[each.key] = f"{live.account}:{name}" if each.type == BUDGET else f"{name}{region_of_it}"
        elif each.type == SUBSCRIPTION and (arn := live.subscriptions.get(subscribed(each.inputs))):
            found[each.key] = f"{arn}{region}"
    return found


def import_file(listed: dict[str, Any], ids: dict[tuple[str, str], str]) -> dict[str, Any]:
    """What `pulumi preview --import-file` listed, but for what is not imported and no parent of it."""
    resources = {each["name"]: each for each in listed["resources"]}
    wanted: dict[str, Any] = {}

    def keep(each: dict[str, Any]) -> None:
        if (parent := each.get("parent")) and parent in resources:
            keep(resources[parent])
        wanted[each["name"]] = each

    for each in resources.values():
        if found := ids.get((each["type"], each.get("logicalName") or each["name"])):
            each["id"] = found
            keep(each)
    kept = [each for each in listed["resources"] if each["name"] in wanted]
    return {**listed, "resources": kept}


def left_out(live: Live, plan: PlanReport) -> list[str]:
    """The tables that are on AWS, and that the plan would create."""
    there = {(shape.inputs["name"], shape.inputs["region"]) for shape in live.tables if shape.there}
    created = {(one.table, one.region) for one in plan.tables for each in one.changes if each.change == "create"}
    return sorted(name for name, _ in there & created)


class Adoption:
    """One family into one stack.

    keep: the file where the state of before is written; while the adoption is under way it stands beside it, as
    `….unfinished`. say: takes a line for each step.
    """

    def __init__(self, stack: Stack, family: StagedFamily, live: Live, keep: Path, say: Callable[[str], None]) -> None:
        self.stack, self.family, self.live, self.keep, self.say = stack, family, live, keep, say

    @property
    def unfinished(self) -> Path:
        """The state before an adoption that is under way, or was cut off."""
        return self.keep.with_name(f"{self.keep.name}.unfinished")

    def listed(self) -> dict[str, Any]:
        """What is to be imported still, as the engine's import file. Raises AdoptError."""
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            file = Path(folder) / "all.json"
            self.stack.ask("preview", "--import-file", str(file))
            found = json.loads(file.read_text()) if file.exists() else {}
        # Where it would create nothing the engine writes no list.
        return import_file({"resources": [], **found}, imported(self.family, self.live))

    def run(self, resources: dict[str, Any]) -> tuple[PlanReport, str]:
        """Import them, and judge the plan that follows; with what became of the state where the guard refuses that.

        It is put back then, and where a step fails, which raises AdoptError.
        """
        with alone(self.keep.parent):
            return self._run(resources)

    def _run(self, resources: dict[str, Any]) -> tuple[PlanReport, str]:
        again = self._begun()
        done = self._import(resources)
        if done.returncode and again and self.stack.unlock(f"{done.stdout}{done.stderr}", self.say):
            done = self._import(self.listed())
        if done.returncode:
            raise AdoptError(f"the import failed; {self._taken_back()}:\n{said(done)}")
        try:
            report = self._judged()
        except AdoptError as error:
            raise AdoptError(f"no plan could be made after the import; {self._taken_back()}: {error}") from None
        if report.exit_code == REFUSED:
            return report, self._taken_back()
        os.replace(self.unfinished, self.keep)
        return report, ""

    def _begun(self) -> bool:
        """Write the state of before, unless an adoption that was cut off has done so; whether it has."""
        now = self.stack.export()
        try:
            if _others(self.unfinished.read_text(), self.family.key) == _others(now, self.family.key):
                return True
        except (OSError, ValueError):
            pass  # none, or no state: and one that a deployment has changed since is of no use
        fix = "name another one with --keep"
        write_files({self.unfinished: now}, fix, mode=PRIVATE, folders=True)
        return False

    def _import(self, resources: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        if not resources["resources"]:
            return subprocess.CompletedProcess((), 0)
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            file = Path(folder) / "import.json"
            file.write_text(json.dumps(resources))
            # What stands there besides are the components that they belong to.
            self.say(f"importing {counted(sum('id' in each for each in resources['resources']), 'resource')}")
            return self.stack.run("import", "--file", str(file), "--generate-code=false", "--yes", "--skip-preview")

    def _judged(self) -> PlanReport:
        """The guard's report on the plan of the stack as it is now."""
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            plan, state = Path(folder) / "plan.json", Path(folder) / "state.json"
            state.write_text(self.stack.export())
            plan.write_text(self.stack.plan())
            return judge(pair(read_plan(plan), read_state(state)), [], datetime.now(UTC).date())

    def _taken_back(self) -> str:
        """What became of the state. Raises AdoptError where it can't be put back."""
        now, before = self.stack.export(), self.unfinished.read_text()
        if _others(now, self.family.key) != _others(before, self.family.key):
            return (
                f"somebody else has changed stack {self.stack.name!r} meanwhile, so that the state of before, "
                f"{self.unfinished}, is not put back: run this again"
            )
        if now != before:
            done = self.stack.put(self.unfinished)
            if done.returncode and self.stack.unlock(done.stderr, self.say):  # the engine was killed that imported
                done = self.stack.put(self.unfinished)
            if done.returncode:
                way = self.stack.way_back(self.unfinished)
                raise AdoptError(f"the state could not be put back; run {way}:\n{said(done)}")
        self.unfinished.unlink()
        return "the state is as it was"


def _others(state: str, family: str) -> Any:
    """What a state has beside a family, and beside the engine's own."""
    resources = resources_of(json.loads(state))
    own = {each["urn"] for each in of_family(resources, family)}
    return [each for each in resources if each["urn"] not in own and not each["type"].startswith("pulumi:")]
