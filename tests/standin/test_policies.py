"""IAM's documents: a policy said otherwise is no change, and a role shows what others put on it."""

from __future__ import annotations

import json

from .harness import ROLE, ROLE_POLICY, Plugin
from .test_types import ALLOW, ATTACHMENT, DENY, POLICY, ROLE_INPUTS


def test_a_policy_said_otherwise_is_no_change(plugin: Plugin) -> None:
    plugin.up(ROLE, "role", ROLE_INPUTS)
    plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": ALLOW})
    statement = json.loads(ALLOW)["Statement"][0]
    otherwise = json.dumps({"Statement": {**statement, "Action": [statement["Action"]]}, "Version": "2012-10-17"})
    assert plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": otherwise}) == "same"
    assert plugin.up(ROLE_POLICY, "read", {"name": "read", "role": "dev-app", "policy": DENY}) == "update"


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
