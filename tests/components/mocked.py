"""Runs a program against Pulumi's mocks and gives what it registered."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks

from components import TableFamily
from local.standin.values import Archive
from tablekit.model import Family
from tablekit.model.staged import Account
from tests.support.declare import staged

ACCOUNT = "111122223333"


class Recorder(Mocks):
    """Remembers each resource, and which provider looked for a table, and answers as AWS would: one account."""

    def __init__(self) -> None:
        self.resources: dict[tuple[str, str], dict[str, Any]] = {}
        self.looked_by: list[str] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.resources[args.typ, args.name] = {name: as_sent(value) for name, value in args.inputs.items()}
        arn = _arn(args.typ, args.inputs.get("name", args.name), args.inputs)
        made = {"arn": arn, "streamArn": f"{arn}/stream/2026-11-27T09:30:00.000", "keyId": arn.rpartition("/")[2]}
        return args.inputs.get("name", args.name), {**args.inputs, **made}

    def call(self, args: MockCallArgs) -> Any:
        answers = {
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": ACCOUNT},
            "aws:index/getPartition:getPartition": {"partition": "aws"},
        }
        if args.token == "aws:dynamodb/getTable:getTable":
            self.looked_by.append(args.provider)
            return {}, [("name", "couldn't find resource")]
        return answers[args.token]

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, by name."""
        return {name: inputs for (typ, name), inputs in self.resources.items() if typ == kind}


def as_sent(value: Any) -> Any:
    """An archive of texts as the engine's protocol has it; anything else as it is."""
    if not isinstance(value, pulumi.AssetArchive):
        return value
    texts = {name: asset.text for name, asset in value.assets.items() if isinstance(asset, pulumi.StringAsset)}
    assert texts.keys() == value.assets.keys(), "a file of this machine would be in the plan by its path"
    return Archive(texts).wire()


def _arn(kind: str, name: str, inputs: dict[str, Any]) -> str:
    """As AWS has it where policies name it; else one made of the type."""
    known = {
        "aws:dynamodb/table:Table": f"arn:aws:dynamodb:{inputs.get('region')}:{ACCOUNT}:table/{name}",
        "aws:iam/role:Role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "aws:sns/topic:Topic": f"arn:aws:sns:{inputs.get('region')}:{ACCOUNT}:{name}",
        "aws:kms/key:Key": f"arn:aws:kms:{inputs.get('region')}:{ACCOUNT}:key/{uuid.uuid5(uuid.NAMESPACE_DNS, name)}",
    }
    return known.get(kind, f"arn:{kind}:{name}")


def run(program: Callable[[], Any], stack: str = "dev") -> tuple[Recorder, Any]:
    """What the program registered, and what it gave, be that an output, something to await or nothing."""
    recorder = Recorder()
    set_mocks(recorder, project="dynamodb-tables", stack=stack, preview=False)
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def inner() -> Any:
        return pulumi.Output.from_input(program()).apply(found.append)

    inner()
    return recorder, found[0] if found else None


def made(declared: Family, name: str = "dev", **settings: Any) -> tuple[Recorder, dict[str, Any]]:
    """What a family registers, alone in a stage of these settings, and what it exports."""
    family = staged(declared, name, **settings)
    return run(lambda: TableFamily(declared.key, family, Account(ACCOUNT)).exported, name)
