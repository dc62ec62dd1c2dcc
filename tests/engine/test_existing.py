"""A family that was there before: never created, imported as the runbook has it, and nothing of it replaced."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import psutil
import pytest

from local.adoption import NOBODY, NOTHING
from local.project import ROOT
from tablekit.model.permissions import POLICY_NAME
from tablekit.resources import PARAMETER, RESOURCE_POLICY, ROLE, ROLE_POLICY, SUBSCRIPTION, TABLE, TOPIC
from tests.engine.project import Project, project
from tests.support import aws

pytestmark = pytest.mark.long

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
THEIR_KEY = "arn:aws:kms:eu-west-2:999999999999:key/their-own"
OTHERWISE: dict[str, dict[str, Any]] = {
    "blog-content-pipeline": {
        "SSESpecification": {
            "Enabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": THEIR_KEY,
        }
    },
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
        found.stack = replace(
            found.stack,
            environment={
                **found.stack.environment,
                "AWS_ENDPOINT_URL": found.emulator.endpoint,
                "PULUMI_COMMAND": "pulumi",
            },
        )
        yield Clone(found)


def commands() -> list[str]:
    """The runbook's commands, for this stage."""
    blocks = re.findall(r"^```bash\n(.*?)^```$", RUNBOOK.read_text(), re.MULTILINE | re.DOTALL)
    return [re.sub(r"\bprod\b", "local", line) for block in blocks for line in block.splitlines()]


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


def beside(project: Project) -> dict[str, str]:
    """What else there is of the family before this project: type -> id."""
    role, topic, parameter = (
        "local-content-ai-app-role",
        "local-content-ai-alarms",
        "/dynamodb/local/content-ai/contract/1",
    )
    iam, sns = project.client("iam"), project.client("sns", REGION)
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=NOBODY)
    iam.put_role_policy(RoleName=role, PolicyName=POLICY_NAME, PolicyDocument=NOTHING)
    arn = sns.create_topic(Name=topic)["TopicArn"]
    subscribed = sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com", ReturnSubscriptionArn=True)
    project.client("ssm", REGION).put_parameter(Name=parameter, Value="of before", Type="String")
    writes = {"content-ai": ["arn:aws:iam::123456789012:role/former"]}
    table = project.client("dynamodb", REGION).describe_table(TableName="local-Projects")["Table"]["TableArn"]
    project.client("dynamodb", REGION).put_resource_policy(ResourceArn=table, Policy=NOTHING)
    project.set(
        alarmSubscriptions=[{"protocol": "email", "endpoint": "ops@example.com"}],
        publishParameters=True,
        denyWrites=writes,
    )
    return {
        ROLE: role,
        ROLE_POLICY: f"{role}:{POLICY_NAME}",
        TOPIC: arn,
        SUBSCRIPTION: subscribed["SubscriptionArn"],
        PARAMETER: parameter,
        RESOURCE_POLICY: table,
    }


def test_the_runbook_adopts_six_tables_as_they_are(clone: Clone) -> None:
    diff, describe, rehearse, look, adopt, deploy, preview, *_ = commands()
    project = clone.project
    client = project.client("dynamodb", REGION)
    before = made_at(client)
    others = beside(project)

    compared = clone.run(diff)
    assert compared.returncode == 3, compared.stdout + compared.stderr
    for row in (
        "blog-content-pipeline\tTTL\ton 'expires'\ton 'ttl'\tto be declared",
        f"blog-content-pipeline\tencryption key\t{THEIR_KEY}\tthe AWS-managed one\tstays",
        "ai-response-cache\tTTL\ton 'ttl'\toff\tstays",
        "post-publish-tracking\tTTL\toff\ton 'ttl'\tchanged in place",
        "Projects\tindex 'owner-index'\tkeys owner:S, projection ALL\tnone: it is declared nowhere\tstays",
        "article-publishing-locks\tbilling mode\tPROVISIONED\tPAY_PER_REQUEST\tchanged in place",
        "ProjectTemplates\tstream\tNEW_IMAGE\tnone\twould be taken away",
        "post-publish-tracking\ttag 'team'\tcontent\tnone\twould be taken away",
        "Projects\tpoint-in-time recovery\toff\ton\tchanged in place",
    ):
        assert row in compared.stdout, compared.stdout
    by_hand = re.findall(r"^  (env \S+ \S+ aws .*)$", compared.stdout, re.MULTILINE)
    assert len(by_hand) == 4, "two of TTL, one of an index, one of a key"
    refused = clone.run(adopt)
    assert (refused.returncode, project.state()) == (3, []), refused.stdout + refused.stderr
    for command in by_hand:
        if "--sse-specification" not in command:
            aws.run(command)

    assert clone.run(describe).returncode == 0
    live = project.folder / "live.json"
    rehearsed = clone.run(rehearse.replace("make", f"make -C {ROOT}").replace("live.json", str(live)))
    assert (
        "Stage local: the adoption of 6 tables of family content-ai is rehearsed: none was replaced, their 18 items"
        in rehearsed.stdout
    ), rehearsed.stdout + rehearsed.stderr

    shown = clone.run(look)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "pulumi import --file FILE" in shown.stderr
    listed = json.loads(shown.stdout)["resources"]
    assert {each["id"] for each in listed if each["type"] == TABLE} == {f"local-{table}@{REGION}" for table in KEYS}
    assert [each for each in project.state() if each["type"].startswith("aws:")] == []
    kill_and_finish(clone, adopt)
    imported = project.state()
    assert {each["type"]: each["id"] for each in imported if each["type"] in others} == others
    assert {each["id"] for each in imported if each["type"] == TABLE} == {f"local-{table}" for table in KEYS}

    deployed = clone.run(deploy)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    assert clone.run(preview).returncode == 0
    assert made_at(client) == before
    assert all(
        client.scan(TableName=f"local-{table}")["Items"] == [{key: {"S": "kept"}}] for table, key in KEYS.items()
    )
    smoked = clone.run(".venv/bin/tablekit smoke --stack local --plane control")
    assert smoked.returncode == 0, smoked.stdout + smoked.stderr


