"""The guard on plans that the engine made: the right changes and exit code each, and index changes one by one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tablekit.ops.command import app
from tablekit.ops.guard.changes import CHANGES
from tests.engine.guard_cases import (
    BASE,
    CARTS,
    CASES,
    ENCRYPTED,
    KEY,
    LOCAL,
    NO_INDEX,
    NO_TTL,
    RETYPED,
    TTL,
    Case,
    but,
    index,
)
from tests.engine.project import Project, project

TABLE = "local-shop-orders"
FILES = ("--plan", "plan.json", "--state", "state.json")


@dataclass
class Guarded:
    """A deployed project, and the files that the guard reads."""

    project: Project
    folder: Path

    @property
    def component(self) -> Path:
        return self.project.folder / "components" / "table.py"

    def deploy(self, **settings: Any) -> None:
        self.project.set(alarms="none", **settings)
        self.project.up()
        self.keep_state()

    def keep_state(self) -> None:
        (self.folder / "state.json").write_text(self.project.pulumi("stack", "export").stdout)

    def preview(self, *words: str) -> None:
        done = self.project.pulumi("preview", "--json", "--show-sames", *words, check=False)
        (self.folder / "plan.json").write_text(done.stdout)

    def tablekit(self, command: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(Path(sys.executable).with_name("tablekit")), command, *FILES, *words],
            cwd=self.folder,
            env={**os.environ, "COLUMNS": "120", **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def judged(self, *words: str) -> tuple[dict[str, list[str]], int, dict[str, Any]]:
        """The changes by table without those of none, the exit code, the whole report.

        In this process: starting the command takes as long as a preview.
        """
        with chdir(self.folder):
            done = CliRunner().invoke(app, ["guard", *FILES, "--format", "json", *words])
        assert isinstance(done.exception, SystemExit | None), done.exception
        report = json.loads(done.stdout)
        changes = {table["name"]: [change["change"] for change in table["changes"]] for table in report["tables"]}
        return {name: found for name, found in changes.items() if found != ["none"]}, done.exit_code, report


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Deployed once; each case is a preview."""
    folder = tmp_path_factory.mktemp("guarded")
    with project(folder, families=("shop",)) as shop:
        shop.family("shop", BASE)
        found = Guarded(shop, folder)
        found.deploy(deletionProtection=True, **ENCRYPTED)
        yield found


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Guarded]:
    """Not yet deployed: the test's to change."""
    with project(tmp_path, families=("shop",)) as shop:
        shop.family("shop", BASE)
        yield Guarded(shop, tmp_path)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_plan_gets_its_changes_and_its_exit_code(guarded: Guarded, case: Case) -> None:
    settings, component = guarded.project.config_file.read_text(), guarded.component.read_text()
    try:
        guarded.project.family("shop", case.family)
        guarded.project.set(**(case.settings or {}))
        guarded.component.write_text(but(component, *case.component))
        guarded.preview()
    finally:
        guarded.project.config_file.write_text(settings)
        guarded.component.write_text(component)
    found, code, _ = guarded.judged()
    assert (found, code) == (case.expected, case.code)


def test_the_cases_have_every_change_that_an_update_can_make() -> None:
    seen = {change for case in CASES for changes in case.expected.values() for change in changes}
    left = {"last-index", "ttl-left-out", "managed-key"}
    assert CHANGES.keys() - seen == {"none", "adoption", "deletion", "pending-operation", *left}, (
        "these have tests of their own"
    )
    assert len(CASES) >= 15


def test_tables_that_are_not_retained_or_are_protected(bare: Guarded) -> None:
    bare.deploy(retainOnDelete=False)
    bare.project.family("shop", but(BASE, (CARTS, "")))
    bare.preview()
    assert bare.judged()[:2] == ({"shop-carts": ["deletion"]}, 3)

    bare.project.family("shop", BASE)
    bare.deploy(protect=True, retainOnDelete=None)
    bare.project.family("shop", but(BASE, (CARTS, "")))
    bare.preview()
    found, code, report = bare.judged("--allow", "shop-carts:removal", "--by", "Ada", "--reason", "test")
    assert found["shop-carts"] == ["removal"]
    assert (code, report["verdict"]) == (3, "refused"), "the plan ends at the protected table"
    assert "Pulumi refuses to delete it, as it is protected" in report["blocked"][0]

    bare.project.family("shop", BASE)
    bare.project.set(protect=False)
    bare.preview()
    assert bare.judged()[:2] == ({"shop-orders": ["protection-lost"], "shop-carts": ["protection-lost"]}, 2)


