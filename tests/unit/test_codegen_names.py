"""Names and texts of the contract in generated code: nothing in them can become code, and no two become one."""

from __future__ import annotations

import ast
import json
import keyword
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from tablekit.client.entities import entity_form
from tablekit.client.requests import Pattern
from tablekit.contract.v1 import (
    ExportedAccessPattern,
    ExportedAttribute,
    ExportedEntity,
    ExportedIndex,
    ExportedKey,
    ExportedTable,
)
from tablekit.ops.codegen import python, typescript
from tablekit.ops.codegen.names import Scope, camel, pascal, snake
from tablekit.ops.codegen.python import docstring, string
from tablekit.ops.codegen.source import Source
from tablekit.ops.codegen.typescript import comment, field, number
from tablekit.ops.codegen.typescript import string as typescript_string
from tablekit.ops.errors import CodegenError

ODD = ('"""', "'''", '"', "\\", "\\u0041", "*/", "\n", "`${x}`", "class", "#", "__proto__", 'end "', "{x}", "\u2028")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(ODD)


@pytest.mark.parametrize(
    ("text", "in_python", "a_class", "in_typescript"),
    [
        ("messages-in-conversation", "messages_in_conversation", "MessagesInConversation", "messagesInConversation"),
        ("GSI1", "GSI1", "GSI1", "gSI1"),
        ("RL_AI", "RL_AI", "RLAI", "rLAI"),
        ("associated_account-index", "associated_account_index", "AssociatedAccountIndex", "associatedAccountIndex"),
        ("2fa-codes", "_2fa_codes", "_2faCodes", "_2faCodes"),
        ("a.b", "a_b", "AB", "aB"),
        ("", "_", "_", "_"),
        ("été", "_t_", "T", "t"),
    ],
)
def test_a_name_in_each_language(text: str, in_python: str, a_class: str, in_typescript: str) -> None:
    assert (snake(text), pascal(text), camel(text)) == (in_python, a_class, in_typescript)


@given(TEXTS)
def test_every_text_becomes_an_identifier(text: str) -> None:
    for name in (snake(text), pascal(text), camel(text)):
        assert name.isidentifier()
        assert name.isascii()


def test_a_reserved_name_gets_an_underscore_and_a_clash_is_told() -> None:
    scope = Scope("the family", {"class", "class_"})
    assert scope.give("class", "pattern 'class'") == "class__"
    assert scope.give("a_b", "pattern 'a-b'") == "a_b"
    with pytest.raises(CodegenError) as error:
        scope.give("a_b", "pattern 'a_b'")
    assert str(error.value) == (
        "the family: pattern 'a-b' and pattern 'a_b' would both be called 'a_b'; rename one of them, or generate the "
        "families one by one with --family"
    )


@given(TEXTS)
def test_a_string_gives_its_text_back(text: str) -> None:
    assert ast.literal_eval(string(text)) == text
    assert json.loads(typescript_string(text)) == text
    assert "\N{LINE SEPARATOR}" not in typescript_string(text)


@given(TEXTS, TEXTS)
def test_no_text_ends_a_docstring_or_a_comment(one: str, other: str) -> None:
    lines = docstring("    ", f"Says {one}", other)
    tree = ast.parse("\n".join(["def f():", *lines, "    return 1"]))
    assert len(tree.body) == 1
    assert isinstance(tree.body[0], ast.FunctionDef)
    assert len(tree.body[0].body) == 2
    assert all(len(line) == len(line.rstrip()) for line in lines)
    shown = comment("", one)
    assert shown.index("*/") == len(shown) - 2
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("value", "shown"), [("5", "5"), ("5.0", "5"), ("-0.1", "-0.1"), ("9007199254740991", "9007199254740991"),
                         ("9007199254740993", "9007199254740993n"), ("1E+30", f"1{'0' * 30}n")]
)  # fmt: skip
def test_a_number_is_one_that_javascript_has(value: str, shown: str) -> None:
    assert number(Decimal(value), "a/b") == shown


