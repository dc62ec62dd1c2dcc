"""Rules on access: what a role may do, on whose tables, and who may be it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from policies.resource import POLICY, RESOURCE_POLICY, ROLE, ROLE_POLICY, Resource, listed, sid, table_of
from policies.rule import rule
from policies.run import Run
from tablekit.model import Family, Role, limits

_METRICS = "cloudwatch:PutMetricData"
_GRANTS = (ROLE_POLICY, POLICY)
_TRUSTS = (ROLE, RESOURCE_POLICY)
_READS = frozenset({"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem"})


def _document(resource: Resource) -> str:
    return "assumeRolePolicy" if resource.type == ROLE else "policy"


def _judged(policy: Resource, run: Run) -> Iterator[dict[str, Any]]:
    """The allowing statements of a family's role; of another's, those that reach DynamoDB: the rest is not ours."""
    declared = run.declared(policy)
    for statement in policy.allowing():
        actions = listed(statement.get("Action"))
        if declared or "NotAction" in statement or any(a == "*" or a.lower().startswith("dynamodb:") for a in actions):
            yield statement


@rule("access-wildcard-action", *_GRANTS, controls=("Security Hub IAM.21", "Checkov CKV_AWS_63", "cdk-nag IAM5"))
def wildcard_action(policy: Resource, run: Run) -> Iterator[str]:
    """No action has a wildcard: it grants what nobody asked for, and whatever the service adds later."""
    for statement in _judged(policy, run):
        if "NotAction" in statement:
            yield f"{sid(statement)} allows by NotAction; list the actions in Action"
        for action in listed(statement.get("Action")):
            if "*" in action or "?" in action:
                yield f"{sid(statement)} allows {action!r}; list the actions of the role's access patterns"


@rule("access-wildcard-resource", *_GRANTS, controls=("Checkov CKV_AWS_355", "cdk-nag IAM5"))
def wildcard_resource(policy: Resource, run: Run) -> Iterator[str]:
    """No statement is on every resource, or on every table: a new table, of whomever, would be open to the role at
    once.
    """
    for statement in _judged(policy, run):
        if "NotResource" in statement:
            yield f"{sid(statement)} allows by NotResource; list the ARNs in Resource"
        only_metrics = listed(statement.get("Action")) == [_METRICS]
        for arn in listed(statement.get("Resource")):
            if (arn == "*" and not only_metrics) or (table_of(arn) or "x").strip("*?") == "":
                yield f"{sid(statement)} is on {arn!r}; name the tables, or the family's prefix: table/<prefix>*"


@rule("access-metrics", ROLE_POLICY, declared=True)
def metrics(policy: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """Custom metrics go to the role's own namespace only: the action takes no resource, so its condition is all that
    binds it.
    """
    for statement in policy.allowing():
        bound = statement.get("Condition", {}).get("StringEquals", {}).get("cloudwatch:namespace")
        wanted = role.metrics_namespace
        if _METRICS in listed(statement.get("Action")) and (not bound or bound != wanted):
            yield (
                f"{sid(statement)} allows {_METRICS} into {bound or 'every namespace'}; "
                f"allowed is {wanted or 'none'}: bind it by StringEquals on cloudwatch:namespace"
            )


@rule("access-family", ROLE_POLICY, declared=True)
def within_family(policy: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A role's tables are its family's in this stage, or those that it declares to reach: one system's fault, or one
    stage's, must not touch another's data.
    """
    own = run.own_tables(family)
    reached = {name for name, _ in run.reached_tables(family, role)}
    for statement, _, resources in policy.dynamodb():
        for arn in resources:
            table = table_of(arn)
            if table is None or (table not in own and table not in reached):
                yield (
                    f"{sid(statement)} is on {arn!r}; family {family.key!r} has "
                    f"{', '.join(sorted(own))} in {run.stage}: keep to these, or declare a reach"
                )
            elif (region := arn.split(":")[3]) in ("", "*"):
                yield f"{sid(statement)}: {arn!r} is of region {region!r}; name one region"


