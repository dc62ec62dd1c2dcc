"""The whole matrix: every role, every action, on every table and index and on every parameter, of every stage.

What a role should be allowed follows from the declarations alone; nothing of `tablekit.model.permissions` is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from tests.components.mocked import ACCOUNT
from tests.policies.program import STAGES
from tests.support.iam import declared
from tests.support.iam.actions import ACTIONS, PARAMETER_READS, PARAMETERS, PARAMETERS_ON_NOTHING
from tests.support.iam.declared import Cell
from tests.support.iam.deployed import Deployed, Deployment, Resource, catalogue, deployment, under_table
from tests.support.iam.evaluate import Decision, Principal, Request, decide

OTHER_STAGES: Final = ("qa", "dev2", "loc", "staging")
"""Stages that are not deployed: what they would have is nobody's here."""
OTHER_ACCOUNT: Final = "999988887777"
OTHER_REGION: Final = "ap-southeast-2"
TENANT: Final = "a"
"""The tenant whose session the tenant's role has in this matrix; tests/components/test_iam_tenants.py has others."""
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


def on_tables(stage: Deployment) -> Report:
    """Every role of the stage on every table and index that there is, and on tables that are nobody's."""
    return _report(
        stage, "tables", _table_cells(), lambda role: declared.granted(role.role, role.family, stage, catalogue())
    )


def on_parameters(stage: Deployment, published: bool) -> Report:
    """Every role of the stage on every family's parameters, and on others'."""
    title = f"parameters, {'published' if published else 'not published'}"
    return _report(stage, title, _parameter_cells(), lambda role: _read_by(role, stage.stage) if published else set())


def _report(
    stage: Deployment, title: str, cells: Mapping[str, Sequence[str]], wanted: Callable[[Deployed], set[Cell]]
) -> Report:
    found = Report(f"{stage.stage}, {title}")
    for each in stage.roles:
        expected, given = wanted(each), set()
        context, principal = _session(each), Principal("AWS", each.arn)
        for action, arns in cells.items():
            found.cells += len(arns)
            # An action that no statement speaks of is granted on nothing, and needs no asking.
            spoken_of = any(policy.about(action) for policy in (each.policy, *stage.table_policies.values()))
            for arn in arns if spoken_of else ():
                request = Request(action, arn, context, principal)
                if decide(request, [each.policy], stage.attached(arn)) is Decision.ALLOWED:
                    given.add((action, arn))
        found.roles += 1
        found.allowed += len(given)
        found.leaks += [f"{each.arn}: {action} on {arn}" for action, arn in sorted(given - expected)]
        found.missing += [f"{each.arn}: {action} on {arn}" for action, arn in sorted(expected - given)]
    return found


def _session(role: Deployed) -> dict[str, tuple[str, ...]]:
    """A tenant's role is asked as a session of TENANT that asks for its own items."""
    if role.role.tenant is None:
        return {}
    return {f"aws:PrincipalTag/{role.role.tenant.tag}": (TENANT,), "dynamodb:LeadingKeys": (f"TENANT#{TENANT}",)}


@cache
def _table_cells() -> dict[str, list[str]]:
    """By action: what a request of it can name, by the kinds that it takes; of every stage, and of nobody."""
    resources = [*_strangers(), *(each for stage in STAGES for each in deployment(stage).resources)]
    known = sorted({(each.kind, each.arn) for each in resources} | {("none", "*")})
    return {action: [arn for kind, arn in known if kind in kinds] for action, kinds in ACTIONS.items()}


def _strangers() -> Iterator[Resource]:
    """Tables of nobody: reserved names, other stages', names near a prefix, another region, another account."""
    for family in catalogue():
        names = {name.replace("*", "x") for name in family.reserved}
        names |= {family.table_name_for(table.name, stage) for stage in OTHER_STAGES for table in family.tables}
        for stage in STAGES:
            if prefix := family.prefix(stage):
                names |= {f"x{prefix}orders", f"{prefix[:-1]}", f"{prefix[:-1]}2-orders", prefix.upper() + "orders"}
        region = family.region or "eu-west-2"
        arns = [f"{region}:{ACCOUNT}:table/{name}" for name in sorted(names)]
        for table in family.tables:
            name = family.table_name_for(table.name, "prod")
            arns += [f"{OTHER_REGION}:{ACCOUNT}:table/{name}", f"{region}:{OTHER_ACCOUNT}:table/{name}"]
        for arn in arns:
            yield from under_table(None, "", f"arn:aws:dynamodb:{arn}", ["any-index"])


def _read_by(role: Deployed, stage: str) -> set[Cell]:
    """A role reads its own family's in its own stage; a tenant's role has nothing but its tenant's items."""
    if role.role.tenant:
        return set()
    region = role.family.region or "eu-west-2"
    names = [_parameter(region, f"/dynamodb/{stage}/{role.family.key}{below}") for below in _BELOW]
    return {(action, name) for action in PARAMETER_READS for name in names}


@cache
def _parameter_cells() -> dict[str, list[str]]:
    """Every family's path in every stage, deployed or not; names near a path, what is above it, others' parameters."""
    names = [
        _parameter("eu-west-2", above)
        for above in ("", "/", "/dynamodb", "/dynamodb/", "/ssm", "/warehouse/key", "/dynamodb-secrets/a")
    ]
    for family in catalogue():
        region = family.region or "eu-west-2"
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
