"""Rules on access in any stack: that no policy is open to all resources, all actions, everybody or another account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from policies.resource import KEY_POLICY, POLICY, TOPIC_POLICY, Resource, Statement
from policies.rule import rule
from policies.run import Run
from tablekit.model import limits
from tablekit.resources import BUCKET_POLICY, KEY, QUEUE, RESOURCE_POLICY, ROLE, ROLE_POLICY, TOPIC

_OF_NO_RESOURCE: Final = (["cloudwatch:PutMetricData"], ["dynamodb:ListStreams"], ["tag:GetResources"])
"""Actions that IAM takes on every resource alone."""
_GRANTS: Final = (ROLE_POLICY, POLICY)
_OPEN: Final = (ROLE, RESOURCE_POLICY, TOPIC, TOPIC_POLICY, QUEUE, KEY, KEY_POLICY, BUCKET_POLICY)
_NARROWING: Final = re.compile(
    "aws:(source(account|arn|owner)|principal(account|arn|orgid))|kms:calleraccount", re.IGNORECASE
)
"""Condition keys that bind everybody to somebody."""
_SOMEBODY: Final = re.compile(r"\b(\d{12}|o-[a-z0-9]{10,32})\b")
"""An account or an organization in such a condition's value."""
_EQUALS: Final = ("StringEquals", "ArnEquals", "ArnLike", "StringLike")


def _document(resource: Resource) -> str:
    return "assumeRolePolicy" if resource.type == ROLE else "policy"


def _judged(policy: Resource, run: Run) -> Iterator[Statement]:
    """The allowing statements; in another project's stack those that reach DynamoDB: the rest is not ours."""
    for statement in policy.allowing():
        reaches = any(action == "*" or action.lower().startswith("dynamodb:") for action in statement.action)
        if run.own or statement.not_action or reaches:
            yield statement


@rule("access-wildcard-action", *_GRANTS)
def wildcard_action(policy: Resource, run: Run) -> Iterator[str]:
    """No action has a wildcard: it grants what nobody asked for, and whatever the service adds later."""
    for statement in _judged(policy, run):
        if statement.not_action:
            yield f"{statement.label} allows by NotAction; list the actions in Action"
        for action in statement.action:
            if "*" in action or "?" in action:
                yield f"{statement.label} allows {action!r}; list the actions of the role's access patterns"


@rule("access-wildcard-resource", *_GRANTS)
def wildcard_resource(policy: Resource, run: Run) -> Iterator[str]:
    """No statement is on every resource, or on every table: a new table, of whomever, would be open to the role at
    once.
    """
    for statement in _judged(policy, run):
        if statement.not_resource:
            yield f"{statement.label} allows by NotResource; list the ARNs in Resource"
        for arn in statement.resource:
            if (arn == "*" and statement.action not in _OF_NO_RESOURCE) or re.fullmatch(r".*:table/[*?]+(/.*)?", arn):
                yield f"{statement.label} is on {arn!r}; name the tables, or the family's prefix: table/<prefix>*"


@rule("access-principal", *_OPEN)
def principal(resource: Resource, run: Run) -> Iterator[str]:
    """No policy lets everybody in: a principal * is every account of AWS, unless a condition names who."""
    for statement in resource.allowing(_document(resource)):
        if statement.not_principal:
            yield f"{statement.label} allows by NotPrincipal; name services or exact ARNs in Principal"
        if any("*" in name for name in statement.principals) and not _narrowed(statement):
            yield (
                f"{statement.label} allows principal {json.dumps(statement.principal)}; "
                "name services or exact ARNs, or the account or organization in a condition"
            )


@rule("access-other-account", RESOURCE_POLICY)
def other_account(resource: Resource, run: Run) -> Iterator[str]:
    """A table's policy opens it to its own account alone: another account hands its access on as it likes."""
    own = resource.get("resourceArn", default="").split(":")[4:5]
    for statement in resource.allowing():
        for name in statement.principals:
            if own and (found := re.search(r"\b\d{12}\b", name)) and [found[0]] != own:
                yield f"{statement.label} allows {name!r} of account {found[0]}; the table is in {own[0]}: remove it"


def _narrowed(statement: Statement) -> bool:
    """Whether a condition that is met only where its key is there names an account, an organization or an ARN."""
    return any(
        operator in _EQUALS and _NARROWING.fullmatch(key) and all(_SOMEBODY.search(str(each)) for each in values)
        for operator, keys in statement.condition.items()
        for key, values in keys.items()
    )


@rule("access-limits", ROLE, ROLE_POLICY)
def access_limits(resource: Resource, run: Run) -> Iterator[str]:
    """Policies are within IAM's limits: IAM refuses a longer one in the middle of an update."""
    prop = _document(resource)
    most = limits.MAX_TRUST_POLICY_BYTES if resource.type == ROLE else limits.MAX_ROLE_POLICY_BYTES
    # White space does not count.
    length = len("".join(str(resource.get(prop, default="")).split()))
    if length > most:
        yield f"{prop} has {length} characters; IAM takes at most {most}: name fewer resources"
