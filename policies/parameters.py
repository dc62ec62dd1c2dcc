"""Rules on what is published in SSM: where it stands, of what kind, that all of it is there, and who may read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from policies.resource import PARAMETER, POLICY, ROLE_POLICY, NotKnownError, Resource, listed, sid
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.model.limits import MAX_PARAMETER_BYTES
from tablekit.model.naming import PARAMETER_READS, PROJECT, parameter_path

_ROOT = "/dynamodb"
_FIRST = "contract/1"


def _published(run: Run) -> bool:
    return str(run.configured("publishParameters", False)).lower() == "true"


def _path_of(arn: str) -> str | None:
    """The name part of a parameter's ARN or of a pattern for ARNs, with its slash; None where there is none."""
    _, found, rest = arn.partition(":parameter")
    return rest if found else None


@rule("parameter-readers", ROLE_POLICY, POLICY)
def readers(policy: Resource, run: Run) -> Iterator[str]:
    """Parameters are read by the roles of their own family and stage only: a family's contract is its own programs'
    business, and one stage's is wrong in another.
    """
    declared = run.declared(policy)
    for statement in policy.allowing():
        actions = [action for action in listed(statement.get("Action")) if action.lower().startswith("ssm:")]
        resources = listed(statement.get("Resource"))
        where = sid(statement)
        if not actions:
            continue
        if declared is None:
            paths = [parameter_path(run.stage, each.key) for each in run.catalogue]
            names = [*paths, *(f"{path}/{_FIRST}" for path in paths)]
            ours = [arn for arn in resources if any(fnmatchcase(name, _path_of(arn) or arn) for name in names)]
            if ours and run.project == PROJECT:
                yield f"{where} allows {actions[0]} on {ours[0]!r}; only the families' own roles may: remove it"
            continue
        family, role = declared
        if role.tenant:
            yield f"{where} allows {actions[0]}; a tenant's role has nothing but its tenant's items: remove it"
            continue
        if not _published(run):
            yield f"{where} allows {actions[0]}, and publishParameters is off in {run.stage}; remove it, or turn it on"
            continue
        for action in actions:
            if action not in PARAMETER_READS:
                yield f"{where} allows {action}; a role reads parameters by {', '.join(PARAMETER_READS)}: remove it"
        own = parameter_path(run.stage, family.key)
        for arn in resources:
            if _path_of(arn) not in (own, f"{own}/*"):
                yield (
                    f"{where} is on {arn!r}; family {family.key!r} has parameter{own} and parameter{own}/* in "
                    f"{run.stage}: keep to these"
                )
            elif (region := arn.split(":")[3]) in ("", "*"):
                yield f"{where}: {arn!r} is of region {region!r}; name one region"


@rule("parameter-place", PARAMETER)
def place(parameter: Resource, run: Run) -> Iterator[str]:
    """A parameter under /dynamodb is at the path of a deployed family and this stage: elsewhere another's roles read
    it, and take its names for their own.
    """
    name = parameter.get("name", default="")
    if not f"{name}/".startswith(f"{_ROOT}/"):
        return
    # Its Pulumi name begins with the family's key.
    family = run.catalogue.families.get(parameter.name.split("/")[0])
    paths = [parameter_path(run.stage, each.key) for each in ([family] if family else run.catalogue)]
    if not any(name.startswith(f"{path}/") for path in paths):
        allowed = paths[0] if family else f"{_ROOT}/{run.stage}/<family>"
        yield f"in stage {run.stage} it must be under {allowed}; fix its name"


@rule("parameter-kind", PARAMETER)
def kind(parameter: Resource, run: Run) -> Iterator[str]:
    """A published parameter is a standard one of type String: an advanced one costs, and a SecureString asks its
    readers for a key; it holds names, no secret.
    """
    name = parameter.get("name", default="")
    if not name.startswith(f"{_ROOT}/"):
        return
    for prop, wanted in (("type", "String"), ("tier", "Standard")):
        if (given := parameter.get(prop, default=wanted)) != wanted:
            yield f"{prop} is {given!r}; it must be {wanted!r}: fix it"
    try:
        size = len(str(parameter.get("insecureValue", default=parameter.get("value", default=""))).encode())
    except NotKnownError:
        return
    if size > MAX_PARAMETER_BYTES:
        yield f"it has {size} bytes; a standard one takes {MAX_PARAMETER_BYTES}: divide it"


@rule("parameter-published")
def published(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A stage that publishes does so whole for every deployed family, and another not at all: a program whose contract
    has a gap fails far from the cause.
    """
    there = {each.name: each for each in resources if each.type == PARAMETER}
    publishes = _published(run)
    for family in run.deployed(resources):
        first = f"{family.key}/{_FIRST}"
        names = [first, f"{family.key}/env/AWS_REGION"]
        names += [f"{family.key}/env/{family.variable(table.name)}" for table in family.tables]
        names += [f"{family.key}/contract/{number}" for number in range(2, _parts(there.get(first)) + 1)]
        for name in names:
            if (name in there) is not publishes:
                how = "is missing" if publishes else "is there, and publishParameters is off"
                yield Finding(f"parameter {name} {how} in stage {run.stage}; restore it, or change the setting")


def _parts(first: Resource | None) -> int:
    """How many parts the first one says that there are; 1 where nobody knows yet."""
    if first is None:
        return 1
    try:
        return int(json.loads(first.get("insecureValue", default="{}")).get("parts", 1))
    except NotKnownError:
        return 1
