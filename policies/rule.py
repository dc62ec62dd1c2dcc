"""What a rule is: its identity, its level by stage, the settings it takes, and the check itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from policies.resource import Resource
from policies.run import Run
from tablekit.model.naming import PROD

Topic = Literal["tables", "indexes", "access", "alarms", "parameters", "stack"]
Level = Literal["mandatory", "advisory", "disabled"]
"""mandatory: the preview fails. advisory: it is told, and nothing more. disabled: not looked at."""


@dataclass(frozen=True)
class Setting:
    """A property of the rule's own configuration: its JSON Schema type, default and meaning."""

    schema: dict[str, Any]
    default: Any
    means: str


@dataclass(frozen=True)
class Finding:
    """One violation. message: the resource, the value, what is allowed, the fix. urn: empty for the whole stack."""

    message: str
    urn: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule, on a resource or, where `types` is empty, on the whole stack.

    id: the policy's name to the engine. what, why: a line for the reference and the engine's output.
    prod, others: its level in prod and in every other stage; a policy configuration overrides both.
    controls: published controls that it meets. types: the resource types that it looks at.
    """

    id: str
    topic: Topic
    what: str
    why: str
    prod: Level
    others: Level
    check: Callable[[Sequence[Resource], Run], Iterable[Finding]]
    types: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    settings: dict[str, Setting] = field(default_factory=dict)

    def level(self, stage: str) -> Level:
        """The level in a stage where no policy configuration says otherwise."""
        return self.prod if stage == PROD else self.others

    @property
    def description(self) -> str:
        """What and why, in one line."""
        return f"{self.what}: {self.why}."


ResourceCheck = Callable[[Resource, Run], Iterator[str]]
StackCheck = Callable[[Sequence[Resource], Run], Iterator[Finding]]


def on(
    *types: str,
    topic: Topic,
    id: str,  # noqa: A002 - what the engine calls it too
    what: str,
    why: str,
    prod: Level = "mandatory",
    others: Level = "mandatory",
    controls: tuple[str, ...] = (),
    settings: dict[str, Setting] | None = None,
) -> Callable[[ResourceCheck], Rule]:
    """Make a rule of a check of one resource of these types, which yields messages."""

    def made(check: ResourceCheck) -> Rule:
        def checked(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
            for resource in resources:
                for message in check(resource, run):
                    yield Finding(message, resource.urn)

        return Rule(id, topic, what, why, prod, others, checked, types, controls, settings or {})

    return made


def on_stack(
    *,
    topic: Topic,
    id: str,  # noqa: A002 - what the engine calls it too
    what: str,
    why: str,
    prod: Level = "mandatory",
    others: Level = "mandatory",
    controls: tuple[str, ...] = (),
) -> Callable[[StackCheck], Rule]:
    """Make a rule of a check of all the stack's resources, which yields findings."""

    def made(check: StackCheck) -> Rule:
        return Rule(id, topic, what, why, prod, others, check, (), controls)

    return made
