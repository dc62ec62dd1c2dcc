"""Permissions from a stack's outputs alone: each pattern's action, on its very table or index, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families import catalogue
from tablekit.contract import Contract, ContractError, policy, read, statements
from tests.support import tables
from tests.support.declare import stage
from tests.support.iam import Decision, Policy, Request, decide

USERS = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-cloudstro-users"
POSTS = "arn:aws:dynamodb:us-east-1:123456789012:table/dev-cloudstro-social-posts"


def contract(**changes: Any) -> Contract:
    """What a stack of all five systems exports."""
    families = catalogue()
    exported = tables.outputs(families, stage("dev", families)).model_dump(by_alias=True)["families"]
    return read({"contractVersion": "1.0", "stage": "dev", "families": exported, **changes})


CONTRACT = contract()


def test_each_action_is_on_its_own_tables_and_indexes() -> None:
    """In whatever order the patterns are named, and how often."""
    patterns = [
        "user-profile",
        "user-by-email",
        "create-user",
        "store-posts",
        "recent-posts-on-platform",
        "user-profile",
    ]
    assert statements(CONTRACT, "cloudstro", patterns) == [
        {"Sid": "BatchWriteItem", "Effect": "Allow", "Action": ["dynamodb:BatchWriteItem"], "Resource": [POSTS]},
        {
            "Sid": "GetItemAndPutItem",
            "Effect": "Allow",
            "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
            "Resource": [USERS],
        },
        {
            "Sid": "Query",
            "Effect": "Allow",
            "Action": ["dynamodb:Query"],
            "Resource": [f"{POSTS}/index/platform-createdAtISO-index", f"{USERS}/index/email-index"],
        },
    ]


def test_the_key_that_encrypts_the_tables_comes_with_them() -> None:
    families, key = catalogue(), "arn:aws:kms:us-east-1:123456789012:key/a"
    keys = {"us-east-1": key, "eu-west-2": key.replace("us-east-1", "eu-west-2")}
    own = tables.outputs(families, stage("dev", families, encryption="customer-managed", kmsKeyArns=keys))
    first, last = statements(own, "cloudstro", ["user-profile"])
    assert first["Action"] == ["dynamodb:GetItem"]
    assert (last["Sid"], last["Resource"]) == ("Key", [key])
    assert last["Condition"] == {"StringEquals": {"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}}


@given(
    st.sampled_from(sorted(CONTRACT.families)).flatmap(
        lambda family: st.tuples(
            st.just(family),
            st.sets(st.sampled_from(sorted(CONTRACT.families[family].access_patterns)), min_size=1, max_size=6),
        )
    )
)
def test_a_named_pattern_may_run_and_every_other_request_may_not(chosen: tuple[str, set[str]]) -> None:
    """By the tests' own evaluator of IAM, over every pattern of every family."""
    family, named = chosen
    granted = Policy.read(policy(CONTRACT, family, named))
    actions = {
        "get": "GetItem",
        "query": "Query",
        "put": "PutItem",
        "update": "UpdateItem",
        "delete": "DeleteItem",
        "batch-write": "BatchWriteItem",
        "scan": "Scan",
    }
    wanted, all_requests = set(), set()
    for key, exported in CONTRACT.families.items():
        for name, pattern in exported.access_patterns.items():
            table = exported.tables[pattern.table]
            arn = table.indexes[pattern.index].arn if pattern.index else table.arn
            request = (f"dynamodb:{actions[pattern.operation]}", arn)
            all_requests.add(request)
            if key == family and name in named:
                wanted.add(request)
    allowed = {each for each in all_requests if decide(Request(*each, {}), [granted]) is Decision.ALLOWED}
    assert allowed == wanted


@pytest.mark.parametrize(
    ("family", "patterns", "says"),
    [
        ("cloudstr", ["user-profile"], "stage 'dev' has no family 'cloudstr'; did you mean 'cloudstro'?; it has acs, "),
        ("cloudstro", ["user-profil"], "has no access pattern 'user-profil'; did you mean 'user-profile'?"),
        ("cloudstro", ["xyz"], "has no access pattern 'xyz'; it has account-of-user, accounts-of-user, "),
        ("cloudstro", [], "family 'cloudstro' in stage 'dev': no access pattern is named, and a policy allows at"),
    ],
)
def test_what_is_not_there_is_one_message(family: str, patterns: list[str], says: str) -> None:
    with pytest.raises(ContractError) as told:
        statements(CONTRACT, family, patterns)
    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_outputs_that_lack_a_patterns_index_are_told() -> None:
    exported = CONTRACT.model_dump(by_alias=True)
    del exported["families"]["cloudstro"]["tables"]["users"]["indexes"]["email-index"]
    with pytest.raises(ContractError, match="'user-by-email' queries index 'email-index', which table 'users' has not"):
        statements(read(exported), "cloudstro", ["user-by-email"])
