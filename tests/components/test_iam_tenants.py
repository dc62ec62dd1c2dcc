"""Form-Bridge's tenant role, session by session: a tenant's own leading keys and nobody else's."""

from __future__ import annotations

import json
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.policies.program import STAGES
from tests.support.iam import Decision, Policy, Request, decide, declared
from tests.support.iam.actions import ACTIONS
from tests.support.iam.deployed import Deployed, Deployment, catalogue, deployment

TENANTS = ("a", "ab", "A", "a-b", "a_1", "acme", "acme-eu")
REFUSED = ("a#0", "", "*", "?", "a*", "a?", "a b", "a.b", "a:b", "a/b", "a=b", "a+b", "a@b", "${*}", "a#", "#")
KEYS = (
    *(f"TENANT#{own}" for own in ("a", "a#0", "a#0#x", "a#STATUS", "ab", "ab#0", "A", "a-b#1", "a_1", "acme#3")),
    *("TENANT#acme-eu#3", "TENANT#", "TENANT##0", "TENANT#*", "TENANT", "tenant#a", "xTENANT#a"),
    *("SUB#1", "DEST#1", "DOMAIN#951623a26f8b3388", "CONFIG#active", "METRICS#DAY#2025-01-26"),
)
REQUESTED: tuple[tuple[str, ...], ...] = ((), *((key,) for key in KEYS), *product(KEYS, repeat=2))
"""The leading keys of a request: none (as in a Scan), one, and every pair, as a batch has them."""
TAG = "aws:PrincipalTag/tenant"


def owns(tenant: str, key: str) -> bool:
    """Whose a key is, as the document writes it."""
    return key == f"TENANT#{tenant}" or key.startswith(f"TENANT#{tenant}#")


def is_tenant(tag: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9_-]+", tag))


def allowed(role: Deployed, action: str, arn: str, tag: str | None, keys: tuple[str, ...]) -> bool:
    context = {"dynamodb:LeadingKeys": keys}
    if tag is not None:
        context[TAG] = (tag,)
    return decide(Request(action, arn, context), [role.policy]) is Decision.ALLOWED


def tables_and_indexes(stage: Deployment) -> list[tuple[str, str]]:
    """Every request of an action on Form-Bridge's table and its indexes."""
    own = [each for each in stage.resources if each.family == "formbridge"]
    return [(action, each.arn) for action, kinds in ACTIONS.items() for each in own if each.kind in kinds]


@pytest.mark.parametrize("stage", STAGES)
def test_every_tenant_on_every_key(stage: str) -> None:
    deployed = deployment(stage)
    role = deployed.role("formbridge", "tenant")
    reads = declared.used(role.role, role.family, deployed, catalogue())
    assert {action for action, _ in reads} == {"dynamodb:GetItem", "dynamodb:Query"}
    leaks, missing, cells, passed = [], [], 0, 0
    for tag, (action, arn) in product((*TENANTS, *REFUSED, None), tables_and_indexes(deployed)):
        # Without an own key nothing is granted: only the requests that could be are asked with every pair of keys.
        for keys in REQUESTED if action in ("dynamodb:GetItem", "dynamodb:Query") else REQUESTED[: len(KEYS) + 1]:
            cells += 1
            own = tag is not None and is_tenant(tag) and bool(keys) and all(owns(tag, key) for key in keys)
            wanted = own and (action, arn) in reads
            found = allowed(role, action, arn, tag, keys)
            passed += found
            if found and not wanted:
                leaks.append((tag, action, arn, keys))
            if wanted and not found:
                missing.append((tag, action, arn, keys))
    print(f"IAM tenants, {stage}: {cells} cells, {passed} allowed, {len(leaks)} leaks, {len(missing)} missing")
    assert (leaks, missing) == ([], [])
    assert cells > 80_000
    assert passed > 0


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
    assert asked("TENANT#a", "TENANT#a#1", policy=role.policy) is Decision.NOT_GRANTED
    for foreign in ("TENANT#ab", "TENANT#b#1", "SUB#1"):
        assert asked("TENANT#a", foreign, "TENANT#a#1") is Decision.NOT_GRANTED
    assert asked() is Decision.NOT_GRANTED


@given(st.text(max_size=12), st.lists(st.text(max_size=20), max_size=3), st.booleans())
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
