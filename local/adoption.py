"""`make rehearse-adoption STAGE=prod LIVE=live.json`: live tables, made on a throw-away emulator and adopted there.

The tables have the shapes of the saved look, and a few items. Of roles, topics, alarms and parameters it has the names
alone, so that they are made with next to nothing in them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from local import deploy, overlay
from local.errors import DeploymentError, LocalError
from local.progress import say
from local.project import ROOT, read_yaml, stage_file
from local.rehearsal import Rehearsal, rehearsal
from local.standin.clients import Clients, ProviderConfig, call
from local.standin.errors import StandInError
from local.standin.table_shape import keys_of, own_keys, requests

ITEMS: Final = 3
"""Items that each table is given."""
ADOPTED: Final = (0, 2)
"""Exit codes of `tablekit adopt` where it has adopted."""
NOT_HELD: Final = "encryption key"
"""What the emulator takes when a table is made, and changes on none."""
NOBODY: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}
)
NOTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
)
Row = Mapping[str, str]


def rehearse(stage: str, file: Path) -> int:
    """Rehearse it; gives the exit code, as `tablekit adopt` has it. Raises LocalError where something would be lost."""
    file = file.resolve()
    account = overlay.account(read_yaml(stage_file(stage)))
    try:
        text = file.read_text()
        live = json.loads(text)
        family = str(live["family"])
        if account:  # a file that is handed on has another
            live = json.loads(text.replace(live["account"], account))
    except (ValueError, LookupError, TypeError):
        raise LocalError(f"{file}: is not what `tablekit live describe --save` writes; give such a file") from None
    looked = Command(("--family", family, "--stage", stage, "--config", str(stage_file(stage))), {})
    saved = looked.differences("--saved", str(file))
    if saved.code not in ADOPTED:
        return looked.show("live", "diff", "--saved", str(file))
    if not any(each["inputs"] for each in live["tables"]):
        raise LocalError(f"{file}: has no table of family {family!r} that is on AWS; there is nothing to adopt")
    with rehearsal(stage, adopted=family) as rehearsed:
        say(f"A rehearsal of stage {stage} on an emulator: nothing of what follows is on AWS.")
        return _Adoption(rehearsed, live, saved.rows).run()


@dataclass(frozen=True)
class Looked:
    """What `tablekit live diff` said."""

    code: int
    rows: list[Row]


@dataclass(frozen=True)
class Command:
    """`tablekit` with the options that each of its commands takes here. environment: what leads to the emulator."""

    options: tuple[str, ...]
    environment: Mapping[str, str]

    def show(self, *words: str) -> int:
        """Run it in the open; its exit code."""
        return self._run(words, None).returncode

    def differences(self, *words: str) -> Looked:
        """`tablekit live diff`. Raises LocalError where it could not look; it has said why."""
        done = self._run(("live", "diff", "--format", "json", *words), subprocess.PIPE)
        if not done.stdout:
            raise DeploymentError("the live tables can't be compared, for the reason above", done.returncode)
        return Looked(done.returncode, json.loads(done.stdout)["differences"])

    def _run(self, words: Sequence[str], output: int | None) -> subprocess.CompletedProcess[bytes]:
        sys.stdout.flush()
        command = [str(Path(sys.executable).with_name("tablekit")), *words, *self.options]
        return subprocess.run(command, cwd=ROOT, env=dict(self.environment) or None, stdout=output, check=False)


class _Adoption:
    """One rehearsal. live: the saved look. saved: its differences."""

    def __init__(self, rehearsed: Rehearsal, live: Mapping[str, Any], saved: list[Row]) -> None:
        self.rehearsed, self.live, self.saved = rehearsed, live, saved
        self.tables = {each["inputs"]["name"]: each for each in live["tables"] if each["inputs"]}
        stack = rehearsed.stack
        self.config = str(stack.config_file)
        environment = {
            **stack.environment,
            "AWS_ENDPOINT_URL": rehearsed.emulator.endpoint,
            "PULUMI_COMMAND": str(stack.engine.path),
        }
        options = ("--family", live["family"], "--stage", rehearsed.stage, "--config", self.config)
        self.command = Command(options, environment)

    @cached_property
    def clients(self) -> Clients:
        address = self.rehearsed.emulator.endpoint
        return Clients(ProviderConfig(self.region, overlay.endpoints(address)[0]))

    @property
    def region(self) -> str:
        """The family's."""
        return str(next(iter(self.tables.values()))["inputs"]["region"])

    def call(self, service: str, method: str, **given: Any) -> Any:
        """One call of the emulator's. Raises LocalError."""
        try:
            return call(self.clients.get(service, self.region), method, **given)
        except StandInError as error:
            raise LocalError(f"the emulator can't be made as the look saw it: {error}") from None

    def run(self) -> int:
        """All of it."""
        for name, table in self.tables.items():
            self._make(name, table)
        self._beside()
        before = {name: self._there(name) for name in self.tables}
        announced = self.command.differences().rows
        held = {(row["table"], row["what"]) for row in announced}
        for row in self.saved:
            if (row["table"], row["what"]) not in held or row["what"] == NOT_HELD:
                print(f"not rehearsed, since the emulator hasn't it: {_said(row)}")
        code = self.command.show("adopt", "--keep", str(self.rehearsed.emulator.folder / "adopted" / "state.json"))
        if code not in ADOPTED:
            return code
        deploy.show(self.rehearsed.stage, self.rehearsed.up())
        lost = list(self._lost(before, announced))
        if lost:
            raise LocalError("the adoption is not as it was announced:\n" + "\n".join(f"  {line}" for line in lost))
        items = ITEMS * len(self.tables)
        print(
            f"Stage {self.rehearsed.stage}: the adoption of {len(self.tables)} tables of family {self.live['family']} "
            f"is rehearsed: none was replaced, their {items} items are there, what changed was announced above, and a "
            "second preview is empty."
        )
        return code

    def _make(self, name: str, table: Mapping[str, Any]) -> None:
        """The table as the look saw it, with items that have all of its keys."""
        inputs = table["inputs"]
        indexes = inputs.get("globalSecondaryIndexes") or ()
        used = own_keys(inputs) | {attribute for index in indexes for attribute, _ in keys_of(index)}
        # An emulator keeps those of an index that was dropped.
        inputs = {**inputs, "attributes": [each for each in inputs["attributes"] if each["name"] in used]}
        for method, given in requests(inputs):
            tags = [{"Key": key, "Value": value} for key, value in (inputs.get("tags") or {}).items()]
            more = {"Tags": tags} if tags and method == "create_table" else {}
            self.call("dynamodb", method, **{"TableName": name, **given, **more})
        for number in range(ITEMS):
            self.call("dynamodb", "put_item", TableName=name, Item=_item(inputs, number))
        if table.get("policy"):
            arn = self.call("dynamodb", "describe_table", TableName=name)["Table"]["TableArn"]
            policy = table["policy"].replace(table["arn"], arn)
            self.call("dynamodb", "put_resource_policy", ResourceArn=arn, Policy=policy)
        for dimension in table.get("scaled") or ():
            self.call(
                "application-autoscaling",
                "register_scalable_target",
                ServiceNamespace="dynamodb",
                ResourceId=f"table/{name}",
                ScalableDimension=dimension,
                MinCapacity=1,
                MaxCapacity=10,
            )

    def _beside(self) -> None:
        """What the look knows by name."""
        for role in self.live.get("roles") or ():
            name, _, policy = role.partition(":")
            if policy:
                self.call("iam", "put_role_policy", RoleName=name, PolicyName=policy, PolicyDocument=NOTHING)
            else:
                self.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=NOBODY)
        for name in self.live.get("topics") or ():
            self.call("sns", "create_topic", Name=name)
        for name in self.live.get("alarms") or ():
            self.call(
                "cloudwatch",
                "put_metric_alarm",
                AlarmName=name,
                Namespace="AWS/DynamoDB",
                MetricName="ThrottledRequests",
                Statistic="Sum",
                Period=300,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
            )
        for name in self.live.get("parameters") or ():
            self.call("ssm", "put_parameter", Name=name, Value="of before", Type="String")

    def _there(self, name: str) -> tuple[Any, Any, set[str]]:
        """When the table was made, its items, and its indexes."""
        table = self.call("dynamodb", "describe_table", TableName=name)["Table"]
        items = self.call("dynamodb", "scan", TableName=name, ConsistentRead=True)["Items"]
        of_each = (table.get(f"{kind}SecondaryIndexes") or () for kind in ("Global", "Local"))
        indexes = {each["IndexName"] for listed in of_each for each in listed}
        return (
            table["CreationDateTime"],
            sorted(json.dumps(each, sort_keys=True, default=repr) for each in items),
            indexes,
        )

    def _lost(self, before: Mapping[str, tuple[Any, Any, set[str]]], announced: Sequence[Row]) -> Iterator[str]:
        """What is not as it was, and was not announced."""
        going = {(row["table"], row["what"]) for row in announced if row["class"] == "goes"}
        for name, (made, items, indexes) in before.items():
            made_now, items_now, indexes_now = self._there(name)
            if made_now != made:
                yield f"table {name!r} was replaced"
            if items_now != items:
                yield f"table {name!r} has other items"
            for index in sorted(indexes - indexes_now):
                if (self.tables[name]["table"], f"index {index!r}") not in going:
                    yield f"table {name!r} has lost index {index!r}"
        stays = {_said(row) for row in announced if row["class"] == "stays"}
        for row in self.command.differences().rows:
            if _said(row) not in stays and row["what"] != NOT_HELD:
                yield f"still, or now: {_said(row)}"
        options = ("--config-file", self.config, "--expect-no-changes")
        if self.rehearsed.stack.run("preview", *options).returncode:
            yield "a second preview is not empty: pulumi preview --diff shows it after a deployment"


def _item(inputs: Mapping[str, Any], number: int) -> dict[str, Any]:
    """One with a value for each key, of the table and of its indexes."""
    values = {"S": f"rehearsed-{number}", "N": str(number), "B": f"rehearsed-{number}".encode()}
    return {each["name"]: {each["type"]: values[each["type"]]} for each in inputs["attributes"]}


def _said(row: Row) -> str:
    return f"table {row['table']}: {row['what']}: found {row['found']}, declared {row['expected']}"
