"""IAM policies, derived from the families: what each role may do, and who may assume it.

A role's actions are the union of its access patterns' operations. Resources are `table/<prefix>*` for a family
with a prefix and exact ARNs for one without. A scan is granted on the very table that its pattern scans.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tablekit.model.catalogue import Catalogue
from tablekit.model.family import Family
from tablekit.model.naming import PARAMETER_READS, parameter_path
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Role, TenantScope
from tablekit.model.stage import StageConfig

Policy = dict[str, Any]
"""An IAM policy document, ready for json.dumps."""

POLICY_NAME = "access-patterns"
"""The one inline policy of a role."""

_WRITES = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)
_NOT_IN_A_TENANT_ID = (".", ":", "/", "=", "+", "@", " ", "#", "${*}", "${?}", "${$}")
"""What a session tag may hold, or a key treats specially, and a tenant id ([A-Za-z0-9_-]+) may not."""


@dataclass(frozen=True)
class Account:
    """Where the tables live. id: 12 digits. partition: `aws`, `aws-cn`, …"""

    id: str
    partition: str = "aws"

    def table_arn(self, region: str, name: str) -> str:
        """The ARN of a table, or of all whose name fits a pattern."""
        return f"arn:{self.partition}:dynamodb:{region}:{self.id}:table/{name}"

    def parameter_arn(self, region: str, path: str) -> str:
        """The ARN of a parameter, or of all whose name fits a pattern; path: with its leading slash."""
        return f"arn:{self.partition}:ssm:{region}:{self.id}:parameter{path}"


def table_arns(family: Family, stage: StageConfig, account: Account) -> list[str]:
    """`table/<prefix>*` for a family with a prefix, else each table's exact ARN."""
    prefix = family.prefix(stage.stage)
    names = [f"{prefix}*"] if prefix else [family.physical(table.name, stage.stage) for table in family.tables]
    return [account.table_arn(stage.region_of(family), name) for name in names]


def role_policy(role: Role, family: Family, catalogue: Catalogue, stage: StageConfig, account: Account) -> Policy:
    """The role's permissions, statements in a fixed order."""
    patterns = family.patterns_of(role)
    if role.tenant:
        statements = _tenant_statements(role.tenant, patterns, family, stage, account)
    else:
        statements = _grants("", patterns, family, stage, account, prefix=family.prefix(stage.stage))
        if role.describe:
            statements.append(_allow("Describe", ["dynamodb:DescribeTable"], table_arns(family, stage, account)))
    for reach in role.reaches:
        if reach.option is None or reach.option in stage.options:
            other = catalogue.family(reach.family)
            reached = [other.patterns[name] for name in reach.patterns]
            label = "".join(word.title() for word in (reach.option or reach.family).split("-"))
            statements += _grants(label, reached, other, stage, account)
    if role.metrics_namespace:
        statement = _allow("Metrics", ["cloudwatch:PutMetricData"], ["*"])
        statement["Condition"] = {"StringEquals": {"cloudwatch:namespace": role.metrics_namespace}}
        statements.append(statement)
    if stage.publish_parameters and not role.tenant:
        statements.append(_parameters_statement(family, stage, account))
    if keys := stage.role_keys(family):
        statements.append(_key_statement(keys, stage.region_of(family)))
    return {"Version": "2012-10-17", "Statement": statements}


def trust_policy(role: Role, family: Family, stage: StageConfig, account: Account) -> Policy:
    """Who may assume the role; a tenant's role only with a session tag that can be a tenant's id."""
    trust = stage.trusted(family, role.name)
    principal: dict[str, list[str]]
    if trust:
        given = {"Service": sorted(trust.services), "AWS": sorted(trust.principals)}
        principal = {kind: names for kind, names in given.items() if names}
    elif role.assumed_by:
        name = family.role_name(family.role(role.assumed_by), stage.stage)
        principal = {"AWS": [f"arn:{account.partition}:iam::{account.id}:role/{name}"]}
    else:
        principal = {"Service": ["lambda.amazonaws.com"]}
    statement: dict[str, Any] = {
        "Sid": "Assume",
        "Effect": "Allow",
        "Principal": principal,
        "Action": ["sts:AssumeRole"],
    }
    if role.tenant:
        statement["Action"] = ["sts:AssumeRole", "sts:TagSession"]
        statement["Condition"] = _tag_condition(f"aws:RequestTag/{role.tenant.tag}", role.tenant.separator)
    return {"Version": "2012-10-17", "Statement": [statement]}


