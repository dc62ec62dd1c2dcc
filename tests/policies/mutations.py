"""The ways to break what the real program registers, a row each, by the rule that owns them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from policies.resource import ALARM, PARAMETER, POLICY, RESOURCE_POLICY, ROLE, ROLE_POLICY, TABLE
from tests.policies.analyzer import Sent
from tests.policies.program import Key

Edits = Mapping[str, Any]
"""By path, what is put there. A path has names and list places; `*` is each place of a list, `+` one more, and what is
text on the way is a JSON document. `@` begins an option of the resource. DROP takes away, at no path the resource."""
DROP: Final = object()

KINDS = {"table": TABLE, "role": ROLE, "policy": ROLE_POLICY, "alarm": ALARM, "parameter": PARAMETER}
KINDS |= {"managed": POLICY, "attached": RESOURCE_POLICY}


def key(target: str) -> Key:
    """`table acs-Users` as the key of a resource."""
    kind, name = target.split()
    return KINDS[kind], name


def edit(resources: dict[Key, Sent], target: Key, edits: Edits) -> None:
    """Change a resource, or add it."""
    for path, value in edits.items():
        if path == "":
            del resources[target]
        elif path.startswith("@"):
            resources[target] = replace(resources[target], **{path[1:]: value})
        else:
            _put(resources.setdefault(target, Sent(*target, {})).inputs, path.split("/"), value)


def _put(inside: Any, way: list[str], value: Any) -> None:
    name, *rest = way
    if name == "+":
        inside.append(value)
    elif isinstance(inside, list):
        for place in range(len(inside)) if name == "*" else [int(name)]:
            if rest:
                _put(inside[place], rest, value)
            elif value is DROP:
                del inside[place]
            else:
                inside[place] = value
    elif not rest:
        inside.pop(name, None)
        inside |= {} if value is DROP else {name: value}
    elif isinstance(text := inside.setdefault(name, {}), str):
        document = json.loads(text)
        _put(document, rest, value)
        inside[name] = json.dumps(document)
    else:
        _put(text, rest, value)


def arn(name: str, region: str = "eu-west-2") -> str:
    return f"arn:aws:dynamodb:{region}:111122223333:table/{name}"


def grant(action: str | list[str], resource: str, **more: Any) -> Edits:
    """One more statement that allows."""
    statement = {"Sid": "More", "Effect": "Allow", "Action": action, "Resource": [resource], **more}
    return {"policy/Statement/+": statement}


def reads(path: str, region: str = "eu-west-2", action: str = "ssm:GetParameter") -> Edits:
    return grant(action, f"arn:aws:ssm:{region}:111122223333:parameter/dynamodb/{path}")


class Broken(NamedTuple):
    """The rule, the resource, what is changed, a part of what the rule must then say, and the stage; `full` beside its
    name stands for every option on."""

    rule: str
    target: str
    edits: Edits
    says: str
    stage: str = "prod"


METRICS = {"Condition": {"StringEquals": {"cloudwatch:namespace": "Other"}}}
EVERYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem"}]})
OTHERS: dict[str, Any] = {"policy": json.dumps({"Statement": []})}
SPARE: dict[str, Any] = {"keySchemas": [{"attributeName": "spare", "keyType": "HASH"}], "projectionType": "ALL"}
WIDE: dict[str, Any] = {**SPARE, "name": "wide", "nonKeyAttributes": [f"a{n}" for n in range(21)]}
TWENTY_ONE = [{**SPARE, "name": f"spare-{place}"} for place in range(21)]
AGAIN = {"name": "again", "keySchemas": [{"attributeName": "job_id", "keyType": "HASH"}]}
KEYS, TITLE = {"name": "contentId", "type": "S"}, {"name": "title", "type": "S"}
OTHER: dict[str, Any] = {"name": "cloudstro-other", "hashKey": "id", "attributes": [{"name": "id", "type": "S"}]}
WAREHOUSE = {"name": "/dynamodb/prod/warehouse/a", "type": "String"}
LOCKS, PIPELINE = "table content-ai-article-publishing-locks", "table content-ai-blog-content-pipeline"
USERS, FORMS, POSTS = "table acs-Users", "table formbridge-FormBridgeData", "table cloudstro-social-posts"
ACCOUNTS, WORDS = "table cloudstro-social-accounts", "table pse-keyword-intelligence"
ACS, PSE, TENANT = "policy acs-app", "policy pse-app", "policy formbridge-tenant"
READS, ERRORS = "alarm acs-Users-read-throttles", "alarm acs-Users-system-errors"
GSI1 = "alarm formbridge-FormBridgeData/GSI1-read-throttles"
VARIABLE, FIRST, LAST = "parameter acs/env/DYNAMODB_USERS_TABLE", "parameter acs/contract/1", "parameter acs/contract/5"
PROJECTED = "globalSecondaryIndexes/0/projectionType"
STATEMENT, TRUST = "policy/Statement/*", "assumeRolePolicy/Statement/*"

ROWS: Final[tuple[tuple[Any, ...], ...]] = (
    ("table-recovery", USERS, {"pointInTimeRecovery/enabled": False}, "is off"),
    ("table-recovery", USERS, {"pointInTimeRecovery": DROP}, "is off", "dev"),
    ("table-recovery-window", FORMS, {"pointInTimeRecovery/recoveryPeriodInDays": 1}, "1 days; allowed are 14 to 35"),
    ("table-deletion-protection", LOCKS, {"deletionProtectionEnabled": False}, "deletionProtectionEnabled is false"),
    ("table-protect", USERS, {"@protect": False}, "protect is false"),
    ("table-encryption", USERS, {"serverSideEncryption": DROP}, "enabled is false"),
    ("table-customer-key", USERS, {}, "holds pii"),
    ("table-billing", USERS, {"billingMode": DROP}, "PROVISIONED in stage dev", "dev"),
    ("table-billing", POSTS, {"billingMode": "PROVISIONED"}, "PAY_PER_REQUEST", "dev"),
    ("table-autoscaling", POSTS, {"billingMode": "PROVISIONED"}, "no autoscaling target raises its read capacity"),
    ("table-tags", USERS, {"tags/owner": DROP}, "no tag 'owner'"),
    ("table-tags", WORDS, {"tags": DROP}, "no tag 'family'", "local"),
    ("table-tags", USERS, {"tags/family": "pse"}, "it must be 'acs'"),
    ("table-tags", USERS, {"tags/data-classification": "internal"}, "it must be 'pii'"),
    ("table-name", WORDS, {"name": "pse-keyword-intelligence"}, "must be 'dev-", "dev"),
    ("table-name", USERS, {"name": "pse-Users"}, "within the prefix 'pse-'"),
    ("table-name", "table other", OTHER, "within the prefix 'cloudstro-'"),
    ("table-name", "table other", OTHER | {"name": "seo_businesses"}, "the name is family 'marketbrewer''s in prod"),
    ("table-name", "table other", OTHER | {"name": "SuperchargedProjects"}, "the name exists already"),
    ("table-region", WORDS, {"region": "eu-central-1"}, "is in eu-central-1"),
    ("table-retention", PIPELINE, {"ttl": DROP}, "TTL is on no attribute"),
    ("table-retention", PIPELINE, {"ttl/enabled": False}, "promises 90 days", "dev"),
    ("table-retention", PIPELINE, {"ttl/attributeName": "expires"}, "on expires"),
    ("table-ttl-key", PIPELINE, {"ttl/attributeName": "contentId"}, "'contentId', a key"),
    ("table-keys", PIPELINE, {"hashKey": "jobId"}, "declared as 'contentId'"),
    ("table-keys", PIPELINE, {"attributes/0/type": "N"}, "has type N"),
    ("table-limits", PIPELINE, {"attributes": [KEYS, TITLE]}, "'title' is listed and no key"),
    ("table-limits", PIPELINE, {"name": "ab"}, "3 to 255"),
    ("table-limits", USERS, {"tags": {f"tag-{count}": "x" for count in range(51)}}, "51 tags", "local"),
    ("table-limits", PIPELINE, {"ttl/attributeName": "x" * 256}, "TTL attribute of 256 characters"),
    ("table-stream", FORMS, {"streamEnabled": DROP, "streamViewType": DROP}, "is off"),
    ("table-stream", FORMS, {"streamViewType": "KEYS_ONLY"}, "NEW_AND_OLD_IMAGES", "dev"),
    ("table-ignored-changes", USERS, {"@ignore_changes": ("pointInTimeRecovery.enabled",)}, "ignoreChanges has"),
    ("index-declared", USERS, {"globalSecondaryIndexes/0": DROP}, "no index"),
    ("index-declared", FORMS, {"globalSecondaryIndexes/0/keySchemas/0/attributeName": "SK"}, "are GSI1PK, GSI1SK"),
    ("index-declared", USERS, {PROJECTED: "KEYS_ONLY"}, "projects KEYS_ONLY"),
    ("index-declared", LOCKS, {"globalSecondaryIndexes": TWENTY_ONE[:1]}, "'spare-0' is not declared", "dev"),
    ("index-unused", FORMS, {}, "'GSI3'"),
    ("index-repeats-key", LOCKS, {"globalSecondaryIndexes": [AGAIN]}, "keyed by job_id, as the table is"),
    ("index-projection", ACCOUNTS, {PROJECTED: "ALL"}, "project ALL"),
    ("index-secrets", ACCOUNTS, {PROJECTED: "ALL"}, "the secret 'accessToken'"),
    ("index-limits", LOCKS, {"globalSecondaryIndexes": TWENTY_ONE}, "21 global secondary indexes; at most 20"),
    ("index-limits", LOCKS, {"globalSecondaryIndexes": [WIDE]}, "21 non-key attributes; at most 20"),
    ("index-limits", LOCKS, {"globalSecondaryIndexes": [WIDE] + [{**WIDE, "name": f"w{n}x"} for n in range(5)]},
     "non-key attributes in all its indexes"),
    ("index-limits", LOCKS, {"globalSecondaryIndexes": [{**SPARE, "name": "x"}]}, "index 'x': a name is 3 to 255"),
    ("access-wildcard-action", ACS, grant("dynamodb:*", arn("acsd2p-prod-*")), "'dynamodb:*'"),
    ("access-wildcard-action", PSE, {f"{STATEMENT}/Action": ["dynamodb:Get*"]}, "'dynamodb:Get*'", "dev"),
    ("access-wildcard-action", ACS, {f"{STATEMENT}/NotAction": ["iam:*"]}, "by NotAction"),
    ("access-wildcard-resource", ACS, {f"{STATEMENT}/Resource": ["*"]}, "is on '*'"),
    ("access-wildcard-resource", ACS, {f"{STATEMENT}/NotResource": [arn("x")]}, "by NotResource"),
    ("access-wildcard-resource", ACS, grant("dynamodb:GetItem", arn("*")), "table/*'", "local"),
    ("access-wildcard-resource", PSE, grant(["cloudwatch:PutMetricData", "dynamodb:GetItem"], "*"), "is on '*'"),
    ("access-metrics", PSE, {f"{STATEMENT}/Condition": {}}, "into every namespace"),
    ("access-metrics", PSE, grant("cloudwatch:PutMetricData", "*", **METRICS), "into Other; allowed is PSE"),
    ("access-metrics", ACS, grant("cloudwatch:PutMetricData", "*", **METRICS), "allowed is none"),
    ("access-family", ACS, grant("dynamodb:GetItem", arn("seo_businesses")), "seo_businesses"),
    ("access-family", PSE, grant("dynamodb:GetItem", arn("pse-*")), "has dev-pse-", "dev"),
    ("access-family", PSE, grant("dynamodb:GetItem", arn("pse-*", "*")), "name one region"),
    ("access-reach", PSE, grant("dynamodb:GetItem", arn("blog-content*")), "name the exact ARN"),
    ("access-reach", PSE, grant("dynamodb:PutItem", arn("blog-content-pipeline")), "a reach only reads"),
    ("access-reach", PSE, grant("dynamodb:DeleteItem", arn("dev-blog-content-pipeline")), "a reach only reads", "dev"),
    ("access-least", "policy cloudstro-app", grant("dynamodb:Scan", arn("cloudstro-*")), "dynamodb:Scan"),
    ("access-least", "policy acs-readonly", grant("dynamodb:PutItem", arn("acsd2p-prod-*")), "allows dynamodb:PutItem"),
    ("access-least", "policy marketbrewer-app", grant("dynamodb:DeleteTable", arn("seo_*")), "DeleteTable", "local"),
    ("access-least", PSE, grant("dynamodb:Scan", arn("pse-*")), "dynamodb:Scan on"),
    ("access-principal", "role acs-app", {f"{TRUST}/Principal": "*"}, '"*"'),
    ("access-principal", "role pse-app", {f"{TRUST}/Principal": {"AWS": ["*"]}}, "name services", "dev"),
    ("access-principal", "attached acs-Users-deny-writes", {"policy": EVERYBODY}, "allows principal"),
    ("access-tenant", TENANT, {f"{STATEMENT}/Condition/ForAllValues:StringLike": DROP}, "leading keys are any"),
    ("access-tenant", TENANT, {f"{STATEMENT}/Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["T*"]}}},
     "['T*']"),
    ("access-tenant", TENANT, {f"{STATEMENT}/Condition/Null/dynamodb:LeadingKeys": DROP}, "Keys is there", "dev"),
    ("access-tenant", TENANT, grant("dynamodb:Scan", arn("FormBridgeData")), "gets and queries only"),
    ("access-tenant", TENANT, {f"{STATEMENT}/Condition/StringNotLike": DROP}, "takes any text"),
    ("access-tenant-session", "role formbridge-tenant", {f"{TRUST}/Condition": {}}, "without a checked"),
    ("access-role-name", "role pse-app", {"name": "pse-role"}, "must be 'dev-pse-platform-lambda-role'", "dev"),
    ("access-limits", PSE, grant("dynamodb:GetItem", arn("pse-" + "x" * 10_240)), "at most 10240"),
    ("alarm-published", READS, {"metricName": "ItemCount"}, "no metric 'ItemCount'"),
    ("alarm-published", READS, {"metricName": "ThrottledRequests"}, "not published by TableName"),
    ("alarm-published", ERRORS, {"metricQueries/0/metric/dimensions/Operation": DROP}, "by TableName;", "local"),
    ("alarm-published", READS, {"metricName": "UserErrors"}, "dimensions are none"),
    ("alarm-published", READS, {"statistic": "Average"}, "no statistic Average"),
    ("alarm-missing-data", READS, {"treatMissingData": DROP}, "'missing'"),
    ("alarm-missing-data", ERRORS, {"treatMissingData": "breaching"}, "is notBreaching"),
    ("alarm-actions", READS, {"alarmActions": []}, "alarmActions is empty"),
    ("alarm-actions", READS, {"actionsEnabled": False}, "actionsEnabled is false"),
    ("alarm-limits", READS, {"period": 45}, "period 45 s"),
    ("alarm-limits", READS, {"name": "x" * 256}, "256 characters"),
    ("alarm-limits", ERRORS, {"metricQueries/0/returnData": True}, "exactly one"),
    ("alarm-throttles", READS, {"": DROP}, "no alarm on ReadThrottleEvents"),
    ("alarm-throttles", "alarm formbridge-FormBridgeData-write-throttles", {"": DROP}, "no alarm on WriteThrottle"),
    ("alarm-target", READS, {"dimensions/TableName": "acsd2p-prod-User"}, "no table 'acsd2p-prod-User'"),
    ("alarm-target", GSI1, {"dimensions/GlobalSecondaryIndexName": "GSI9"}, "no global index 'GSI9'", "local"),
    ("parameter-readers", PSE, reads("prod/acs/*"), "has parameter/dynamodb/prod/pse", "prod full"),
    ("parameter-readers", PSE, reads("prod/pse/*"), "/dynamodb/dev/pse/*", "dev full"),
    ("parameter-readers", ACS, reads("prod/*"), "keep to these", "prod full"),
    ("parameter-readers", ACS, reads("prod/acs*"), "keep to these", "prod full"),
    ("parameter-readers", ACS, reads("prod/acs/*", "*"), "name one region", "prod full"),
    ("parameter-readers", ACS, reads("prod/acs/*", action="ssm:PutParameter"), "allows ssm:PutParameter", "prod full"),
    ("parameter-readers", TENANT, reads("prod/formbridge/*"), "a tenant's role", "prod full"),
    ("parameter-readers", ACS, reads("prod/acs/*"), "publishParameters is off in prod"),
    ("parameter-readers", "managed edge", {**OTHERS, **reads("prod/acs")}, "own roles may", "prod full"),
    ("parameter-readers", "managed edge", {**OTHERS, **grant("ssm:GetParameter", "*")}, "own roles may"),
    ("parameter-place", VARIABLE, {"name": "/dynamodb/prod/acs/env/X"}, "must be under /dynamodb/dev/acs", "dev full"),
    ("parameter-place", VARIABLE, {"name": "/dynamodb/prod/pse/env/A"}, "under /dynamodb/prod/acs", "prod full"),
    ("parameter-place", "parameter more", WAREHOUSE, "under /dynamodb/prod/<family>"),
    ("parameter-kind", FIRST, {"tier": "Advanced"}, "tier is 'Advanced'", "prod full"),
    ("parameter-kind", VARIABLE, {"type": "SecureString"}, "type is 'SecureString'", "dev full"),
    ("parameter-kind", FIRST, {"insecureValue": "é" * 2049}, "has 4098 bytes", "prod full"),
    ("parameter-published", VARIABLE, {"": DROP}, "acs/env/DYNAMODB_USERS_TABLE is missing", "prod full"),
    ("parameter-published", FIRST, {"": DROP}, "acs/contract/1 is missing", "dev full"),
    ("parameter-published", LAST, {"": DROP}, "acs/contract/5 is missing", "prod full"),
    ("parameter-published", VARIABLE, {"name": "/dynamodb/dev/acs/env/X"}, "and publishParameters is off", "dev"),
    ("stack-tables", USERS, {"": DROP}, "without its table 'Users'"),
    ("stack-tables", FORMS, {"": DROP}, "without its table 'FormBridgeData'", "dev"),
    ("stack-roles", "role marketbrewer-sync", {"": DROP}, "without role 'sync'"),
    ("stack-roles", PSE, {"": DROP}, "without the policy of role 'app'", "local"),
    ("stack-names", "table more", {"name": "acsd2p-prod-Users", "region": "eu-west-2"}, "tables acs-Users and more"),
    ("stack-names", "role more", {"name": "dev-acs-app-role", "region": "us-east-1"}, "are both called", "dev"),
    ("stack-names", "alarm more", {"name": "acsd2p-prod-Users-read-throttles", "region": "eu-west-2"}, "alarms"),
    ("stack-names", "parameter more", {"name": "/dynamodb/prod/acs/env/AWS_REGION", "region": "eu-west-2"},
     "parameters acs/env/AWS_REGION and more", "prod full"),
    ("stack-disjoint-roles", PSE, grant("dynamodb:GetItem", arn("s*")), "'s*' matches"),
    ("stack-disjoint-roles", ACS, grant("dynamodb:GetItem", arn("acsd2p-*-Users")), "'acsd2p-*-Users' matches", "dev"),
)  # fmt: skip
MUTATIONS: Final = tuple(Broken(*row) for row in ROWS)
