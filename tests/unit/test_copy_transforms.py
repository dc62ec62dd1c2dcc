"""Transforms of `tablekit copy`: what they make of an item, what they refuse, and what is found as they are loaded."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families.cloudstro import FAMILY as CLOUDSTRO
from tablekit.model import Entity, N, Retention, S, Table
from tablekit.model.attributes import Attribute
from tablekit.ops.copy.transforms import Declared, ItemRefusedError, Made, Transform, checked
from tablekit.ops.errors import CopyError
from tablekit.ops.seed.values import digest, same

ROOT = Path(__file__).parents[2]
GENERIC = Table(
    name="generic",
    purpose="one table for all",
    hash_key=S("PK"),
    range_key=S("SK"),
    classification="internal",
    retention=Retention(reason="until deleted"),
)
ORDERS = Table(
    name="orders",
    purpose="a line of an order",
    hash_key=S("order_id"),
    range_key=N("line"),
    classification="internal",
    retention=Retention(reason="until deleted"),
    attributes={"state": "S", "paid": "BOOL", "total": "N", "tags": "SS", "due": "N", "first": "S", "last": "S"},
    entities=(Entity(name="line", keys={"order_id": "{order}"}),),
)
FROM = 'from = { PK = "ORDER#{order}", SK = "LINE#{number}" }\n'
LINE = FROM + 'as = "line"\nsplit = { SK = "LINE#{line}" }\n'
KEYS = {"PK": {"S": "ORDER#7"}, "SK": {"S": "LINE#3"}}
MADE = {"order_id": {"S": "7"}, "line": {"N": "3"}}


def loaded(text: str, target: Table = ORDERS, source: Table = GENERIC, known: bool = False) -> Transform:
    return checked(Declared.read(f"[[item]]\n{text}", "t.toml"), "t.toml", source, known, {target.name: target})


def made(transform: Transform, item: dict[str, Any]) -> list[Made]:
    return list(transform(item))


@pytest.mark.parametrize(
    ("steps", "before", "after"),
    [
        ("", {"total": {"N": "1"}}, {"total": {"N": "1"}}),
        ('rename = { status = "state" }', {"status": {"S": "new"}}, {"state": {"S": "new"}}),
        ("drop = ['total']", {"total": {"N": "1"}}, {}),
        (
            "default = { total = 0, state = 'new' }",
            {"state": {"S": "old"}},
            {"total": {"N": "0"}, "state": {"S": "old"}},
        ),
        ("default = { total = 1.50, tags = ['a'] }", {}, {"total": {"N": "1.50"}, "tags": {"SS": ["a"]}}),
        (
            "compose = { state = '{order}/{number}/{total}' }",
            {"total": {"N": "2.0"}},
            {"total": {"N": "2.0"}, "state": {"S": "7/3/2"}},
        ),
        (
            "split = { SK = 'LINE#{line}', name = '{first} {last}' }\ndrop = ['name']",
            {"name": {"S": "Ada King Lovelace"}},
            {"first": {"S": "Ada"}, "last": {"S": "King Lovelace"}},
        ),
    ],
)
def test_a_step_makes(steps: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    conversion = "line = { to = 'N' }"
    text = LINE if "split" not in steps else FROM + 'as = "line"\n'
    found = made(loaded(f"{text}convert = {{ {conversion} }}\n{steps}"), {**KEYS, **before})
    assert found == [("orders", {**MADE, **after})]


@pytest.mark.parametrize(
    ("conversion", "before", "after"),
    [
        ("total = { to = 'N' }", {"S": "0012.50"}, {"N": "12.5"}),
        ("total = { to = 'N' }", {"BOOL": True}, {"N": "1"}),
        ("total = { to = 'N' }", {"N": "5"}, {"N": "5"}),
        ("state = { from = 'total', to = 'S' }", {"N": "5.0"}, {"S": "5"}),
        ("paid = { from = 'total', to = 'BOOL' }", {"S": "True"}, {"BOOL": True}),
        ("paid = { from = 'total', to = 'BOOL' }", {"N": "0"}, {"BOOL": False}),
        ("tags = { from = 'total', to = 'SS' }", {"L": [{"S": "a"}, {"S": "b"}, {"S": "a"}]}, {"SS": ["a", "b"]}),
        ("due = { from = 'total', to = 'seconds' }", {"S": "2025-09-27T10:00:00Z"}, {"N": "1758967200"}),
        ("due = { from = 'total', to = 'seconds' }", {"S": "2025-09-27T12:00:00+02:00"}, {"N": "1758967200"}),
        ("state = { from = 'total', to = 'time' }", {"N": "1758967200"}, {"S": "2025-09-27T10:00:00Z"}),
        ("state = { from = 'total', values = { true = 'on', false = 'off' } }", {"BOOL": False}, {"S": "off"}),
        ("paid = { from = 'total', values = { yes = true, no = false } }", {"S": "yes"}, {"BOOL": True}),
        ("state = { from = 'total' }", {"S": "as it is"}, {"S": "as it is"}),
    ],
)
def test_a_value_is_converted(conversion: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    transform = loaded(f"{LINE}convert = {{ line = {{ to = 'N' }}, {conversion} }}")
    ((_, item),) = made(transform, {**KEYS, "total": before})
    assert item[conversion.split()[0]] == after


@pytest.mark.parametrize(
    ("steps", "item", "why"),
    [
        ("", {**KEYS, "SK": {"S": "NOTE#3"}}, "is of no kind that the transform has"),
        ("", {"PK": {"S": "ORDER#"}, "SK": {"S": "LINE#3"}}, "is of no kind that the transform has"),
        (
            ", total = { to = 'N' }",
            {**KEYS, "total": {"S": "secret"}},
            "attribute 'total' has a value of type S that can't be made N",
        ),
        (
            ", total = { to = 'N' }",
            {**KEYS, "total": {"S": "NaN"}},
            "attribute 'total' has a value of type S that can't be made N",
        ),
        (
            ", due = { to = 'seconds' }",
            {**KEYS, "due": {"S": "soon"}},
            "attribute 'due' has a value of type S that can't be made seconds",
        ),
        (
            ", state = { values = { a = 'b' } }",
            {**KEYS, "state": {"S": "c"}},
            "attribute 'state' has a value that is not one of a",
        ),
        (
            " }\ncompose = { state = '{total}'",
            {**KEYS, "total": {"M": {}}},
            "has no 'total' that is a text or a number, of which a key is composed",
        ),
        (
            " }\ncompose = { state = '{total}'",
            KEYS,
            "has no 'total' that is a text or a number, of which a key is composed",
        ),
    ],
)
def test_an_item_is_refused_with_the_reason_and_without_its_values(steps: str, item: dict[str, Any], why: str) -> None:
    with pytest.raises(ItemRefusedError) as refused:
        made(loaded(f"{LINE}convert = {{ line = {{ to = 'N' }}{steps} }}"), item)
    assert str(refused.value) == why


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('from = "order"', "item 1: table 'generic' has no entity 'order'; it declares none: write the templates"),
        (FROM + 'as = "lines"', "item 1: table 'orders' has no entity 'lines'; did you mean 'line'?; it has line"),
        (FROM + 'to = "order"', "item 1: to = 'order' is not a table of TO; did you mean 'orders'?; it has orders"),
        (LINE, "item 1: split gives 'line' as S, and table 'orders' declares N: convert it"),
        (
            FROM + 'keys = { order_id = "{order}", line = "{number}" }',
            "compose gives 'line' as S, and table 'orders' declares N",
        ),
        (
            LINE + "rename = { a = 'stat' }",
            "item 1: 'stat' is not an attribute of table 'orders'; did you mean 'state'?",
        ),
        (
            LINE + "convert = { line = { to = 'N' }, total = { to = 'S' } }",
            "convert gives 'total' as S, and table 'orders' declares N",
        ),
        (LINE + "default = { total = 'none' }", "default gives 'total' as S, and table 'orders' declares N"),
        (
            LINE + "convert = { line = { to = 'N' }, total = { from = 'a', values = { b = 'c' } } }",
            "convert gives 'total' as S, and table 'orders' declares N",
        ),
        (
            LINE + "convert = { line = { to = 'N' } }\nrename = { a = 'state' }\ncompose = { first = '{a}' }",
            "item 1: 'a' is renamed before it is used; use 'state'",
        ),
        (FROM + 'as = "line"\n[[item]]\n' + FROM, "item 2: from is that of an item before it, which gets them all"),
        ('from = { PK = "ORDER#{order" }', "t.toml: item 1: key template 'ORDER#{order'"),
        (FROM + "raname = {}", "t.toml: item[0].raname: "),
        (FROM + "convert = { total = { to = 'X' } }", "t.toml: item[0].convert.total.to: "),
        ("from = {}", "from names no attribute"),
        ("from = ", "t.toml: Invalid value (at end of document); fix the transform"),
    ],
)
def test_what_is_wrong_is_found_when_it_is_loaded(text: str, says: str) -> None:
    with pytest.raises(CopyError) as error:
        loaded(text)
    assert says in str(error.value), str(error.value)
    assert str(error.value).startswith("t.toml: ")


def test_a_declared_source_is_known() -> None:
    with pytest.raises(
        CopyError, match="'stat' is neither a field of from nor an attribute of FROM; did you mean 'sta"
    ):
        loaded("from = { order_id = '{order}' }\nrename = { stat = 'state' }", source=ORDERS, known=True)
    entity = loaded("from = 'line'\nkeys = { order_id = 'o-{order}' }", source=ORDERS, known=True)
    assert made(entity, MADE) == [("orders", {**MADE, "order_id": {"S": "o-7"}})]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("from = { order_id = '{order}' }", "FROM gives 'due' as N, and table 'notes' declares S: convert it"),
        (
            "from = { order_id = '{order}' }\nrename = { paid = 'first' }\ndrop = ['due']",
            "rename gives 'first' as BOOL, and table 'notes' declares S: convert it",
        ),
        ("from = { line = '{order}' }", "from: 'line' is N in FROM, and only a text has a template's form"),
    ],
)
def test_the_types_of_both_tables_are_compared(text: str, says: str) -> None:
    notes = ORDERS.model_copy(update={"name": "notes", "attributes": {**ORDERS.attributes, "due": Attribute(type="S")}})
    with pytest.raises(CopyError) as error:
        loaded(text, target=notes, source=ORDERS, known=True)
    assert f"t.toml: item 1: {says}" in str(error.value).splitlines()
    loaded("from = 'line'\nconvert = { due = { to = 'S' } }", target=notes, source=ORDERS, known=True)


def test_a_source_with_other_keys_is_refused() -> None:
    declared = Declared.read('[from]\nkeys = { PK = "S" }\n[[item]]\nfrom = { PK = "{a}" }\nas = "line"', "t.toml")
    with pytest.raises(CopyError, match=r"t\.toml: from: keys are .'PK': 'S'., and FROM has .'PK': 'S', 'SK': 'S'."):
        checked(declared, "t.toml", GENERIC, False, {"orders": ORDERS})


parts = st.text(st.characters(codec="utf-8", exclude_characters="#"), min_size=1, max_size=8)


@given(parts, parts, parts)
def test_cloudstros_keys_are_taken_apart_and_put_together(user: str, platform: str, account: str) -> None:
    file = ROOT / "families" / "transforms" / "cloudstro.toml"
    tables = {table.name: table for table in CLOUDSTRO.tables}
    transform = checked(Declared.read(file.read_text(), file.name), file.name, GENERIC, False, tables)
    keys = {"PK": {"S": f"USER#{user}"}, "SK": {"S": f"SOCIAL#{platform}#{account}"}}
    assert made(transform, {**keys, "isActive": {"BOOL": True}}) == [
        (
            "social-accounts",
            {
                "userId": {"S": user},
                "platformAccountId": {"S": f"{platform}#{account}"},
                "platform": {"S": platform},
                "accountId": {"S": account},
                "id": {"S": f"{user}#{platform}#{account}"},
                "isActive": {"BOOL": True},
                "accountStatus": {"S": "active"},
                "accountType": {"S": "social_media"},
            },
        )
    ]


numbers = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-1000, max_value=1000).map(str)
values = st.recursive(
    st.one_of(
        st.text(max_size=3).map(lambda text: {"S": text}),
        st.one_of(numbers, st.sampled_from(["1", "1.0", "1E0", "0", "-0", "0.00", "100", "1e2"])).map(
            lambda n: {"N": n}
        ),
        st.lists(st.sampled_from(["1", "1.0", "2"]), min_size=1, max_size=2, unique_by=float).map(
            lambda ns: {"NS": ns}
        ),
        st.permutations(["a", "b"]).map(lambda texts: {"SS": texts}),
        st.binary(max_size=2).map(lambda content: {"B": base64.b64encode(content).decode()}),
        st.just({"S": '"N":"1.0"'}),
    ),
    lambda inner: (
        st.lists(inner, max_size=2).map(lambda each: {"L": each})
        | st.dictionaries(st.sampled_from("ab"), inner, max_size=2).map(lambda each: {"M": each})
    ),
    max_leaves=4,
)
items = st.dictionaries(st.sampled_from("ab"), values, max_size=2)


@given(items, items)
def test_items_have_one_digest_where_they_are_one_to_the_service(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert digest(one) == digest(dict(reversed(one.items())))
    assert (digest(one) == digest(other)) == same(one, other)
