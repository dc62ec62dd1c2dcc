"""`tablekit smoke` on a stage that the engine deployed: what was changed by hand is found, named, and exit code 1."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.project import ROOT
from tests.engine.project import Project, project

SECONDS = 240


@dataclass(frozen=True)
class Smoked:
    """A deployed stage, and the command on it."""

    deployed: Project
    outputs: Path

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from tablekit.ops.command import main; main()", "smoke", *words]
        return subprocess.run(
            [*command, "--outputs", str(self.outputs), "--config", str(self.deployed.config_file)],
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "400"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def client(self, service: str, region: str) -> Any:
        return self.deployed.client(service, region)


@pytest.fixture(scope="module")
def smoke(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smoked]:
    """A stage of its own, for the tests to break; each mends what it broke."""
    folder = tmp_path_factory.mktemp("smoked")
    with project(folder) as deployed:
        deployed.up()
        outputs = folder / "outputs.json"
        outputs.write_text(json.dumps(deployed.outputs()))
        yield Smoked(deployed, outputs)


def test_a_stage_as_it_was_deployed_passes(smoke: Smoked, tmp_path: Path) -> None:
    junit = tmp_path / "junit.xml"
    done = smoke("--junit", str(junit))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "stage local: 0 failed, 223 of 223 access patterns passed, 66 of 66 objects are as declared" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr, "colours are for a terminal"
    suites = Xml.parse(junit).getroot()
    assert sum(int(suite.get("tests", "0")) for suite in suites) == 223 + 66
    assert {suite.get("failures") for suite in suites} == {"0"}


def delete_index(smoke: Smoked) -> None:
    smoke.client("dynamodb", "us-east-1").update_table(
        TableName="local-cloudstro-users",
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "email-index"}}],
    )


def disable_ttl(smoke: Smoked) -> None:
    smoke.client("dynamodb", "eu-west-2").update_time_to_live(
        TableName="acsd2p-local-Sessions", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": False}
    )


def edit_policy(smoke: Smoked) -> None:
    client = smoke.client("iam", "eu-west-2")
    role = {"RoleName": "local-acs-app-role", "PolicyName": "access-patterns"}
    policy = client.get_role_policy(**role)["PolicyDocument"]
    policy["Statement"][0]["Action"] = ["dynamodb:*"]
    client.put_role_policy(**role, PolicyDocument=json.dumps(policy))


def silence_alarm(smoke: Smoked) -> None:
    client = smoke.client("cloudwatch", "eu-west-2")
    found = client.describe_alarms(AlarmNames=["acsd2p-local-Users-read-throttles"])["MetricAlarms"][0]
    taken = ("AlarmName", "MetricName", "Namespace", "Dimensions", "Statistic", "Period", "EvaluationPeriods")
    kept = {name: found[name] for name in (*taken, "Threshold", "ComparisonOperator", "TreatMissingData")}
    client.put_metric_alarm(**kept, AlarmActions=[])


def delete_table(smoke: Smoked) -> None:
    smoke.client("dynamodb", "eu-west-2").delete_table(TableName="local-pse-content-mapping")


Break = Callable[[Smoked], None]
CONTROL = ("--family", "acs", "--plane", "control")
"""What of these changes no access pattern shows."""


@pytest.mark.parametrize(
    ("words", "change", "says"),
    [
        (
            ("--family", "cloudstro"),
            delete_index,
            (
                "failed   table users",
                "index 'email-index': missing, expected ACTIVE with keys email:S userId:S; "
                "family 'cloudstro' declares it on table 'users'; deploy it: pulumi up -s local",
                "failed   user-by-email",
            ),
        ),
        (CONTROL, disable_ttl, ("failed   table Sessions", "TTL: found off, expected on 'ttl'")),
        (
            CONTROL,
            edit_policy,
            ("failed   role app", "policy 'access-patterns', statement ", 'Action: found ["dynamodb:*"], expected ["'),
        ),
        (
            CONTROL,
            silence_alarm,
            ("alarm 'acsd2p-local-Users-read-throttles': actions: found none, expected ['arn:aws:sns:eu-west-2:",),
        ),
        (
            ("--family", "pse"),
            delete_table,
            (
                "failed   table content-mapping",
                "table 'local-pse-content-mapping' (pse/content-mapping) is missing in eu-west-2, expected ACTIVE; "
                "stage 'local' was meant",
                "failed   campaigns-of-content",
            ),
        ),
    ],
    ids=["index", "ttl", "policy", "alarm", "table"],
)
def test_what_was_changed_by_hand_is_found(
    smoke: Smoked, words: tuple[str, ...], change: Break, says: tuple[str, ...]
) -> None:
    change(smoke)
    done = smoke(*words, "--stage", "local")
    assert done.returncode == 1, done.stdout + done.stderr
    for part in says:
        assert part in done.stdout
    assert "Traceback" not in done.stderr


def test_another_stage_than_the_one_that_is_meant_is_refused(smoke: Smoked) -> None:
    done = smoke("--stage", "prod")
    assert done.returncode == 2
    assert "stage 'prod' was meant, and the outputs are of stage 'local'" in done.stderr
