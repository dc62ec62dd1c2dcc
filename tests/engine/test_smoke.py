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


REPAIR = "./pulumiw up --refresh -s local"
EXPECTED = (
    "failed table users",
    "index 'email-index': missing, expected ACTIVE with keys email:S userId:S, projection ALL; family 'cloudstro' "
    f"declares it on table 'users'; deploy it: {REPAIR}",
    "failed user-by-email",
    "failed table Sessions",
    "TTL: found off, expected on 'ttl'",
    "failed table businesses",
    "tag 'owner': found somebody, expected ",
    "failed table FormBridgeData",
    "point-in-time recovery: found off, expected on",
    "failed role app",
    "policy 'access-patterns', statement ",
    'Action: found ["dynamodb:*"], expected ["',
    "attached policies: found ['arn:aws:iam::123456789012:policy/wide'], expected none",
    "permissions boundary: found arn:aws:iam::123456789012:policy/wide, expected none",
    "alarms' topic: policy, statement 'Alarms': missing, expected {",
    """alarms' topic: policy, statement 'TlsOnly', Effect: found ["Allow"], expected ["Deny"]""",
    "alarm 'acsd2p-local-Users-read-throttles': threshold: found GreaterThanThreshold 1000, expected ",
    "alarm 'acsd2p-local-Users-read-throttles': periods: found (5, 5), expected (1, 5)",
    "alarm 'acsd2p-local-Users-read-throttles': actions: found none, expected ['arn:aws:sns:eu-west-2:",
    "failed table content-mapping",
    "table 'local-pse-content-mapping' (pse/content-mapping) is missing in eu-west-2, expected ACTIVE; stage 'local' "
    f"was meant: is it the right account? If it is, this makes the table anew, empty: {REPAIR}",
    "failed campaigns-of-content",
)


def change_by_hand(smoke: Smoked) -> None:
    """An index, a tag, TTL, backups, a role's policy and boundary, a topic, an alarm and a table; and a policy beside a
    role's own, which no deployment takes off, so that the hint has a command of its own for it."""
    virginia, london = (smoke.client("dynamodb", region) for region in ("us-east-1", "eu-west-2"))
    deletion = [{"Delete": {"IndexName": "email-index"}}]
    virginia.update_table(TableName="local-cloudstro-users", GlobalSecondaryIndexUpdates=deletion)
    arn = virginia.describe_table(TableName="local-seo_businesses")["Table"]["TableArn"]
    virginia.tag_resource(ResourceArn=arn, Tags=[{"Key": "owner", "Value": "somebody"}])
    off = {"AttributeName": "ttl", "Enabled": False}
    london.update_time_to_live(TableName="acsd2p-local-Sessions", TimeToLiveSpecification=off)
    recovery = {"PointInTimeRecoveryEnabled": False}
    london.update_continuous_backups(TableName="local-FormBridgeData", PointInTimeRecoverySpecification=recovery)
    london.delete_table(TableName="local-pse-content-mapping")

    iam, role = smoke.client("iam", "eu-west-2"), {"RoleName": "local-acs-app-role"}
    policy = iam.get_role_policy(**role, PolicyName="access-patterns")["PolicyDocument"]
    policy["Statement"][0]["Action"] = ["dynamodb:*"]
    iam.put_role_policy(**role, PolicyName="access-patterns", PolicyDocument=json.dumps(policy))
    document: dict[str, Any] = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    wide = iam.create_policy(PolicyName="wide", PolicyDocument=json.dumps(document))["Policy"]
    iam.attach_role_policy(**role, PolicyArn=wide["Arn"])
    iam.put_role_permissions_boundary(**role, PermissionsBoundary=wide["Arn"])
    topic = "arn:aws:sns:eu-west-2:123456789012:local-pse-alarms"
    anybody = {**document["Statement"][0], "Sid": "TlsOnly", "Principal": {"AWS": "*"}, "Action": "sns:Publish"}
    given = json.dumps({**document, "Statement": [{**anybody, "Resource": topic}]})
    smoke.client("sns", "eu-west-2").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=given)

    watch = smoke.client("cloudwatch", "eu-west-2")
    found = watch.describe_alarms(AlarmNames=["acsd2p-local-Users-read-throttles"])["MetricAlarms"][0]
    taken = ("AlarmName", "Metrics", "EvaluationPeriods", "ComparisonOperator", "TreatMissingData")
    kept = {name: found[name] for name in taken}
    watch.put_metric_alarm(**kept, DatapointsToAlarm=5, Threshold=1000.0, AlarmActions=[])


