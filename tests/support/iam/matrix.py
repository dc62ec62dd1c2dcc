"""The whole matrix: every role, every action, on every table and index and on every parameter, of every stage.

What a role should be allowed follows from the declarations alone; nothing of `tablekit.model.permissions` is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Final, NamedTuple

from tablekit.model import Family
from tablekit.model.naming import PROD
from tests.components.mocked import ACCOUNT
from tests.policies.program import COPIED, STAGES
from tests.support.iam import declared
from tests.support.iam.actions import ACTIONS, PARAMETER_READS, PARAMETERS, PARAMETERS_ON_NOTHING
from tests.support.iam.declared import Cell
from tests.support.iam.deployed import (
    HOME,
    OTHER_ACCOUNT,
    Deployed,
    Deployment,
    Resource,
    catalogue,
    deployment,
    under_table,
)
from tests.support.iam.evaluate import Decision, Policy, Principal, Request, Statement, decide

OTHER_STAGES: Final = ("qa", "dev2", "loc", "staging")
"""Stages that are not deployed: what they would have is nobody's here."""
OTHER_REGION: Final = "ap-southeast-2"
KEY_USES: Final = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
TENANT: Final = "a"
"""The tenant whose session the tenant's role has in this matrix; `callers` has others."""
_BELOW: Final = ("", "/", "/contract", "/contract/", "/contract/1", "/contract/2", "/env", "/env/AWS_REGION",
                 "/env/DYNAMODB_USERS_TABLE")  # fmt: skip
"""What a request names of a family: the path, as GetParametersByPath asks for it, and parameters."""


@dataclass
class Report:
    """Counts, and each cell that differs."""

    title: str
    roles: int = 0
    cells: int = 0
    allowed: int = 0
    leaks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.title}: {self.roles} roles, {self.cells} cells, {self.allowed} allowed, "
            f"{len(self.leaks)} leaks, {len(self.missing)} missing"
        )


class Question(NamedTuple):
    """A request with the policies that decide on it."""

    request: Request
    own: tuple[Policy, ...] = ()
    attached: tuple[Policy, ...] = ()


def on_tables(stage: Deployment) -> Report:
    """Every role of the stage on every table and index that there is, and on tables that are nobody's."""
    report = _report(stage, "tables", table_cells(), lambda role: _on_tables(role, stage))
    report.leaks += [*stage.unjudged, *_beyond(stage)]
    return report


def on_parameters(stage: Deployment) -> Report:
    """Every role of the stage on every family's parameters, and on others'."""
    title = f"parameters, {'published' if stage.published else 'not published'}"
    return _report(stage, title, parameter_cells(), lambda role: _read_by(role, stage))


def questions(stage: Deployment, role: Deployed, action: str, arns: Iterable[str]) -> Iterator[Question]:
    """What a role's cells of an action ask."""
    context, principal = session_of(role), Principal("AWS", role.arn)
    for arn in arns:
        yield Question(Request(action, arn, context, principal), role.policies, tuple(stage.attached(arn)))


def cells(stage: Deployment, *, spoken_of: bool = False, every: int = 1) -> Iterator[Question]:
    """Every role's cells on tables and on parameters.

    spoken_of: those alone that a statement speaks of. every: one in so many, another with each role and action.
    """
    asked = product(stage.roles, (*table_cells().items(), *parameter_cells().items()))
    for place, (role, (action, arns)) in enumerate(asked):
        if not spoken_of or speaks_of(stage, role, action):
            yield from questions(stage, role, action, arns[place % every :: every])


def speaks_of(stage: Deployment, role: Deployed, action: str) -> bool:
    """Whether a statement speaks of the action: one that none does is granted on nothing, and needs no asking."""
    return any(policy.about(action) for policy in (*role.policies, *stage.table_policies.values()))


def _report(
    stage: Deployment, title: str, cells: Mapping[str, Sequence[str]], wanted: Callable[[Deployed], set[Cell]]
) -> Report:
    found = Report(f"{stage.stage}, {title}")
    for role in stage.roles:
        expected, given, possible = wanted(role), set(), set()
        loose = tuple(policy.at_most() for policy in role.policies)
        for action, arns in cells.items():
            found.cells += len(arns)
            for request, own, attached in (
                questions(stage, role, action, arns) if speaks_of(stage, role, action) else ()
            ):
                cell = (action, request.resource)
                if decide(request, own, attached) is Decision.ALLOWED:
                    given.add(cell)
                if loose == own:
                    continue
                if decide(request, loose, [policy.at_most() for policy in attached]) is Decision.ALLOWED:
                    possible.add(cell)
        found.roles += 1
        found.allowed += len(given)
        found.leaks += [f"{role.arn}: {action} on {arn}" for action, arn in sorted((given | possible) - expected)]
        found.missing += [f"{role.arn}: {action} on {arn}" for action, arn in sorted(expected - given)]
    return found


