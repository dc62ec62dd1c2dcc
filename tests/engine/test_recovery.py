"""The runbooks on restoring, run as they stand on a deployed table: deleted, spoilt, gone, and loaded elsewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from tests.engine.project import Project, project
from tests.support import aws
from tests.support.command import tablekit

pytestmark = pytest.mark.long

NAME, REGION = "local-FormBridgeData", "eu-west-2"
TABLE = ("formbridge/FormBridgeData", "--stage", "local")
Item = dict[str, Any]


def item(number: int, note: str = "as it was", tenant: str = "acme") -> Item:
    return {"PK": {"S": f"TENANT#{tenant}"}, "SK": {"S": f"SUB#{number:04}"}, "note": {"S": note}}


@dataclass
class Desk:
    """Where a person works: a clone whose stage is deployed. `said` is what the last command said."""

    project: Project

    @property
    def client(self) -> Any:
        return self.project.client("dynamodb", REGION)

    def tablekit(self, *words: str, code: int = 0) -> str:
        folder = self.project.folder
        done = tablekit(*words, folder=folder, environment={"TABLEKIT_OUTPUTS": str(folder / "outputs.json")})
        assert done.exit_code == code, f"{words}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def run(self, line: str, code: int = 0) -> str:
        """A command of a runbook."""
        folder = self.project.folder
        words = shlex.split(re.sub(r"\bprod\b", "local", line))
        match words[0]:
            case ".venv/bin/tablekit":
                found = [[str(each) for each in folder.glob(word)] if "*" in word else [word] for word in words[1:]]
                return self.tablekit(*(each for some in found for each in some), code=code)
            case "pulumi":
                return self.project.pulumi(*words[1:], "--yes", "--skip-preview").stdout
            case "aws":
                here = ("--region", REGION, "--endpoint-url", self.project.emulator.endpoint)
                keys = (f"{name}={value}" for name, value in aws.KEYS.items())
                return json.dumps(aws.run(shlex.join(["env", *keys, *words, *here])), default=str)
        subprocess.run(["bash", "-c", line], cwd=folder, check=True)
        return ""

    def write(self, *items: Item, delete: bool = False) -> None:
        requests = [
            {"DeleteRequest": {"Key": {name: each[name] for name in ("PK", "SK")}}}
            if delete
            else {"PutRequest": {"Item": each}}
            for each in items
        ]
        for start in range(0, len(requests), 25):
            self.client.batch_write_item(RequestItems={NAME: requests[start : start + 25]})

    @property
    def items(self) -> list[Item]:
        pages = self.client.get_paginator("scan").paginate(TableName=NAME)
        return sorted((each for page in pages for each in page["Items"]), key=str)

    def backup(self) -> str:
        arn: str = json.loads(self.tablekit("backup", *TABLE, "--json"))["arn"]
        return arn


def commands(runbook: str, backup: str) -> list[str]:
    """The lines of a runbook's blocks of commands; moto has no items of another time, but a backup has."""
    text = (ROOT / "docs" / "runbooks" / f"{runbook}.md").read_text()
    blocks = re.findall(r"^```bash\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r"--at \S+", f"--backup {backup}", line) for block in blocks for line in block.splitlines()]


@pytest.fixture(scope="module")
def deployed_table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with project(tmp_path_factory.mktemp("recovery")) as found:
        found.set(families=["formbridge"], alarms="none", compositeAlarms=None, deletionProtection=False)
        found.up()
        shutil.copy(found.config_file, found.folder / "Pulumi.local.yaml")
        (found.folder / "outputs.json").write_text(json.dumps(found.outputs()))
        yield Desk(found)


@pytest.fixture
def desk(deployed_table: Desk) -> Desk:
    """Four items in the table, and no file of another runbook's."""
    deployed_table.write(*deployed_table.items, delete=True)
    deployed_table.write(*map(item, range(4)))
    for pattern in ("restored.*", "*.jsonl"):
        for file in deployed_table.project.folder.glob(pattern):
            file.unlink()
    return deployed_table


def test_deleted_items(desk: Desk) -> None:
    others = [item(7, tenant="other")]
    desk.write(*others)
    listed, restored, dry, done, choose, some_dry, some, delete = commands("deleted-items", desk.backup())
    desk.write(item(0), item(1), *others, delete=True)
    assert f"formbridge/FormBridgeData\tany time\t{NAME}\ton\t" in desk.run(listed)
    assert "  3 missing from the live table\n  0 changed since\n  0 new since\n" in desk.run(restored)
    desk.run(choose)
    assert "  2 would be put back\n" in desk.run(some_dry)
    assert "  2 put back\n" in desk.run(some)
    assert "  2 there as it was\n  1 would be put back\n" in desk.run(dry)
    assert "  1 put back\n" in desk.run(done)
    assert desk.items == [*map(item, range(4)), *others]
    assert desk.run(delete).endswith(" is deleted\n")
    assert desk.client.list_tables()["TableNames"] == [NAME]


def test_a_bad_deployment(desk: Desk) -> None:
    restored, every, choose, dry, done, undo, new = commands("bad-deploy", desk.backup())
    right, fresh = item(3, "rightly changed") | {"SK": {"S": "DEST#1"}}, item(9)
    desk.write(item(0, "nonsense"), item(1, "nonsense"), right, fresh)
    assert "  2 changed since\n  2 new since\n" in desk.run(restored)
    assert "  2 would be replaced\n" in desk.run(every)
    desk.run(choose)
    assert "  2 would be replaced\n" in desk.run(dry)
    assert "  2 replaced\n" in desk.run(done)
    assert desk.items == sorted([*map(item, range(4)), right, fresh], key=str)
    desk.run(undo)
    assert desk.items == sorted([item(0, "nonsense"), item(1, "nonsense"), item(2), item(3), right, fresh], key=str)
    desk.run(new)
    keys = [json.loads(line) for line in (desk.project.folder / "new.jsonl").read_text().splitlines()]
    assert keys == [{name: each[name] for name in ("PK", "SK")} for each in (right, fresh)]


def test_a_deleted_table(desk: Desk) -> None:
    backup = desk.backup()
    listed, restored, refresh, smoke = (line.replace("ARN", backup) for line in commands("deleted-table", backup))
    desk.client.delete_table(TableName=NAME)
    assert "the table is gone" in desk.run(listed)
    assert f"{NAME} is restored as {NAME}\n" in desk.run(restored)
    assert desk.items == [*map(item, range(4))]
    made = desk.client.describe_table(TableName=NAME)["Table"]["CreationDateTime"]
    desk.run(refresh)
    assert desk.client.describe_table(TableName=NAME)["Table"]["CreationDateTime"] == made
    assert desk.items == [*map(item, range(4))]
    # moto has no encryption on a restored table, and takes none later.
    said = desk.run(smoke, code=1)
    assert re.findall(r"^  failed .*", said, re.MULTILINE) == [
        "  failed table FormBridgeData: encryption with KMS: found False, expected True"
    ], said


def test_a_lost_region(desk: Desk) -> None:
    export, gather, load = commands("lost-region", "")
    s3 = desk.project.client("s3", "us-east-1")
    s3.create_bucket(Bucket="elsewhere")
    arn = desk.client.describe_table(TableName=NAME)["Table"]["TableArn"]
    desk.run(export.replace("ARN", arn).replace("BUCKET", "elsewhere"))
    (folder := desk.project.folder / "export").mkdir()
    for each in s3.list_objects_v2(Bucket="elsewhere")["Contents"]:
        if "/data/" in each["Key"]:
            s3.download_file("elsewhere", each["Key"], str(folder / Path(each["Key"]).name))
    desk.write(*desk.items, delete=True)
    desk.run(gather)
    desk.run(load)
    assert desk.items == [*map(item, range(4))]


def test_a_thousand_deleted_and_five_hundred_spoilt_come_back_and_a_hundred_new_stay(desk: Desk) -> None:
    desk.write(*desk.items, delete=True)
    before, new = [item(number) for number in range(1600)], [item(number) for number in range(5000, 5100)]
    desk.write(*before)
    words = ("restore", *TABLE, "--backup", desk.backup())
    desk.write(*before[:1000], delete=True)
    desk.write(*(item(number, "nonsense") for number in range(1000, 1500)), *new)
    said = desk.tablekit(*words)
    assert "  1,000 missing from the live table\n  500 changed since\n  100 new since\n  0 missing, and" in said
    for items, count in (("missing", "1,000 put back"), ("changed", "500 replaced")):
        assert f"  {count}\n" in desk.tablekit(*words, "--into-live", items, "--yes")
    assert desk.items == [*before, *new]
    desk.tablekit(*words, "--delete")
