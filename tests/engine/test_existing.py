"""A family that was there before: never created, imported as the runbook has it, and nothing of it replaced."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local.project import ROOT
from tests.engine.project import Project, project
from tests.support import aws

RUNBOOK = ROOT / "docs" / "runbooks" / "existing-tables.md"
REGION = "eu-west-2"
KEYS = {
    "blog-content-pipeline": "contentId",
    "article-publishing-locks": "job_id",
    "post-publish-tracking": "job_id",
    "Projects": "id",
    "ProjectTemplates": "id",
    "ai-response-cache": "cache_key",
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "article-publishing-locks": {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    },
    "Projects": {
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "owner", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": "owner-index",
                "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    },
    "ProjectTemplates": {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}},
    "post-publish-tracking": {"Tags": [{"Key": "team", "Value": "content"}]},
    "ai-response-cache": {"DeletionProtectionEnabled": True},
}
"""Settings of the tables as they were made, other than what their family declares."""
TTL = {"blog-content-pipeline": "expires", "ai-response-cache": "ttl"}
"""On another attribute than is declared, and on where none is."""


@dataclass(frozen=True)
class Clone:
    """A clone in which a person works: its stage's file beside the program, `pulumi` and `.venv/bin/tablekit`."""

    project: Project

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return self.project.shell(script)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """Nothing deployed; six tables that were made by hand, with an item each."""
    with project(tmp_path_factory.mktemp("existing")) as found:
        found.set(families=["content-ai", "formbridge"], existingFamilies=["content-ai"], protect=True)
        shutil.copy(found.config_file, found.folder / "Pulumi.local.yaml")
        (found.folder / "docs" / "contract").mkdir(parents=True)
        shutil.copy(ROOT / "docs" / "contract" / "local.json", found.folder / "docs" / "contract")
        client = found.client("dynamodb", REGION)
        for table, key in KEYS.items():
            client.create_table(
                **{
                    "TableName": f"local-{table}",
                    "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
                    "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
                    "BillingMode": "PAY_PER_REQUEST",
                    "SSESpecification": {"Enabled": True},  # moto takes it on creation only
                    **OTHERWISE.get(table, {}),
                }
            )
            client.put_item(TableName=f"local-{table}", Item={key: {"S": "kept"}})
        for table, attribute in TTL.items():
            specification = {"Enabled": True, "AttributeName": attribute}
            client.update_time_to_live(TableName=f"local-{table}", TimeToLiveSpecification=specification)
        yield Clone(found)


