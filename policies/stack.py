"""Rules on the whole stack: that nothing is missing, nothing is there twice, and no role matches another's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from policies.resource import (
    KINDS,
    POLICY,
    RESOURCE_POLICY,
    ROLE,
    ROLE_POLICY,
    TABLE,
    NotKnownError,
    Resource,
    table_of,
)
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.model.errors import StageError
from tablekit.model.naming import PROJECT

_NAMED = KINDS.keys() - {RESOURCE_POLICY, ROLE_POLICY, POLICY}


@rule("stack-tables")
def tables(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Every table of every deployed family is there: a table that slips out of the program leaves the state, its
    alarms and this pack's sight.
    """
    there = {each.name for each in resources if each.type == TABLE}
    for family in run.deployed(resources):
        for table in family.tables:
            if f"{family.key}-{table.name}" not in there:
                yield Finding(
                    f"family {family.key!r} is deployed without its table {table.name!r}; "
                    "restore the table, or take the family from the stage's families"
                )


@rule("stack-roles")
def roles(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Every deployed family has its roles, each with its policy: a system without its role falls back on one that
    somebody makes by hand.
    """
    there = {(each.type, each.name) for each in resources}
    for family in run.deployed(resources):
        for role in family.roles:
            for kind, what in ((ROLE, "role"), (ROLE_POLICY, "the policy of role")):
                if (kind, f"{family.key}-{role.name}") not in there:
                    yield Finding(f"family {family.key!r} is deployed without {what} {role.name!r}; restore it")


@rule("stack-names")
def names(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """No two resources have one name on AWS: the second takes the first over or fails, and a later rename deletes the
    survivor.
    """
    seen: dict[tuple[str, object, str], Resource] = {}
    for each in resources:
        physical = each.inputs.get("name")
        if each.type not in _NAMED or not isinstance(physical, str):
            continue
        key = (each.type, None if each.type == ROLE else str(each.inputs.get("region")), physical)
        first = seen.setdefault(key, each)
        if first is not each:
            yield Finding(
                f"{KINDS[each.type]}s {first.name} and {each.name} are both called {physical!r}; rename one", each.urn
            )


@rule("stack-disjoint-roles")
def disjoint(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A role's patterns match its own family's tables in this stage only: a prefix too short opens other systems, or
    prod; computed over all stages' names.
    """
    for policy in resources:
        declared = run.declared(policy) if policy.type == ROLE_POLICY else None
        if not declared:
            continue
        family, role = declared
        own, reached = run.own_tables(family), {name for name, _ in run.reached_tables(family, role)}
        others = {name for name, owner in run.owners.items() if owner != (family, run.stage)} - reached
        others |= {name for other in run.catalogue if other is not family for name in other.reserved} - own
        try:
            patterns = sorted({table_of(arn) or arn for _, _, arns in policy.dynamodb() for arn in arns})
        except NotKnownError:
            continue
        for pattern in patterns:
            if matched := sorted(name for name in others if fnmatchcase(name, pattern)):
                yield Finding(
                    f"{policy.label}: {pattern!r} matches {len(matched)} tables beside family {family.key!r} in "
                    f"{run.stage}, as {matched[0]!r}; name the family's prefix, {', '.join(sorted(own))}",
                    policy.urn,
                )


@rule("stack-stage")
def stage(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """The stage's name can stand beside prod: one that begins as a family's prefix puts its tables within prod's
    roles.
    """
    if run.project == PROJECT:
        try:
            run.catalogue.check_stage(run.stage)
        except StageError as error:
            yield Finding(str(error))
