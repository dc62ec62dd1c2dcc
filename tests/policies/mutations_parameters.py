"""Mutations of what is published in SSM, and of who may read it."""

from __future__ import annotations

import json
from typing import Any

from policies.resource import POLICY
from tests.policies.mutate import (
    ACS,
    PSE,
    TENANT,
    Broken,
    Change,
    Mutations,
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


PARAMETERS: Mutations = {
    "parameter-readers": [
        Broken(PSE, reads("/dynamodb/prod/acs/*"), "has parameter/dynamodb/prod/pse", settings=ON),
        Broken(PSE, reads("/dynamodb/prod/pse/*"), "/dynamodb/dev/pse/*", "dev", settings=ON),
        Broken(ACS, reads("/dynamodb/prod/*"), "keep to these", settings=ON),
        Broken(ACS, reads("/dynamodb/prod/acs*"), "keep to these", settings=ON),
        Broken(ACS, reads("/dynamodb/prod/acs/*", "*"), "name one region", settings=ON),
        Broken(
            ACS,
            of("Parameters", Action=["ssm:GetParameter", "ssm:PutParameter"]),
            "allows ssm:PutParameter",
            settings=ON,
        ),
        Broken(TENANT, reads("/dynamodb/prod/formbridge/*"), "a tenant's role", settings=ON),
        Broken(ACS, reads("/dynamodb/prod/acs/*"), "publishParameters is off in prod"),
        Broken((POLICY, "edge"), made(POLICY, "edge"), "only the families' own roles", settings=ON),
        Broken((POLICY, "edge"), made(POLICY, "edge", Resource="*"), "only the families' own roles", settings=ON),
    ],
    "parameter-place": [
        Broken(
            USERS,
            put("name", "/dynamodb/prod/acs/env/DYNAMODB_USERS_TABLE"),
            "it must be under /dynamodb/dev/acs",
            "dev",
            settings=ON,
        ),
        Broken(USERS, put("name", "/dynamodb/prod/pse/env/A"), "under /dynamodb/prod/acs", settings=ON),
        Broken(
            parameter("more"),
            add("aws:ssm/parameter:Parameter", "more", {"name": "/dynamodb/prod/warehouse/a", "type": "String"}),
            "under /dynamodb/prod/<family>",
        ),
    ],
    "parameter-kind": [
        Broken(FIRST, put("tier", "Advanced"), "tier is 'Advanced'", settings=ON),
        Broken(USERS, put("type", "SecureString"), "type is 'SecureString'", "dev", settings=ON),
        Broken(FIRST, put("insecureValue", "é" * 2049), "has 4098 bytes", settings=ON),
    ],
    "parameter-published": [
        Broken(USERS, remove, "acs/env/DYNAMODB_USERS_TABLE is missing", settings=ON),
        Broken(FIRST, remove, "acs/contract/1 is missing", "dev", settings=ON),
        Broken(LAST, remove, "acs/contract/5 is missing", settings=ON),
        Broken(
            USERS,
            add(*USERS, {"name": "/dynamodb/dev/acs/env/DYNAMODB_USERS_TABLE"}),
            "is there, and publishParameters is off",
            "dev",
        ),
    ],
    "stack-names": [
        Broken(USERS, twin("acs/env/SAME"), "parameters acs/env", settings=ON),
    ],
}
