"""The whole matrix: every role, every action, every table and index of every family in every stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.components.mocked import ACCOUNT
from tests.support.iam import declared
from tests.support.iam.actions import ACTIONS
from tests.support.iam.deployed import STAGES, Deployed, Deployment, Resource, catalogue, deployment, under_table
from tests.support.iam.evaluate import Decision, Principal, Request, decide

OTHER_STAGES = ("qa", "dev2", "loc", "staging")
"""Stages that are not deployed: their tables are nobody's here."""
OTHER_ACCOUNT = "999988887777"
TENANT = "a"
"""The tenant whose session the tenant's role has in this matrix; tests/components/test_iam_tenants.py has others."""


@dataclass
class Report:
    """Counts, and each cell that differs. used: of the allowed, those that an access pattern itself asks for."""

    stage: str
    roles: int = 0
    cells: int = 0
    allowed: int = 0
    used: int = 0
    leaks: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def line(self) -> str:
        """One line for people."""
        return (
            f"{self.stage}: {self.roles} roles, {self.cells} cells, {self.allowed} allowed ({self.used} of them by a "
            f"pattern itself), {len(self.leaks)} leaks, {len(self.missing)} missing"
        )


def world() -> tuple[Resource, ...]:
    """Every stage's tables and indexes beside each other, and tables that are nobody's."""
    ours = [each for stage in STAGES for each in deployment(stage).resources]
    return tuple({(each.kind, each.arn): each for each in (*_strangers(), *ours)}.values())


def report(stage: Deployment, resources: Iterable[Resource]) -> Report:
    """Every role of the stage on all these, by what was registered and by what was declared."""
    found = Report(stage.stage)
    asked = list(cells(resources))
    for each in stage.roles:
        wanted = declared.granted(each.role, each.family, stage, catalogue())
        given: set[declared.Cell] = set()
        context, principal = asked_by(each)
        for action, resource in asked:
            request = Request(action, resource.arn, context, principal)
            if decide(request, [each.policy], stage.attached(resource.arn)) is Decision.ALLOWED:
                given.add((action, resource.arn))
        found.cells += len(asked)
        found.roles += 1
        found.allowed += len(given)
        found.used += len(given & declared.used(each.role, each.family, stage, catalogue()))
        found.leaks += [f"{each.arn}: {action} on {arn}" for action, arn in sorted(given - wanted)]
        found.missing += [f"{each.arn}: {action} on {arn}" for action, arn in sorted(wanted - given)]
    return found


def cells(resources: Iterable[Resource]) -> Iterator[tuple[str, Resource]]:
    """Each request that AWS has: an action on a resource of a kind that it takes."""
    nothing = Resource(None, "", "none", "*")
    for action, kinds in ACTIONS.items():
        for resource in (*resources, nothing):
            if resource.kind in kinds:
                yield action, resource


def asked_by(role: Deployed) -> tuple[dict[str, tuple[str, ...]], Principal]:
    """Whose request it is; a tenant's role as a session of TENANT that asks for its own items."""
    context: dict[str, tuple[str, ...]] = {}
    if role.role.tenant:
        key = f"TENANT#{TENANT}"
        context = {f"aws:PrincipalTag/{role.role.tenant.tag}": (TENANT,), "dynamodb:LeadingKeys": (key,)}
    return context, Principal("AWS", role.arn)


def _strangers() -> Iterator[Resource]:
    """Tables of nobody: reserved names, other stages', names near a prefix, another region, another account."""
    for family in catalogue():
        names = {name.replace("*", "x") for name in family.reserved}
        names |= {family.table_name_for(table.name, stage) for stage in OTHER_STAGES for table in family.tables}
        for stage in STAGES:
            if prefix := family.prefix(stage):
                names |= {f"x{prefix}orders", f"{prefix[:-1]}", f"{prefix[:-1]}2-orders", prefix.upper() + "orders"}
        region = family.region or "eu-west-2"
        for name in sorted(names):
            yield from _with_index(f"arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}")
        for table in family.tables:
            name = family.table_name_for(table.name, "prod")
            yield from _with_index(f"arn:aws:dynamodb:ap-southeast-2:{ACCOUNT}:table/{name}")
            yield from _with_index(f"arn:aws:dynamodb:{region}:{OTHER_ACCOUNT}:table/{name}")


def _with_index(arn: str) -> Iterator[Resource]:
    yield from under_table(None, "", arn)
    yield Resource(None, "", "index", f"{arn}/index/any-index", "any-index")
