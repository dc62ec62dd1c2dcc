"""Requests that are not cells of a role and a resource: each with what they need, and whether they may pass.

Who asks to be a role and with which session tags, a tenant's sessions with their leading keys, other services than
DynamoDB, and writers whom a table's own policy denies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations_with_replacement, product
from typing import Any, Final

from tablekit.model.naming import PROD
from tests.components.mocked import ACCOUNT
from tests.policies.program import DENIED, EXTERNAL_ID, KEYS, ORGANIZATION, PARTNER, SERVER, STAGES
from tests.support.iam import declared
from tests.support.iam.actions import ACTIONS, WRITES
from tests.support.iam.deployed import HANDED_ON, HOME, OTHER_ACCOUNT, Deployed, Deployment, catalogue, deployment
from tests.support.iam.evaluate import Policy, Principal, Request
from tests.support.iam.matrix import KEY_USES, Question, session_of

Asked = Iterator[tuple[Question, bool]]

STS: Final = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "SetSourceIdentity", "TagSession")
LAMBDA: Final = Principal("Service", "lambda.amazonaws.com")
STRANGERS: Final = (
    *(
        Principal("Service", f"{name}.amazonaws.com")
        for name in ("lambda", "ecs-tasks", "ec2", "states", "apigateway", "backup", "pipes")
    ),
    Principal("AWS", DENIED),
    Principal("AWS", SERVER),
    Principal("AWS", PARTNER),
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
METRICS: Final = "dynamodb-tables"
"""The namespace of what a stage's own function publishes."""
WITH_BUDGETS: Final = ("acs", "formbridge", "pse")
"""The families whose documents ask for one, wherever a stage has budgets."""
LINKED: Final = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/replication.dynamodb.amazonaws.com/Replication"
_ANYBODY: Final = tuple(
    Principal("AWS", name) for name in (DENIED, f"{DENIED}2", SERVER, LINKED, LINKED.replace("service-role", "x"))
)
ITEMS: Final = (
    *WRITES,
    *(f"dynamodb:{name}" for name in ("BatchGetItem", "GetItem", "PartiQLSelect", "Query", "Scan")),
    *(f"dynamodb:{name}" for name in ("CreateBackup", "ExportTableToPointInTime", "RestoreTableToPointInTime")),
)
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
_READS: Final = tuple(f"dynamodb:{name}" for name in ("BatchGetItem", "GetItem", "PartiQLSelect", "Query", "Scan"))
_SELECT: Final = (None, "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES")
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
    """Every caller on every role, or on these, with every action, and with what else it can show.

    A tenant's role with every tag; another one, whose trust knows no tag, with one of each kind.
    """
    callers = {Principal("AWS", each.arn) for place in STAGES for each in deployment(place).roles}
    for role in stage.roles if roles is None else roles:
        trusted, attached = _trusted(stage, role), (role.trust,) if role.trust else ()
        actions = ("AssumeRole", "TagSession") if role.role and role.role.tenant else ("AssumeRole",)
        tags = TAGS if len(actions) > 1 else ("acme", "*", None)
        for who, name, tag in product((*sorted(callers, key=str), *STRANGERS), STS, tags):
            own = (ANYTHING,) if who.kind == "AWS" else ()
            for shown in _shown(who, role, stage):
                enough = who in trusted and trusted[who].items() <= shown.items()
                may = enough and name in actions and (len(actions) == 1 or is_tenant(tag))
                given = {**shown, **({"aws:RequestTag/tenant": tag} if tag is not None else {})}
                context = {key: (value,) for key, value in given.items()}
                yield Question(Request(f"sts:{name}", role.arn, context, who), own, attached), may


