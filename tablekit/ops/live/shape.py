"""What is on AWS, as a file: shapes of tables and names of what stands around them, never an item.

    {"version": 1, "stage": "prod", "family": "content-ai", "account": "111122223333", "partition": "aws",
     "taken": "2026-11-27T19:00:00Z",
     "tables": [{"table": "Projects", "inputs": {"name": "Projects", "region": "eu-west-2", "hashKey": "id", …},
                 "arn": "arn:aws:dynamodb:…", "status": "ACTIVE", "building": {}, "items": 12, "bytes": 3400,
                 "policy": null, "scaled": {}, "stack": null, "unread": {}}],
     "roles": ["…"], "topics": ["…"], "subscriptions": {"email 1f0c…": "arn:aws:sns:…"}, "alarms": ["…"],
     "parameters": ["/dynamodb/prod/content-ai/…"], "watches": ["…"], "unread": {}}

`inputs` has the names of `tablekit.resources`: what is compared with what is expected. A table that is not there has
none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, Json, TypeAdapter, ValidationError, field_validator
from typing_extensions import TypedDict

from tablekit.model.explain import explain
from tablekit.ops.errors import LiveError

ANONYMOUS: Final = "000000000000"
"""Stands for the account's id in a file that is handed on; others' are numbered."""
_ACCOUNT: Final = re.compile(r'(?<=[":])\d{12}(?=[\\":])')
"""An account's id in an ARN, or alone in a policy; a count has neither before it."""

_PERSON: Final = re.compile(r"(:(?:assumed-role/[\w+=,.@-]+|user)/)[\w+=,.@/-]+")
"""Who has called, in a message of AWS's, or whom a policy lets in."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Key(TypedDict):
    attributeName: str
    keyType: Literal["HASH", "RANGE"]


class _Projected(TypedDict):
    name: str
    projectionType: str
    nonKeyAttributes: NotRequired[list[str]]


class _Global(_Projected):
    keySchemas: Annotated[list[_Key], Field(min_length=1, max_length=2)]


class _Local(_Projected):
    rangeKey: str


class _Attribute(TypedDict):
    name: str
    type: Literal["S", "N", "B"]


class _Inputs(TypedDict):
    """What every table has, of the form that the comparison reads; the others are as they may be."""

    name: str
    region: str
    hashKey: str
    rangeKey: NotRequired[str]
    attributes: list[_Attribute]
    globalSecondaryIndexes: NotRequired[list[_Global]]
    localSecondaryIndexes: NotRequired[list[_Local]]
    billingMode: str
    readCapacity: NotRequired[int]
    writeCapacity: NotRequired[int]
    ttl: NotRequired[dict[str, Any]]
    pointInTimeRecovery: NotRequired[dict[str, Any]]
    serverSideEncryption: NotRequired[dict[str, Any]]
    deletionProtectionEnabled: bool
    tags: NotRequired[dict[str, str]]


class _Policy(TypedDict):
    Statement: NotRequired[dict[str, Any] | list[dict[str, Any]]]


_FORM: Final = TypeAdapter(_Inputs)
_POLICY: Final = TypeAdapter(Json[_Policy])


class LiveTable(_Shape):
    """A table as AWS describes it. table: its logical name, or its own where no family has it.

    inputs: empty where it is not there. building: its global indexes that are not ACTIVE, with their status.
    items, bytes: as DescribeTable counts, some hours old. policy: its resource policy. scaled: what autoscaling moves,
    by resource and dimension, with its floor and ceiling. stack: CloudFormation's, where one made it.
    unread: what could not be read, and why.
    """

    table: str
    inputs: dict[str, Any] = {}
    arn: str = ""
    status: str = ""
    building: dict[str, str] = {}
    items: int = 0
    bytes: int = 0
    policy: str | None = None
    scaled: dict[str, tuple[int, int]] = {}
    stack: str | None = None
    unread: dict[str, str] = {}

    @field_validator("inputs")
    @classmethod
    def _formed(cls, inputs: dict[str, Any]) -> dict[str, Any]:
        if inputs:
            _FORM.validate_python(inputs)
        return inputs

    @field_validator("scaled", mode="before")
    @classmethod
    def _with_bounds(cls, scaled: Any) -> Any:
        """An older look has the table's dimensions alone."""
        return dict.fromkeys(scaled, (0, 0)) if isinstance(scaled, list | tuple) else scaled

    @field_validator("policy")
    @classmethod
    def _a_policy(cls, policy: str | None) -> str | None:
        if policy is not None:
            _POLICY.validate_python(policy)
        return policy

    @property
    def there(self) -> bool:
        """Whether AWS has it."""
        return bool(self.inputs)


class Live(_Shape):
    """What one look found. taken: UTC. roles, topics, alarms, parameters: those of the stage's names that are there.

    Among the roles stand their inline policies, as `role:policy`. subscriptions: of the topic, their ARNs by
    `subscribed`; one that nobody has confirmed has none. watches: dashboards, composite alarms and budgets, each behind
    its type.
    """

    version: Literal[1] = 1
    stage: str
    family: str
    account: str
    partition: str = "aws"
    taken: str
    tables: tuple[LiveTable, ...]
    roles: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    subscriptions: dict[str, str] = {}
    alarms: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    watches: tuple[str, ...] = ()
    unread: dict[str, str] = {}

    def text(self, anonymous: bool = False) -> str:
        """As JSON. anonymous: without account ids, users' names, and subscriptions, whose hashes could be guessed."""
        if not anonymous:
            return f"{self.model_dump_json(indent=2)}\n"
        whole = self.model_copy(update={"subscriptions": {}}).model_dump_json(indent=2)
        own = f"{whole}\n".replace(self.account, ANONYMOUS)
        others = sorted(set(_ACCOUNT.findall(own)) - {ANONYMOUS})
        numbers = {account: f"{number:012}" for number, account in enumerate(others, 1)}
        return _PERSON.sub(r"\1somebody", _ACCOUNT.sub(lambda found: numbers.get(found[0], ANONYMOUS), own))


def masked(text: str) -> str:
    """JSON in which every account is the same, and every user: what a file that is handed on can be compared with."""
    return _PERSON.sub(r"\1somebody", _ACCOUNT.sub(ANONYMOUS, text))


def subscribed(inputs: Mapping[str, Any]) -> str:
    """What a subscription is known by in a file that may be handed on: an endpoint's address may be a secret."""
    return f"{inputs['protocol']} {hashlib.sha256(str(inputs['endpoint']).encode()).hexdigest()}"


def read(file: Path) -> Live:
    """A saved look. Raises LiveError."""
    try:
        return Live.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LiveError(f"{file}: {error.strerror}; give a file of `tablekit live describe --save`") from None
    except ValidationError as error:
        raise LiveError(explain(str(file), error, Live) + "; give a file of `tablekit live describe --save`") from None
    except UnicodeDecodeError:
        raise LiveError(f"{file}: not a text; give a file of `tablekit live describe --save`") from None
