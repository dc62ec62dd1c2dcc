"""What a mutation is, and the ways to break a resource that the real program registers."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from policies.resource import ALARM, PARAMETER, ROLE, ROLE_POLICY, TABLE
from tests.policies.analyzer import Sent
from tests.policies.program import Key

Resources = dict[Key, Sent]
Change = Callable[[Resources, Key], None]


@dataclass(frozen=True)
class Broken:
    """A mutation: what is changed, on which resource, and a part of what its rule must then say in the stage.

    settings: the stage's, beside its file's.
    """

    target: Key
    change: Change
    says: str
    stage: str = "prod"
    settings: dict[str, Any] = field(default_factory=dict)


Mutations = dict[str, list[Broken]]
"""By the rule that owns them."""


def put(path: str, value: Any) -> Change:
    """Set an input, at a path of names and list places."""

    def change(resources: Resources, key: Key) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        inside: Any = resources[key].inputs
        for part in way:
            inside = inside.setdefault(part, {}) if isinstance(part, str) else inside[part]
        inside[last] = value

    return change


def drop(path: str) -> Change:
    """Remove an input."""

    def change(resources: Resources, key: Key) -> None:
        *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
        inside: Any = resources[key].inputs
        for part in way:
            inside = inside[part]
        del inside[last]

    return change


def option(**options: Any) -> Change:
    """Change an option of the resource."""

    def change(resources: Resources, key: Key) -> None:
        resources[key] = replace(resources[key], **options)

    return change


def as_it_is(resources: Resources, key: Key) -> None:
    """Nothing is changed: the real family has what the rule tells."""


def both(*changes: Change) -> Change:
    """One after the other."""

    def change(resources: Resources, key: Key) -> None:
        for each in changes:
            each(resources, key)

    return change


def remove(resources: Resources, key: Key) -> None:
    """The resource is not registered at all."""
    del resources[key]


def add(kind: str, name: str, inputs: dict[str, Any]) -> Change:
    """One more resource."""

    def change(resources: Resources, _: Key) -> None:
        resources[kind, name] = Sent(kind, name, inputs)

    return change


def twin(name: str, **inputs: Any) -> Change:
    """A second resource like this one, under another Pulumi name."""

    def change(resources: Resources, key: Key) -> None:
        original = resources[key]
        same = copy.deepcopy(original.inputs) | inputs
        resources[key[0], name] = replace(original, name=name, inputs=same)

    return change


def statements(edit: Callable[[list[dict[str, Any]]], None], prop: str = "policy") -> Change:
    """Edit the statements of a policy document."""

    def change(resources: Resources, key: Key) -> None:
        document = json.loads(resources[key].inputs[prop])
        edit(document["Statement"])
        resources[key].inputs[prop] = json.dumps(document)

    return change


def each_statement(prop: str = "policy", **fields: Any) -> Change:
    """Set fields of every statement."""

    def edit(all_: list[dict[str, Any]]) -> None:
        for statement in all_:
            statement.update(fields)

    return statements(edit, prop)


def grant(action: str, resource: str, **more: Any) -> Change:
    """One more statement that allows."""
    statement = {"Sid": "More", "Effect": "Allow", "Action": [action], "Resource": [resource], **more}
    return statements(lambda all_: all_.append(statement))


def trust(**fields: Any) -> Change:
    return each_statement("assumeRolePolicy", **fields)


def without(*path: str, prop: str = "policy") -> Change:
    """Remove a part of every statement's conditions."""

    def edit(all_: list[dict[str, Any]]) -> None:
        for statement in all_:
            inside = statement.get("Condition", {})
            for part in path[:-1]:
                inside = inside.get(part, {})
            inside.pop(path[-1], None)

    return statements(edit, prop)


def table(name: str) -> Key:
    return TABLE, name


def policy(name: str) -> Key:
    return ROLE_POLICY, name


def role(name: str) -> Key:
    return ROLE, name


def parameter(name: str) -> Key:
    return PARAMETER, name


def alarm(name: str) -> Key:
    return ALARM, name


def arn(name: str, region: str = "eu-west-2") -> str:
    return f"arn:aws:dynamodb:{region}:111122223333:table/{name}"


USERS, POSTS, FORMS = table("acs-Users"), table("cloudstro-social-posts"), table("formbridge-FormBridgeData")
LOCKS, PIPELINE = table("content-ai-article-publishing-locks"), table("content-ai-blog-content-pipeline")
KEYWORDS = table("pse-keyword-intelligence")
ACS, PSE, TENANT = policy("acs-app"), policy("pse-app"), policy("formbridge-tenant")
READS = alarm("acs-Users-read-throttles")
ERRORS = alarm("acs-Users-system-errors")
