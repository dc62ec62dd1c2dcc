"""How a mutation changes what the real program registers: paths into a resource, and what is put there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from policies.resource import POLICY, TOPIC_POLICY
from tablekit.resources import COMPOSITE_ALARM, RESOURCE_POLICY, ROLE_POLICY
from tablekit.resources import KINDS as EXPECTED
from tests.policies.analyzer import Sent
from tests.policies.program import Key

Edits = Mapping[str, Any]
"""By path, what is put there. A path has names and list places; `*` is each place of a list, `+` one more, and what is
text on the way is a JSON document. `@` begins an option of the resource. DROP takes away, at no path the resource."""
DROP: Final = object()

UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How the engine sends a text that only the update will know."""

KINDS = {kind.word: token for token, kind in EXPECTED.items()}
KINDS |= {
    "composite": COMPOSITE_ALARM,
    "policy": ROLE_POLICY,
    "attached": RESOURCE_POLICY,
    "managed": POLICY,
    "open": TOPIC_POLICY,
}


def key(target: str) -> Key:
    """`table acs-Users` as the key of a resource; AWS's other types without `aws:`, as `iam/user:User more`."""
    kind, name = target.split()
    return KINDS.get(kind) or (f"aws:{kind}" if "/" in kind else kind), name


def edit(resources: dict[Key, Sent], target: Key, edits: Edits) -> None:
    """Change a resource, or add it."""
    for path, value in edits.items():
        if path == "":
            del resources[target]
        elif path.startswith("@"):
            resources[target] = replace(resources[target], **{path[1:]: value})
        else:
            _put(resources.setdefault(target, Sent(*target, {})).inputs, path.split("/"), value)


def _put(inside: Any, way: list[str], value: Any) -> None:
    name, *rest = way
    if name == "+":
        inside.append(value)
    elif isinstance(inside, list):
        for place in range(len(inside)) if name == "*" else [int(name)]:
            if rest:
                _put(inside[place], rest, value)
            elif value is DROP:
                del inside[place]
            else:
                inside[place] = value
    elif not rest:
        inside.pop(name, None)
        inside |= {} if value is DROP else {name: value}
    elif isinstance(text := inside.setdefault(name, {}), str):
        document = json.loads(text)
        _put(document, rest, value)
        inside[name] = json.dumps(document)
    else:
        _put(text, rest, value)


def arn(name: str, region: str = "eu-west-2") -> str:
    return f"arn:aws:dynamodb:{region}:111122223333:table/{name}"


def grant(action: str | list[str], resource: str, **more: Any) -> Edits:
    """One more statement that allows."""
    statement = {"Sid": "More", "Effect": "Allow", "Action": action, "Resource": [resource], **more}
    return {"policy/Statement/+": statement}


class Broken(NamedTuple):
    """The rule, the resource, what is changed, a part of what the rule must then say, and the stage; `full` beside its
    name stands for every option on, `copies` for keys and replicas besides."""

    rule: str
    target: str
    edits: Edits
    says: str
    stage: str = "prod"
