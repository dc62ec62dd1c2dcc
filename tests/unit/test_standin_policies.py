"""Which differences of IAM policies are none to the AWS plugin (awspolicyequivalence's rules)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.standin.codecs import POLICY

Statement = dict[str, Any]


def document(*statements: Statement, **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


READ: Statement = {"Effect": "Allow", "Action": ["s3:Get", "s3:List"], "Resource": ["a", "b"]}
TRUSTING: Statement = {
    "Effect": "Allow",
    "Action": ["sts:AssumeRole"],
    "Principal": {"AWS": ["123456789012", "arn:aws:iam::210987654321:role/x"], "Service": "lambda.amazonaws.com"},
    "Condition": {"StringEquals": {"a": "b"}},
}
BY_ROOT = {
    "Service": ["lambda.amazonaws.com"],
    "AWS": ["arn:aws:iam::210987654321:role/x", "arn:aws:iam::123456789012:root"],
}
CASES = {
    "order of lists": (document({**READ, "Action": ["s3:List", "s3:Get"], "Resource": ["b", "a"]}), READ, True),
    "a list of one": (document({**TRUSTING, "Action": "sts:AssumeRole"}), TRUSTING, True),
    "a single statement": (json.dumps({"Version": "2012-10-17", "Statement": READ}), READ, True),
    "an account by its root": (document({**TRUSTING, "Principal": BY_ROOT}), TRUSTING, True),
    "a condition's list": (document({**TRUSTING, "Condition": {"StringEquals": {"a": ["b"]}}}), TRUSTING, True),
    "another action": (document({**READ, "Action": ["s3:Get", "s3:Put"]}), READ, False),
    "one action fewer": (document({**READ, "Action": "s3:Get"}), READ, False),
    "another effect": (document({**READ, "Effect": "Deny"}), READ, False),
    "another condition": (document({**TRUSTING, "Condition": {"StringLike": {"a": "b"}}}), TRUSTING, False),
    "a condition that is false": (document({**READ, "Condition": {"Bool": {"a": False}}}), READ, False),
    "another id": (document(READ, Id="x"), READ, False),
    "another principal": (document({**TRUSTING, "Principal": {"AWS": "123456789012"}}), TRUSTING, False),
}


@pytest.mark.parametrize(("other", "statement", "same"), CASES.values(), ids=list(CASES))
def test_what_means_the_same(other: str, statement: Statement, same: bool) -> None:
    assert POLICY.equal(document(statement), other) is same


TEXTS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": TEXTS, "Resource": TEXTS},
    optional={"Sid": st.sampled_from(["x", "y"]), "Condition": st.just({"StringEquals": {"a": ["b"]}})},
)


@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.data())
def test_order_and_lists_of_one_mean_nothing(statements: list[Statement], data: st.DataObject) -> None:
    def respelt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: respelt(item) for key, item in data.draw(st.permutations(list(value.items())))}
        if isinstance(value, list):
            return value[0] if len(value) == 1 and data.draw(st.booleans()) else data.draw(st.permutations(value))
        return value

    others = [respelt(one) for one in data.draw(st.permutations(statements))]
    assert POLICY.equal(document(*statements), document(*others))
    changed = [*statements[1:], {**statements[0], "Action": [*statements[0]["Action"], "z"]}]
    assert not POLICY.equal(document(*statements), document(*changed))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["Statement", "Principal", "Action", "Condition", "AWS", "Sid"]), inner)
    ),
)


@given(JSON | st.text())
def test_any_text_is_compared_without_a_crash(value: Any) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    assert POLICY.equal(text, text)
