"""What a rule is: its identity, its level by stage, the settings it takes, and the check itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from policies.resource import Resource
from policies.run import Run
from tablekit.model.naming import PROD

ANY = "*"
"""As a rule's type: it looks at every resource."""
Level = Literal["mandatory", "advisory", "disabled"]
"""mandatory: the preview fails. advisory: it is reported, and nothing more. disabled: not looked at."""


@dataclass(frozen=True)
class Setting:
    """A property of the rule's own configuration: its JSON Schema type, default and meaning."""

    schema: dict[str, Any]
    default: Any
    means: str


@dataclass(frozen=True)
class Finding:
    """One violation. message: the resource, the value, what is allowed, the fix. urn: empty for the whole stack.

    subject: the Pulumi name of what it is about, where that has no URN.
    """

    message: str
    urn: str = ""
    subject: str = ""

    @property
    def about(self) -> str:
        """The Pulumi name of what it is about; empty for the whole stack."""
        return self.subject or "".join(self.urn.split("::", 3)[3:])


@dataclass(frozen=True)
class Rule:
    """One rule, on a resource or, where `types` is empty, on the whole stack.

    id: the policy's name to the engine. topic: the module it is in. description: what must be, and why, in one line.
    prod, others: its level in prod and in every other stage; a policy configuration sets others, in prod no weaker.
    types: the resource types that it looks at.
    """

    id: str
    topic: str
    description: str
    check: Callable[[Sequence[Resource], Run], Iterable[Finding]]
    types: tuple[str, ...]
    prod: Level
    others: Level
    settings: dict[str, Setting]

    def looks_at(self, kind: str) -> bool:
        """Whether it is a rule on resources of that type."""
        return kind in self.types or ANY in self.types

    def level(self, stage: str) -> Level:
        """The level in a stage where no policy configuration says otherwise."""
        return self.prod if stage == PROD else self.others


def rule(
    id: str,  # noqa: A002 - what the engine calls it too
    *types: str,
    declared: bool = False,
    prod: Level = "mandatory",
    others: Level = "mandatory",
    settings: Mapping[str, Setting] = MappingProxyType({}),
) -> Callable[[Callable[..., Iterator[Any]]], Rule]:
    """Make a rule of a check, whose docstring is the rule's description.

    With types the check is given one resource of these, and yields what is wrong with it. Without any it is given all
    of the stack's resources, and yields findings. declared: it is given the table's family and its declaration; a table
    that no family declares is passed over.
    """

    def made(check: Callable[..., Iterator[Any]]) -> Rule:
        def each(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
            for resource in resources:
                found = run.declared(resource) if declared else ()
                for message in check(resource, run, *found) if found is not None else ():
                    yield Finding(f"{resource.label}: {message}", resource.urn)

        topic = check.__module__.rpartition(".")[2]
        description = " ".join((inspect.getdoc(check) or "").split())
        on = each if types else check
        return Rule(id, topic, description, on, types, prod, others, dict(settings))

    return made