def _beyond(stage: Deployment) -> Iterator[str]:
    """What is allowed outside of the cells, whatever its conditions: actions of other services, of roles that no
    family declares, and of anybody by a table's own policy."""
    for role in stage.roles:
        expected = _other_services(role, stage)
        allowed = {
            (action, arn)
            for policy in role.policies
            for statement in policy.statement
            if statement.effect == "Allow"
            for action, arn in product(statement.action, statement.resource or ())
            if not (role.is_known and _in_cells(action))
        }
        yield from (f"{role.arn}: {action} on {arn}" for action, arn in sorted(allowed - expected))
    for arn, policy in (*stage.table_policies.items(), *stage.topic_policies.items(), *stage.bucket_policies.items()):
        for statement in policy.statement:
            told = arn in stage.topic_policies and statement.principal in _TOLD_BY
            kept = arn in stage.bucket_policies and statement.principal == _RECORDS and _of_one_trail(statement)
            if statement.effect == "Allow" and not kept and not (told and statement.action == ("sns:Publish",)):
                yield f"{arn}: allows {statement.principal} {statement.action}"


_TOLD_BY: Final = tuple(
    {"Service": (f"{name}.amazonaws.com",)} for name in ("cloudwatch", "budgets", "events", "costalerts")
)
"""Whose messages a topic takes; tests/support/iam/callers.py asks which topic takes whose."""


_RECORDS: Final = {"Service": ("cloudtrail.amazonaws.com",)}


def _of_one_trail(statement: Statement) -> bool:
    """CloudTrail looks at the bucket and writes, for one trail of ours."""
    (trail,) = statement.condition.get("StringEquals", {}).get("aws:SourceArn", ("",))
    ours = re.fullmatch(rf"arn:aws:cloudtrail:[a-z0-9-]+:{ACCOUNT}:trail/dynamodb-tables-[a-z0-9]+", trail)
    return bool(ours) and statement.action in (("s3:GetBucketAcl",), ("s3:PutObject",))


def _in_cells(action: str) -> bool:
    """Whether the cells show all that a policy's action gives: any of DynamoDB's, and those on parameters by name."""
    return action.lower().startswith("dynamodb:") or action in (*PARAMETERS, PARAMETERS_ON_NOTHING)


