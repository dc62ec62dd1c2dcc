"""The KMS keys that roles may use by their policies, before a plan and after it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tablekit.ops.guard.documents import Plan, Resource, State
from tablekit.ops.guard.shape import hidden

ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"


class RoleKeys:
    """What a plan does to the keys that the stack's roles may use.

    before: those that any role's policy in the state allows.
    """

    def __init__(self, plan: Plan, state: State) -> None:
        was = {r.urn: _keys(r) for r in state.resources if r.type == ROLE_POLICY and not r.delete}
        self.before = frozenset(key for keys in was.values() for key in keys)
        self._lost: dict[str, set[str]] = {}
        for step in plan.steps:
            # A role that leaves the stack with its policy takes nothing from those that stay.
            if step.new_state is None or step.new_state.type != ROLE_POLICY:
                continue
            old = step.old_state.urn if step.old_state else step.urn
            for key in was.get(old, frozenset()) - _keys(step.new_state):
                self._lost.setdefault(key, set()).add(step.urn.rpartition("::")[2])

    def losers(self, key: str | None) -> tuple[str, ...]:
        """The role policies, by their resources' names, that the plan takes the key from."""
        return tuple(sorted(self._lost.get(key, ()))) if key else ()


def _keys(policy: Resource) -> frozenset[str]:
    """The keys that a policy allows something on; none where it is a secret or not known yet."""
    text = (policy.inputs or {}).get("policy")
    if not isinstance(text, str) or hidden(text):
        return frozenset()
    try:
        document = json.loads(text)
    except ValueError:
        return frozenset()
    return frozenset(_key_arns(document))


def _key_arns(document: Any) -> Iterator[str]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        resources = statement.get("Resource")
        for resource in resources if isinstance(resources, list) else [resources]:
            if isinstance(resource, str) and resource.split(":")[2:3] == ["kms"]:
                yield resource
