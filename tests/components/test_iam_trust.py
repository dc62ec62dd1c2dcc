"""Who may be each role, and what is not DynamoDB's: metrics, keys, and the tables' own denials."""

from __future__ import annotations

from itertools import product

import pytest

from families import catalogue
from tests.components.mocked import ACCOUNT
from tests.policies.program import DENIED, EVERYTHING, KEYS, SERVER, STAGES
from tests.support.iam import Decision, Policy, Principal, Request, decide
from tests.support.iam.actions import ACTIONS, WRITES
from tests.support.iam.deployed import Deployed, Deployment, deployment

STS = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetSourceIdentity", "TagSession")
LAMBDA, TASKS = (Principal("Service", f"{name}.amazonaws.com") for name in ("lambda", "ecs-tasks"))
OTHERS = (
    LAMBDA,
    TASKS,
    *(Principal("Service", f"{name}.amazonaws.com") for name in ("ec2", "states", "apigateway")),
    Principal("AWS", DENIED),
    Principal("AWS", SERVER),
    Principal("AWS", "arn:aws:iam::999988887777:role/pse-platform-lambda-role"),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:user/formbridge-app-role"),
)
TENANTS = ("a", "ab", "acme-eu", "a_1")
TAGS = (None, *TENANTS, "a#0", "", "*", "a*", "?", "a b", "a.b", "a:b", "a/b", "a=b", "a+b", "a@b")
KEY_USES = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
_FOREIGN = (
    "kms:CreateGrant kms:PutKeyPolicy kms:ScheduleKeyDeletion iam:PassRole iam:PutRolePolicy sts:AssumeRole "
    "s3:GetObject s3:ListAllMyBuckets logs:PutLogEvents lambda:InvokeFunction cloudwatch:GetMetricData "
    "cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms dax:GetItem sns:Publish ssm:GetParameter "
    "secretsmanager:GetSecretValue ec2:RunInstances backup:StartBackupJob "
    "application-autoscaling:RegisterScalableTarget"
)
FOREIGN = (*KEY_USES, *_FOREIGN.split())


def principals() -> list[Principal]:
    return [*{Principal("AWS", each.arn) for stage in STAGES for each in deployment(stage).roles}, *OTHERS]


def declared(stage: Deployment, role: Deployed, settings: dict[str, object]) -> Principal:
    """Whom the stage names, or the role of the same family and stage that the declaration does, or Lambda."""
    if settings and role.family.key == "marketbrewer":
        return TASKS if role.role.name == "sync" else Principal("AWS", SERVER)
    if role.role.assumed_by is None:
        return LAMBDA
    return Principal("AWS", stage.role(role.family.key, role.role.assumed_by).arn)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["as it is", "every option"])
def test_who_may_be_each_role(stage: str, settings: dict[str, object]) -> None:
    deployed = deployment(stage, **settings)
    wrong, cells = [], 0
    for role, who, name, tag in product(deployed.roles, principals(), STS, TAGS):
        cells += 1
        wanted = who == declared(deployed, role, settings) and (
            name in ("AssumeRole", "TagSession") and tag in TENANTS if role.role.tenant else name == "AssumeRole"
        )
        request = Request(f"sts:{name}", role.arn, {"aws:RequestTag/tenant": (tag,)} if tag is not None else {}, who)
        if (decide(request, attached=[role.trust]) is Decision.ALLOWED) is not wanted:
            wrong.append((role.arn, who, name, tag))
    print(f"IAM trust, {stage}: {cells} cells, {len(wrong)} wrong")
    assert wrong == []
    assert cells > 50_000


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("settings", [{}, EVERYTHING], ids=["as it is", "every option"])
def test_what_is_not_dynamodbs(stage: str, settings: dict[str, object]) -> None:
    """PSE's app role puts its own metrics; with a key of ours each role uses the one of its region through DynamoDB."""
    deployed = deployment(stage, **settings)
    services = (None, "dynamodb.eu-west-2.amazonaws.com", "dynamodb.us-east-1.amazonaws.com", "s3.amazonaws.com")
    for role in deployed.roles:
        region = role.family.region or "eu-west-2"
        for action, resource, via in product(FOREIGN, ("*", *KEYS.values(), "arn:aws:s3:::bucket/key"), services):
            by_dynamodb = via == f"dynamodb.{region}.amazonaws.com"
            wanted = bool(settings) and action in KEY_USES and resource == KEYS[region] and by_dynamodb
            request = Request(action, resource, {"kms:ViaService": (via,)} if via else {})
            assert (decide(request, [role.policy]) is Decision.ALLOWED) is wanted, (role.arn, request)
        for namespace in ("PSE", "pse", "PSE2", "AWS/DynamoDB", "*", None):
            wanted = (role.family.key, role.role.name, namespace) == ("pse", "app", "PSE")
            context = {"cloudwatch:namespace": (namespace,)} if namespace else {}
            request = Request("cloudwatch:PutMetricData", "*", context)
            assert (decide(request, [role.policy]) is Decision.ALLOWED) is wanted, (role.arn, namespace)


def test_a_denied_writer_writes_nowhere_and_reads_on() -> None:
    """Somebody with every right on DynamoDB, on the tables of the families that deny them and of the others."""
    deployed = deployment("prod", **EVERYTHING)
    allow = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
    everything = Policy.read({"Version": "2012-10-17", "Statement": allow})
    denying = [catalogue().family(key) for key in ("acs", "content-ai")]
    assert len(deployed.table_policies) == sum(len(family.tables) for family in denying)
    for resource, (action, kinds) in product(deployed.resources, ACTIONS.items()):
        if resource.kind in kinds:
            denied = resource.family in ("acs", "content-ai") and action in WRITES
            attached = [policy for arn, policy in deployed.table_policies.items() if resource.arn == arn]
            for name, wanted in ((DENIED, denied), (f"{DENIED}2", False)):
                request = Request(action, resource.arn, principal=Principal("AWS", name))
                assert (decide(request, [everything], attached) is Decision.DENIED) is wanted, request
