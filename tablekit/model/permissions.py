"""IAM policies, derived from the families: what each role may do, and who may assume it.

A role's actions are the union of its access patterns' operations. Resources are `table/<prefix>*` for a family
with a prefix and exact ARNs for one without. A scan is granted on the very table that its pattern scans. A read-only
role of a family with secrets has exact ARNs too, and reads the tables that hold them by named attributes alone. What a
role may do with DynamoDB, it may do by TLS alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tablekit.model.key_permissions import KEY_USES, keyed, through_dynamodb
from tablekit.model.naming import METRICS, PARAMETER_READS, RESTORED
from tablekit.model.patterns import AccessPattern
from tablekit.model.roles import Role, TenantScope
from tablekit.model.staged import Account, StagedFamily
from tablekit.model.statements import Policy, add_condition, tls_only
from tablekit.model.statements import allow as _allow
from tablekit.model.statements import assume as _assume
from tablekit.model.table import Table
from tablekit.model.trust import SENDS_ITS_ACCOUNT, Trust

POLICY_NAME = "access-patterns"
"""The one inline policy of a role."""

_NOT_IN_A_TENANT_ID = (".", ":", "/", "=", "+", "@", " ", "#", "${*}", "${?}", "${$}")
"""What a session tag may hold, or a key treats specially, and a tenant id ([A-Za-z0-9_-]+) may not."""


def role_policy(family: StagedFamily, name: str, account: Account) -> Policy:
    """The permissions of the role of that name, statements in a fixed order."""
    role, stage = family.roles[name].declared, family.stage
    patterns, named = family.declared.patterns_of(role), role.access == "read-only"
    if role.tenant:
        statements = _tenant_statements(role.tenant, patterns, family, account)
    else:
        hidden = named and any(table.secrets for table in family.declared.tables)
        statements = _grants("", patterns, family, account, None if hidden else family.prefix, named)
        if role.describe:
            described = [arn for each in _everywhere(family) for arn in table_arns(each, account)]
            statements.append(_allow("Describe", ["dynamodb:DescribeTable"], described))
    for reach in role.reaches:
        if reach.option is None or reach.option in stage.options:
            other = family.other(reach.family)
            reached = [other.declared.patterns[name] for name in reach.patterns]
            label = "".join(word.title() for word in (reach.option or reach.family).split("-"))
            statements += _grants(label, reached, other, account, named=named)
    if role.metrics_namespace:
        statements.append(_publishes(role.metrics_namespace))
    if stage.publish_parameters and not role.tenant:
        path = family.parameter_path  # itself is what GetParametersByPath asks for, without or with a slash at its end
        names = [account.arn("ssm", family.region, f"parameter{each}") for each in (path, f"{path}/*")]
        statements.append(_allow("Parameters", PARAMETER_READS, names))
    statements += keyed("Key", KEY_USES, family, family.regions, account, through_dynamodb(family.regions))
    used = sorted({action for each in statements for action in each["Action"] if action.startswith("dynamodb:")})
    if used:
        statements.append(tls_only(used, "*"))
    return {"Version": "2012-10-17", "Statement": statements}


def trust_policy(family: StagedFamily, name: str, account: Account) -> Policy:
    """Who may assume the role of that name; a tenant's role only with a session tag that can be a tenant's id."""
    role = family.roles[name].declared
    trust = family.roles[name].trust or _declared_trust(family, role, account)
    bound = sorted(SENDS_ITS_ACCOUNT.intersection(trust.services))
    statements = [
        _assume("Services", {"Service": bound}, {"StringEquals": {"aws:SourceAccount": account.id}}),
        _assume("OtherServices", {"Service": sorted({*trust.services} - {*bound})}),
        _assume("Assume", {"AWS": sorted(trust.principals)}),
    ]
    for place, each in enumerate(trust.foreign, 1):
        shown = {"sts:ExternalId": each.external_id, "aws:PrincipalOrgID": each.organization}
        condition = {"StringEquals": {key: value for key, value in shown.items() if value}}
        statements.append(_assume(f"Foreign{place}", {"AWS": [each.principal]}, condition))
    if role.tenant:
        tag = _tag_condition(f"aws:RequestTag/{role.tenant.tag}", role.tenant.separator)
        for statement in statements:
            statement["Action"] = ["sts:AssumeRole", "sts:TagSession"]
            add_condition(statement, tag)
    return {"Version": "2012-10-17", "Statement": [each for each in statements if any(each["Principal"].values())]}


def _declared_trust(family: StagedFamily, role: Role, account: Account) -> Trust:
    """Who may assume a role of which the stage says nothing: the role that it names, else Lambda's functions."""
    if role.assumed_by is None:
        return Trust(services=("lambda.amazonaws.com",))
    arn = account.arn("iam", "", f"role/{family.roles[role.assumed_by].name}")
    return Trust.model_construct(principals=(arn,))  # the account may stand open, as one that is not known yet


