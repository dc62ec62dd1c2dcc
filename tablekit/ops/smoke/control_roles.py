"""A deployed role against its declaration; each difference is one line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tablekit.client import Clients, ResourceNotFoundError, translated
from tablekit.model.permissions import POLICY_NAME, role_policy, trust_policy
from tablekit.model.staged import Account, StagedFamily, StagedRole
from tablekit.ops.drift import REFRESH, Problem, by_hand, deployment, difference
from tablekit.ops.smoke.settings import Settings

_SHOWN = 300


def role_problems(
    clients: Clients, family: StagedFamily, role: StagedRole, settings: Settings, account: Account
) -> list[Problem]:
    """Every difference of one role. Raises what the calls raise."""
    name, region = role.name, family.region
    client = clients.get("iam", region)
    try:
        with translated(f"role {name!r}"):
            found = client.get_role(RoleName=name)["Role"]
            inline = [
                each
                for page in clients.pages("iam", region, "list_role_policies", RoleName=name)
                for each in page["PolicyNames"]
            ]
            attached = [
                each["PolicyArn"]
                for page in clients.pages("iam", region, "list_attached_role_policies", RoleName=name)
                for each in page["AttachedPolicies"]
            ]
            policy = (
                client.get_role_policy(RoleName=name, PolicyName=POLICY_NAME)["PolicyDocument"]
                if POLICY_NAME in inline
                else None
            )
    except ResourceNotFoundError:
        text = f"missing, expected role {name!r} as family {family.key!r} declares it: {deployment(family.stage.stage)}"
        return [Problem(text)]

    def remove(call: str, **given: str) -> str:
        return by_hand(settings.endpoint, region, "iam", call, role_name=name, **given)

    # A deployment changes the role's own policy, and takes off no other.
    extra = [remove("delete-role-policy", policy_name=each) for each in sorted(inline) if each != POLICY_NAME]
    own = () if POLICY_NAME in inline else (REFRESH,)
    problems = difference("inline policies", sorted(inline), [POLICY_NAME], *extra, *own)
    detached = [remove("detach-role-policy", policy_arn=each) for each in sorted(attached)]
    problems += difference("attached policies", sorted(attached), [], *detached)
    if settings.read:
        expected = trust_policy(family, role.declared.name, account)
        problems += policy_problems("trust policy", found["AssumeRolePolicyDocument"], expected)
        if policy is not None:
            expected = role_policy(family, role.declared.name, account)
            problems += policy_problems(f"policy {POLICY_NAME!r}", policy, expected)
    return problems


def policy_problems(what: str, found: Any, expected: Mapping[str, Any]) -> list[Problem]:
    """The differences of two policy documents, a line a statement. A list of one and its element are the same."""
    mine, theirs = _statements(expected), _statements(json.loads(found) if isinstance(found, str) else found)
    problems = []
    for sid in mine | theirs:
        where = f"{what}, statement {sid!r}"
        if sid not in theirs:
            problems.append(Problem(f"{where}: missing, expected {_shown(mine[sid])}"))
        elif sid not in mine:
            problems.append(Problem(f"{where}: found {_shown(theirs[sid])}, expected none"))
        else:
            fields = sorted(mine[sid] | theirs[sid])
            for field in fields:
                one, other = theirs[sid].get(field), mine[sid].get(field)
                if one != other:
                    problems.append(Problem(f"{where}, {field}: found {_shown(one)}, expected {_shown(other)}"))
    return problems


def _statements(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    given = document.get("Statement") or []
    found: dict[str, dict[str, Any]] = {}
    for place, statement in enumerate(given if isinstance(given, list) else [given]):
        found[str(statement.get("Sid", f"number {place + 1}"))] = {
            field: _canonical(value) for field, value in statement.items() if field not in ("Sid",)
        }
    return found


def _canonical(value: Any) -> Any:
    """IAM gives lists in any order, and a list of one as its element."""
    if isinstance(value, Mapping):
        return {key: _canonical(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return sorted(map(str, value))
    return [str(value)]


def _shown(value: Any) -> str:
    text = "none" if value is None else json.dumps(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