POINTS = (
    ("engine", "import", 1),
    ("both", "import", 2),
    ("adopt", "import", 1),
    ("engine", "import", 3),
    ("both", "import", 0),
    ("both", "preview", 0),
    ("adopt", "import", 5),
    ("both", "preview", 6),
    ("adopt", "preview", 6),
    ("both", "import", 6),
)
"""Who is killed, during which command of the engine, once the state has how many tables."""
KILLS = int(os.environ.get("ADOPTION_KILLS", "0"))
"""Of the points, how many are tried each by itself; without it the first two, in one adoption."""


def kill_and_finish(clone: Clone, adopt: str) -> None:
    """Kill an adoption, and have the same command finish it."""
    client = clone.project.client("dynamodb", REGION)
    before = made_at(client)
    for number, point in enumerate(POINTS[: KILLS or 2], 1):
        struck = strike(clone, adopt, *point)
        print(f"{number:2}  {point[0]:6} {point[1]:7} {point[2]} tables: {struck[:120]!r}", flush=True)
        assert struck, "ended before it was struck"
        assert point[0] != "engine" or "; the state is as it was" in struck
        assert made_at(client) == before
        if number == (KILLS or 2):
            break
        if KILLS:
            assert clone.run(adopt).returncode == 2
            clone.project.forget()
    adopted = clone.run(adopt)
    assert adopted.returncode == 2, adopted.stdout + adopted.stderr
    assert "are in stack 'local' as they are on AWS" in adopted.stdout
    assert made_at(client) == before
    kept = clone.project.folder / ".local" / "adopt"
    assert [file.name for file in kept.iterdir()] == ["local-content-ai.json"]
    assert json.loads((kept / "local-content-ai.json").read_text())["deployment"].get("resources", []) == []


def strike(clone: Clone, adopt: str, target: str, command: str, tables: int) -> str:
    """Kill an adoption, its engine or both at a point; how it ended, or nothing where it had before."""
    state = clone.project.folder.parent / "state"
    process = clone.project.started(adopt)
    struck = False
    while process.poll() is None and not struck:
        there = "".join(file.read_text() for file in state.glob(".pulumi/stacks/*/local.json"))
        if len(re.findall(rf'"type":\s*"{TABLE}"', there)) >= tables:
            of_it = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            with suppress(psutil.Error):
                engines = [each for each in of_it if each.name() == "pulumi" and command in each.cmdline()]
                others = [each for each in of_it if each.name() in ("tablekit", "bash")]
                struck = bool(engines)
                for each in {"engine": engines, "adopt": others, "both": others + engines}[target] if struck else ():
                    each.kill()
        time.sleep(0.01)
    said, complained = process.communicate()
    return f"exit {process.returncode}: {complained or said}" if struck else ""


def test_a_family_is_released_and_comes_back(clone: Clone) -> None:
    *_, shown, release = commands()
    project = clone.project
    client = project.client("dynamodb", REGION)
    before, state = made_at(client), project.state()
    looked = clone.run(shown)
    assert (looked.returncode, project.state()) == (0, state), looked.stdout + looked.stderr
    released = clone.run(release)
    assert released.returncode == 0, released.stdout + released.stderr
    for name in (*(f"Table\tlocal-{table}\t{REGION}" for table in KEYS), "Role\tlocal-content-ai-app-role"):
        assert name in released.stdout
        assert name in looked.stdout
    left = project.state()
    assert {each["urn"] for each in left} == {each["urn"] for each in state if "content-ai" not in each["urn"]}
    again = clone.run(release)
    assert again.returncode == 1
    assert again.stderr == "tablekit: family 'content-ai' is not in stack 'local'; it has formbridge\n"
    project.set(families=["formbridge"])
    for_the_other = {step["urn"].rpartition("::")[2] for step in project.plan()}
    assert for_the_other == {"dashboard", "item-counts-eu-west-2"}, "the stage has a row less, and counts fewer tables"
    project.set(families=["content-ai", "formbridge"], existingFamilies=[])
    adopt = next(line for line in commands() if line.endswith("adopt --family content-ai --stage local"))
    one = clone.run(f"{adopt} --table Projects")
    assert one.returncode == 0, one.stdout + one.stderr
    rest = ", ".join(f"local-{table}" for table in sorted(KEYS.keys() - {"Projects"}))
    assert f"Next: adopt what is on AWS besides, before ./pulumiw up -s local meets it: {rest}\n" in one.stdout
    back = clone.run(adopt)
    assert back.returncode == 2, back.stdout + back.stderr
    assert re.findall(r"--allow (\S+)", back.stdout) == ["content-ai-blog-content-pipeline:unknown"], "their own key"
    changed = [step["urn"].rpartition("::")[2] for step in project.plan()]
    assert changed == ["content-ai-hurt"], "which no emulator has, so that none is found there"
    project.up()
    assert made_at(client) == before
    assert {each["urn"] for each in project.state()} == {each["urn"] for each in state}
