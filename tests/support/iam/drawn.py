"""Requests and policy documents for property tests: what IAM takes, and now and then what it refuses."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from tests.components.mocked import ACCOUNT
from tests.support.iam.deployed import OTHER_ACCOUNT
from tests.support.iam.evaluate import Kind, Principal, Request

Documents = list[dict[str, Any]]

TABLE: Final = f"arn:aws:dynamodb:eu-west-2:{ACCOUNT}:table/"
KEY: Final = f"arn:aws:kms:eu-west-2:{ACCOUNT}:key/1"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/app"
TAG: Final = "aws:PrincipalTag/t"


def _foreign(arn: str) -> str:
    return arn.replace(ACCOUNT, OTHER_ACCOUNT)


def _often(usual: list[Any], odd: list[Any]) -> st.SearchStrategy[Any]:
    """One of the usual in most cases: what is odd is refused, and then nothing is decided."""
    return st.sampled_from([*usual * (1 + 25 * len(odd) // len(usual)), *odd])


def _one_or_many(each: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        each, st.lists(each, min_size=1, max_size=3), st.lists(each, min_size=1), st.lists(each, max_size=2)
    )


_actions = _often(
    [
        *("*", "*", "dynamodb:GetItem", "dynamodb:Get*", "DynamoDB:getitem", "dynamodb:*"),
        *("sts:AssumeRole", "sts:*", "kms:Decrypt", "kms:?ecrypt"),
    ],
    ["dyn*:GetItem", "", "dynamodb:", "GetItem", "dynamodb:Get:Item", "**", "?"],
)
_resources = _often(
    [
        *("*", "*", "*", f"{TABLE}a", f"{TABLE}a*", f"{TABLE}?", f"{TABLE}${{{TAG}}}", _foreign(f"{TABLE}*")),
        *("arn:aws:dynamodb:*:*:table/*", "arn:*:dynamodb:eu-west-2:*:table/a", "arn:aws:*:*:*:*"),
        *(KEY, _foreign(KEY), ROLE, f"arn:aws:iam::{ACCOUNT}:role/*"),
    ],
    ["arn:aws:dynamodb", "table/a", "", "**"],
)
_principals = _often(
    [
        *("*", {"AWS": "*"}, {"AWS": ACCOUNT}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"AWS": OTHER_ACCOUNT}),
        *({"AWS": ROLE}, {"AWS": [_foreign(ROLE), ROLE]}),
        *({"Service": "lambda.amazonaws.com"}, {"Service": "x.amazonaws.com", "AWS": ROLE}),
    ],
    ["x", {}, {"AWS": []}, {"AWS": ""}, {"AWS": f"{ROLE}*"}, {"Service": "*"}, {"Federated": "x"}, [ROLE]],
)
_values = _one_or_many(st.sampled_from(["a", "ab", "a*", "?", "", "*", f"${{{TAG}}}", f"${{{TAG}}}*"]))
_flags = st.sampled_from([True, False, "true", "false"])
_keys = st.sampled_from([TAG, "dynamodb:LeadingKeys"])
_single = st.sampled_from([f"String{how}" for how in ("Equals", "NotEquals", "Like", "NotLike", "EqualsIfExists")])
_several = st.sampled_from(["ForAllValues:StringEquals", "ForAllValues:StringLike", "ForAnyValue:StringLike"])
_conditions = st.one_of(
    st.just({}),
    st.dictionaries(_single, st.fixed_dictionaries({TAG: _values}), max_size=2),
    st.dictionaries(_several, st.dictionaries(_keys, _values, min_size=1), max_size=2),
    st.fixed_dictionaries({"Null": st.dictionaries(_keys, _flags, min_size=1)}),
    st.dictionaries(st.sampled_from(["Bool", "BoolIfExists"]), st.fixed_dictionaries({"aws:SecureTransport": _flags})),
    _often([{}], [{"ArnLike": {TAG: "a"}}, {"StringEquals": {"dynamodb:LeadingKeys": "a"}}, {"StringEquals": {}}]),
)


def _documents(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    elements: dict[str, st.SearchStrategy[Any]] = {
        "Effect": _often(["Allow", "Allow", "Allow", "Deny"], ["deny"]),
        "Action": _one_or_many(_actions),
        "Condition": _conditions,
        "Sid": _often([""], ["a b"]),
    }
    if kind != "trust":
        elements["Resource"] = _one_or_many(_resources)
    if kind != "own":
        elements["Principal"] = _principals
    form = st.fixed_dictionaries(elements)
    misplaced = {"NotAction": st.just("x:y"), "Resource": _resources, "Principal": _principals}
    statement = st.one_of(*[form] * 25, st.fixed_dictionaries({**misplaced, **elements}))
    statements = st.one_of(statement, st.lists(statement, min_size=1, max_size=3), st.lists(statement, max_size=3))
    return st.fixed_dictionaries({"Version": _often(["2012-10-17"], ["2008-10-17"]), "Statement": statements})


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Request, Documents, Documents]:
    """A request, with documents of who asks and of what is asked for: a role always has its trust."""
    tables, keys = [f"{TABLE}a", _foreign(f"{TABLE}a")], [KEY, _foreign(KEY)]
    places = [*(("dynamodb:GetItem", arn) for arn in tables), *(("kms:Decrypt", arn) for arn in keys)]
    action, arn = draw(st.sampled_from([*places, ("sts:AssumeRole", f"{ROLE}2"), ("sts:AssumeRole", _foreign(ROLE))]))
    names = [ROLE, ROLE, _foreign(ROLE), f"arn:aws:iam::{ACCOUNT}:user/u"]
    callers = [*(Principal("AWS", name) for name in names), Principal("Service", "lambda.amazonaws.com")]
    who = draw(st.sampled_from(callers))
    given = {
        TAG: st.sampled_from([("a",), ("ab",), ("*",), ("",)]),
        "dynamodb:LeadingKeys": st.sampled_from([("a",), ("a", "b"), (), ("",), ("b", "ab")]),
        "aws:SecureTransport": st.sampled_from([("true",), ("false",), ("FALSE",)]),
    }
    context = draw(st.fixed_dictionaries({}, optional=given))
    trust = action.startswith("sts:")
    own = draw(st.lists(_documents("own"), max_size=2)) if who.kind == "AWS" else []
    attached = draw(st.lists(_documents("trust" if trust else "attached"), min_size=int(trust), max_size=1))
    return Request(action, arn, context, who), own, attached
