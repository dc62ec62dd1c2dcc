"""The evaluator that proves the policies: IAM's own rules, by example and by property, and what it refuses to judge."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.support.iam import Decision, Policy, Principal, Request, decide
from tests.support.iam.evaluate import Kind, PolicyError, matches, matches_arn

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


def document(*given: dict[str, Any], kind: Kind = "own") -> Policy:
    return Policy.read({"Version": "2012-10-17", "Statement": list(given)}, kind)


def attached(**changes: Any) -> Policy:
    return document(allow(**changes), kind="attached")


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
        ("StringEqualsIfExists", ["a"], (), True),
        ("StringEqualsIfExists", ["a"], ("b",), False),
        ("StringLikeIfExists", ["a*"], ("ab",), True),
        ("Bool", False, ("FALSE",), True),
        ("Bool", "false", (), False),
        ("BoolIfExists", "false", (), True),
        ("Null", True, (), True),
        ("Null", False, (), False),
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


FOREIGN = ROLE.replace("111122223333", "999988887777")
ROOT = "arn:aws:iam::111122223333:root"


@pytest.mark.parametrize(
    ("principal", "effect", "who", "own", "decision"),
    [
        ({"AWS": ROLE}, "Deny", ROLE, True, Decision.DENIED),
        ({"AWS": ROLE}, "Deny", f"{ROLE}2", True, Decision.ALLOWED),
        ({"AWS": ROOT}, "Deny", ROLE, True, Decision.DENIED),
        ("*", "Deny", FOREIGN, True, Decision.DENIED),
        ({"AWS": ROLE}, "Allow", ROLE, False, Decision.ALLOWED),
        ({"AWS": "*"}, "Allow", ROLE, False, Decision.ALLOWED),
        ({"AWS": ROOT}, "Allow", ROLE, False, Decision.NOT_GRANTED),
        ({"AWS": "111122223333"}, "Allow", ROLE, True, Decision.ALLOWED),
        # Across accounts both sides must allow, and an account may stand for all that are its own.
        ({"AWS": FOREIGN}, "Allow", FOREIGN, False, Decision.NOT_GRANTED),
        ({"AWS": FOREIGN}, "Allow", FOREIGN, True, Decision.ALLOWED),
        ({"AWS": "999988887777"}, "Allow", FOREIGN, True, Decision.ALLOWED),
        ({"AWS": ROLE}, "Allow", FOREIGN, True, Decision.NOT_GRANTED),
    ],
)
def test_an_attached_policy_counts_for_whom_it_names(
    principal: Any, effect: str, who: str, own: bool, decision: Decision
) -> None:
    request = Request(GET, f"{ARN}pse-x", principal=Principal("AWS", who))
    policies = [attached(Effect=effect, Principal=principal)]
    assert decide(request, [document(allow())] if own else [], policies) is decision


@pytest.mark.parametrize(
    ("action", "resource"),
    [("sts:AssumeRole", f"{ROLE}2"), ("kms:Decrypt", "arn:aws:kms:eu-west-2:111122223333:key/1")],
)
def test_a_role_and_a_key_need_their_own_policys_allow(action: str, resource: str) -> None:
    request = Request(action, resource, principal=Principal("AWS", ROLE))
    own = document(allow(Action=action, Resource=resource))
    more: dict[str, Any] = {} if action.startswith("sts") else {"Resource": "*"}
    kind: Kind = "attached" if more else "trust"
    named, handed_on = (
        document({"Effect": "Allow", "Action": action, "Principal": {"AWS": who}, **more}, kind=kind)
        for who in (ROLE, ROOT)
    )
    asked = [([own], []), ([own], [handed_on]), ([], [handed_on]), ([], [named])]
    found = [decide(request, of_who_asks, of_it) is Decision.ALLOWED for of_who_asks, of_it in asked]
    assert found == [False, True, False, True]


@pytest.mark.parametrize(
    "statement",
    [
        *(allow(**{name: "*"}) for name in ("NotAction", "NotResource", "NotPrincipal")),
        *(allow(Principal={kind: who}) for kind, who in (("Federated", "x"), ("AWS", f"{ROLE}*"), ("Service", "*"))),
        *(allow(Principal=who) for who in ("x", "")),
        allow(Principal={}),
        allow(Principal={"AWS": []}),
        allow(Sid="a b"),
        allow(Resource=[]),
        allow(Condition={"StringEquals": {}}),
        allow(Condition={"StringEquals": {"x:y": []}}),
        *(allow(Condition={operator: {"dynamodb:leadingKeys": "a"}}) for operator in ("StringLike", "StringNotEquals")),
        *(allow(Action=action) for action in ("", "dynamo*:GetItem", "*:GetItem", "dynamodb:", "dynamodb:Get Item")),
        allow(Effect="allow"),
        allow(Action=[]),
        allow(Action="GetItem"),
        allow(Resource="arn:aws:dynamodb"),
        allow(Resource="arn:aws:dynamodb:eu-west-2:${aws:PrincipalAccount}:table/x"),
        *(
            allow(Condition={operator: {"x:y": "a"}})
            for operator in ("ArnLike", "DateLessThan", "ForAllValues:StringNotLike", "Null", "Bool")
        ),
        allow(Condition={"ForNoValues:StringLike": {"x:y": "a"}}),
        allow(Condition={"StringLike": {"x:y": [1]}}),
    ],
    ids=str,
)
def test_what_is_not_known_is_refused_when_read(statement: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        document(statement, kind="attached" if "Principal" in statement else "own")


@pytest.mark.parametrize(
    ("kind", "principal", "resource"),
    [
        *(("own", True, True), ("own", False, False), ("attached", False, True)),
        *(("attached", True, False), ("trust", True, True), ("trust", False, False)),
    ],
)
def test_each_kind_of_policy_has_its_own_form(kind: Kind, principal: bool, resource: bool) -> None:
    given: dict[str, Any] = {"Effect": "Allow", "Action": GET}
    given |= {"Principal": "*"} if principal else {}
    given |= {"Resource": "*"} if resource else {}
    with pytest.raises(PolicyError, match=f"{kind} policy: a statement with"):
        document(given, kind=kind)


def test_a_policy_of_another_kind_is_refused_when_asked() -> None:
    request = Request(GET, f"{ARN}pse-x", principal=Principal("AWS", ROLE))
    for own, of_it in (([attached(Principal="*")], []), ([], [document(allow())])):
        with pytest.raises(PolicyError, match="has no place where"):
            decide(request, own, of_it)


@pytest.mark.parametrize("statements", [[], [allow(Sid="a"), allow(Sid="a")]], ids=["none", "one Sid twice"])
def test_a_malformed_document_is_refused(statements: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        document(*statements)


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
        ({"Condition": {"StringLike": {"x:y": "${a:c}"}}}, "an empty value"),
        ({"Condition": {"ForAllValues:StringLike": {"a:c": "a"}}}, "may count as an absent key"),
        ({"Condition": {"StringEquals": {"x:y": "${*}"}}}, "in patterns only"),
    ],
)
def test_what_is_not_known_is_refused_when_asked(change: dict[str, Any], said: str) -> None:
    request = Request(GET, f"{ARN}pse-x", {"x:y": ("a",), "a:b": ("x", "y"), "a:c": ("",)})
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


@given(requests, st.lists(statements, min_size=1, max_size=5))
def test_it_is_decided_as_it_is_defined(request: Request, some: list[dict[str, Any]]) -> None:
    """The whole, in one document or many, against each statement asked alone: a deny wins, an allow only adds, and
    order and grouping mean nothing."""
    alone = {decide(request, [document(each)]) for each in some}
    expected = next((each for each in (Decision.DENIED, Decision.ALLOWED) if each in alone), Decision.NOT_GRANTED)
    assert decide(request, [document(*some)]) is expected
    assert decide(request, [document(each) for each in some]) is expected