def _shown(who: Principal, role: Deployed, stage: Deployment) -> tuple[dict[str, str], ...]:
    """What a request shows of who asks: the account and pipe that a service works for, another account's ExternalId."""
    if who.kind == "Service" and role.reads:
        pipe = _pipe(role, stage)
        arns = (pipe, f"{pipe}2", pipe.replace(ACCOUNT, OTHER_ACCOUNT))
        shown = [
            {"aws:SourceAccount": account, "aws:SourceArn": arn} for account in (ACCOUNT, OTHER_ACCOUNT) for arn in arns
        ]
        return (*shown, {"aws:SourceAccount": ACCOUNT}, {"aws:SourceArn": pipe}, {})
    if who.kind == "Service":
        return {"aws:SourceAccount": ACCOUNT}, {"aws:SourceAccount": OTHER_ACCOUNT}, {}
    if who.account == ACCOUNT:
        return ({},)
    organizations = ({"aws:PrincipalOrgID": each} for each in (ORGANIZATION, "o-otherother"))
    return {}, *organizations, *({"sts:ExternalId": each} for each in (EXTERNAL_ID, f"{EXTERNAL_ID}7", "*"))


def _pipe(role: Deployed, stage: Deployment) -> str:
    region = (role.family and role.family.region) or HOME
    return f"arn:aws:pipes:{region}:{ACCOUNT}:pipe/{role.pipe(stage.stage)}"


def _trusted(stage: Deployment, role: Deployed) -> dict[Principal, dict[str, str]]:
    """Whom the stage names, or the role of the same family and stage that the declaration does, or Lambda; each with
    what it has to show; AWS Backup alone its own."""
    if role.backs_up:
        return {Principal("Service", "backup.amazonaws.com"): {}}
    if role.counts or role.archives:
        return {Principal("Service", "lambda.amazonaws.com"): {"aws:SourceAccount": ACCOUNT}}
    if role.reads:
        shows = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": _pipe(role, stage)}
        return {Principal("Service", "pipes.amazonaws.com"): shows}
    if role.family is None or role.role is None:
        return {}
    named: dict[str, dict[str, Any]] = stage.settings.get("trust", {})
    family_wide = None if role.role.tenant else named.get(role.family.key)
    default: dict[str, Any] = {"services": ["lambda.amazonaws.com"]}
    if role.role.assumed_by is not None:
        default = {"principals": [stage.role(role.family.key, role.role.assumed_by).arn]}
    given: dict[str, Any] = named.get(f"{role.family.key}/{role.role.name}", family_wide) or default
    found: dict[Principal, dict[str, str]] = {}
    for each in given.get("services", ()):
        sends = each in ("lambda.amazonaws.com", "ecs-tasks.amazonaws.com")
        found[Principal("Service", each)] = {"aws:SourceAccount": ACCOUNT} if sends else {}
    for each in given.get("principals", ()):
        found[Principal("AWS", each)] = {}
    for each in given.get("foreign", ()):
        keys = {"externalId": "sts:ExternalId", "organization": "aws:PrincipalOrgID"}
        found[Principal("AWS", each["principal"])] = {key: each[name] for name, key in keys.items() if name in each}
    return found


def on_secrets(stage: Deployment) -> Asked:
    """Every role's reads of tables with secrets: who only reads names attributes, and none that is a secret."""
    for role, family in product(stage.roles, catalogue()):
        granted = declared.granted(role.role, role.family, stage, catalogue()) if role.role and role.family else set()
        for table in (each for each in family.tables if each.secrets):
            keys = tuple(key.name for key in table.keys)
            named = [
                (),
                keys,
                (*keys, "accountName"),
                ("undeclared",),
                tuple(sorted({*table.types} - {*table.secrets})),
            ]
            named += [(*each, secret) for each in named for secret in table.secrets]
            here = [e for e in stage.resources if (e.family, e.table) == (family.key, table.name)]
            cells = [(a, e.arn, e.kind) for a in _READS for e in here if e.kind in ACTIONS[a]]
            for (action, arn, kind), select, attributes in product(cells, _SELECT, named):
                harmless = bool(attributes) and {*attributes} <= {*table.types} - {*table.secrets}
                free = kind == "index" or (role.role is not None and role.role.access == "read-write")
                may = (action, arn) in granted and (free or (select == "SPECIFIC_ATTRIBUTES" and harmless))
                context = {"dynamodb:Attributes": attributes, **({"dynamodb:Select": (select,)} if select else {})}
                yield Question(Request(action, arn, context, Principal("AWS", role.arn)), role.policies), may


