"""What IAM policies are made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Policy = dict[str, Any]
"""An IAM policy document, ready for json.dumps."""


def policy(*statements: dict[str, Any]) -> Policy:
    """A document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(sid: str, actions: Iterable[str], resources: Iterable[str]) -> dict[str, Any]:
    """A statement that allows, each action and ARN once."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": sorted(set(actions)),
        "Resource": sorted(set(resources)),
    }


def assume(sid: str, principal: dict[str, list[str]], condition: dict[str, Any] | None = None) -> dict[str, Any]:
    """A statement of a role's trust."""
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": ["sts:AssumeRole"]}
    return statement | ({"Condition": condition} if condition else {})


def tls_only(actions: list[str], resource: str) -> dict[str, Any]:
    """DynamoDB, SNS, SQS and S3 answer plain HTTP too."""
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Action": actions,
        "Resource": [resource],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def add_condition(statement: dict[str, Any], condition: dict[str, Any]) -> dict[str, Any]:
    """The statement, under this condition too."""
    if not condition:
        return statement
    there = statement.setdefault("Condition", {})
    for operator, keys in condition.items():
        there[operator] = {**there.get(operator, {}), **keys}
    return statement
