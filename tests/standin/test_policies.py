"""IAM's documents: which differences are none, and what a role shows of the policies that others put on it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.standin.values import Props

from .harness import ROLE, ROLE_POLICY, Held, Plugin
from .test_types import ALLOW, ATTACHMENT, POLICY, ROLE_INPUTS


def document(*statements: Props, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


READ: Props = {"Effect": "Allow", "Action": ["s3:Get", "s3:List"], "Resource": ["a", "b"]}
TRUSTING: Props = {
    "Effect": "Allow",
    "Action": ["sts:AssumeRole"],
    "Principal": {"AWS": ["123456789012", "arn:aws:iam::210987654321:role/x"], "Service": "lambda.amazonaws.com"},
    "Condition": {"StringEquals": {"a": "b"}},
}
SAME = {
    "order of lists": (document(READ), document({**READ, "Action": ["s3:List", "s3:Get"], "Resource": ["b", "a"]})),
    "order of statements": (document(READ, TRUSTING), document(TRUSTING, READ)),
    "a list of one": (document(TRUSTING), document({**TRUSTING, "Action": "sts:AssumeRole"})),
    "a single statement": (document(READ), json.dumps({"Version": "2012-10-17", "Statement": READ})),
    "an account by its root": (
        document(TRUSTING),
        document(
            {
                **TRUSTING,
                "Principal": {
                    "Service": ["lambda.amazonaws.com"],
                    "AWS": ["arn:aws:iam::210987654321:role/x", "arn:aws:iam::123456789012:root"],
                },
            }
        ),
    ),
    "a condition's list of one": (
        document(TRUSTING),
        document({**TRUSTING, "Condition": {"StringEquals": {"a": ["b"]}}}),
    ),
}
OTHER = {
    "another action": (document(READ), document({**READ, "Action": ["s3:Get", "s3:Put"]})),
    "one action fewer": (document(READ), document({**READ, "Action": "s3:Get"})),
    "another effect": (document(READ), document({**READ, "Effect": "Deny"})),
    "another condition": (document(TRUSTING), document({**TRUSTING, "Condition": {"StringLike": {"a": "b"}}})),
    "another id": (document(READ), document(READ, Id="x")),
    "another principal": (document(TRUSTING), document({**TRUSTING, "Principal": {"Service": "lambda.amazonaws.com"}})),
}


CASES = {
    **{name: (*texts, True) for name, texts in SAME.items()},
    **{name: (*texts, False) for name, texts in OTHER.items()},
}


@pytest.mark.parametrize(("first", "second", "same"), CASES.values(), ids=list(CASES))
def test_policies_that_mean_the_same_are_no_change(plugin: Plugin, first: str, second: str, same: bool) -> None:
    held = Held(ROLE_POLICY, "it", "r:read", {"name": "read", "role": "r", "policy": first}, {})
    assert plugin.diff(held, {**held.inputs, "policy": second}).changes is not same


def test_a_role_shows_what_was_put_and_attached_to_it(plugin: Plugin) -> None:
    plugin.up(ROLE, "role", ROLE_INPUTS)
    assert (plugin.outputs("role")["inlinePolicies"], plugin.outputs("role")["managedPolicyArns"]) == ([], [])
    plugin.up(POLICY, "edge", {"name": "dev-edge", "policy": ALLOW})
    plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": ALLOW})
    arn = plugin.outputs("edge")["arn"]
    plugin.up(ATTACHMENT, "attached", {"role": "dev-app", "policyArn": arn})
    plugin.refresh("role")
    assert plugin.outputs("role")["managedPolicyArns"] == [arn]
    assert [policy["name"] for policy in plugin.outputs("role")["inlinePolicies"]] == ["read"]
    assert json.loads(plugin.outputs("role")["inlinePolicies"][0]["policy"]) == json.loads(ALLOW)
    assert plugin.up(ROLE, "role", ROLE_INPUTS) == "same"
    assert {"inlinePolicies", "managedPolicyArns"} & set(plugin.state["role"].inputs) == set()
