"""A resource as the engine hands it to the pack, read once for all rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic.alias_generators import to_pascal

from tablekit.resources import KINDS

POLICY: Final = "aws:iam/policy:Policy"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
WORDS: Final = {
    **{token: kind.word for token, kind in KINDS.items()},
    POLICY: "managed policy",
    TOPIC_POLICY: "topic policy",
    KEY_POLICY: "key policy",
}
"""What a type is called in messages; another is called by its token."""

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
_CONTENTS: Final = {"0def7320c3a5731c473e5ecbe6d01bc7": "assets", "c44067f5952c0a294b673a41bacd8c17": "text"}
"""The protocol's marks of an archive and of one that is a text: where each has what it holds."""


class NotKnownError(Exception):
    """A value that only the update will know: the rule that asks for it is judged then. Its text is the property."""


class _Unknown:
    """Stands for such a value within lists and objects."""

    def __repr__(self) -> str:
        return "(known after the update)"


UNKNOWN: Final = _Unknown()


class Secret(str):
    """A text that is a secret to the engine: compared as any, and never shown."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "[secret]"


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
        return int(number) if number.is_integer() else number
    return value.bool_value if kind == "bool_value" else None


def decode_struct(struct: Any) -> Any:
    """An object's fields; an output's mark is taken off, and a secret's texts are marked as such.

    An archive of texts is these by their names; one of files or addresses stays as it is, like none that is expected.
    """
    fields = {name: decode(each) for name, each in struct.fields.items()}
    if fields.get(_SIGNATURE) == _SECRET or (fields.get(_SIGNATURE) == _OUTPUT and fields.get("secret")):
        return _hidden(fields.get("value", UNKNOWN))
    if (inside := _CONTENTS.get(str(fields.get(_SIGNATURE)))) in fields:
        return fields[inside]
    return fields.get("value", UNKNOWN) if fields.get(_SIGNATURE) == _OUTPUT else fields


def _hidden(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_hidden(each) for each in value]
    return Secret(value) if isinstance(value, str) else value


class DocumentError(Exception):
    """A policy document that IAM would not take."""


def listed(value: Any) -> list[Any]:
    """IAM's one or many: a list as it is, a single value in one, nothing as none."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


_Texts = Annotated[list[str], BeforeValidator(listed)]


class Statement(BaseModel):
    """A statement of a policy document, as far as rules read it; one or many are a list."""

    model_config = ConfigDict(alias_generator=to_pascal, frozen=True)

    sid: str = "(without Sid)"
    effect: str = ""
    action: _Texts = []
    not_action: _Texts = []
    resource: _Texts = []
    not_resource: _Texts = []
    principal: dict[str, _Texts] | _Texts = []
    not_principal: Any = None
    condition: dict[str, dict[str, Annotated[list[Any], BeforeValidator(listed)]]] = {}

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"statement {self.sid}"

    @property
    def principals(self) -> list[str]:
        """All that it names, of whatever kind."""
        given = self.principal
        return [name for kind in given.values() for name in kind] if isinstance(given, dict) else given


class _Document(BaseModel):
    model_config = ConfigDict(alias_generator=to_pascal)

    statement: Annotated[list[Statement], BeforeValidator(listed)] = []


@dataclass(frozen=True)
class Resource:
    """A resource's inputs (of a whole stack: its outputs) and those of its options that the engine sends.

    provider: the name of its explicit provider's resource, or of the default one; empty where it has none.
    parent: its parent's URN; the stack's own default provider has none.
    `retainOnDelete`, `replaceOnChanges` and an import's id are in the plan alone: the guard sees them.
    """

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    provider: str = ""
    parent: str = ""
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    delete_before_replace: bool = False
    documents: dict[str, list[Statement]] = field(default_factory=dict, compare=False)

    def get(self, *path: str, default: Any = None) -> Any:
        """The value at a path of names, or the default where there is none; NotKnownError where it is not known."""
        value: Any = self.inputs
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else value if value is UNKNOWN else None
        refuse_unknown(value, path)
        return default if value is None else value

    @property
    def physical(self) -> str:
        """Its name on AWS, or its Pulumi name where it is given none."""
        found = self.inputs.get("name")
        return found if isinstance(found, str) else self.name

    @property
    def label(self) -> str:
        """What a message begins with."""
        return f"{WORDS.get(self.type, self.type)} {self.name}"

    def allowing(self, field_name: str = "policy") -> list[Statement]:
        """The statements that allow something of a property that is a policy document. Raises DocumentError."""
        return [each for each in self.statements(field_name) if each.effect == "Allow"]

    def statements(self, field_name: str = "policy") -> list[Statement]:
        """All statements of such a property, read once; none without one. Raises DocumentError."""
        if field_name not in self.documents:
            text = self.get(field_name)
            try:
                policy = _Document.model_validate(json.loads(text) if isinstance(text, str) else text or {})
            except (ValueError, ValidationError, RecursionError):
                raise DocumentError(f"{field_name} is {text!r:.1000}, which is not a policy document; fix it") from None
            self.documents[field_name] = policy.statement
        return self.documents[field_name]


def of_type(resources: Iterable[Resource], kind: str) -> list[Resource]:
    """Those of one type."""
    return [each for each in resources if each.type == kind]


def refuse_unknown(value: Any, path: tuple[str, ...]) -> None:
    """NotKnownError where the value at the path, or a member of it, is not known."""
    if value is UNKNOWN:
        raise NotKnownError(".".join(path))
    for member in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        refuse_unknown(member, path)
