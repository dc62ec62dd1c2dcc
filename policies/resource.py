"""A resource as the engine hands it to the pack, read once for all rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TABLE: Final = "aws:dynamodb/table:Table"
RESOURCE_POLICY: Final = "aws:dynamodb/resourcePolicy:ResourcePolicy"
ROLE: Final = "aws:iam/role:Role"
ROLE_POLICY: Final = "aws:iam/rolePolicy:RolePolicy"
POLICY: Final = "aws:iam/policy:Policy"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
TOPIC: Final = "aws:sns/topic:Topic"
PARAMETER: Final = "aws:ssm/parameter:Parameter"
SCALING_TARGET: Final = "aws:appautoscaling/target:Target"
FAMILY: Final = "dynamodb-tables:index:TableFamily"
KINDS: Final = {
    TABLE: "table",
    RESOURCE_POLICY: "resource policy",
    ROLE: "role",
    ROLE_POLICY: "policy",
    POLICY: "policy",
    ALARM: "alarm",
    TOPIC: "topic",
    PARAMETER: "parameter",
}
"""What a type is called in messages."""

_UNKNOWN: Final = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
"""What the engine's protocol sends for a value that only the update will know, one a type."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the protocol's mark of a secret
_OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


class NotKnownError(Exception):
    """A value that only the update will know: the rule that asks for it can't be judged yet, and is passed over."""


class _Unknown:
    """Stands for such a value within lists and objects."""

    def __repr__(self) -> str:
        return "(known after the update)"


UNKNOWN: Final = _Unknown()


def decode(value: Any) -> Any:
    """A protobuf Value, Struct or ListValue as Python's own: unknowns as UNKNOWN, secrets as what they hold."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in _UNKNOWN else text
    if kind == "struct_value":
        return decode_struct(value.struct_value)
    if kind == "list_value":
        return [decode(each) for each in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number == int(number) else number
    return value.bool_value if kind == "bool_value" else None


def decode_struct(struct: Any) -> Any:
    """An object's fields; a secret's or an output's mark is taken off."""
    fields = {name: decode(each) for name, each in struct.fields.items()}
    if fields.get(_SIGNATURE) in (_SECRET, _OUTPUT):
        return fields.get("value", UNKNOWN)
    return fields


@dataclass(frozen=True)
class Resource:
    """A resource's inputs (after an update: its outputs) and those of its options that the engine sends.

    `retainOnDelete` is in the state and the plan alone, so no rule can ask for it.
    """

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict, compare=False)

    def get(self, *path: str, default: Any = None) -> Any:
        """The value at a path of names, or the default where there is none; NotKnownError where it is not known."""
        value: Any = self.inputs
        for name in path:
            if value is UNKNOWN:
                raise NotKnownError
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is UNKNOWN:
            raise NotKnownError
        return default if value is None else value

    def blocks(self, *path: str) -> list[Any]:
        """The list at a path, none where there is no such; NotKnownError where it or a member is not known."""
        found = self.get(*path, default=[])
        for each in found:
            refuse_unknown(each)
        return list(found)

    @property
    def physical(self) -> str:
        """Its name on AWS, or its Pulumi name where it is given none."""
        found = self.inputs.get("name")
        return found if isinstance(found, str) else self.name

    @property
    def label(self) -> str:
        """What a message begins with. A role's policies are all of one name on AWS."""
        return f"{KINDS[self.type]} {self.name if self.type in (ROLE_POLICY, POLICY) else self.physical}"

    def document(self, field_name: str) -> list[dict[str, Any]]:
        """The statements of a policy document that is a property, parsed once; none where there is no document."""
        if field_name not in self.documents:
            text = self.get(field_name)
            policy = json.loads(text) if isinstance(text, str) else text or {}
            refuse_unknown(policy)
            self.documents[field_name] = [dict(statement) for statement in listed(policy.get("Statement"))]
        return self.documents[field_name]

    def allowing(self, field_name: str = "policy") -> list[dict[str, Any]]:
        """The statements of a policy document that allow something."""
        return [statement for statement in self.document(field_name) if statement.get("Effect") == "Allow"]

    def dynamodb(self) -> Iterator[tuple[dict[str, Any], set[str], list[str]]]:
        """The allowing statements with DynamoDB actions, those actions, and the statement's resources."""
        for statement in self.allowing():
            actions = {action for action in listed(statement.get("Action")) if action.lower().startswith("dynamodb:")}
            if actions:
                yield statement, actions, listed(statement.get("Resource"))


def refuse_unknown(value: Any) -> None:
    """NotKnownError where the value, or anything in it, is not known."""
    if value is UNKNOWN:
        raise NotKnownError
    for member in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        refuse_unknown(member)


def listed(value: Any) -> list[Any]:
    """IAM's one or many: a list as it is, a single value in one, nothing as none."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def sid(statement: Mapping[str, Any]) -> str:
    """What a message calls a statement."""
    return f"statement {statement.get('Sid', '(without Sid)')}"


def table_of(arn: str) -> str | None:
    """The table part of an ARN or of a pattern for ARNs (`table/pse-*` gives `pse-*`); None where there is none."""
    _, found, rest = arn.partition(":table/")
    return rest.split("/")[0] if found else None