def deny_writes_policy(principals: Iterable[str], table_arn: str) -> Policy:
    """A table's resource policy that denies these principals every write to it, whatever their own policies allow."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "DenyWrites",
                "Effect": "Deny",
                "Principal": {"AWS": sorted(principals)},
                "Action": list(_WRITES),
                "Resource": table_arn,
            }
        ],
    }


def grants(wanted: Iterable[tuple[str, Sequence[str]]], label: str = "") -> list[dict[str, Any]]:
    """Statements that allow each action on its ARNs, one a set of actions, in a fixed order.

    label: what each statement's Sid begins with.
    """
    actions: dict[tuple[str, ...], set[str]] = {}
    for action, arns in wanted:
        actions.setdefault(tuple(arns), set()).add(action)
    resources: dict[frozenset[str], set[str]] = {}
    for where, granted in actions.items():
        resources.setdefault(frozenset(granted), set()).update(where)
    return [
        _allow(f"{label}{'And'.join(name.removeprefix('dynamodb:') for name in sorted(granted))}", granted, where)
        for granted, where in sorted(resources.items(), key=lambda entry: sorted(entry[0]))
    ]


def _allow(sid: str, actions: Iterable[str], resources: Iterable[str]) -> dict[str, Any]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(set(actions)),
        "Resource": sorted(set(resources)),
    }


def _grants(
    label: str,
    patterns: Iterable[AccessPattern],
    family: Family,
    stage: StageConfig,
    account: Account,
    prefix: str | None = None,
) -> list[dict[str, Any]]:
    """Statements for these patterns, one a set of actions.

    prefix: that of the tables, for all but scans; None: exact ARNs.
    """
    region = stage.region_of(family)
    wanted: list[tuple[str, tuple[str, ...]]] = []
    for pattern in patterns:
        names: tuple[str, ...] = (_exact(pattern, family, stage.stage),)
        if prefix and pattern.operation == "query":
            names = (f"{prefix}*", f"{prefix}*/index/*")
        elif prefix and pattern.operation != "scan":
            names = (f"{prefix}*",)
        wanted.append((pattern.action, tuple(account.table_arn(region, name) for name in names)))
    return grants(wanted, label)


def _exact(pattern: AccessPattern, family: Family, stage: str) -> str:
    name = family.physical(pattern.table, stage)
    return f"{name}/index/{pattern.index}" if pattern.index else name


def _tenant_statements(
    tenant: TenantScope,
    patterns: Iterable[AccessPattern],
    family: Family,
    stage: StageConfig,
    account: Account,
) -> list[dict[str, Any]]:
    """As grants on the very tables and indexes, bound to items whose leading key is the session's tenant's.

    ForAllValues is true where the key is absent, as in a Scan: hence the condition that it is there.
    """
    tag = f"aws:PrincipalTag/{tenant.tag}"
    statements = _grants("Tenant", patterns, family, stage, account)
    for statement in statements:
        condition = _tag_condition(tag, tenant.separator)
        keys = [key.replace("{tenant}", f"${{{tag}}}") for key in tenant.leading_keys]
        condition["ForAllValues:StringLike"] = {"dynamodb:LeadingKeys": keys}
        condition["Null"]["dynamodb:LeadingKeys"] = "false"
        statement["Condition"] = condition
    return statements


def _tag_condition(tag: str, separator: str) -> dict[str, Any]:
    refused = dict.fromkeys((*_NOT_IN_A_TENANT_ID, separator))
    return {
        "StringLike": {tag: "?*"},
        "StringNotLike": {tag: [f"*{character}*" for character in refused]},
        "Null": {tag: "false"},
    }


def _parameters_statement(family: Family, stage: StageConfig, account: Account) -> dict[str, Any]:
    """The path itself is what GetParametersByPath asks for, without or with a slash at its end."""
    path, region = parameter_path(stage.stage, family.key), stage.region_of(family)
    resources = [account.parameter_arn(region, path), account.parameter_arn(region, f"{path}/*")]
    return _allow("Parameters", PARAMETER_READS, resources)


def _key_statement(keys: Iterable[str], region: str) -> dict[str, Any]:
    actions = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
    condition = {"StringEquals": {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}}
    return _allow("Key", actions, keys) | {"Condition": condition}
