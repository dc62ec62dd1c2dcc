"""Requests that are not cells of a role and a resource: each with what they need, and whether they may pass.

Who asks to be a role and with which session tags, a tenant's sessions with their leading keys, other services than
DynamoDB, and writers whom a table's own policy denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from typing import Any, Final

from tests.components.mocked import ACCOUNT
from tests.policies.program import DENIED, KEYS, SERVER, STAGES
from tests.support.iam import declared
from tests.support.iam.actions import ACTIONS, WRITES
from tests.support.iam.deployed import HANDED_ON, OTHER_ACCOUNT, Deployed, Deployment, catalogue, deployment
from tests.support.iam.evaluate import Policy, Principal, Request
from tests.support.iam.matrix import HOME, KEY_USES, Question

Asked = Iterator[tuple[Question, bool]]

STS: Final = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetSourceIdentity", "TagSession")
LAMBDA: Final = Principal("Service", "lambda.amazonaws.com")
STRANGERS: Final = (
    *(Principal("Service", f"{name}.amazonaws.com") for name in ("lambda", "ecs-tasks", "ec2", "states", "apigateway")),
    Principal("AWS", DENIED),
    Principal("AWS", SERVER),
    Principal("AWS", f"arn:aws:iam::{OTHER_ACCOUNT}:role/pse-platform-lambda-role"),
    Principal("AWS", f"arn:aws:iam::{ACCOUNT}:user/formbridge-app-role"),
)
TENANTS: Final = ("a", "ab", "A", "a-b", "a_1", "acme", "acme-eu")
NO_TENANTS: Final = (
    "a#0",
    "",
    "*",
    "?",
    "a*",
    "a?",
    "a b",
    "a.b",
    "a:b",
    "a/b",
    "a=b",
    "a+b",
    "a@b",
    "${*}",
    "a#",
    "#",
)
TAGS: Final = (*TENANTS, *NO_TENANTS, None)
LEADING_KEYS: Final = (
    *(f"TENANT#{own}" for own in ("a", "a#0", "a#0#x", "a#STATUS", "ab", "ab#0", "A", "a-b#1", "a_1", "acme#3")),
    *("TENANT#acme-eu#3", "TENANT#", "TENANT##0", "TENANT#*", "TENANT", "tenant#a", "xTENANT#a"),
    *("SUB#1", "DEST#1", "DOMAIN#951623a26f8b3388", "CONFIG#active", "METRICS#DAY#2025-01-26"),
)
ONE_KEY: Final[tuple[tuple[str, ...], ...]] = ((), *((key,) for key in LEADING_KEYS))
"""The leading keys of a request: none, as in a Scan, or one. A batch has several."""
TAG: Final = "aws:PrincipalTag/tenant"
_KEYS: Final = (*KEYS.values(), f"arn:aws:kms:{HOME}:{ACCOUNT}:key/2")
_AWS: Final = f"arn:aws:{{}}:{HOME}:{ACCOUNT}:"
_OTHER_SERVICES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys((*KEY_USES, "kms:CreateGrant", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion"), _KEYS),
    **dict.fromkeys(("iam:PassRole", "iam:PutRolePolicy", "sts:AssumeRole"), (f"arn:aws:iam::{ACCOUNT}:role/admin",)),
    **dict.fromkeys(("s3:ListAllMyBuckets", "cloudwatch:GetMetricData", "ec2:DescribeInstances"), ("*",)),
    **dict.fromkeys(("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"), (_AWS.format("cloudwatch") + "alarm:a",)),
    "s3:GetObject": ("arn:aws:s3:::bucket/key",),
    "logs:PutLogEvents": (_AWS.format("logs") + "log-group:a:log-stream:b",),
    "lambda:InvokeFunction": (_AWS.format("lambda") + "function:a",),
    "dax:GetItem": (_AWS.format("dax") + "cache/a",),
    "sns:Publish": (_AWS.format("sns") + "prod-dynamodb-account-alarms",),
    "ssm:GetParameter": (_AWS.format("ssm") + "parameter/a",),
    "secretsmanager:GetSecretValue": (_AWS.format("secretsmanager") + "secret:a-123456",),
    "ec2:TerminateInstances": (_AWS.format("ec2") + "instance/i-1",),
    "backup:StartBackupJob": (_AWS.format("backup") + "backup-vault:a",),
}
"""Actions of other services, each on what it takes."""
_TRUST: Final = Policy.read(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"},
    },
    "trust",
)
"""A trust that hands on to this account."""
ANYTHING: Final = Policy.read(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
"""What who asks may do by policies of its own, where another policy is to decide."""


def is_tenant(tag: str | None) -> bool:
    """Whether a session tag can be a tenant's id."""
    return bool(tag and re.fullmatch(r"[A-Za-z0-9_-]+", tag))


def owns(tenant: str | None, key: str) -> bool:
    """Whose a key is, as the document writes it."""
    return key == f"TENANT#{tenant}" or key.startswith(f"TENANT#{tenant}#")