def topic_policy(topic: str, account: Account, tellers: Iterable[str] = ()) -> Policy:
    """An alarm topic's: CloudWatch publishes for this account, and nobody by anything but TLS. topic: its ARN.

    tellers: what else publishes there, `budgets`, `events` and `costalerts`. The last two are let in without a
    condition: no document of AWS says that they send one's key for a topic, and what goes to another account's topic
    EventBridge sends as a role.

    Others of the account need a policy of their own; without this one, SNS would let each of them in.
    """
    own = {"Condition": {"StringEquals": {"aws:SourceAccount": account.id}}}
    alarms, *others = (
        _allow("Alarms" if name == "cloudwatch" else name.title(), ["sns:Publish"], [topic])
        | {"Principal": {"Service": f"{name}.amazonaws.com"}, **({} if name in ("events", "costalerts") else own)}
        for name in ("cloudwatch", *tellers)
    )
    tls = tls_only(["sns:Publish"], topic) | {"Principal": {"AWS": "*"}}
    return {"Version": "2012-10-17", "Statement": [alarms, tls, *others]}


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


def _grants(
    label: str,
    patterns: Iterable[AccessPattern],
    family: StagedFamily,
    account: Account,
    prefix: str | None = None,
    named: bool = False,
) -> list[dict[str, Any]]:
    """Statements for these patterns, one a set of actions.

    prefix: that of the tables, for all but scans; None: exact ARNs.
    named: a table that holds secrets is read by the names of attributes, none of which is one.
    """
    wanted: list[tuple[str, tuple[str, ...]]] = []
    guarded: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for pattern in patterns:
        staged = family.tables[pattern.table]
        table = staged.name
        names: tuple[str, ...] = (f"{table}/index/{pattern.index}" if pattern.index else table,)
        if prefix and pattern.operation == "query":
            names = (f"{prefix}*", f"{prefix}*/index/*")
        elif prefix and pattern.operation != "scan":
            names = (f"{prefix}*",)
        to = guarded.setdefault(pattern.table, []) if named and staged.declared.is_guarded(pattern) else wanted
        arns = tuple(each.table_arn(account, name) for each in _everywhere(family) for name in names)
        to.append((pattern.action, arns))
    statements = grants(wanted, label)
    for place, (name, some) in enumerate(sorted(guarded.items()), 1):
        for statement in grants(some, f"{label}Named{place}"):
            statements.append(add_condition(statement, _named_condition(family.tables[name].declared)))
    return statements


def _named_condition(table: Table) -> dict[str, Any]:
    """A request that names what it reads, and nothing but the declared attributes that are no secrets.

    ForAllValues is true where the key is absent, and a request that names its key alone gets whole items: hence Select,
    which always has a value.
    """
    return {
        "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": sorted(set(table.types) - set(table.secrets))},
        "Null": {"dynamodb:Attributes": "false"},
    }


def _everywhere(family: StagedFamily) -> tuple[StagedFamily, ...]:
    """The family at home and in each region of its replicas: who may use the one may use the others."""
    return (family, *family.elsewhere)


def table_arns(family: StagedFamily, account: Account) -> list[str]:
    """`table/<prefix>*` for a family with a prefix, else each table's exact ARN, in the region it is looked at in."""
    names = [f"{family.prefix}*"] if family.prefix else [table.name for table in family.tables.values()]
    return [family.table_arn(account, name) for name in names]


