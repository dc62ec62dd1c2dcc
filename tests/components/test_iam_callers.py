"""Who may be each role, a tenant's sessions, what is not DynamoDB's, and the tables' own denials."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.program import COPIED, EVERYTHING, STAGES
from tests.support.iam import Decision, Policy, Request, decide
from tests.support.iam.callers import CALLERS, TAG, TENANTS, Asked, as_tenant, is_tenant, on_topics, owns
from tests.support.iam.deployed import Deployed, Deployment, deployment

CELLS = {"on_trust": 22_000, "on_tenants": 78_000, "on_secrets": 5_000, "on_plain_http": 1_000, "on_topics": 5_000}
CELLS |= {"on_other_services": 2_000, "on_denials": 5_000}


OF_COPIES = ("on_topics", "on_other_services", "on_denials")


@pytest.mark.parametrize(
    ("asked", "stage", "settings"),
    [
        *((asked, stage, each) for asked in CALLERS for stage in STAGES for each in ({}, EVERYTHING)),
        *((asked, "prod", COPIED) for asked in CALLERS if asked.__name__ in OF_COPIES),
    ],
    ids=lambda each: each if isinstance(each, str) else getattr(each, "__name__", None) or each.get("encryption", ""),
)
def test_who_may_and_who_may_not(asked: Callable[[Deployment], Asked], stage: str, settings: dict[str, Any]) -> None:
    wrong, cells, passed = [], 0, 0
    deployed = deployment(stage, **settings)
    for question, may in asked(deployed):
        cells += 1
        passed += may
        if (decide(*question) is Decision.ALLOWED) is not may:
            wrong.append((question.request, may))
    print(f"IAM {asked.__name__}, {stage}: {cells} cells, {passed} allowed, {len(wrong)} wrong")
    assert wrong == []
    if asked is on_topics and not deployed.topic_policies:  # dev has no alarms
        return
    assert cells > CELLS[asked.__name__]
    assert passed > 0


def allowed(role: Deployed, action: str, arn: str, tag: str, keys: tuple[str, ...]) -> bool:
    return decide(*as_tenant(role, action, arn, tag, keys)) is Decision.ALLOWED


def test_a_batch_with_one_foreign_key_is_refused_whole() -> None:
    """The role has no batch action; were one added under its condition, it would hold."""
    prod = deployment("prod")
    table = prod.arn("formbridge", "FormBridgeData")
    role = prod.role("formbridge", "tenant")
    document = json.loads(prod.documents["formbridge-tenant policy"])
    for statement in document["Statement"]:
        statement["Action"] = ["dynamodb:BatchGetItem"]
        statement["Resource"] = [table]
    batch = Policy.read(document)

    def asked(*keys: str, policy: Policy = batch) -> Decision:
        return decide(Request("dynamodb:BatchGetItem", table, {TAG: ("a",), "dynamodb:LeadingKeys": keys}), [policy])

    assert asked("TENANT#a", "TENANT#a#1") is Decision.ALLOWED
    assert asked("TENANT#a", "TENANT#a#1", policy=role.policies[0]) is Decision.NOT_GRANTED
    for foreign in ("TENANT#ab", "TENANT#b#1", "SUB#1"):
        assert asked("TENANT#a", foreign, "TENANT#a#1") is Decision.NOT_GRANTED
    assert asked() is Decision.NOT_GRANTED


@given(st.text(max_size=12), st.lists(st.text(min_size=1, max_size=20), max_size=3), st.booleans())
def test_whatever_is_read_is_the_sessions_own(tag: str, keys: list[str], own: bool) -> None:
    """For any tag: what passes is under its keys, and a tenant's own keys pass."""
    asked = tuple(f"TENANT#{tag}#{key}" if own else key for key in keys)
    prod = deployment("prod")
    role = prod.role("formbridge", "tenant")
    passed = allowed(role, "dynamodb:Query", prod.arn("formbridge", "FormBridgeData"), tag, asked)
    if passed:
        assert tag
        assert asked
        assert all(owns(tag, key) for key in asked)
        assert not set(tag) & set("#*?$ .:/=+@")
    elif is_tenant(tag) and asked:
        assert not all(owns(tag, key) for key in asked)


@given(st.sampled_from(TENANTS), st.sampled_from(TENANTS), st.text(alphabet="#ab0_-*?", max_size=6))
def test_no_two_tenants_share_a_key(one: str, other: str, rest: str) -> None:
    prod = deployment("prod")
    role = prod.role("formbridge", "tenant")
    index = prod.arn("formbridge", "FormBridgeData", "GSI1")
    for key in (f"TENANT#{one}{rest}", f"TENANT#{one}#{rest}"):
        if one != other and allowed(role, "dynamodb:Query", index, one, (key,)):
            assert not allowed(role, "dynamodb:Query", index, other, (key,))