def commands() -> list[str]:
    """The runbook's blocks of commands, for this stage."""
    blocks = re.findall(r"^```bash\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(r"\bprod\b", "local", block) for block in blocks]


def made_at(client: Any) -> dict[str, Any]:
    """When each table was made: one that is replaced is younger, and empty."""
    return {table: client.describe_table(TableName=f"local-{table}")["Table"]["CreationDateTime"] for table in KEYS}


def test_a_creation_is_refused_before_anything_is_made(clone: Clone) -> None:
    project = clone.project
    done = project.pulumi("up", "--yes", "--skip-preview", check=False)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    refused = set(re.findall(r"error: .*table 'local-(\S+)' is not created", said))
    assert refused
    assert refused <= KEYS.keys()
    assert (
        f"table 'local-{min(refused)}' is not created: dynamodb-tables:existingFamilies in Pulumi.local.yaml has its "
        "family 'content-ai'; where it is not in the state yet, import it (docs/runbooks/existing-tables.md); if a new "
        "and empty table is wanted, remove 'content-ai' there" in said
    )
    assert "Traceback" not in said
    assert {resource["type"].split(":")[0] for resource in project.state()} <= {"pulumi", "dynamodb-tables"}
    assert set(project.client("dynamodb", REGION).list_tables()["TableNames"]) == {f"local-{table}" for table in KEYS}
    assert project.client("iam").list_roles()["Roles"] == []
    assert project.client("cloudwatch", REGION).describe_alarms()["MetricAlarms"] == []
    assert project.client("sns", REGION).list_topics()["Topics"] == []
    project.forget()


def test_a_table_with_another_key_is_refused_before_anything_is_imported(clone: Clone) -> None:
    client = clone.project.client("dynamodb", REGION)
    key = [{"AttributeName": "id", "KeyType": "HASH"}]
    types = [{"AttributeName": "id", "AttributeType": "S"}]
    client.create_table(
        TableName="local-FormBridgeData", KeySchema=key, AttributeDefinitions=types, BillingMode="PAY_PER_REQUEST"
    )
    refused = clone.run(f"{adopting(clone)} --family formbridge")
    assert refused.returncode == 3, refused.stdout + refused.stderr
    assert 'hash_key=S("id")' in refused.stdout
    assert clone.project.state() == []
    client.delete_table(TableName="local-FormBridgeData")


def adopting(clone: Clone) -> str:
    """The command, in a stage whose engine is a test's."""
    address = clone.project.emulator.endpoint
    return f"PULUMI_COMMAND=pulumi AWS_ENDPOINT_URL={address} .venv/bin/tablekit adopt --stage local"


def test_the_runbook_adopts_six_tables_as_they_are(clone: Clone) -> None:
    compare, cut, adopt, judge, deploy = commands()
    client = clone.project.client("dynamodb", REGION)
    before = made_at(client)

    compared = clone.run(compare)
    assert compared.returncode == 1, compared.stdout + compared.stderr
    for text in (
        "TTL: found on 'expires', expected on 'ttl'",
        "TTL: found on 'ttl', expected off",
        "TTL: found off, expected on 'ttl'",
        "index 'owner-index': found keys owner:S, projection ALL, expected none: it is declared nowhere",
        "billing mode: found PROVISIONED, expected PAY_PER_REQUEST",
        "stream: found NEW_IMAGE, expected none",
        "tag 'family': found none, expected content-ai",
        "point-in-time recovery: found off, expected on",
    ):
        assert text in compared.stdout, compared.stdout
    by_hand = re.findall(r"^  (env \S+ \S+ aws .*)$", compared.stdout, re.MULTILINE)
    assert len(by_hand) == 3, "two of TTL, one of an index"
    for command in by_hand:
        aws.run(command)

    written = clone.run(cut)
    assert written.returncode == 0, written.stdout + written.stderr
    assert (
        "warning: table 'local-Projects' of the existing family 'content-ai' would be created, or replaced, which "
        "`pulumi up` refuses; where it is not in the state yet, import it (docs/runbooks/existing-tables.md)"
        in written.stdout
    )
    resources = json.loads((clone.project.folder / "tables.json").read_text())["resources"]
    assert {each["id"] for each in resources if "id" in each} == {f"local-{table}@eu-west-2" for table in KEYS}
    assert len(resources) == 1 + 2 * len(KEYS), "and their components, but nothing of another family"

    imported = clone.run(adopt)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assert "= 13 imported" in imported.stdout, imported.stdout

    judged = clone.run(judge)
    assert judged.returncode == 2, judged.stdout + judged.stderr
    assert set(re.findall(r"--allow (\S+)", judged.stdout)) == {
        "content-ai-blog-content-pipeline:ttl-switch",
        "content-ai-post-publish-tracking:ttl-switch",
        "content-ai-ProjectTemplates:stream",
        "content-ai-ai-response-cache:protection-lost",
    }, judged.stdout
    steps = json.loads((clone.project.folder / "plan.json").read_text())["steps"]
    assert {step["op"] for step in steps if "table:Table::content-ai-" in step["urn"]} == {"update"}

    deployed = clone.run(deploy)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert made_at(client) == before
    assert all(
        client.scan(TableName=f"local-{table}")["Items"] == [{key: {"S": "kept"}}] for table, key in KEYS.items()
    )
    smoked = clone.run(".venv/bin/tablekit smoke --stack local --plane control")
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr
    clone.project.set(existingFamilies=[])
    assert clone.project.plan() == []


def test_one_command_adopts_what_is_there_and_leaves_the_state_where_it_can_not(clone: Clone) -> None:
    """After the runbook's own steps: the state forgets everything, and the command brings it back."""
    project = clone.project
    client = project.client("dynamodb", REGION)
    before = made_at(client)
    project.forget()
    project.set(existingFamilies=["content-ai"])
    shutil.copy(project.config_file, project.folder / "Pulumi.local.yaml")
    adopt = f"{adopting(clone)} --family content-ai"

    shown = clone.run(f"{adopt} --dry-run")
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "pulumi import --file FILE" in shown.stderr
    resources = json.loads(shown.stdout)["resources"]
    assert {each["id"] for each in resources if "Table" in each["type"] and "id" in each} == {
        f"local-{table}@{REGION}" for table in KEYS
    }
    assert [each for each in project.state() if each["type"].startswith("aws:")] == []

    client.update_table(
        TableName="local-Projects",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    adopted = clone.run(adopt)
    assert adopted.returncode == 0, adopted.stdout + adopted.stderr
    assert "are in stack 'local' as they are on AWS" in adopted.stdout
    assert made_at(client) == before
    again = clone.run(adopt)
    assert (again.returncode, "is in stack 'local' already" in again.stdout) == (0, True), again.stdout + again.stderr
    project.up(take_over=True)  # the account's own topic and the other family's tables, which the state forgot too
    assert made_at(client) == before
    project.set(existingFamilies=[])
    assert project.plan() == []