def backup_policies(family: StagedFamily, account: Account) -> tuple[Policy, Policy]:
    """What AWS Backup may do to back up the family's tables, and what to restore them, which the stage has.

    As AWS's own policies for its service, narrowed: to these tables and vaults, and for what is restored to tables of
    the names that `tablekit restore` gives, so that neither role can write to a table that is in use. The roles are
    those of replicas too.
    """
    staged = family.backups
    assert staged is not None, "the caller has looked"
    tables = [arn for each in _everywhere(family) for arn in table_arns(each, account)]
    names = [f"{family.prefix}*"] if family.prefix else [f"{table.name}.*" for table in family.tables.values()]
    regions = list(dict.fromkeys((*staged.regions, *family.replicas)))
    restored = [account.arn("dynamodb", region, f"table/{RESTORED}{name}") for region in regions for name in names]
    vaults = [account.arn("backup", region, f"backup-vault:{staged.name}") for region in regions]
    points = [account.arn("backup", region, "recovery-point:*") for region in regions]
    reads = ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"]
    writes = ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    make = ["dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"]
    into = ["backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:DescribeBackupVault"]
    keys = _backup_keys(family, regions, account)
    making = [
        _allow("Tables", [*make, "dynamodb:StartAwsBackupJob"], tables),
        _allow("Backups", ["dynamodb:DeleteBackup", "dynamodb:DescribeBackup"], [f"{arn}/backup/*" for arn in tables]),
        _allow("Vaults", into, vaults),
        _allow("Points", ["backup:TagResource"], points),
        _allow("Selection", ["tag:GetResources"], ["*"]),
    ]
    restoring = [
        _allow("Restored", [*reads, *writes, "dynamodb:RestoreTableFromAwsBackup"], restored),
        _allow("Backups", ["dynamodb:RestoreTableFromBackup"], [f"{arn}/backup/*" for arn in tables]),
    ]
    made, brought_back = ({"Version": "2012-10-17", "Statement": [*own, *keys]} for own in (making, restoring))
    return made, brought_back


def backup_trust() -> Policy:
    """AWS Backup may be either role: for which account it asks, it is documented nowhere that it says."""
    return {"Version": "2012-10-17", "Statement": [_assume("Backup", {"Service": ["backup.amazonaws.com"]})]}


def _backup_keys(family: StagedFamily, regions: list[str], account: Account) -> list[dict[str, Any]]:
    """Use of the keys of tables and vaults, through DynamoDB, and grants to AWS's own services alone."""
    through = {"StringEquals": {"kms:ViaService": [f"dynamodb.{region}.amazonaws.com" for region in regions]}}
    uses = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
    to_services = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    return [
        *keyed("Keys", uses, family, regions, account, through),
        *keyed("KnownKeys", ["kms:DescribeKey"], family, regions, account),
        *keyed("Grants", ["kms:CreateGrant"], family, regions, account, to_services),
    ]


def function_policy(name: str, region: str, may: Iterable[dict[str, Any]], account: Account) -> Policy:
    """What a function of that name may do: what it is for, and to write to its own log."""
    log = account.arn("logs", region, f"log-group:/aws/lambda/{name}:*")
    writes = _allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], [log])
    return {"Version": "2012-10-17", "Statement": [*may, writes]}


def function_trust(account: Account) -> Policy:
    """Lambda may be a function's role, for a function of this account."""
    condition = {"StringEquals": {"aws:SourceAccount": account.id}}
    assume = _assume("Function", {"Service": ["lambda.amazonaws.com"]}, condition)
    return {"Version": "2012-10-17", "Statement": [assume]}


def count_statements(families: Iterable[StagedFamily], account: Account) -> tuple[dict[str, Any], ...]:
    """What the function that publishes items and bytes of these families' tables may do."""
    arns = [arn for family in families for arn in table_arns(family, account)]
    return _allow("Tables", ["dynamodb:DescribeTable"], arns), _publishes(METRICS)


def _publishes(namespace: str) -> dict[str, Any]:
    """PutMetricData, which IAM takes on every resource alone."""
    condition = {"StringEquals": {"cloudwatch:namespace": namespace}}
    return _allow("Metrics", ["cloudwatch:PutMetricData"], ["*"]) | {"Condition": condition}


def _tenant_statements(
    tenant: TenantScope, patterns: Iterable[AccessPattern], family: StagedFamily, account: Account
) -> list[dict[str, Any]]:
    """As grants on the very tables and indexes, bound to items whose leading key is the session's tenant's.

    ForAllValues is true where the key is absent, as in a Scan: hence the condition that it is there.
    """
    tag = f"aws:PrincipalTag/{tenant.tag}"
    statements = _grants("Tenant", patterns, family, account, named=True)
    for statement in statements:
        condition = _tag_condition(tag, tenant.separator)
        keys = [key.replace("{tenant}", f"${{{tag}}}") for key in tenant.leading_keys]
        condition["ForAllValues:StringLike"] = {"dynamodb:LeadingKeys": keys}
        condition["Null"]["dynamodb:LeadingKeys"] = "false"
        add_condition(statement, condition)
    return statements


def _tag_condition(tag: str, separator: str) -> dict[str, Any]:
    refused = dict.fromkeys((*_NOT_IN_A_TENANT_ID, separator))
    return {
        "StringLike": {tag: "?*"},
        "StringNotLike": {tag: [f"*{character}*" for character in refused]},
        "Null": {tag: "false"},
    }
