"""The evaluator that proves the policies: IAM's own rules, by example and by property, and what it refuses to judge."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.iam import Decision, Policy, Principal, Request, decide
from tests.support.iam.evaluate import PolicyError, matches, matches_arn

ARN = "arn:aws:dynamodb:eu-west-2:111122223333:table/"
GET = "dynamodb:GetItem"
ROLE = "arn:aws:iam::111122223333:role/app"
TAG = "aws:PrincipalTag/tenant"

texts = st.text(alphabet="ab/*?-", max_size=8)
names = st.text(alphabet="ab/-", max_size=8)
actions = st.sampled_from(["dynamodb:GetItem", "dynamodb:Get*", "dynamodb:Query", "*", "dynamodb:?etItem"])
resources = st.sampled_from(
    [f"{ARN}pse-*", f"{ARN}pse-orders", "*", f"{ARN}acs-?", ARN.replace("eu-west-2", "*") + "*"]
)
conditions = st.sampled_from(
    [
        {},
        {"StringEquals": {TAG: "a"}},
        {"StringNotLike": {TAG: ["a*"]}},
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["a", "b*"]}},
        {"Null": {"dynamodb:LeadingKeys": "false"}},
    ]
)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(actions, min_size=1, max_size=3),
        "Resource": st.lists(resources, min_size=1, max_size=3),
        "Condition": conditions,
    }
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        TAG: st.sampled_from([("a",), ("ab",), ("c",)]),
        "dynamodb:LeadingKeys": st.lists(st.sampled_from(["a", "b", "bc", "d"]), max_size=3).map(tuple),
    },
)
requests = st.builds(
    Request,
    st.sampled_from([GET, "dynamodb:Query", "dynamodb:PutItem"]),
    st.sampled_from([f"{ARN}pse-orders", f"{ARN}pse-x", f"{ARN}acs-1", f"{ARN}other"]),
    contexts,
)


def document(*given: dict[str, Any]) -> Policy:
    return Policy.read({"Version": "2012-10-17", "Statement": list(given)})


def allow(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": GET, "Resource": f"{ARN}pse-*", **changes}


@pytest.mark.parametrize(
    ("statement", "table", "tag", "decision"),
    [
        (allow(Effect="Deny"), "pse-x", "a", Decision.DENIED),
        (allow(), "pse-x", "a", Decision.ALLOWED),
        (allow(), "acs-x", "a", Decision.NOT_GRANTED),
        (allow(Action="DynamoDB:getitem"), "pse-x", "a", Decision.ALLOWED),
        (allow(), "PSE-x", "a", Decision.NOT_GRANTED),
        (allow(Condition={"StringEquals": {"aws:principaltag/Tenant": "a"}}), "pse-x", "a", Decision.ALLOWED),
        (allow(Condition={"StringEquals": {"aws:principaltag/Tenant": "a"}}), "pse-x", "A", Decision.NOT_GRANTED),
    ],
)
def test_actions_and_names_of_keys_have_no_case_and_all_else_has(
    statement: dict[str, Any], table: str, tag: str, decision: Decision
) -> None:
    assert decide(Request(GET, f"{ARN}{table}", {TAG: (tag,)}), [document(statement)]) is decision


@pytest.mark.parametrize(
    ("operator", "values", "given", "holds"),
    [
        ("StringEquals", ["PSE"], ("PSE",), True),
        ("StringEquals", ["P*"], ("PSE",), False),
        ("StringEquals", ["PSE"], (), False),
        ("StringNotEquals", ["PSE"], ("x",), True),
        ("StringNotEquals", ["PSE"], (), True),
        ("StringLike", ["?*"], ("a",), True),
        ("StringLike", ["?*"], (), False),
        ("StringNotLike", ["*#*", "*.*"], ("a#b",), False),
        ("StringNotLike", ["*#*", "*.*"], ("ab",), True),
        ("StringNotLike", ["*${*}*"], ("ab",), True),
        ("StringNotLike", ["*${*}*"], ("a*b",), False),
        ("ForAllValues:StringLike", ["a", "b*"], ("a", "bc"), True),
        ("ForAllValues:StringLike", ["a", "b*"], ("a", "c"), False),
        ("ForAllValues:StringLike", ["a"], (), True),
        ("ForAnyValue:StringEquals", ["a"], ("a", "c"), True),
        ("ForAnyValue:StringEquals", ["a"], (), False),
        ("Null", "true", (), True),
        ("Null", "false", (), False),
        ("Null", "false", ("a",), True),
    ],
)
def test_operators(operator: str, values: Any, given: tuple[str, ...], holds: bool) -> None:
    policy = document(allow(Condition={operator: {"x:y": values}}))
    assert (decide(Request(GET, f"{ARN}pse-x", {"x:y": given}), [policy]) is Decision.ALLOWED) is holds


@pytest.mark.parametrize(
    ("key", "tags", "decision"),
    [
        ("T#a#1", ("a",), Decision.ALLOWED),
        ("T#ab#1", ("a",), Decision.NOT_GRANTED),
        ("T#ab#1", ("*",), Decision.NOT_GRANTED),
        ("T##1", (), Decision.NOT_GRANTED),
    ],
)
def test_a_variable_is_the_sessions_and_its_value_is_not_a_pattern(
    key: str, tags: tuple[str, ...], decision: Decision
) -> None:
    policy = document(allow(Condition={"ForAllValues:StringLike": {"dynamodb:LeadingKeys": f"T#${{{TAG}}}#*"}}))
    assert decide(Request(GET, f"{ARN}pse-x", {"dynamodb:LeadingKeys": (key,), TAG: tags}), [policy]) is decision


def test_an_attached_policy_counts_for_whom_it_names() -> None:
    denies = document(allow(Effect="Deny", Principal={"AWS": ROLE}))
    for who, decision in ((ROLE, Decision.DENIED), (f"{ROLE}2", Decision.ALLOWED)):
        request = Request(GET, f"{ARN}pse-x", principal=Principal("AWS", who))
        assert decide(request, [document(allow())], [denies]) is decision


@pytest.mark.parametrize(
    "statement",
    [
        *(allow(**{name: "*"}) for name in ("NotAction", "NotResource", "NotPrincipal", "Principal")),
        allow(Principal={"AWS": "*"}),
        allow(Principal={"AWS": "111122223333"}),
        allow(Principal={"AWS": "arn:aws:iam::111122223333:root"}),
        allow(Principal={"Federated": "x"}),
        allow(Effect="allow"),
        allow(Action=[]),
        allow(Action="GetItem"),
        {"Effect": "Allow", "Action": GET},
        allow(Resource="arn:aws:dynamodb"),
        allow(Resource="arn:aws:dynamodb:eu-west-2:${aws:PrincipalAccount}:table/x"),
        *(
            allow(Condition={operator: {"x:y": "a"}})
            for operator in ("StringEqualsIfExists", "DateLessThan", "ForAllValues:StringNotLike", "Null")
        ),
        allow(Condition={"ForNoValues:StringLike": {"x:y": "a"}}),
        allow(Condition={"StringLike": {"x:y": [1]}}),
    ],
    ids=str,
)
def test_what_is_not_known_is_refused_when_read(statement: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(statement)


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_an_older_language_is_refused(version: str | None) -> None:
    with pytest.raises(ValidationError, match="2012-10-17"):
        Policy.read({"Version": version, "Statement": []})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Condition": {"StringLike": {"x:y": "${aws:PrincipalTag/t, 'none'}"}}}, "is not known here"),
        ({"Condition": {"StringNotLike": {"x:y": "${aws:PrincipalTag/t}"}}}, "has no value is not known"),
        ({"Condition": {"StringLike": {"a:b": "x"}}}, "2 values of a key"),
        ({"Condition": {"StringLike": {"x:y": "${a:b}"}}}, "several values"),
        ({"Principal": {"AWS": ROLE}}, "with Principal has no place here"),
    ],
)
def test_what_is_not_known_is_refused_when_asked(change: dict[str, Any], said: str) -> None:
    request = Request(GET, f"{ARN}pse-x", {"x:y": ("a",), "a:b": ("x", "y")})
    with pytest.raises(PolicyError, match=said):
        decide(request, [document(allow(**change))])


@given(texts, names)
def test_wildcards_are_those_of_a_definition(pattern: str, text: str) -> None:
    def fits(rest: str, left: str) -> bool:
        if not rest:
            return not left
        if rest[0] == "*":
            return fits(rest[1:], left) or (bool(left) and fits(rest, left[1:]))
        return bool(left) and rest[0] in ("?", left[0]) and fits(rest[1:], left[1:])

    assert matches(pattern, text, {}) is fits(pattern, text)
    assert matches(pattern, text, {}, wild=False) is (pattern == text)


@given(st.text(alphabet="ab*?$#", max_size=6), st.text(alphabet="ab*?$#", max_size=6))
def test_a_value_is_taken_as_it_is(value: str, other: str) -> None:
    assume(value)
    context = {"aws:principaltag/t": (value,)}
    assert matches("x#${aws:PrincipalTag/t}", f"x#{other}", context) is (value == other)


@given(st.lists(names, min_size=5, max_size=5), st.integers(1, 4))
def test_a_wildcard_spans_no_part_of_an_arn(parts: list[str], place: int) -> None:
    arn = ":".join(["arn", *parts])
    wild = ":".join(["arn", *parts[: place - 1], "*", *parts[place:]])
    assert matches_arn(arn, arn, {})
    assert matches_arn(wild, arn, {})
    assert not matches_arn(wild, arn.replace(":", ":x:", 1), {})


@given(requests, statements, actions, resources)
def test_a_wider_statement_allows_no_less(request: Request, one: dict[str, Any], action: str, resource: str) -> None:
    narrow = {**one, "Effect": "Allow"}
    if decide(request, [document(narrow)]) is Decision.ALLOWED:
        wide = {**narrow, "Action": [action, *one["Action"]], "Resource": [resource, *one["Resource"]]}
        assert decide(request, [document(wide)]) is Decision.ALLOWED
        assert decide(request, [document({**narrow, "Condition": {}})]) is Decision.ALLOWED


@given(requests, st.lists(statements, max_size=5))
def test_it_is_decided_as_it_is_defined(request: Request, some: list[dict[str, Any]]) -> None:
    """The whole, in one document or many, against each statement asked alone: a deny wins, an allow only adds, and
    order and grouping mean nothing."""
    alone = {decide(request, [document(each)]) for each in some}
    expected = next((each for each in (Decision.DENIED, Decision.ALLOWED) if each in alone), Decision.NOT_GRANTED)
    assert decide(request, [document(*some)]) is expected
    assert decide(request, [document(each) for each in some]) is expected
