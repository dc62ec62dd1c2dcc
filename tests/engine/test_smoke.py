"""`tablekit smoke` on a stage that the engine deployed: what was changed by hand is found, and its hint repairs it."""

from __future__ import annotations

import json
import re
import shlex
import xml.etree.ElementTree as Xml
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from families import catalogue
from tests.engine.project import Project
from tests.support import aws
from tests.support.command import tablekit


@dataclass(frozen=True)
class Smoked:
    """A deployed stage, and the command on it."""

    deployed: Project
    outputs: Path

    def __call__(self, *words: str) -> Result:
        return tablekit("smoke", *words, "--outputs", str(self.outputs), "--config", str(self.deployed.config_file))

    def client(self, service: str, region: str) -> Any:
        return self.deployed.client(service, region)


@pytest.fixture(scope="module")
def smoke(deployed: Project, tmp_path_factory: pytest.TempPathFactory) -> Smoked:
    """The five systems, for the tests to break; each repairs what it broke."""
    outputs = tmp_path_factory.mktemp("smoked") / "outputs.json"
    outputs.write_text(json.dumps(deployed.outputs()))
    return Smoked(deployed, outputs)


def test_a_stage_as_it_was_deployed_passes(smoke: Smoked, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    done = smoke("--junit", str(junit))
    assert done.exit_code == 0, done.stdout + done.stderr
    summary = re.search(
        r"stage local: 0 failed, (\d+) of (\d+) access patterns passed, (\d+) of (\d+) objects are as declared",
        done.stdout,
    )
    assert summary
    passed, patterns, matching, objects = map(int, summary.groups())
    assert passed == patterns == sum(len(family.patterns) for family in catalogue())
    assert matching == objects > sum(len(family.tables) + len(family.roles) for family in catalogue())
    assert "\x1b" not in done.stdout + done.stderr, "colours are for a terminal"
    suites = Xml.parse(junit).getroot()
    assert sum(int(suite.get("tests", "0")) for suite in suites) == patterns + objects
    assert {suite.get("failures") for suite in suites} == {"0"}


def dropped_index(smoke: Smoked) -> tuple[str, ...]:
    smoke.client("dynamodb", "us-east-1").update_table(
        TableName="local-cloudstro-users",
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "email-index"}}],
    )
    return (
        "failed table users",
        "index 'email-index': missing, expected ACTIVE with keys email:S userId:S; "
        "family 'cloudstro' declares it on table 'users'; deploy it: ./pulumiw up --refresh -s local",
        "failed user-by-email",
    )


def disabled_ttl(smoke: Smoked) -> tuple[str, ...]:
    smoke.client("dynamodb", "eu-west-2").update_time_to_live(
        TableName="acsd2p-local-Sessions", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": False}
    )
    return ("failed table Sessions", "TTL: found off, expected on 'ttl'")


def changed_tag(smoke: Smoked) -> tuple[str, ...]:
    client = smoke.client("dynamodb", "us-east-1")
    arn = client.describe_table(TableName="local-seo_businesses")["Table"]["TableArn"]
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "somebody"}])
    return ("failed table businesses", "tag 'owner': found somebody, expected ")


def no_backups(smoke: Smoked) -> tuple[str, ...]:
    smoke.client("dynamodb", "eu-west-2").update_continuous_backups(
        TableName="local-FormBridgeData", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    return ("failed table FormBridgeData", "point-in-time recovery: found off, expected on")


def edited_policy(smoke: Smoked) -> tuple[str, ...]:
    client = smoke.client("iam", "eu-west-2")
    role = {"RoleName": "local-acs-app-role", "PolicyName": "access-patterns"}
    policy = client.get_role_policy(**role)["PolicyDocument"]
    policy["Statement"][0]["Action"] = ["dynamodb:*"]
    client.put_role_policy(**role, PolicyDocument=json.dumps(policy))
    return ("failed role app", "policy 'access-patterns', statement ", 'Action: found ["dynamodb:*"], expected ["')


def attached_policy(smoke: Smoked) -> tuple[str, ...]:
    """Beside the role's own: no deployment takes it off, so the hint has a command of its own for it."""
    client = smoke.client("iam", "eu-west-2")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    arn = client.create_policy(PolicyName="wide", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
    client.attach_role_policy(RoleName="local-acs-app-role", PolicyArn=arn)
    return (f"attached policies: found ['{arn}'], expected none",)


def changed_alarm(smoke: Smoked) -> tuple[str, ...]:
    client = smoke.client("cloudwatch", "eu-west-2")
    found = client.describe_alarms(AlarmNames=["acsd2p-local-Users-read-throttles"])["MetricAlarms"][0]
    taken = ("AlarmName", "MetricName", "Namespace", "Dimensions", "Statistic", "Period", "EvaluationPeriods")
    kept = {name: found[name] for name in (*taken, "ComparisonOperator", "TreatMissingData")}
    client.put_metric_alarm(**kept, Threshold=1000.0, AlarmActions=[])
    return (
        "alarm 'acsd2p-local-Users-read-throttles': threshold: found GreaterThanThreshold 1000, expected ",
        "alarm 'acsd2p-local-Users-read-throttles': actions: found none, expected ['arn:aws:sns:eu-west-2:",
    )


def deleted_table(smoke: Smoked) -> tuple[str, ...]:
    smoke.client("dynamodb", "eu-west-2").delete_table(TableName="local-pse-content-mapping")
    return (
        "failed table content-mapping",
        "table 'local-pse-content-mapping' (pse/content-mapping) is missing in eu-west-2, expected ACTIVE; stage "
        "'local' was meant: is it the right account? If it is, this makes the table anew, empty: "
        "./pulumiw up --refresh -s local",
        "failed campaigns-of-content",
    )


DRIFTS = (
    disabled_ttl,
    dropped_index,
    changed_tag,
    no_backups,
    changed_alarm,
    edited_policy,
    attached_policy,
    deleted_table,
)


def test_what_was_changed_by_hand_is_found_and_the_hint_repairs_it(smoke: Smoked) -> None:
    expected = [text for drift in DRIFTS for text in drift(smoke)]
    done = smoke("--stage", "local")
    assert done.exit_code == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert [text for text in expected if text not in done.stdout] == []
    hint = "to repair what differs from the declaration, in this order (docs/runbooks/drift.md):\n"
    commands = re.findall(r"^  (\S.*)$", done.stdout.partition(hint)[2].rpartition("stage local: ")[0], re.MULTILINE)
    assert len(commands) == 2, done.stdout
    assert "aws iam detach-role-policy" in commands[0]
    assert commands[1] == "./pulumiw up --refresh -s local"
    assert smoke.deployed.plan() == [], "without --refresh there is nothing to do"
    aws.run(commands[0])
    smoke.deployed.pulumi(*shlex.split(commands[1])[1:], "--yes")
    done = smoke("--plane", "control")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "to repair" not in done.stdout