def test_what_is_allowed_is_safe_and_stands_in_the_report(guarded: Guarded) -> None:
    guarded.project.family("shop", but(BASE, (index("old-index"), "")))
    guarded.preview()
    reason = ("--by", "Ada Lovelace", "--reason", "nobody queries it")
    assert guarded.judged("--allow", "shop-orders:index-drop", *reason)[1] == 0
    shown = guarded.tablekit("guard", "--allow", "shop-orders:index-drop", *reason)
    assert "Allowed by Ada Lovelace: nobody queries it" in " ".join(shown.stdout.split())
    assert guarded.judged("--allow", "shop-carts:index-drop", *reason)[1] == 2
    guarded.project.family("shop", BASE)


def test_a_plan_that_hides_what_stays_is_no_answer(guarded: Guarded) -> None:
    """Without --show-sames the engine says nothing of a lost retention."""
    guarded.project.family("shop", BASE)
    (guarded.folder / "plan.json").write_text(guarded.project.pulumi("preview", "--json").stdout)
    done = guarded.tablekit("guard")
    assert done.returncode == 1
    assert "--show-sames" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_breaks_is_no_answer(guarded: Guarded) -> None:
    guarded.project.family("shop", "raise SystemExit(3)\n")
    guarded.preview()
    guarded.project.family("shop", BASE)
    done = guarded.tablekit("guard")
    assert done.returncode == 1
    assert done.stderr == (
        "tablekit: plan.json: the preview failed: families/shop.py:1: can't be loaded: SystemExit: 3; fix the module; "
        "fix that, then: pulumi preview --json --show-sames > plan.json\n"
    )