def on_plain_http(stage: Deployment) -> Asked:
    """What a role may do, it may not do without TLS; alarms' topics take nothing without it, whoever asks."""
    for role in stage.roles:
        granted = declared.granted(role.role, role.family, stage, catalogue()) if role.role and role.family else set()
        for (action, arn), secure in product(sorted(granted), (None, "true", "false")):
            context = {**session_of(role), **({"aws:SecureTransport": (secure,)} if secure else {})}
            yield Question(Request(action, arn, context, Principal("AWS", role.arn)), role.policies), secure != "false"


def on_topics(stage: Deployment) -> Asked:
    """CloudWatch publishes to an alarms' topic for this account, Budgets to that of a family with a budget, EventBridge
    to that of one with backups, Cost Explorer to that of unusual costs; others of the account need a policy of their
    own.
    """
    tellers = ("cloudwatch", "budgets", "events", "costalerts")
    alarms, budgets, events, costs = (Principal("Service", f"{name}.amazonaws.com") for name in tellers)
    backed_up = stage.stage == PROD or stage.settings.get("backups")
    callers = [alarms, budgets, events, costs, *STRANGERS, *(Principal("AWS", each.arn) for each in stage.roles)]
    actions = ("Publish", "Subscribe", "SetTopicAttributes", "AddPermission", "DeleteTopic", "GetTopicAttributes")
    asked = product(stage.topic_policies.items(), callers, actions, (True, False), (ACCOUNT, OTHER_ACCOUNT, None))
    for (arn, policy), who, action, secure, account in asked:
        context = {"aws:SecureTransport": ("true" if secure else "false",)}
        context |= {"aws:SourceAccount": (account,)} if account and who.kind == "Service" else {}
        own = (ANYTHING,) if who.name == SERVER else ()
        family = arn.split(":")[-1].split("-")[1]
        told = who == alarms or (who == budgets and family in WITH_BUDGETS and not _elsewhere(stage, arn, family))
        may = told and action == "Publish" and account == ACCOUNT and secure
        may |= who == events and bool(backed_up) and "-dynamodb-" not in arn and action == "Publish" and secure
        may |= who == costs and arn.endswith("-cost-alarms") and action == "Publish" and account == ACCOUNT and secure
        may |= bool(own) and (secure or action != "Publish")
        yield Question(Request(f"sns:{action}", arn, context, who), own, (policy,)), may


def _elsewhere(stage: Deployment, arn: str, family: str) -> bool:
    """Whether a family's topic is in the region of a replica."""
    return arn.split(":")[3] in stage.settings.get("replicas", {}).get(family, ())


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
        pairs = action in ("dynamodb:GetItem", "dynamodb:Query")
        several = combinations_with_replacement(LEADING_KEYS, 2) if pairs else ()
        for keys in (*ONE_KEY, *several):
            may = (action, arn) in reads and is_tenant(tag) and bool(keys) and all(owns(tag, key) for key in keys)
            yield as_tenant(role, action, arn, tag, keys), may


def as_tenant(role: Deployed, action: str, arn: str, tag: str | None, keys: tuple[str, ...]) -> Question:
    """A request of a session with this tag for these leading keys."""
    context = {"dynamodb:LeadingKeys": keys, **({TAG: (tag,)} if tag is not None else {})}
    return Question(Request(action, arn, context, Principal("AWS", role.arn)), role.policies)