def on_trust(stage: Deployment, roles: Iterable[Deployed] | None = None) -> Asked:
    """Every caller on every role, or on these, with every action and tag."""
    callers = {Principal("AWS", each.arn) for place in STAGES for each in deployment(place).roles}
    for role in stage.roles if roles is None else roles:
        trusted, attached = _trusted(stage, role), (role.trust,) if role.trust else ()
        actions = ("AssumeRole", "TagSession") if role.role and role.role.tenant else ("AssumeRole",)
        for who, name, tag in product((*sorted(callers, key=str), *STRANGERS), STS, TAGS):
            may = who in trusted and name in actions and (len(actions) == 1 or is_tenant(tag))
            context = {"aws:RequestTag/tenant": (tag,)} if tag is not None else {}
            own = (ANYTHING,) if who.kind == "AWS" else ()
            yield Question(Request(f"sts:{name}", role.arn, context, who), own, attached), may


def _trusted(stage: Deployment, role: Deployed) -> set[Principal]:
    """Whom the stage names, or the role of the same family and stage that the declaration does, or Lambda."""
    if role.family is None or role.role is None:
        return set()
    named: dict[str, dict[str, Any]] = stage.settings.get("trust", {})
    family_wide = None if role.role.tenant else named.get(role.family.key)
    if given := named.get(f"{role.family.key}/{role.role.name}", family_wide):
        services, others = given.get("services", ()), given.get("principals", ())
        return {Principal("Service", each) for each in services} | {Principal("AWS", each) for each in others}
    if role.role.assumed_by is None:
        return {LAMBDA}
    return {Principal("AWS", stage.role(role.family.key, role.role.assumed_by).arn)}


def on_tenants(stage: Deployment) -> Asked:
    """Form-Bridge's tenant role, session by session, on every table and index: a tenant's own leading keys."""
    role = stage.role("formbridge", "tenant")
    assert role.role
    assert role.family
    reads = declared.used(role.role, role.family, stage, catalogue())
    own = [each for each in stage.resources if each.family == "formbridge"]
    cells = [(action, each.arn) for action, kinds in ACTIONS.items() for each in own if each.kind in kinds]
    for (action, arn), tag in product(cells, TAGS):
        # Without an own key nothing is granted: only the requests that could be are asked with every pair of keys.
        several = product(LEADING_KEYS, repeat=2) if action in ("dynamodb:GetItem", "dynamodb:Query") else ()
        for keys in (*ONE_KEY, *several):
            may = (action, arn) in reads and is_tenant(tag) and bool(keys) and all(owns(tag, key) for key in keys)
            yield as_tenant(role, action, arn, tag, keys), may


def as_tenant(role: Deployed, action: str, arn: str, tag: str | None, keys: tuple[str, ...]) -> Question:
    """A request of a session with this tag for these leading keys."""
    context = {"dynamodb:LeadingKeys": keys, **({TAG: (tag,)} if tag is not None else {})}
    return Question(Request(action, arn, context, Principal("AWS", role.arn)), role.policies)


def on_other_services(stage: Deployment) -> Asked:
    """PSE's app role puts its own metrics; with a key of ours each role uses the one of its region through DynamoDB."""
    services = (None, "dynamodb.eu-west-2.amazonaws.com", "dynamodb.us-east-1.amazonaws.com", "s3.amazonaws.com")
    for role in stage.roles:
        who, region = Principal("AWS", role.arn), (role.family and role.family.region) or HOME
        key = stage.settings.get("kmsKeyArns", {}).get(region)
        asked = [(action, resource) for action, places in _OTHER_SERVICES.items() for resource in places]
        for (action, resource), via in product(asked, services):
            may = action in KEY_USES and resource == key and via == f"dynamodb.{region}.amazonaws.com"
            request = Request(action, resource, {"kms:ViaService": (via,)} if via else {}, who)
            attached = _TRUST if action.startswith("sts:") else HANDED_ON
            yield Question(request, role.policies, (attached,)), bool(role.role) and may
        for namespace in ("PSE", "pse", "PSE2", "AWS/DynamoDB", "*", None):
            may = namespace is not None and namespace == (role.role and role.role.metrics_namespace)
            context = {"cloudwatch:namespace": (namespace,)} if namespace else {}
            yield Question(Request("cloudwatch:PutMetricData", "*", context, who), role.policies), may


def on_denials(stage: Deployment) -> Asked:
    """Somebody with every right: on the tables of the families that deny them writes, and of the others."""
    denied: dict[str, list[str]] = stage.settings.get("denyWrites", {})
    for resource, (action, kinds), who in product(stage.resources, ACTIONS.items(), (DENIED, f"{DENIED}2")):
        if resource.kind in kinds:
            may = not (action in WRITES and who in denied.get(resource.family or "", ()))
            policies = [policy for arn, policy in stage.table_policies.items() if resource.arn == arn]
            yield (
                Question(Request(action, resource.arn, principal=Principal("AWS", who)), (ANYTHING,), tuple(policies)),
                may,
            )


CALLERS: Final[tuple[Callable[[Deployment], Asked], ...]] = (on_trust, on_tenants, on_other_services, on_denials)
