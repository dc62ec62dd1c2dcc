"""The evaluator that proves the policies: IAM's own rules, by example and by property, and what it refuses to judge."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.iam import Decision, Policy, PolicyError, Principal, Request, decide
from tests.support.iam.patterns import matches, matches_arn

ARN = "arn:aws:dynamodb:eu-west-2:111122223333:table/"
GET = "dynamodb:GetItem"
ROLE = "arn:aws:iam::111122223333:role/app"

texts = st.text(alphabet="ab/*?-", max_size=8)
names = st.text(alphabet="ab/-", max_size=8)
effects = st.sampled_from(["Allow", "Deny"])
actions = st.sampled_from(["dynamodb:GetItem", "dynamodb:Get*", "dynamodb:Query", "*", "dynamodb:?etItem"])
resources = st.sampled_from(
    [f"{ARN}pse-*", f"{ARN}pse-orders", "*", f"{ARN}acs-?", ARN.replace("eu-west-2", "*") + "*"]
)
conditions = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:PrincipalTag/tenant": "a"}},
        {"StringNotLike": {"aws:PrincipalTag/tenant": ["a*"]}},
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["a", "b*"]}},
        {"Null": {"dynamodb:LeadingKeys": "false"}},
    ]
)
statements = st.builds(
    lambda effect, action, resource, condition: {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        "Condition": condition,
    },
    effects,
    st.lists(actions, min_size=1, max_size=3),
    st.lists(resources, min_size=1, max_size=3),
    conditions,
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "aws:PrincipalTag/tenant": st.sampled_from([("a",), ("ab",), ("c",)]),
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


def test_nothing_is_allowed_by_default() -> None:
    assert decide(Request(GET, f"{ARN}pse-x")) is Decision.NOT_GRANTED
    assert decide(Request(GET, f"{ARN}acs-x"), [document(allow())]) is Decision.NOT_GRANTED
    assert decide(Request(GET, f"{ARN}pse-x"), [document(allow())]) is Decision.ALLOWED


def test_actions_have_no_case_and_resources_have() -> None:
    policy = document(allow(Action="DynamoDB:getitem"))
    assert decide(Request(GET, f"{ARN}pse-x"), [policy]) is Decision.ALLOWED
    assert decide(Request(GET, f"{ARN}PSE-x"), [policy]) is Decision.NOT_GRANTED


def test_the_names_of_condition_keys_have_no_case_and_their_values_have() -> None:
    policy = document(allow(Condition={"StringEquals": {"aws:principaltag/Tenant": "a"}}))
    assert decide(Request(GET, f"{ARN}pse-x", {"aws:PrincipalTag/tenant": ("a",)}), [policy]) is Decision.ALLOWED
    assert decide(Request(GET, f"{ARN}pse-x", {"aws:PrincipalTag/tenant": ("A",)}), [policy]) is Decision.NOT_GRANTED


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


def test_a_variable_is_the_sessions_and_its_value_is_no_pattern() -> None:
    keys = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": "T#${aws:PrincipalTag/tenant}#*"}}
    policy = document(allow(Condition=keys))

    def asked(key: str, **tag: tuple[str, ...]) -> Decision:
        context = {"dynamodb:LeadingKeys": (key,), **{f"aws:PrincipalTag/{name}": value for name, value in tag.items()}}
        return decide(Request(GET, f"{ARN}pse-x", context), [policy])

    assert asked("T#a#1", tenant=("a",)) is Decision.ALLOWED
    assert asked("T#ab#1", tenant=("a",)) is Decision.NOT_GRANTED
    assert asked("T#ab#1", tenant=("*",)) is Decision.NOT_GRANTED
    assert asked("T##1") is Decision.NOT_GRANTED


def test_an_attached_policy_counts_for_whom_it_names() -> None:
    trust = document(
        {"Effect": "Deny", "Principal": {"AWS": ROLE}, "Action": "dynamodb:PutItem", "Resource": f"{ARN}pse-x"}
    )
    own = [document(allow(Action="dynamodb:*"))]
    for who, decision in ((ROLE, Decision.DENIED), (f"{ROLE}2", Decision.ALLOWED)):
        request = Request("dynamodb:PutItem", f"{ARN}pse-x", principal=Principal("AWS", who))
        assert decide(request, own, [trust]) is decision


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (allow(NotAction="x:y"), "'NotAction' is not known"),
        (allow(NotResource="*"), "'NotResource' is not known"),
        (allow(NotPrincipal="*"), "'NotPrincipal' is not known"),
        (allow(Principal="*"), "principal '\\*'"),
        (allow(Principal={"AWS": "*"}), "everybody is not known"),
        (allow(Principal={"AWS": "111122223333"}), "known are roles and users"),
        (allow(Principal={"AWS": "arn:aws:iam::111122223333:root"}), "known are roles and users"),
        (allow(Principal={"Federated": "x"}), "principal {'Federated'"),
        (allow(Effect="allow"), "Effect is 'allow'"),
        (allow(Action=[]), "without Action"),
        (allow(Action="GetItem"), "no service:name"),
        ({"Effect": "Allow", "Action": GET}, "without Resource"),
        (allow(Condition={"StringEqualsIfExists": {"x:y": "a"}}), "'StringEqualsIfExists' is not known"),
        (allow(Condition={"DateLessThan": {"x:y": "a"}}), "'DateLessThan' is not known"),
        (allow(Condition={"ForAllValues:StringNotLike": {"x:y": "a"}}), "a negated one over a set"),
        (allow(Condition={"ForNoValues:StringLike": {"x:y": "a"}}), "'ForNoValues:StringLike' is not known"),
        (allow(Condition={"StringLike": {"x:y": [1]}}), "no text, nor a list of texts"),
    ],
)
def test_what_is_not_known_is_refused_when_read(statement: dict[str, Any], said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        document(statement)


@pytest.mark.parametrize("version", [None, "2008-10-17"])
def test_an_older_language_is_refused(version: str | None) -> None:
    with pytest.raises(PolicyError, match="known is 2012-10-17"):
        Policy.read({"Version": version, "Statement": []})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Resource": "arn:aws:dynamodb"}, "no ARN of 6 parts"),
        ({"Resource": "arn:aws:dynamodb:eu-west-2:${aws:PrincipalAccount}:table/x"}, "in the last part of an ARN only"),
        ({"Condition": {"StringLike": {"x:y": "${aws:PrincipalTag/t, 'none'}"}}}, "none that is known here"),
        ({"Condition": {"StringNotLike": {"x:y": "${aws:PrincipalTag/t}"}}}, "has no value is not known"),
        ({"Condition": {"Null": {"x:y": "no"}}}, "Null takes true or false"),
        ({"Condition": {"StringLike": {"a:b": "x"}}}, "2 values of a key"),
    ],
)
def test_what_is_not_known_is_refused_when_asked(change: dict[str, Any], said: str) -> None:
    request = Request(GET, f"{ARN}pse-x", {"x:y": ("a",), "a:b": ("x", "y")})
    with pytest.raises(PolicyError, match=said):
        decide(request, [document(allow(**change))])


@given(texts, names)
def test_wildcards_are_those_of_a_reference(pattern: str, text: str) -> None:
    reference = re.escape(pattern).replace(r"\*", "[^\\0]*").replace(r"\?", "[^\\0]")
    assert matches(pattern, text, {}) is bool(re.fullmatch(reference, text))
    assert matches(pattern, text, {}, wild=False) is (pattern == text)


@given(texts, names)
def test_wildcards_are_those_of_a_definition(pattern: str, text: str) -> None:
    def fits(rest: str, left: str) -> bool:
        if not rest:
            return not left
        if rest[0] == "*":
            return fits(rest[1:], left) or (bool(left) and fits(rest, left[1:]))
        return bool(left) and rest[0] in ("?", left[0]) and fits(rest[1:], left[1:])

    assert matches(pattern, text, {}) is fits(pattern, text)


@given(st.text(alphabet="ab*?$#", max_size=6), st.text(alphabet="ab*?$#", max_size=6))
def test_a_value_is_taken_as_it_is(value: str, other: str) -> None:
    assume(value)
    context = {"aws:principaltag/t": (value,)}
    assert matches("x#${aws:PrincipalTag/t}", f"x#{other}", context) is (value == other)


@given(st.lists(names, min_size=6, max_size=6), st.integers(0, 4))
def test_a_wildcard_spans_no_part_of_an_arn(parts: list[str], place: int) -> None:
    arn = ":".join(["arn", *parts[1:]])
    assert matches_arn(arn, arn, {})
    wild = ["arn", *parts[1:]]
    wild[max(place, 1)] = "*"
    assert matches_arn(":".join(wild), arn, {})
    assert not matches_arn(":".join(wild), arn.replace(":", ":x:", 1), {})


@given(requests, st.lists(statements, max_size=4), statements)
def test_a_deny_wins_and_adds_nothing(request: Request, some: list[dict[str, Any]], other: dict[str, Any]) -> None:
    before = decide(request, [document(*some)])
    denies = document({**other, "Effect": "Deny"})
    after = decide(request, [document(*some), denies])
    applies = decide(request, [denies]) is Decision.DENIED
    assert after is (Decision.DENIED if applies else before)


@given(requests, st.lists(statements, max_size=4), statements)
def test_an_allow_only_adds(request: Request, some: list[dict[str, Any]], other: dict[str, Any]) -> None:
    before = decide(request, [document(*some)])
    after = decide(request, [document(*some, {**other, "Effect": "Allow"})])
    assert after is before or (before, after) == (Decision.NOT_GRANTED, Decision.ALLOWED)


@given(requests, statements, actions, resources)
def test_a_wider_statement_allows_no_less(request: Request, one: dict[str, Any], action: str, resource: str) -> None:
    narrow = {**one, "Effect": "Allow"}
    wide = {**narrow, "Action": [*one["Action"], action], "Resource": [*one["Resource"], resource]}
    free = {**narrow, "Condition": {}}
    if decide(request, [document(narrow)]) is Decision.ALLOWED:
        assert decide(request, [document(wide)]) is Decision.ALLOWED
        assert decide(request, [document(free)]) is Decision.ALLOWED


@given(requests, st.lists(statements, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_and_grouping_mean_nothing(request: Request, some: list[dict[str, Any]], chance: Any) -> None:
    shuffled = [{**each, "Action": each["Action"][::-1], "Resource": each["Resource"][::-1]} for each in some]
    chance.shuffle(shuffled)
    assert decide(request, [document(*some)]) is decide(request, [document(each) for each in shuffled])


@given(requests, st.lists(statements, min_size=1, max_size=4))
def test_it_is_decided_as_it_is_defined(request: Request, some: list[dict[str, Any]]) -> None:
    """The whole, against each statement asked alone."""
    alone = [decide(request, [document(each)]) for each in some]
    if Decision.DENIED in alone:
        assert decide(request, [document(*some)]) is Decision.DENIED
    else:
        expected = Decision.ALLOWED if Decision.ALLOWED in alone else Decision.NOT_GRANTED
        assert decide(request, [document(*some)]) is expected
