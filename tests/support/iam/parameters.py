"""The matrix of what is published in SSM: every role, every action on parameters, every family's path in every stage.

What a role should be allowed follows from its family and stage alone; nothing of `tablekit.model.permissions` is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.components.mocked import ACCOUNT
from tests.support.iam.deployed import STAGES, Deployed, Deployment, catalogue
from tests.support.iam.evaluate import Decision, Principal, Request, decide
from tests.support.iam.matrix import OTHER_ACCOUNT, OTHER_STAGES, TENANT, Report

READS: Final = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
OTHERS: Final = (
    "ssm:AddTagsToResource",
    "ssm:DeleteParameter",
    "ssm:DeleteParameters",
    "ssm:DeleteResourcePolicy",
    "ssm:GetParameterHistory",
    "ssm:GetResourcePolicies",
    "ssm:LabelParameterVersion",
    "ssm:ListTagsForResource",
    "ssm:PutParameter",
    "ssm:PutResourcePolicy",
    "ssm:RemoveTagsFromResource",
    "ssm:UnlabelParameterVersion",
)
"""The other actions on a parameter: Service Authorization Reference, "AWS Systems Manager". tests/audit compares."""
ON_NOTHING: Final = "ssm:DescribeParameters"
"""It takes no resource, and only a policy on `*` allows it."""
_BELOW: Final = (
    "",
    "/",
    "/contract",
    "/contract/",
    "/contract/1",
    "/contract/2",
    "/env",
    "/env/AWS_REGION",
    "/env/DYNAMODB_USERS_TABLE",
)
"""What a request names of a family: the path, as GetParametersByPath asks for it, and parameters."""

Cell = tuple[str, str]


def arn(region: str, name: str, account: str = ACCOUNT) -> str:
    """A parameter's ARN; name: with its leading slash."""
    return f"arn:aws:ssm:{region}:{account}:parameter{name}"


def report(stage: Deployment, published: bool) -> Report:
    """Every role of the stage on all these, by what was registered and by what should be."""
    found = Report(f"{stage.stage}, {'published' if published else 'not published'}")
    cells = list(_cells())
    for each in stage.roles:
        wanted = _wanted(each, stage.stage) if published else set()
        given = {cell for cell in cells if _allows(each, *cell)}
        found.roles += 1
        found.cells += len(cells)
        found.allowed += len(given)
        found.leaks += [f"{each.arn}: {action} on {name}" for action, name in sorted(given - wanted)]
        found.missing += [f"{each.arn}: {action} on {name}" for action, name in sorted(wanted - given)]
    return found


def _wanted(role: Deployed, stage: str) -> set[Cell]:
    """A role reads its own family's in its own stage; a tenant's role has nothing but its tenant's items."""
    if role.role.tenant:
        return set()
    region = role.family.region or "eu-west-2"
    names = [arn(region, f"/dynamodb/{stage}/{role.family.key}{below}") for below in _BELOW]
    return {(action, name) for action in READS for name in names}


def _cells() -> Iterator[Cell]:
    for name in dict.fromkeys((*_ours(), *_strangers())):
        for action in (*READS, *OTHERS):
            yield action, name
    yield ON_NOTHING, "*"


def _ours() -> Iterator[str]:
    for stage in STAGES:
        for family in catalogue():
            for below in _BELOW:
                yield arn(family.region or "eu-west-2", f"/dynamodb/{stage}/{family.key}{below}")


def _strangers() -> Iterator[str]:
    """Nobody's here: other stages, regions and accounts, names near a path, what is above it, others' parameters."""
    for above in ("", "/", "/dynamodb", "/dynamodb/", "/ssm", "/warehouse/key", "/dynamodb-secrets/a"):
        yield arn("eu-west-2", above)
    for family in catalogue():
        region = family.region or "eu-west-2"
        for stage in (*STAGES, *OTHER_STAGES):
            path = f"/dynamodb/{stage}/{family.key}"
            yield arn("ap-southeast-2", f"{path}/contract/1")
            yield arn(region, f"{path}/contract/1", OTHER_ACCOUNT)
            yield arn(region, f"/dynamodb/{stage}")
            yield arn(region, f"/dynamodb/{stage}/")
            for near in (f"{path}2", f"{path}-more/contract/1", path.upper(), path[:-1], f"{path[:-1]}/env/A"):
                yield arn(region, near)
            yield arn(region, f"/x{path}/contract/1")
        for stage in OTHER_STAGES:
            for below in _BELOW:
                yield arn(region, f"/dynamodb/{stage}/{family.key}{below}")


def _allows(role: Deployed, action: str, name: str) -> bool:
    context = {f"aws:PrincipalTag/{role.role.tenant.tag}": (TENANT,)} if role.role.tenant else {}
    return decide(Request(action, name, context, Principal("AWS", role.arn)), [role.policy]) is Decision.ALLOWED
