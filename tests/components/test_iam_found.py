"""Whatever gives a right is found by its type, under any name: added to a stage or changed in it, it is a leak."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from tests.components.mocked import ACCOUNT
from tests.policies.program import EVERYTHING, stack
from tests.support.iam import Decision, decide
from tests.support.iam.callers import on_trust
from tests.support.iam.deployed import Deployment, deployment, read
from tests.support.iam.matrix import on_tables

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"
MANAGED, TABLE_POLICY = "aws:iam/policy:Policy", "aws:dynamodb/resourcePolicy:ResourcePolicy"
APP, TABLE = "acs-app-role", f"arn:aws:dynamodb:eu-west-2:{ACCOUNT}:table"
TOPIC = f"arn:aws:sns:eu-west-2:{ACCOUNT}"
OTHER = "999988887777"
REUSED = f"arn:aws:iam::{ACCOUNT}:policy/reused"
Added = tuple[str, str, dict[str, Any]]
"""Type, Pulumi name, inputs."""


def document(action: Any, resource: str | None = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, **({"Resource": resource} if resource else {}), **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> str:
    return document(action, None, Principal=principal, **more)


SCAN = document("dynamodb:Scan")
SERVICE = {"Service": "lambda.amazonaws.com"}
BOUND: dict[str, Any] = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}
NEW_ROLE: Added = (ROLE, "ops", {"name": "ops", "assumeRolePolicy": trust(SERVICE)})
REUSED_SCAN: Added = (MANAGED, "any", {"name": "reused", "policy": SCAN})


def role_policy(role: str, policy: str) -> Added:
    return POLICY, "any", {"name": "any", "role": role, "policy": policy}


def on_table(policy: str, table: str = "acsd2p-prod-Users") -> Added:
    return TABLE_POLICY, "any", {"resourceArn": f"{TABLE}/{table}", "region": "eu-west-2", "policy": policy}


def topic(policy: str | None) -> Added:
    return "aws:sns/topic:Topic", "any", {"name": "t", "region": "eu-west-2", **({"policy": policy} if policy else {})}


OTHER_TYPES: dict[str, dict[str, Any]] = {
    "aws:iam/user:User": {"name": "u"},
    "aws:iam/userPolicy:UserPolicy": {"user": "u", "policy": SCAN},
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": {"user": "u", "policyArn": REUSED},
    "aws:iam/groupPolicy:GroupPolicy": {"group": "g", "policy": SCAN},
    "aws:iam/accessKey:AccessKey": {"user": "u"},
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {"url": "https://example.com"},
    "aws:sns/topicPolicy:TopicPolicy": {"arn": "t", "policy": trust("*", "sns:Publish")},
    "aws:kms/key:Key": {"policy": document("kms:*", Principal="*")},
    "aws:kms/keyPolicy:KeyPolicy": {"keyId": "1", "policy": trust("*", "kms:*")},
    "aws:kms/grant:Grant": {"keyId": "1", "granteePrincipal": "x", "operations": ["Decrypt"]},
    "aws:lambda/permission:Permission": {"action": "lambda:InvokeFunction", "principal": "*"},
    "command:local:Command": {"create": "true"},
}
"""Types that give rights, or may, and that the matrix doesn't read."""
ADDED: dict[str, tuple[tuple[Added, ...], str]] = {
    "a new role": ((NEW_ROLE, role_policy("ops", SCAN)), "role/ops: dynamodb:Scan on *"),
    "a new role, under a condition": ((NEW_ROLE, role_policy("ops", document("*", **BOUND))), "role/ops: * on *"),
    "a second policy, by name": ((role_policy(APP, SCAN),), f"{APP}: dynamodb:Scan on {TABLE}"),
    "a second policy, by ARN": ((role_policy(f"arn:aws:iam::{ACCOUNT}:role/{APP}", SCAN),), f"{APP}: dynamodb:Scan"),
    "a second policy, under a condition": ((role_policy(APP, document("dynamodb:Scan", **BOUND)),), ":table/acs"),
    "a policy of a role elsewhere": ((role_policy("admin", SCAN),), "role/admin: dynamodb:Scan on *"),
    "a managed policy, attached": (
        (REUSED_SCAN, ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {"role": APP, "policyArn": REUSED})),
        f"{APP}: dynamodb:Scan",
    ),
    "a managed policy, attached to many": (
        (REUSED_SCAN, ("aws:iam/policyAttachment:PolicyAttachment", "a", {"roles": [APP], "policyArn": REUSED})),
        f"{APP}: dynamodb:Scan",
    ),
    "a managed policy of AWS": (
        (("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", {"role": APP, "policyArn": "arn:aws:iam::aws:x"}),),
        "has arn:aws:iam::aws:x, whose document is not registered",
    ),
    "a policy attached to a user": (
        (REUSED_SCAN, ("aws:iam/policyAttachment:PolicyAttachment", "a", {"users": ["u"], "policyArn": REUSED})),
        "PolicyAttachment a: may give rights",
    ),
    "a foreign account, by a table's policy": (
        (on_table(document("dynamodb:GetItem", f"{TABLE}/x", Principal={"AWS": OTHER}), "x"),),
        f"allows {{'AWS': ('{OTHER}',)}}",
    ),
    "everybody under a condition, by a table's policy": (
        (on_table(document("dynamodb:GetItem", f"{TABLE}/x", Principal="*", **BOUND), "x"),),
        "allows {'AWS': ('*',)}",
    ),
    "a second policy of a table": (
        (on_table(document("dynamodb:GetItem", f"{TABLE}/x", Effect="Deny", Principal="*")),),
        "has two policies, and AWS keeps the last",
    ),
    "a topic for everybody": (
        (topic(document("sns:Publish", f"{TOPIC}:t", Principal="*")),),
        f"{TOPIC}:t: allows {{'AWS': ('*',)}}",
    ),
    "a topic that alarms subscribe to": (
        (topic(document("sns:Subscribe", f"{TOPIC}:t", Principal={"Service": "cloudwatch.amazonaws.com"})),),
        "allows {'Service': ('cloudwatch.amazonaws.com',)} ('sns:Subscribe',)",
    ),
    "a topic for the whole account": ((topic(None),), "topic any: has no policy of its own"),
    "a table's policy that names nobody": ((on_table(SCAN, "x"),), "attached policy: a statement without Principal"),
    **{
        f"a {kind.split(':')[-1]}": (((kind, "any", inputs),), f"{kind} any: may give rights")
        for kind, inputs in OTHER_TYPES.items()
    },
    **{
        f"{action} on {resource}": ((role_policy(APP, document(action, resource)),), f"{APP}: {action} on {resource}")
        for action, resource in (
            ("kms:CreateGrant", f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"),
            ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/admin"),
            ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/{APP}"),
            ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/*"),
            ("s3:GetObject", "arn:aws:s3:::foreign/*"),
            ("ssm:SendCommand", "*"),
            ("*", "*"),
        )
    },
    "what can't be read": ((role_policy(APP, document("x:y").replace('"Action"', '"NotAction"')),), "any policy: "),
}
"""What is added, and what the matrix says."""


def with_added(added: Iterable[Added]) -> Deployment:
    """Prod with every option, these resources beside its own; of its roles those alone whose rights changed."""
    registered = {key: sent.inputs for key, sent in stack("prod", **EVERYTHING)[1].items()}
    return changed(registered | {(kind, name): inputs for kind, name, inputs in added})


def changed(registered: dict[tuple[str, str], dict[str, Any]]) -> Deployment:
    found, plain = read("prod", EVERYTHING, registered), deployment("prod", **EVERYTHING)

    def rights(stage: Deployment) -> dict[str, Any]:
        return {
            each.arn: [policy.document for policy in (*each.policies, each.trust) if policy] for each in stage.roles
        }

    before, after = rights(plain), rights(found)
    return replace(found, roles=tuple(each for each in found.roles if after[each.arn] != before.get(each.arn)))


@pytest.mark.parametrize("name", ADDED)
def test_what_is_added_is_a_leak(name: str) -> None:
    added, said = ADDED[name]
    leaks = on_tables(with_added(added)).leaks
    assert any(said in leak for leak in leaks), leaks[:5]


def test_nothing_added_is_no_leak() -> None:
    found = with_added(())
    assert found.roles == ()
    assert on_tables(found).leaks == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"inlinePolicies": [{"name": "more", "policy": SCAN}]}, f"{APP}: dynamodb:Scan"),
        ({"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, "whose document is not registered"),
        ({"newer": "x"}, "inputs ['newer'] are not read"),
        ({"assumeRolePolicy": trust({"Federated": "arn:aws:iam::111122223333:oidc-provider/x"})}, "acs-app trust: "),
    ],
)
def test_a_change_of_a_roles_own_inputs_is_a_leak(change: dict[str, Any], said: str) -> None:
    registered = {key: copy.deepcopy(sent.inputs) for key, sent in stack("prod", **EVERYTHING)[1].items()}
    registered[ROLE, "acs-app"].update(change)
    assert any(said in leak for leak in on_tables(changed(registered)).leaks)


def test_a_declared_policy_given_to_another_role_shows_on_both() -> None:
    registered = {key: copy.deepcopy(sent.inputs) for key, sent in stack("prod", **EVERYTHING)[1].items()}
    registered[POLICY, "acs-app"]["role"] = "pse-platform-lambda-role"
    found = on_tables(changed(registered))
    assert any("pse-platform-lambda-role: dynamodb:PutItem" in leak for leak in found.leaks)
    assert any(f"{APP}: dynamodb:PutItem" in cell for cell in found.missing)


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        {"AWS": OTHER},
        {"AWS": "*"},
        {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
        {"AWS": f"arn:aws:iam::{OTHER}:role/pse-platform-lambda-role"},
    ],
)
@pytest.mark.parametrize("role", ["acs-app", "formbridge-tenant"])
def test_a_wider_trust_shows(role: str, principal: dict[str, Any]) -> None:
    registered = {key: copy.deepcopy(sent.inputs) for key, sent in stack("prod", **EVERYTHING)[1].items()}
    registered[ROLE, role]["assumeRolePolicy"] = trust(principal)
    found = changed(registered)
    assert [each.arn.split("/")[-1] for each in found.roles] == [f"{role}-role"]
    own = deployment("prod", **EVERYTHING)
    assert any((decide(*question) is Decision.ALLOWED) > may for question, may in on_trust(own, found.roles))