def _other_services(role: Deployed, stage: Deployment) -> set[Cell]:
    """A role puts the metrics that it declares, and uses the key of its region where the stage has one."""
    if role.backs_up:
        return _backup_services(role, stage)
    if role.counts:
        log = f"arn:aws:logs:{role.counts}:{ACCOUNT}:log-group:/aws/lambda/{stage.stage}-dynamodb-item-counts:*"
        return {("cloudwatch:PutMetricData", "*"), ("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}
    if role.reads:
        return _pipe_services(role, stage)
    if role.archives:
        return _archive_services(role, stage)
    if role.family is None or role.role is None:
        return set()
    cells = {("cloudwatch:PutMetricData", "*")} if role.role.metrics_namespace else set()
    return cells | {
        (action, key) for action in KEY_USES for key in _keys(stage, role.family, stage.regions(role.family))
    }


def _keys(stage: Deployment, family: Family, regions: Iterable[str]) -> list[str]:
    """The stage's keys there, or all, where a condition names the family's own by its alias."""
    given = [arn for region, arn in stage.settings.get("kmsKeyArns", {}).items() if region in regions]
    own = [f"arn:aws:kms:{region}:{ACCOUNT}:key/*" for region in regions if stage.own_key(family, region)]
    return [*given, *own]


def session_of(role: Deployed) -> dict[str, tuple[str, ...]]:
    """A tenant's role is asked as a session of TENANT that asks for its own items; a read-only one names attributes."""
    if role.role is None or role.role.access == "read-write":
        return {}
    named: dict[str, tuple[str, ...]] = {
        "dynamodb:Select": ("SPECIFIC_ATTRIBUTES",),
        "dynamodb:Attributes": ("userId",),
    }
    if role.role.tenant is None:
        return named
    return named | {
        f"aws:PrincipalTag/{role.role.tenant.tag}": (TENANT,),
        "dynamodb:LeadingKeys": (f"TENANT#{TENANT}",),
    }


def _on_tables(role: Deployed, stage: Deployment) -> set[Cell]:
    if role.backs_up and role.family:
        return _backed_up(role.backs_up, role.family, stage)
    if role.counts:
        tables = (each.arn for each in stage.resources if each.kind == "table")
        return _each("DescribeTable", (arn for arn in tables if arn.split(":")[3] == role.counts))
    if role.reads:
        return _streamed(role, stage)
    return declared.granted(role.role, role.family, stage, catalogue()) if role.role and role.family else set()


def _backed_up(does: str, family: Family, stage: Deployment) -> set[Cell]:
    """AWS Backup's roles: one makes backups of the family's tables, and reads no item; one restores beside them."""
    own = [each for each in stage.resources if each.family == family.key]
    tables, backups = ([each.arn for each in own if each.kind == kind] for kind in ("table", "backup"))
    if does == "backup":
        makes = "CreateBackup DescribeTable ListTagsOfResource StartAwsBackupJob"
        return {*_each(makes, tables), *_each("DeleteBackup DescribeBackup", backups)}
    names = [family.table_name_for(table.name, stage.stage) for table in family.tables]
    restored = [_restored(family, name, region) for region in stage.regions(family) for name in names]
    writes = "BatchWriteItem DeleteItem DescribeTable GetItem PutItem RestoreTableFromAwsBackup UpdateItem"
    return {
        *_each("RestoreTableFromBackup", backups),
        *_each(writes, restored),
        *_each("Query Scan", [*restored, *(f"{arn}/index/any-index" for arn in restored)]),
    }


def _streamed(role: Deployed, stage: Deployment) -> set[Cell]:
    """A pipe reads the stream of its own table alone, where that declares it, and learns which streams there are."""
    assert role.family
    assert role.reads
    table, use = role.reads
    if getattr(role.family.table(table), use) is None:
        return set()
    here = [e.arn for e in stage.resources if (e.family, e.table, e.kind) == (role.family.key, table, "stream")]
    own = here[:1]  # no replica's
    return {*_each("DescribeStream GetRecords GetShardIterator", own), ("dynamodb:ListStreams", "*")}


def _pipe_services(role: Deployed, stage: Deployment) -> set[Cell]:
    """Its target, its queue, and the key of both."""
    assert role.family
    region, name = role.family.region or HOME, f"{stage.stage}-{role.family.key}"
    cells = {("sqs:SendMessage", f"arn:aws:sqs:{region}:{ACCOUNT}:{name}-undelivered")}
    cells.add(
        ("events:PutEvents", f"arn:aws:events:{region}:{ACCOUNT}:event-bus/{name}")
        if role.reads and role.reads[1] == "events"
        else ("lambda:InvokeFunction", f"arn:aws:lambda:{region}:{ACCOUNT}:function:{name}-archive")
    )
    keys = _keys(stage, role.family, [region])
    return cells | {(action, key) for action in ("kms:Decrypt", "kms:GenerateDataKey") for key in keys}


def _archive_services(role: Deployed, stage: Deployment) -> set[Cell]:
    """The objects of its bucket below one beginning, its log, and the key that they are under."""
    assert role.family
    region, name = role.family.region or HOME, f"{stage.stage}-{role.family.key}-archive"
    log = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:/aws/lambda/{name}:*"
    cells = {("s3:PutObject", f"arn:aws:s3:::{name}-{ACCOUNT}-{region}/expired/*")}
    cells |= {("logs:CreateLogStream", log), ("logs:PutLogEvents", log)}
    keys = _keys(stage, role.family, [region])
    return cells | {(action, key) for action in ("kms:Decrypt", "kms:GenerateDataKey") for key in keys}


def _each(actions: str, arns: Iterable[str]) -> set[Cell]:
    return {(f"dynamodb:{action}", arn) for action in actions.split() for arn in arns}


def _restored(family: Family, name: str, region: str = "") -> str:
    return f"arn:aws:dynamodb:{region or family.region or HOME}:{ACCOUNT}:table/restored.{name}.20260131T100000Z"


def _backup_services(role: Deployed, stage: Deployment) -> set[Cell]:
    """The family's vaults in its region and in that of copies, the keys there, and tags."""
    assert role.family
    copies = stage.settings.get("backupVault", {}).get("copyTo")
    regions = list(dict.fromkeys([*stage.regions(role.family), *([copies] if copies else [])]))
    keys = _keys(stage, role.family, regions)
    cells = {(f"kms:{name}", key) for name in (*(use[4:] for use in KEY_USES), "CreateGrant") for key in keys}
    if role.backs_up == "restore":
        return cells
    for region in regions:
        vault = f"arn:aws:backup:{region}:{ACCOUNT}:backup-vault:{stage.stage}-{role.family.key}"
        cells |= {(f"backup:{does}BackupVault", vault) for does in ("CopyFrom", "CopyInto", "Describe")}
        cells.add(("backup:TagResource", f"arn:aws:backup:{region}:{ACCOUNT}:recovery-point:*"))
    return cells | {("tag:GetResources", "*")}


@cache
def table_cells() -> dict[str, list[str]]:
    """By action: what a request of it can name, by the kinds that it takes; of every stage, and of nobody."""
    stages = [*(deployment(stage) for stage in STAGES), deployment(PROD, **COPIED)]
    resources = [*_strangers(stages[-1]), *(each for stage in stages for each in stage.resources)]
    known = sorted({(each.kind, each.arn) for each in resources} | {("none", "*")})
    return {action: [arn for kind, arn in known if kind in kinds] for action, kinds in ACTIONS.items()}


def _strangers(copied: Deployment) -> Iterator[Resource]:
    """Tables of nobody: reserved names, other stages', names near a prefix, another region, another account."""
    for family in catalogue():
        names = {name.replace("*", "x") for name in family.reserved}
        names |= {family.table_name_for(table.name, stage) for stage in OTHER_STAGES for table in family.tables}
        for stage in STAGES:
            if prefix := family.prefix(stage):
                names |= {f"x{prefix}orders", f"{prefix[:-1]}", f"{prefix[:-1]}2-orders", prefix.upper() + "orders"}
        region = family.region or HOME
        arns = [f"{region}:{ACCOUNT}:table/{name}" for name in sorted(names)]
        for table in family.tables:
            name = family.table_name_for(table.name, "prod")
            arns += [f"{OTHER_REGION}:{ACCOUNT}:table/{name}", f"{region}:{OTHER_ACCOUNT}:table/{name}"]
        arns += [
            _restored(family, family.table_name_for(table.name, stage), place).split(":", 3)[3]
            for place in copied.regions(family)
            for table in family.tables
            for stage in STAGES
        ]
        for arn in arns:
            yield from under_table(None, "", f"arn:aws:dynamodb:{arn}", ["any-index"])


def _read_by(role: Deployed, stage: Deployment) -> set[Cell]:
    """A role reads its own family's in its own stage; a tenant's role has nothing but its tenant's items."""
    if not stage.published or role.family is None or role.role is None or role.role.tenant:
        return set()
    region = role.family.region or HOME
    names = [_parameter(region, f"/dynamodb/{stage.stage}/{role.family.key}{below}") for below in _BELOW]
    return {(action, name) for action in PARAMETER_READS for name in names}


@cache
def parameter_cells() -> dict[str, list[str]]:
    """Every family's path in every stage, deployed or not; names near a path, what is above it, others' parameters."""
    names = [
        _parameter(HOME, above)
        for above in ("", "/", "/dynamodb", "/dynamodb/", "/ssm", "/warehouse/key", "/dynamodb-secrets/a")
    ]
    for family in catalogue():
        region = family.region or HOME
        for stage in (*STAGES, *OTHER_STAGES):
            root = f"/dynamodb/{stage}"
            path = f"{root}/{family.key}"
            near = (root, f"{root}/", f"{path}2", f"{path}-more/contract/1", path.upper(), path[:-1],
                    f"{path[:-1]}/env/A", f"/x{path}/contract/1")  # fmt: skip
            names += [_parameter(region, name) for name in (*(f"{path}{below}" for below in _BELOW), *near)]
            names += [_parameter(OTHER_REGION, f"{path}/contract/1")]
            names += [_parameter(region, f"{path}/contract/1", OTHER_ACCOUNT)]
    each = list(dict.fromkeys(names))
    return {PARAMETERS_ON_NOTHING: ["*"], **dict.fromkeys(PARAMETERS, each)}


def _parameter(region: str, name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:ssm:{region}:{account}:parameter{name}"