def on_other_services(stage: Deployment) -> Asked:
    """PSE's app role puts its own metrics; with a key of ours each role uses the one of its region through DynamoDB."""
    services = (
        None,
        "s3.eu-west-2.amazonaws.com",
        "sqs.eu-west-2.amazonaws.com",
        "dynamodb.eu-west-2.amazonaws.com",
        "dynamodb.us-east-1.amazonaws.com",
        "s3.amazonaws.com",
    )
    for role in stage.roles:
        who, region = Principal("AWS", role.arn), (role.family and role.family.region) or HOME
        key = stage.settings.get("kmsKeyArns", {}).get(region)
        asked = [(action, resource) for action, places in _OTHER_SERVICES.items() for resource in places]
        for (action, resource), via in product(asked, services):
            may = action in KEY_USES and resource == key and via == f"dynamodb.{region}.amazonaws.com"
            if role.backs_up:
                places = {region, stage.settings.get("backupVault", {}).get("copyTo")}
                through = action == "kms:DescribeKey" or (
                    via and via.split(".")[1] in places and via[:9] == "dynamodb."
                )
                ours = [arn for place, arn in stage.settings.get("kmsKeyArns", {}).items() if place in places]
                may = action in KEY_USES and resource in ours and bool(through)
            if role.archives:
                may = (
                    action in ("kms:Decrypt", "kms:GenerateDataKey")
                    and resource == key
                    and via == f"s3.{region}.amazonaws.com"
                )
            if role.reads:
                through = via in (f"dynamodb.{region}.amazonaws.com", f"sqs.{region}.amazonaws.com")
                may = action in ("kms:Decrypt", "kms:GenerateDataKey") and resource == key and through
            request = Request(action, resource, {"kms:ViaService": (via,)} if via else {}, who)
            attached = _TRUST if action.startswith("sts:") else HANDED_ON
            yield Question(request, role.policies, (attached,)), role.is_known and not role.counts and may
        yield from _on_own_keys(stage, role, services)
        own = METRICS if role.counts else role.role and role.role.metrics_namespace
        for namespace in ("PSE", "pse", "PSE2", "AWS/DynamoDB", METRICS, "*", None):
            may = namespace is not None and namespace == own
            context = {"cloudwatch:namespace": (namespace,)} if namespace else {}
            yield Question(Request("cloudwatch:PutMetricData", "*", context, who), role.policies), may


def _on_own_keys(stage: Deployment, role: Deployed, services: Iterable[str | None]) -> Asked:
    """Every family's own keys, by their aliases and by others: a role uses its family's, through DynamoDB there; a
    pipe's those of its own region, for its stream and its queue."""
    narrow = bool(role.reads) or role.archives
    places = stage.regions(role.family)[: 1 if narrow else None] if role.family else []
    ours = {f"{'s3' if role.archives else 'dynamodb'}.{place}.amazonaws.com" for place in places}
    ours |= {f"sqs.{place}.amazonaws.com" for place in places if role.reads}
    uses = ("kms:Decrypt", "kms:GenerateDataKey") if narrow else KEY_USES
    for family, action, via in product(catalogue(), (*KEY_USES, "kms:CreateGrant"), services):
        for region in stage.regions(family):
            if (named := stage.own_key(family, region)) is None:
                return
            through = via in ours or (bool(role.backs_up) and action == "kms:DescribeKey")
            may = family is role.family and action in uses and through and (not narrow or region in places)
            for alias in (named[1], f"{named[1]}2", None):
                context: dict[str, tuple[str, ...]] = {"kms:ViaService": (via,)} if via else {}
                context |= {"kms:ResourceAliases": (alias, "alias/other")} if alias else {}
                request = Request(action, named[0], context, Principal("AWS", role.arn))
                yield Question(request, role.policies, (HANDED_ON,)), may and alias == named[1]


def on_denials(stage: Deployment) -> Asked:
    """Somebody with every right, on the tables of the families that deny them writes, that let in some alone, and of
    the others, by plain HTTP too: operators, service-linked roles and such as are called nearly so.
    """
    denied: dict[str, list[str]] = stage.settings.get("denyWrites", {})
    only: dict[str, list[str]] = stage.settings.get("onlyPrincipals", {})
    asked = product(stage.resources, ACTIONS.items(), _ANYBODY, (None, "false"))
    for resource, (action, kinds), who, secure in asked:
        if resource.kind not in kinds:
            continue
        family, own = resource.family or "", resource.kind in ("table", "index")
        may = not (action in WRITES and resource.kind == "table" and who.name in denied.get(family, ()))
        may &= not (own and secure and bool(stage.settings.get("tlsOnly")))
        if own and family in only and action in ITEMS:
            may &= who.name == LINKED or who.name in only[family]
        context = {"aws:SecureTransport": (secure,)} if secure else {}
        request = Request(action, resource.arn, context, who)
        yield Question(request, (ANYTHING,), tuple(stage.attached(resource.arn))), may


CALLERS: Final[tuple[Callable[[Deployment], Asked], ...]] = (
    on_trust,
    on_tenants,
    on_secrets,
    on_plain_http,
    on_topics,
    on_other_services,
    on_denials,
)
