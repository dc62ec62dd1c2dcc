"""A policy document, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from tests.support.iam.conditions import Test, operator
from tests.support.iam.patterns import Context, PolicyError, matches, matches_arn

__all__ = ["Policy", "PolicyError", "Statement"]

_VERSION = "2012-10-17"
"""The version with variables; in the older one `${…}` is a text."""
_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_PRINCIPALS = {"AWS", "Service"}
_WHO = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(role|user)/.+")


@dataclass(frozen=True)
class Condition:
    """One key under one operator."""

    test: Test
    key: str
    values: tuple[str, ...]

    def holds(self, context: Context) -> bool:
        """Whether the request meets it."""
        return self.test(context.get(self.key, ()), self.values, context)


@dataclass(frozen=True)
class Statement:
    """One statement. principals: None in a role's own policy. resources: empty in who may assume a role."""

    deny: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...]
    principals: tuple[tuple[str, str], ...] | None

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Raises PolicyError at whatever is not known here."""
        if unknown := set(given) - _ELEMENTS:
            raise PolicyError(f"statement element {sorted(unknown)[0]!r} is not known here")
        if given.get("Effect") not in ("Allow", "Deny"):
            raise PolicyError(f"Effect is {given.get('Effect')!r}; it is Allow or Deny")
        actions = _texts(given.get("Action", ()), "Action")
        for action in actions:
            if action != "*" and action.count(":") != 1:
                raise PolicyError(f"action {action!r} is no service:name, nor *")
        if not actions:
            raise PolicyError("a statement without Action")
        resources = _texts(given.get("Resource", ()), "Resource")
        principals = _principals(given["Principal"]) if "Principal" in given else None
        if not resources and principals is None:
            raise PolicyError("a statement without Resource")
        return cls(given["Effect"] == "Deny", actions, resources, _conditions(given.get("Condition", {})), principals)

    def about(self, action: str) -> bool:
        """Whether it speaks of the action; IAM compares actions without case."""
        return _about(self.actions, action)

    def on(self, arn: str, context: Context) -> bool:
        """Whether it speaks of the resource."""
        return not self.resources or any(matches_arn(pattern, arn, context) for pattern in self.resources)

    def holds(self, context: Context) -> bool:
        """Whether every condition is met."""
        return all(condition.holds(context) for condition in self.conditions)


@dataclass(frozen=True)
class Policy:
    """A whole document."""

    statements: tuple[Statement, ...]

    @classmethod
    def read(cls, document: str | Mapping[str, Any]) -> Self:
        """From JSON text, or what it stands for. Raises PolicyError."""
        given = json.loads(document) if isinstance(document, str) else document
        if set(given) - {"Version", "Id", "Statement"}:
            raise PolicyError(f"policy elements {sorted(given)}; known are Version, Id, Statement")
        if given.get("Version") != _VERSION:
            raise PolicyError(f"policy version {given.get('Version')!r}; known is {_VERSION}")
        statements = given["Statement"]
        return cls(
            tuple(Statement.read(each) for each in ([statements] if isinstance(statements, dict) else statements))
        )


@cache
def _about(patterns: tuple[str, ...], action: str) -> bool:
    return any(matches(pattern, action, {}, case=False) for pattern in patterns)


def _texts(given: Any, where: str) -> tuple[str, ...]:
    values = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(value, str) for value in values):
        raise PolicyError(f"{where}: {given!r} is no text, nor a list of texts")
    return values


def _conditions(given: Mapping[str, Mapping[str, Any]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(operator(name), key.lower(), _texts(values, key))
        for name, keys in given.items()
        for key, values in keys.items()
    )


def _principals(given: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(given, dict) or set(given) - _PRINCIPALS:
        raise PolicyError(f"principal {given!r}; known are exact names under {' and '.join(sorted(_PRINCIPALS))}")
    pairs = tuple((kind, name) for kind, names in given.items() for name in _texts(names, "Principal"))
    for kind, name in pairs:
        if "*" in name or "?" in name:
            raise PolicyError(f"principal {name!r}: everybody is not known here")
        if kind == "AWS" and not _WHO.fullmatch(name):
            raise PolicyError(f"principal {name!r}: known are roles and users; an account hands its decision on")
    return pairs
