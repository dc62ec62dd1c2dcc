"""Plans and states as the engine writes them, of a small table, for tests of the guard to vary."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tablekit.ops.guard.documents import read_plan, read_state
from tablekit.ops.guard.pairing import Paired, pair

Document = dict[str, Any]
STACK = "urn:pulumi:dev::dynamodb-tables::"
PROVIDER = f"{STACK}pulumi:providers:aws::default"
KEY, NEXT, MANAGED = (f"arn:aws:kms:eu-west-2:111122223333:key/{name}" for name in ("mine", "next", "aws-managed"))
TABLE = "aws:dynamodb/table:Table"


def urn(name: str = "shop-orders", kind: str = TABLE) -> str:
    return f"{STACK}{kind}::{name}"


def gsi(name: str, key: str = "customer", projection: str = "ALL", *include: str) -> Document:
    return {
        "name": name,
        "keySchemas": [{"attributeName": key, "keyType": "HASH"}],
        "projectionType": projection,
        **({"nonKeyAttributes": list(include)} if include else {}),
    }


def inputs(**changes: Any) -> Document:
    """The properties of a table with an index; None removes one."""
    given = {
        "name": "dev-shop-orders",
        "region": "eu-west-2",
        "hashKey": "order_id",
        "attributes": [{"name": "order_id", "type": "S"}, {"name": "customer", "type": "S"}],
        "globalSecondaryIndexes": [gsi("customer-index")],
        "billingMode": "PAY_PER_REQUEST",
        "ttl": {"attributeName": "ttl", "enabled": True},
        "streamEnabled": True,
        "streamViewType": "NEW_IMAGE",
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "deletionProtectionEnabled": True,
        **changes,
    }
    return {key: value for key, value in given.items() if value is not None}


def resource(given: Mapping[str, Any] | None = None, name: str = "shop-orders", **fields: Any) -> Document:
    """A table as state and plan have it."""
    return {
        "urn": urn(name),
        "type": TABLE,
        "custom": True,
        "inputs": dict(inputs() if given is None else given),
        "provider": f"{PROVIDER}::1",
        "protect": True,
        "retainOnDelete": True,
        "propertyDependencies": {},
        **fields,
    }


def read_back(**changes: Any) -> Document:
    """What the AWS plugin (7.51) reads of that table; an index has its keys in both forms, encryption always an ARN."""
    index = {**gsi("customer-index"), "hashKey": "customer", "rangeKey": "", "readCapacity": 0, "nonKeyAttributes": []}
    return {
        **inputs(globalSecondaryIndexes=[index]),
        "arn": "arn:aws:dynamodb:eu-west-2:111122223333:table/dev-shop-orders",
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": MANAGED},
        **changes,
    }


def unplanned(old: Mapping[str, Any], new: Mapping[str, Any], there: Mapping[str, Any], op: str = "same") -> Document:
    """A step that the AWS plugin plans nothing for, though what is asked for differs from what is there."""
    return step(op, resource(old, outputs=dict(there)), resource(new))


def role_policy(*keys: str, **fields: Any) -> Document:
    """A role's policy, as the components make it, that allows the use of these KMS keys."""
    statements = [{"Sid": "Query", "Effect": "Allow", "Action": ["dynamodb:Query"], "Resource": ["arn:aws:dynamodb:*"]}]
    if keys:
        statements.append({"Sid": "Key", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": list(keys)})
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    kind = "aws:iam/rolePolicy:RolePolicy"
    return {"urn": urn("shop-app", kind), "type": kind, "inputs": {"policy": policy}, **fields}


def step(op: str, old: Document | None, new: Document | None, **fields: Any) -> Document:
    state = new or old
    assert state is not None
    given = {"op": op, "urn": state["urn"], "oldState": old, "newState": new, **fields}
    return {key: value for key, value in given.items() if value is not None}


def plan(*steps: Document, **fields: Any) -> Document:
    return {"config": {"aws:region": "eu-west-2"}, "steps": list(steps), "changeSummary": {}, **fields}


def state(*resources: Document, **fields: Any) -> Document:
    provider = {"urn": PROVIDER, "type": "pulumi:providers:aws", "inputs": {"region": "eu-west-2"}}
    return {"version": 3, "deployment": {"resources": [provider, *resources], **fields}}


def paired(folder: Path, a_plan: Document, a_state: Document) -> Paired:
    """The two, read from files as the command reads them."""
    (folder / "plan.json").write_text(json.dumps(a_plan))
    (folder / "state.json").write_text(json.dumps(a_state))
    return pair(read_plan(folder / "plan.json"), read_state(folder / "state.json"))
