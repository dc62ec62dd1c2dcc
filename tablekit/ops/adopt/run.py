"""What is imported, in what order it is done, and how it is taken back."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tablekit.model.permissions import POLICY_NAME
from tablekit.model.staged import Account, StagedFamily
from tablekit.ops.adopt.engine import Stack, said
from tablekit.ops.errors import AdoptError
from tablekit.ops.files import write_files
from tablekit.ops.guard.documents import read_plan, read_state
from tablekit.ops.guard.pairing import pair
from tablekit.ops.guard.report import PlanReport, judge
from tablekit.ops.live.shape import Live
from tablekit.resources import ALARM, ROLE, ROLE_POLICY, TABLE, TOPIC, family_resources

PRIVATE = 0o600
"""The mode of a file that holds a state."""


def imported(family: StagedFamily, live: Live) -> dict[tuple[str, str], str]:
    """The id on AWS of each resource of the family that is there, by type and Pulumi name.

    What is of a region has `@region` behind it: a family's need not be the stage's.
    """
    account = Account(live.account)
    there = {shape.inputs["name"] for shape in live.tables if shape.there}
    found = {}
    for each in family_resources(family.key, family, account):
        name = each.inputs.get("name")
        if each.type == TABLE and name in there:
            found[each.key] = f"{name}@{family.region}"
        elif each.type == ROLE and name in live.roles:
            found[each.key] = str(name)
        elif each.type == ROLE_POLICY and f"{each.inputs['role']}:{POLICY_NAME}" in live.roles:
            found[each.key] = f"{each.inputs['role']}:{POLICY_NAME}"
        elif each.type == TOPIC and name in live.topics:
            found[each.key] = f"{account.arn('sns', family.region, str(name))}@{family.region}"
        elif each.type == ALARM and name in live.alarms:
            found[each.key] = f"{name}@{family.region}"
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


class Adoption:
    """One family into one stack. say: takes a line for each step."""

    def __init__(self, stack: Stack, family: StagedFamily, live: Live, say: Callable[[str], None]) -> None:
        self.stack, self.family, self.live, self.say = stack, family, live, say

    def listed(self) -> dict[str, Any]:
        """What is to be imported still, as the engine's import file. Raises AdoptError."""
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            file = Path(folder) / "all.json"
            self.stack.ask("preview", "--import-file", str(file))
            found = json.loads(file.read_text()) if file.exists() else {"resources": []}
        return import_file(found, imported(self.family, self.live))

    def run(self, resources: dict[str, Any], keep: Path) -> PlanReport:
        """Import them, and judge the plan that follows; where either fails the state is as it was before.

        keep: the file where the state of before is written. Raises AdoptError.
        """
        before = self.stack.export()
        write_files({keep: before}, "name another one with --keep", mode=PRIVATE)
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            file = Path(folder) / "import.json"
            file.write_text(json.dumps(resources))
            self.say(f"importing {len(resources['resources'])} resources")
            done = self.stack.run("import", "--file", str(file), "--generate-code=false", "--yes", "--skip-preview")
        if done.returncode:
            raise AdoptError(f"the import failed; {self._taken_back(keep)}:\n{said(done)}")
        report = self.judged()
        if report.exit_code == 3:
            raise AdoptError(f"the guard refuses the plan after it; {self._taken_back(keep)}:\n{_refused(report)}")
        return report

    def judged(self) -> PlanReport:
        """The guard's report on the plan of the stack as it is now."""
        with tempfile.TemporaryDirectory(prefix="adopt-") as folder:
            plan, state = Path(folder) / "plan.json", Path(folder) / "state.json"
            state.write_text(self.stack.export())
            plan.write_text(json.dumps(self.stack.plan()))
            return judge(pair(read_plan(plan), read_state(state)), [], datetime.now(UTC).date())

    def _taken_back(self, keep: Path) -> str:
        done = self.stack.run("stack", "import", "--file", str(keep))
        if done.returncode:
            return f"the state could not be put back: pulumi stack import --file {keep}"
        return "the state is as it was"


def _refused(report: PlanReport) -> str:
    refused = [
        f"  {table.name}: {change.change}: {change.detail}; {change.fix}"
        for table in report.tables
        for change in table.changes
        if change.level == "refused"
    ]
    return "\n".join([*refused, *(f"  {each}" for each in report.blocked)])
