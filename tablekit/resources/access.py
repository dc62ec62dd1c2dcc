"""Roles, each with its one policy."""

from __future__ import annotations

from tablekit.model import limits
from tablekit.model.errors import StageError
from tablekit.model.permissions import POLICY_NAME, role_policy, trust_policy
from tablekit.model.staged import Account, StagedFamily
from tablekit.resources.expected import ROLE, ROLE_POLICY, Expected, document, given


def role(name: str, family: StagedFamily, key: str, account: Account) -> Expected:
    """The family's role of that key, with who may assume it, within the stage's permissions boundary."""
    staged = family.roles[key]
    inputs = given(
        name=staged.name,
        description=staged.declared.purpose,
        assumeRolePolicy=document(trust_policy(family, key, account)),
        permissionsBoundary=family.stage.permissions_boundary or None,
        tags=family.tags,
    )
    return Expected(ROLE, f"{name}-{key}", inputs, {"assumeRolePolicy": "policy"})


def check_policies(family: StagedFamily) -> None:
    """Raise StageError where replicas make a role's policy longer than IAM takes."""
    for key in family.roles if family.replicas else ():
        text = document(role_policy(family, key, Account("0" * 12)))
        if (size := len("".join(text.split()))) > limits.MAX_ROLE_POLICY_BYTES:
            raise StageError(
                f"stage {family.stage.stage!r}: replicas: role {key!r} of family {family.key!r} would have a policy of "
                f"{size} characters, and IAM takes {limits.MAX_ROLE_POLICY_BYTES}: name fewer regions"
            )


def policy(name: str, family: StagedFamily, key: str, account: Account) -> Expected:
    """What the role of that key may do."""
    inputs = {
        "name": POLICY_NAME,
        "role": family.roles[key].name,
        "policy": document(role_policy(family, key, account)),
    }
    return Expected(ROLE_POLICY, f"{name}-{key}", inputs, {"policy": "policy"})
