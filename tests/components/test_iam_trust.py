"""Who may be each role, and what is not DynamoDB's: metrics, keys, and the tables' own denials."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.components.mocked import ACCOUNT
from tests.support.iam import Decision, Policy, Principal, Request, decide
from tests.support.iam.actions import ACTIONS, WRITES
from tests.support.iam.deployed import DENIED, EVERYTHING, KEYS, STAGES, Deployed, Deployment, deployment

STS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetSourceIdentity", "TagSession")
LAMBDA = Principal("Service", "lambda.amazonaws.com")
OTHERS = (
    LAMBDA,
    *(Principal("Service", f"{name}.amazonaws.com") for name in ("ec2", "ecs-tasks", "states", "apigateway")),
    Principal("AWS", DENIED),
    Principal("AWS", "arn:aws:iam::999988887777:role/pse-platform-lambda-role"),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:user/formbridge-app-role"),
)
TAGS = (None, "a", "ab", "acme-eu", "a_1", "a#0", "", "*", "a*", "?", "a b", "a.b", "a:b", "a/b", "a=b", "a+b", "a@b")
KEY_USES = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
FOREIGN = (
    *KEY_USES,
    "iam:PassRole",
    "iam:PutRolePolicy",
    "sts:AssumeRole",
    "s3:GetObject",
    "s3:ListAllMyBuckets",
    "logs:PutLogEvents",
    "lambda:InvokeFunction",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricAlarm",
    "cloudwatch:DeleteAlarms",
    "dax:GetItem",
    "sns:Publish",
    "ssm:GetParameter",
    "secretsmanager:GetSecretValue",
    "kms:CreateGrant",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "ec2:RunInstances",
    "application-autoscaling:RegisterScalableTarget",
    "backup:StartBackupJob",
)


def principals() -> list[Principal]:
    roles = {Principal("AWS", each.arn) for stage in STAGES for each in deployment(stage).roles}
    return [*sorted(roles, key=lambda who: who.name), *OTHERS]


def declared(stage: Deployment, role: Deployed) -> Principal:
    """Lambda, or the role of the same family and stage that the declaration names."""
    if role.role.assumed_by is None:
        return LAMBDA
    return Principal("AWS", stage.role(role.family.key, role.role.assumed_by).arn)


@pytest.mark.parametrize("stage", STAGES)
def test_who_may_be_each_role(stage: str) -> None:
    deployed = deployment(stage)
    wrong, cells = [], 0
    for role in deployed.roles:
        for who in principals():
            for name in STS:
                for tag in TAGS:
                    cells += 1
                    bound = role.role.tenant is not None
                    wanted = who == declared(deployed, role) and (
                        name in ("AssumeRole", "TagSession") and tag in ("a", "ab", "acme-eu", "a_1")
                        if bound
                        else name == "AssumeRole"
                    )
                    context = {} if tag is None else {"aws:RequestTag/tenant": (tag,)}
                    request = Request(f"sts:{name}", role.arn, context, who)
                    if (decide(request, attached=[role.trust]) is Decision.ALLOWED) is not wanted:
                        wrong.append((role.arn, who, name, tag))
    print(f"IAM trust, {stage}: {cells} cells, {len(wrong)} wrong")
    assert wrong == []
    assert cells > 50_000


def test_who_may_be_a_role_is_whom_the_stage_names() -> None:
    who = f"arn:aws:iam::{ACCOUNT}:role/server"
    trust = {"marketbrewer": {"principals": [who]}, "marketbrewer/sync": {"services": ["ecs-tasks.amazonaws.com"]}}
    deployed = deployment("prod", trust=trust)
    for name, wanted in (
        ("app", Principal("AWS", who)),
        ("readonly", Principal("AWS", who)),
        ("sync", Principal("Service", "ecs-tasks.amazonaws.com")),
    ):
        role = deployed.role("marketbrewer", name)
        passing = [
            each
            for each in (*principals(), Principal("AWS", who))
            if decide(Request("sts:AssumeRole", role.arn, {}, each), attached=[role.trust]) is Decision.ALLOWED
        ]
        assert passing == [wanted]


def elsewhere() -> Iterator[tuple[str, str, dict[str, tuple[str, ...]]]]:
    """Requests to other services, each on what it could be asked for."""
    for action in FOREIGN:
        for resource in ("*", *KEYS.values(), f"arn:aws:s3:::bucket/{action}"):
            for via in (
                None,
                "dynamodb.eu-west-2.amazonaws.com",
                "dynamodb.us-east-1.amazonaws.com",
                "s3.amazonaws.com",
            ):
                yield action, resource, {"kms:ViaService": (via,)} if via else {}
    for namespace in ("PSE", "pse", "PSE2", "AWS/DynamoDB", "*", None):
        yield "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": (namespace,)} if namespace else {}


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["as it is", "every option"])
def test_what_is_not_dynamodbs(stage: str, settings: dict[str, object]) -> None:
    """PSE's app role puts its own metrics; with a key of ours each role uses the one of its region through DynamoDB."""
    deployed = deployment(stage, **settings)
    for role in deployed.roles:
        region = role.family.region or "eu-west-2"
        for action, resource, context in elsewhere():
            metrics = (role.family.key, role.role.name) == ("pse", "app") and action == "cloudwatch:PutMetricData"
            key = settings and action in KEY_USES and resource == KEYS[region]
            wanted = (metrics and context.get("cloudwatch:namespace") == ("PSE",)) or bool(
                key and context.get("kms:ViaService") == (f"dynamodb.{region}.amazonaws.com",)
            )
            found = decide(Request(action, resource, context), [role.policy]) is Decision.ALLOWED
            assert found is wanted, (role.arn, action, resource, context)


def test_a_denied_writer_writes_nowhere_and_reads_on() -> None:
    """Somebody with every right on DynamoDB, on the tables of the families that deny them and of the others."""
    deployed = deployment("prod", **EVERYTHING)
    everything = Policy.read(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}}
    )
    denying = {"acs", "content-ai"}
    assert len(deployed.table_policies) == 19
    for resource in deployed.resources:
        attached = [policy for arn, policy in deployed.table_policies.items() if resource.arn == arn]
        for action, kinds in ACTIONS.items():
            if resource.kind in kinds:
                for name, wanted in ((DENIED, resource.family in denying and action in WRITES), (f"{DENIED}2", False)):
                    request = Request(action, resource.arn, principal=Principal("AWS", name))
                    found = decide(request, [everything], attached)
                    assert (found is Decision.DENIED) is wanted, (name, action, resource.arn)