@rule("access-reach", ROLE_POLICY, declared=True)
def reach(policy: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A reach into another family is read-only and by exact ARN: the other family's data stays its own; a write needs
    an option that somebody turned on.
    """
    allowed = run.reached_tables(family, role)
    for statement, actions, resources in policy.dynamodb():
        for arn in resources:
            table = table_of(arn) or "*"
            names = {name for name, (owner, _) in run.owners.items() if owner is not family}
            matched = sorted(name for name in names if fnmatchcase(name, table))
            if not matched or table in run.own_tables(family):
                continue
            if "*" in table or "?" in table:
                yield f"{sid(statement)} reaches {', '.join(matched[:3])} by {arn!r}; name the exact ARN"
                continue
            for action in sorted(actions):
                if action not in _READS and (table, action) not in allowed:
                    yield (
                        f"{sid(statement)} allows {action} on {table!r} of another family; "
                        "a reach only reads, but for an option that the stage sets: remove it"
                    )


@rule("access-least", ROLE_POLICY, declared=True)
def least(policy: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A role has the actions of its access patterns and no other: what no pattern needs, above all a Scan, is of use
    to a mistake or an attacker only.
    """
    reached = run.reached_tables(family, role)
    patterns = family.patterns_of(role)
    needed = {pattern.action for pattern in patterns} | {action for _, action in reached}
    if role.describe:
        needed.add("dynamodb:DescribeTable")
    scanned = {family.table_name_for(pattern.table, run.stage) for pattern in patterns if pattern.operation == "scan"}
    scanned |= {name for name, action in reached if action == "dynamodb:Scan"}
    for statement, actions, resources in policy.dynamodb():
        for action in sorted(actions - needed):
            yield (
                f"{sid(statement)} allows {action}, which no access pattern of role "
                f"{role.name!r} needs; remove it, or declare the pattern"
            )
        for arn in resources if "dynamodb:Scan" in actions & needed else ():
            if table_of(arn) not in scanned:
                yield (
                    f"{sid(statement)} allows dynamodb:Scan on {arn!r}; the role's patterns "
                    f"scan {', '.join(sorted(scanned))} only: name these"
                )


@rule("access-principal", *_TRUSTS, controls=("Checkov CKV_AWS_60", "Prowler dynamodb_table_cross_account_access"))
def principal(resource: Resource, run: Run) -> Iterator[str]:
    """No policy lets everybody in: a principal * is every account of AWS."""
    for statement in resource.allowing(_document(resource)):
        # Somebody else's may narrow * by a condition.
        if statement.get("Condition") and not run.declared(resource):
            continue
        given = statement.get("Principal")
        names = [name for kind in given.values() for name in listed(kind)] if isinstance(given, dict) else listed(given)
        if "NotPrincipal" in statement or any("*" in name for name in names):
            yield (
                f"{sid(statement)} allows principal {json.dumps(given)}; "
                f"name services or exact ARNs: trust in Pulumi.{run.stage}.yaml"
            )


@rule("access-tenant", ROLE_POLICY, declared=True)
def tenant(policy: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A tenant's role is bound to its tenant's leading keys and only reads: without the condition, or with a Scan,
    every tenant's items are open to each.
    """
    scope = role.tenant
    if scope is None:
        return
    tag = f"aws:PrincipalTag/{scope.tag}"
    wanted = {key.replace("{tenant}", f"${{{tag}}}") for key in scope.leading_keys}
    for statement, actions, _ in policy.dynamodb():
        condition, where = statement.get("Condition", {}), sid(statement)
        given = set(listed(condition.get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")))
        if not given or given - wanted:
            yield f"{where}: leading keys are {sorted(given) or 'any'}; allowed are {sorted(wanted)}: restore them"
        # ForAllValues holds where the key is absent, so that it is there is asked for as well.
        present = condition.get("Null", {})
        for key in ("dynamodb:LeadingKeys", tag):
            if present.get(key) != "false":
                yield f"{where} does not ask that {key} is there; add it to Null as 'false'"
        if tag not in condition.get("StringNotLike", {}):
            yield f"{where} takes any text as {tag}; a # in one reaches another tenant: restore StringNotLike"
        for action in sorted((actions - _READS) | (actions & {"dynamodb:Scan"})):
            yield f"{where} allows {action}; a tenant's role gets and queries only: remove it"


@rule("access-tenant-session", ROLE, declared=True)
def tenant_session(resource: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A tenant's role is assumed with the tenant's tag only: the tag is what its leading keys are filled from."""
    scope = role.tenant
    if scope is None:
        return
    tag = f"aws:RequestTag/{scope.tag}"
    for statement in resource.allowing("assumeRolePolicy"):
        condition = statement.get("Condition", {})
        if condition.get("Null", {}).get(tag) != "false" or tag not in condition.get("StringNotLike", {}):
            yield f"{sid(statement)}: assumed without a checked {tag}; restore its condition"


@rule("access-role-name", ROLE, declared=True)
def role_name(resource: Resource, run: Run, family: Family, role: Role) -> Iterator[str]:
    """A role is called as its family says in this stage: other teams find it by that name, and a name of prod's in
    another stage is prod's role.
    """
    wanted = family.role_name(role, run.stage)
    if resource.get("name", default=wanted) != wanted:
        yield f"in stage {run.stage} the name must be {wanted!r}: fix it"


@rule("access-limits", ROLE, ROLE_POLICY)
def access_limits(resource: Resource, run: Run) -> Iterator[str]:
    """Policies are within IAM's limits: IAM refuses a longer one in the middle of an update."""
    prop = _document(resource)
    most = limits.MAX_TRUST_POLICY_BYTES if resource.type == ROLE else limits.MAX_ROLE_POLICY_BYTES
    # White space does not count.
    length = len("".join(str(resource.get(prop, default="")).split()))
    if length > most:
        yield f"{prop} has {length} characters; IAM takes at most {most}: name fewer resources"