def change_more(smoke: Smoked) -> None:
    """What no family declares and somebody switched on, and what an update of the table alone makes."""
    virginia, london = (smoke.client("dynamodb", region) for region in ("us-east-1", "eu-west-2"))

    def index(name: str) -> list[dict[str, Any]]:
        key = [{"AttributeName": "added", "KeyType": "HASH"}]
        return [{"Create": {"IndexName": name, "KeySchema": key, "Projection": {"ProjectionType": "KEYS_ONLY"}}}]

    def arn(client: Any, name: str) -> str:
        return str(client.describe_table(TableName=name)["Table"]["TableArn"])

    added = [{"AttributeName": "added", "AttributeType": "S"}]
    for client, table, key in (
        (london, "acsd2p-local-Threads", "conversation_id"),
        (london, "local-Projects", "id"),
    ):
        found = client.describe_table(TableName=table)["Table"]["AttributeDefinitions"]
        assert key in {each["AttributeName"] for each in found}
        client.update_table(
            TableName=table, AttributeDefinitions=[*found, *added], GlobalSecondaryIndexUpdates=index("added-index")
        )
    on = {"AttributeName": "expires", "Enabled": True}
    london.update_time_to_live(TableName="local-ProjectTemplates", TimeToLiveSpecification=on)
    virginia.tag_resource(ResourceArn=arn(virginia, "local-seo_keywords"), Tags=[{"Key": "team", "Value": "x"}])
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    virginia.update_table(TableName="local-seo_questionnaires", StreamSpecification=stream)
    london.update_table(TableName="acsd2p-local-Invocations", DeletionProtectionEnabled=True)
    units = {"ReadCapacityUnits": 3, "WriteCapacityUnits": 2}
    virginia.update_table(TableName="local-seo_service_areas", BillingMode="PROVISIONED", ProvisionedThroughput=units)
    recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 7}
    london.update_continuous_backups(TableName="local-ai-response-cache", PointInTimeRecoverySpecification=recovery)
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "Anybody", **anybody}]})
    virginia.put_resource_policy(ResourceArn=arn(virginia, "local-cloudstro-ai-insights"), Policy=policy)
    dimension = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/local-pse-keyword-intelligence",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    scaling = smoke.client("application-autoscaling", "eu-west-2")
    scaling.register_scalable_target(**dimension, MinCapacity=1, MaxCapacity=9)

    iam, role = smoke.client("iam", "eu-west-2"), {"RoleName": "local-pse-platform-lambda-role"}
    iam.put_role_policy(**role, PolicyName="more", PolicyDocument=policy.replace('"Principal": "*", ', ""))
    trust = iam.get_role(RoleName="local-formbridge-app-role")["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}
    iam.update_assume_role_policy(RoleName="local-formbridge-app-role", PolicyDocument=json.dumps(trust))
    watch = smoke.client("cloudwatch", "eu-west-2")
    watch.delete_alarms(AlarmNames=["acsd2p-local-Users-write-throttles"])


DRIFTED = (
    ("cloudstro", "table users", "index 'email-index': missing", "update"),
    ("acs", "table Sessions", "TTL: found off, expected on 'ttl'", "update"),
    ("marketbrewer", "table businesses", "tag 'owner': found somebody", "update"),
    ("formbridge", "table FormBridgeData", "point-in-time recovery: found off", "update"),
    ("pse", "table content-mapping", "is missing in eu-west-2", "update"),
    ("acs", "role app", "policy 'access-patterns', statement ", "update"),
    ("acs", "role app", "permissions boundary: found arn:", "update"),
    ("acs", "role app", "attached policies: found ['arn:", "hand"),
    ("pse", " alarms", "alarms' topic: policy, statement 'Alarms': missing", "update"),
    ("acs", " alarms", "read-throttles': threshold: found GreaterThanThreshold 1000", "update"),
    ("acs", "table Threads", "index 'added-index': found keys added:S, projection KEYS_ONLY, expected none", "update"),
    ("content-ai", "table Projects", "index 'added-index': found keys added:S, projection KEYS_ONLY", "hand"),
    ("content-ai", "table ProjectTemplates", "TTL: found on 'expires', expected off", "hand"),
    ("marketbrewer", "table keywords", "tag 'team': found x, expected none", "update"),
    ("marketbrewer", "table questionnaires", "stream: found KEYS_ONLY, expected none", "update"),
    ("acs", "table Invocations", "deletion protection: found on, expected off", "update"),
    ("marketbrewer", "table service_areas", "billing mode: found PROVISIONED, expected PAY_PER_REQUEST", "update"),
    ("content-ai", "table ai-response-cache", "window of point-in-time recovery: found 7, expected 35 days", "update"),
    ("cloudstro", "table ai-insights", "resource policy: found {", "hand"),
    ("pse", "table keyword-intelligence", "autoscaling: found dynamodb:table:ReadCapacityUnits", "hand"),
    ("pse", "role app", "inline policies: found ['access-patterns', 'more']", "hand"),
    ("formbridge", "role app", "trust policy, statement ", "update"),
    ("acs", " alarms", "alarm 'acsd2p-local-Users-write-throttles': missing", "update"),
)
"""Each change behind the stack: whose it is, what says so, and what repairs it."""


def drift(smoke: Smoked, *words: str) -> Result:
    return tablekit("drift", "--stage", "local", "--config", str(smoke.deployed.config_file), *words)


def test_a_fresh_deployment_has_no_drift(smoke: Smoked) -> None:
    done = drift(smoke, "--format", "json")
    assert done.exit_code == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert (found["differences"], found["unread"], found["notCompared"], found["repairs"]) == ([], [], [], [])
    assert found["objects"] > sum(len(family.tables) + len(family.roles) for family in catalogue())


def test_what_was_changed_by_hand_is_found_and_the_hint_repairs_it(smoke: Smoked, tmp_path: Path) -> None:
    change_by_hand(smoke)
    change_more(smoke)
    done = smoke("--stage", "local")
    assert done.exit_code == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert [text for text in EXPECTED if text not in done.stdout] == []
    hint = "to repair what differs from the declaration, in this order (docs/runbooks/drift.md):\n"
    hinted = re.findall(r"^  (\S.*)$", done.stdout.partition(hint)[2].rpartition("stage local: ")[0], re.MULTILINE)
    assert hinted[-1] == REPAIR
    assert smoke.deployed.plan() == [], "without --refresh there is nothing to do"

    markdown = tmp_path / "drift.md"
    done = drift(smoke, "--format", "json", "--report", str(markdown))
    assert done.exit_code == 1, done.stdout + done.stderr
    found = json.loads(done.stdout)
    differences = found["differences"]
    for family, name, text, by in DRIFTED:
        of_it = [each for each in differences if each["family"] == family and text in each["text"]]
        assert [each["repairedBy"] for each in of_it if name in each["object"]] == [by] * len(of_it) != [], text
    touched = {(each["family"], re.sub(r"^\d+", "", each["object"])) for each in differences}
    assert touched == {(family, name) for family, name, _, _ in DRIFTED}, "and nothing else"
    assert "| `acs` | `table Threads` | index 'added-index': found" in markdown.read_text()
    commands = found["repairs"]
    assert set(hinted) < set(commands), "drift says what nobody declares, too"
    assert commands[-1] == REPAIR
    assert ("aws iam detach-role-policy" in " ".join(commands), len(commands)) == (True, 7)
    for command in commands[:-1]:
        aws.run(command)
    smoke.deployed.pulumi(*shlex.split(commands[-1])[1:], "--yes")
    for done in (smoke("--plane", "control"), drift(smoke)):
        assert done.exit_code == 0, done.stdout + done.stderr
        assert "to repair" not in done.stdout.lower()
