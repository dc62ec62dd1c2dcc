"""Mutations of what is published in SSM, and of who may read it."""

from __future__ import annotations

import json
from typing import Any

from policies.resource import POLICY
from tests.policies.mutate import (
    ACS,
    PSE,
    TENANT,
    Change,
    Mutation,
    add,
    both,
    grant,
    parameter,
    put,
    remove,
    statements,
    twin,
)

ON: dict[str, Any] = {"publishParameters": True}
READERS, PLACE, KIND, PUBLISHED = "parameter-readers", "parameter-place", "parameter-kind", "parameter-published"
USERS = parameter("acs/env/DYNAMODB_USERS_TABLE")
FIRST, LAST = parameter("acs/contract/1"), parameter("acs/contract/5")


def arn(path: str, region: str = "eu-west-2") -> str:
    return f"arn:aws:ssm:{region}:111122223333:parameter{path}"


def reads(path: str, region: str = "eu-west-2") -> Change:
    return grant("ssm:GetParameter", arn(path, region))


def made(kind: str, name: str, **statement: Any) -> Change:
    """A policy that is nobody's we know."""
    body = {"Version": "2012-10-17", "Statement": []}
    more = grant("ssm:GetParametersByPath", arn("/dynamodb/prod/acs"), **statement)
    return both(add(kind, name, {"policy": json.dumps(body)}), more)


def of(sid: str, **fields: Any) -> Change:
    """Set fields of one statement."""

    def edit(all_: list[dict[str, Any]]) -> None:
        (one,) = [each for each in all_ if each["Sid"] == sid]
        one.update(fields)

    return statements(edit)


PARAMETERS = (
    Mutation(
        "another family's", READERS, PSE, reads("/dynamodb/prod/acs/*"), "has parameter/dynamodb/prod/pse", settings=ON
    ),
    Mutation("another stage's", READERS, PSE, reads("/dynamodb/prod/pse/*"), "/dynamodb/dev/pse/*", "dev", settings=ON),
    Mutation("every family's", READERS, ACS, reads("/dynamodb/prod/*"), "keep to these", settings=ON),
    Mutation("a path too short", READERS, ACS, reads("/dynamodb/prod/acs*"), "keep to these", settings=ON),
    Mutation("every region", READERS, ACS, reads("/dynamodb/prod/acs/*", "*"), "name one region", settings=ON),
    Mutation(
        "a role that publishes",
        READERS,
        ACS,
        of("Parameters", Action=["ssm:GetParameter", "ssm:PutParameter"]),
        "allows ssm:PutParameter",
        settings=ON,
    ),
    Mutation("a tenant's", READERS, TENANT, reads("/dynamodb/prod/formbridge/*"), "a tenant's role", settings=ON),
    Mutation("read and not published", READERS, ACS, reads("/dynamodb/prod/acs/*"), "publishParameters is off in prod"),
    Mutation(
        "somebody else", READERS, (POLICY, "edge"), made(POLICY, "edge"), "only the families' own roles", settings=ON
    ),
    Mutation(
        "everybody's by another",
        READERS,
        (POLICY, "edge"),
        made(POLICY, "edge", Resource="*"),
        "only the families' own roles",
        settings=ON,
    ),
    Mutation(
        "prod's name in dev",
        PLACE,
        USERS,
        put("name", "/dynamodb/prod/acs/env/DYNAMODB_USERS_TABLE"),
        "it must be under /dynamodb/dev/acs",
        "dev",
        settings=ON,
    ),
    Mutation(
        "in another family",
        PLACE,
        USERS,
        put("name", "/dynamodb/prod/pse/env/A"),
        "under /dynamodb/prod/acs",
        settings=ON,
    ),
    Mutation(
        "a stranger",
        PLACE,
        parameter("more"),
        add("aws:ssm/parameter:Parameter", "more", {"name": "/dynamodb/prod/warehouse/a", "type": "String"}),
        "under /dynamodb/prod/<family>",
    ),
    Mutation("an advanced one", KIND, FIRST, put("tier", "Advanced"), "tier is 'Advanced'", settings=ON),
    Mutation("a secret", KIND, USERS, put("type", "SecureString"), "type is 'SecureString'", "dev", settings=ON),
    Mutation("too much", KIND, FIRST, put("insecureValue", "é" * 2049), "has 4098 bytes", settings=ON),
    Mutation("a variable lost", PUBLISHED, USERS, remove, "acs/env/DYNAMODB_USERS_TABLE is missing", settings=ON),
    Mutation("the first part lost", PUBLISHED, FIRST, remove, "acs/contract/1 is missing", "dev", settings=ON),
    Mutation("a later part lost", PUBLISHED, LAST, remove, "acs/contract/5 is missing", settings=ON),
    Mutation(
        "published and not meant",
        PUBLISHED,
        USERS,
        add(*USERS, {"name": "/dynamodb/dev/acs/env/DYNAMODB_USERS_TABLE"}),
        "is there, and publishParameters is off",
        "dev",
    ),
    Mutation("one name twice", "stack-names", USERS, twin("acs/env/SAME"), "parameters acs/env", settings=ON),
)