def test_a_number_that_javascript_has_not_is_told() -> None:
    with pytest.raises(CodegenError, match=r"a/b: 0\.12345678901234567890 is not a number that JavaScript has"):
        number(Decimal("0.12345678901234567890"), "a/b")


def test_a_property_is_not_the_prototype() -> None:
    assert [field(name) for name in ("name", "na-me", "__proto__", "2")] == ["name", '"na-me"', '["__proto__"]', '"2"']


NAMES = st.lists(TEXTS, min_size=1, max_size=3, unique=True)
TYPES = st.sampled_from(["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"])


ATTRIBUTES = st.builds(
    ExportedAttribute, type=TYPES, also=st.none() | st.lists(TYPES), note=st.none() | TEXTS, values=st.none() | NAMES
)


@st.composite
def families(draw: Any) -> Source:
    """A family of the contract with any names in it, as a file of outputs might have."""
    table_name, hash_name, range_name, index_name, entity = (draw(TEXTS) for _ in range(5))
    attributes = draw(st.dictionaries(TEXTS, ATTRIBUTES, max_size=4))
    table = ExportedTable(
        name="dev-x",
        arn="",
        hash_key=ExportedKey(name=hash_name, type=draw(st.sampled_from(["S", "N", "B"]))),
        range_key=ExportedKey(name=range_name, type="S") if range_name != hash_name else None,
        ttl_attribute=draw(st.none() | TEXTS),
        indexes={
            index_name: ExportedIndex(arn="", hash_key=ExportedKey(name=range_name, type="S"), projection="ALL"),
        },
        attributes=attributes,
        entities={entity: ExportedEntity(keys={range_name: "{{A*/#{a}#{b:03}"}, attributes=draw(st.none() | NAMES))},
    )
    patterns = {
        name: ExportedAccessPattern(
            table=table_name,
            index=draw(st.none() | TEXTS),
            operation="put",
            condition=None,
            order="ascending",
            purpose=draw(st.none() | TEXTS),
            entities=draw(st.sampled_from([None, [entity]])),
            parameters=draw(st.dictionaries(TEXTS, TYPES, max_size=4)),
        )
        for name in draw(st.lists(TEXTS, max_size=3, unique=True))
    }
    known = {name: Pattern(f"x/{name}", pattern, table) for name, pattern in patterns.items()}
    forms = {(table_name, entity): entity_form(table, entity)}
    return Source(draw(TEXTS), {table_name: table}, {table_name: draw(TEXTS)}, known, forms)


def made(module: Callable[[Sequence[Source], str], str], family: Source) -> str:
    """The module; a family whose names clash is none to test."""
    try:
        return module([family], "tablekit codegen")
    except CodegenError as error:
        if "would both be called" not in str(error):
            raise
        reject()


@given(families())
def test_a_module_holds_just_the_contracts_names(family: Source) -> None:
    text = made(python.module, family)
    tree = ast.parse(text)
    kinds = {type(node).__name__ for node in tree.body}
    assert kinds <= {"Expr", "ImportFrom", "AnnAssign", "Assign", "ClassDef"}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    sent = [node for node in calls if node.func.attr in ("run", "put")]  # type: ignore[attr-defined]
    run = [ast.literal_eval(node.args[0]) for node in sent]
    assert run == list(family.patterns)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            assert not keyword.iskeyword(node.name)
    for node in sent:
        pattern = family.patterns[ast.literal_eval(node.args[0])]
        given_ = {word.arg for word in node.keywords if word.arg}
        for word in node.keywords:
            if word.arg is None and isinstance(word.value, ast.Dict):
                given_ |= {ast.literal_eval(key) for key in word.value.keys if key}
        whole = {"item"} & {*pattern.exported.parameters} if pattern.forms else set()
        assert given_ | whole == set(pattern.exported.parameters)


@given(families())
def test_a_typescript_comment_or_string_never_ends_early(family: Source) -> None:
    text = made(typescript.module, family)
    for line in text.splitlines():
        if line.lstrip().startswith("/**"):
            assert line.endswith("*/")
            assert line.count("*/") == 1
