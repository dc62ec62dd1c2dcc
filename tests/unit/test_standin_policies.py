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


@pytest.mark.parametrize(("first", "second"), SAME.values(), ids=list(SAME))
def test_means_the_same(first: str, second: str) -> None:
    assert POLICY.equal(first, second)


@pytest.mark.parametrize(("first", "second"), OTHER.values(), ids=list(OTHER))
def test_means_something_else(first: str, second: str) -> None:
    assert not POLICY.equal(first, second)


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