def test_an_adopted_table_is_safe(bare: Guarded) -> None:
    here = but(BASE, ("eu-west-1", "eu-west-2"))
    bare.project.family("shop", but(here, (CARTS, "")))
    bare.deploy()
    bare.project.client("dynamodb", "eu-west-2").create_table(
        TableName="local-shop-carts",
        KeySchema=[{"AttributeName": "cart_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "cart_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    bare.project.family("shop", here)
    adopt = "protect=stage.protect, **({'import_': 'local-shop-carts'} if table.name == 'local-shop-carts' else {}),"
    bare.component.write_text(but(bare.component.read_text(), ("protect=stage.protect,", adopt)))
    bare.preview()
    assert bare.judged()[:2] == ({"shop-carts": ["adoption", "in-place"]}, 0)


def test_several_index_changes_are_made_one_by_one_and_leave_nothing_to_plan(bare: Guarded) -> None:
    bare.deploy()
    client = bare.project.client("dynamodb")
    client.put_item(TableName=TABLE, Item={"order_id": {"S": "o1"}, "day": {"S": "d"}, "a-index-key": {"S": "a"}})
    wanted = but(BASE, (index("old-index"), index("old-index", "other")), (LOCAL, LOCAL + index("a-index")))
    bare.project.family("shop", wanted)
    bare.preview()
    found, code, report = bare.judged()
    assert (found["shop-orders"][0], code) == ("index-drop", 2)
    steps = next(table["indexSteps"] for table in report["tables"] if table["name"] == "shop-orders")
    assert [step.split(" (")[0] for step in steps] == [
        "build a-index",
        "drop old-index, to build it anew",
        "build old-index",
    ]
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    emulator = {**keys, "AWS_ENDPOINT_URL": bare.project.emulator.endpoint}
    done = bare.tablekit("index-steps", "--run", "--yes", **emulator)
    assert done.returncode == 0, done.stderr
    assert "3 made, 0 were there. Next: pulumi refresh" in done.stdout
    again = bare.tablekit("index-steps", "--run", "--yes", **emulator)
    assert "0 made, 3 were there" in again.stdout

    bare.project.pulumi("refresh", "--yes", "--skip-preview")
    bare.keep_state()
    bare.preview()
    assert bare.judged()[:2] == ({}, 0)
    rows = client.query(
        TableName=TABLE,
        IndexName="a-index",
        KeyConditionExpression="#k = :a",
        ExpressionAttributeNames={"#k": "a-index-key"},
        ExpressionAttributeValues={":a": {"S": "a"}},
    )
    assert rows["Count"] == 1


def test_what_the_plugin_leaves_is_seen_again_and_again_until_the_way_out_is_taken(bare: Guarded) -> None:
    """Four changes in one update that makes none of them; the guard's words are followed to the end."""
    bare.deploy(**ENCRYPTED)
    client = bare.project.client("dynamodb")
    before = client.describe_table(TableName=TABLE)["Table"]
    assert before["SSEDescription"]["KMSMasterKeyArn"] == KEY
    left_out = but(NO_INDEX, (TTL, ""), *NO_TTL, RETYPED)
    bare.project.family("shop", left_out)
    bare.project.set(encryption="aws-managed", kmsKeyArns=None)
    bare.preview()
    found, code, report = bare.judged()
    stays = ["last-index", "ttl-left-out", "key-type"]
    assert (found["shop-orders"], code) == ([*stays, "managed-key", "key-permission"], 3)
    orders = next(table for table in report["tables"] if table["name"] == "shop-orders")
    details = {change["change"]: change["detail"] for change in orders["changes"]}
    assert details == {
        "last-index": "customer-index, old-index: stays as it is",
        "ttl-left-out": "it stays on, with ttl",
        "key-type": "day: S → N",
        "managed-key": f"it stays on {KEY}; the way: aws dynamodb update-table --table-name {TABLE} --region eu-west-1 "
        "--sse-specification Enabled=true,SSEType=KMS",
        "key-permission": f"shop-app: loses {KEY}",
    }

    # Whoever deploys it all the same finds everything as it was.
    bare.project.pulumi("up", "--yes", "--skip-preview", "--suppress-progress")
    after = client.describe_table(TableName=TABLE)["Table"]
    for part in ("KeySchema", "AttributeDefinitions", "SSEDescription"):
        assert after[part] == before[part]
    assert {each["IndexName"] for each in after["GlobalSecondaryIndexes"]} == {"customer-index", "old-index"}
    assert client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["TimeToLiveStatus"] == "ENABLED"
    bare.keep_state()
    bare.preview()
    assert bare.judged()[0]["shop-orders"] == stays, "the state has what was asked for, and what is there"

    bare.project.family("shop", but(NO_INDEX, (TTL, 'ttl_was="ttl", '), *NO_TTL))
    bare.preview()
    assert bare.judged()[0]["shop-orders"] == ["last-index", "ttl-switch"]
    emulator = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    emulator["AWS_ENDPOINT_URL"] = bare.project.emulator.endpoint
    done = bare.tablekit("index-steps", "--run", "--yes", **emulator)
    assert "2 made, 0 were there. Next: pulumi refresh" in done.stdout, done.stderr
    bare.project.pulumi("refresh", "--yes", "--skip-preview")
    bare.project.up()
    assert client.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]["TimeToLiveStatus"] == "DISABLED"
    assert not client.describe_table(TableName=TABLE)["Table"].get("GlobalSecondaryIndexes")
    bare.keep_state()
    bare.preview()
    assert bare.judged()[:2] == ({}, 0)
    table = next(resource for resource in bare.project.state() if resource["urn"].endswith(":Table::shop-orders"))
    assert table["customTimeouts"] == {"update": 24 * 60 * 60}, "for indexes; seconds"


def test_an_alarm_topic_that_exists_is_imported_by_its_arn(guarded: Guarded) -> None:
    """By docs/runbooks/continuous-deployment.md; the topic is not in the provider's region."""
    guarded.project.family("shop", BASE)
    arn = guarded.project.client("sns").create_topic(Name="local-shop-alarms")["TopicArn"]
    guarded.project.set(alarms="tables")
    refused = guarded.project.pulumi("up", "--yes", "--skip-preview", "--suppress-progress", check=False)
    assert refused.returncode != 0
    assert "local-shop-alarms) already exists" in refused.stdout + refused.stderr
    file = guarded.folder / "import.json"
    guarded.project.pulumi("preview", "--import-file", str(file))
    wanted = json.loads(file.read_text())
    wanted["resources"] = [
        {**resource, "id": f"{arn}@eu-west-1"}
        for resource in wanted["resources"]
        if resource["type"] == "aws:sns/topic:Topic"
    ]
    assert len(wanted["resources"]) == 1
    file.write_text(json.dumps(wanted))
    guarded.project.pulumi("import", "--file", str(file), "--generate-code=false", "--protect=false", "--yes")
    guarded.project.up()
    topics = guarded.project.client("sns").list_topics()["Topics"]
    assert [topic["TopicArn"] for topic in topics] == [arn]
    assert guarded.project.plan() == []
