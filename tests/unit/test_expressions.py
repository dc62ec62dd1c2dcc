"""Expressions: every tree's text parses back into it, and bad text is refused with its place."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.model.errors import ExpressionError
from tablekit.model.expressions import (
    KEYWORDS,
    Between,
    Call,
    Clause,
    Compare,
    Condition,
    In,
    Literal,
    Logic,
    Parameter,
    Path,
    Rendered,
    Update,
    attributes,
    parameters,
)
from tablekit.model.grammar import parse_condition, parse_update
from tablekit.model.templates import Template

words = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
names = st.one_of(
    words,
    st.sampled_from([*sorted(KEYWORDS), "NOT", "In", "size", "contains", "begins_with", "if_not_exists"]),
    st.text(st.characters(exclude_characters='"', exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6),
)
paths = st.builds(
    lambda root, rest: Path((root, *rest)), names, st.lists(st.one_of(names, st.integers(0, 99)), max_size=2)
)
texts = st.text(st.characters(exclude_characters="'{}", exclude_categories=["Cs", "Cc"]), max_size=8)
templates = st.builds(lambda head, name, tail: f"{head}{{{name}}}{tail}", texts, words, texts)
numbers = st.builds(Decimal, st.from_regex(r"-?(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?", fullmatch=True))
values = st.one_of(st.builds(Parameter, words), st.builds(Literal, st.one_of(st.booleans(), numbers, texts, templates)))
operands = st.one_of(paths, values, st.builds(lambda path: Call("size", (path,)), paths))
simple: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, operands, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), operands),
    st.builds(Between, operands, operands, operands),
    st.builds(In, operands, st.lists(operands, min_size=1, max_size=4).map(tuple)),
    st.builds(lambda path: Call("attribute_exists", (path,)), paths),
    st.builds(lambda path, value: Call("begins_with", (path, value)), paths, values),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(lambda both: Logic("AND", tuple(both)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda both: Logic("OR", tuple(both)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda one: Logic("NOT", (one,)), inner),
    ),
    max_leaves=6,
)
settable = st.one_of(
    paths,
    values,
    st.builds(lambda left, sign, right: Call(sign, (left, right)), paths, st.sampled_from("+-"), values),
    st.builds(lambda path, value: Call("if_not_exists", (path, value)), paths, values),
)
clauses: dict[str, st.SearchStrategy[list[tuple[Path, Any]]]] = {
    "SET": st.lists(st.tuples(paths, settable), min_size=1, max_size=3),
    "REMOVE": st.lists(st.tuples(paths, st.none()), min_size=1, max_size=3),
    "ADD": st.lists(st.tuples(paths, values), min_size=1, max_size=3),
}


def _clause(verb: str) -> st.SearchStrategy[Clause]:
    return clauses[verb].map(lambda actions: Clause(verb, tuple(actions)))


updates = (
    st.lists(st.sampled_from(sorted(clauses)), min_size=1, unique=True)
    .flatmap(lambda verbs: st.tuples(*map(_clause, verbs)))
    .map(Update)
)


@given(conditions)
def test_a_conditions_text_parses_back_into_it(tree: Condition) -> None:
    assert parse_condition(str(tree)) == tree


@given(updates)
def test_an_updates_text_parses_back_into_it(tree: Update) -> None:
    assert parse_update(str(tree)) == tree


@given(conditions)
def test_rendering_hides_every_name_and_value(tree: Condition) -> None:
    rendered = Rendered()
    text = rendered.render(tree)
    for placeholder in (*rendered.names, *rendered.values):
        assert placeholder in text
    assert set(attributes(tree)) <= set(rendered.names.values())
    given_names = {value.name for value in rendered.values.values() if isinstance(value, Parameter)}
    assert given_names <= set(parameters(tree))


def test_rendering_is_what_the_service_takes() -> None:
    rendered = Rendered()
    text = rendered.render(parse_condition("status = :status AND begins_with(SK, 'SUB#{id}') AND NOT status = :other"))
    assert text == "#n0 = :v0 AND begins_with(#n1, :v1) AND (NOT (#n0 = :v2))"
    assert rendered.names == {"#n0": "status", "#n1": "SK"}
    assert rendered.values == {":v0": Parameter("status"), ":v1": Literal("SUB#{id}"), ":v2": Parameter("other")}


@pytest.mark.parametrize(("one", "other", "same"), [("1", "1.0", True), ("1", "true", False), ("0", "false", False)])
def test_a_number_is_no_truth_value(one: str, other: str, same: bool) -> None:
    left, right = parse_condition(f"a = {one}"), parse_condition(f"a = {other}")
    assert (left == right) is same
    assert len({left, right}) == 2 - same
    rendered = Rendered()
    rendered.render(Logic("AND", (left, right)))
    assert len(rendered.values) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a = ", "at column 5: it ends too early"),
        ("begins_with(a)", "begins_with takes 2 operand(s), not 1"),
        (
            "not = :a",
            "at column 5: near '= :a'; 'not' is a word of the grammar: as an attribute's name write it \"not\"",
        ),
        ("a = 'TENANT#{id'", "key template 'TENANT#{id'"),
        ("a = 'x{0}'", "field '0' is not a plain name"),
        ("a = '" + "x" * 4096 + "'", "DynamoDB takes at most 4096"),
        ("a IN (" + ", ".join(f":p{n}" for n in range(101)) + ")", "at most 100 values, not 101"),
        ("SET a = 1 SET b = 2", "SET stands twice"),
        ("REMOVE a = 1", "column 10"),
        ("ADD total ttl", "near 'ttl'"),
        ("SET total = size(items)", "near '(items)'"),
    ],
)
def test_bad_expressions_are_refused(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as error:
        (parse_update if text[:3].isupper() else parse_condition)(text)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("size > 5 AND size(size) > 5", ("size",)),
        ("set = :x OR and = :x AND or IN (1) AND between BETWEEN 1 AND 2", ("set", "and", "or", "between")),
        ("contains = 5 AND in.in = :in", ("contains", "in")),
        ('"not" = 5 AND NOT notes = 5 AND "true" = true', ("not", "notes", "true")),
        ('"content-type" = :type AND "a.b".c = 1', ("content-type", "a.b")),
    ],
)
def test_words_of_the_grammar_are_names_where_only_a_name_can_stand(text: str, named: tuple[str, ...]) -> None:
    assert attributes(parse_condition(text)) == named


def test_an_updates_verbs_are_names_too() -> None:
    tree = parse_update("SET set = :x, add = size + 1 REMOVE remove ADD add_ 1 DELETE delete :d")
    assert attributes(tree) == ("set", "add", "size", "remove", "add_", "delete")


# The fields' names don't matter, only that there is one: `{x}` is any text of one character or more.
small = st.lists(st.sampled_from(["a", "b", "#", "{x}"]), max_size=5).map("".join).map(Template)
field_values = st.sampled_from(["a", "b", "#", "ab", "#a"])


@given(small, small, st.booleans())
def test_two_templates_meet_where_a_text_fits_both(one: Template, other: Template, prefix: bool) -> None:
    """Against every text that the first gives with short fields; fields of one name are taken for two."""
    pieces = ["".join(".+" if part == "{x}" else part for part in re.split(r"({x})", t.text)) for t in (one, other)]
    fits = re.compile(pieces[0] + (".*" if prefix else ""))
    texts = [""]
    for part in re.findall(r"{x}|.", other.text):
        texts = [text + value for text in texts for value in (("a", "b", "#") if part == "{x}" else (part,))]
    if any(fits.fullmatch(text) for text in texts):
        assert one.meets(other, prefix)
    if one.meets(other, prefix) and not other.fields:
        assert fits.fullmatch(other.text)
    assert one.meets(other) == other.meets(one)


@given(st.dictionaries(st.sampled_from(["x", "y"]), field_values, min_size=2))
def test_a_formatted_template_parses_and_meets(values: dict[str, str]) -> None:
    template = Template("T#{x}#{y}")
    text = template.render(values)
    assert template.parse(text) is not None
    assert Template(text).meets(template)
    assert Template(text[:3]).meets(template, prefix=True)
    assert not Template("U" + text).meets(template)
