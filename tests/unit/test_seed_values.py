"""Items from JSON and CSV into DynamoDB JSON, and whether two are one to the service."""

from __future__ import annotations

import base64
import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tablekit.model import N, S, Table
from tablekit.ops.errors import SeedError
from tablekit.ops.seed.checks import problem_of
from tablekit.ops.seed.formats import START, Format, ItemFile, Record, records
from tablekit.ops.seed.values import key_of, parse_plain, same, special_types, typed_item
from tablekit.ops.signed_http import decoded, encoded
from tests.support.declare import table

TABLE = table(
    hash_key=S("id"),
    range_key=N("line"),
    indexes=(),
    attributes={
        "ttl": "N", "blob": "B", "texts": "SS", "numbers": "NS", "blobs": "BS", "map": "M", "list": "L", "flag": "BOOL",
        "none": "NULL", "count": "N", "text": "S",
    },
)  # fmt: skip

numbers = st.one_of(
    st.integers(-(10**30), 10**30).map(str),
    st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4).map(str),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
blobs = st.binary(max_size=9).map(lambda content: base64.b64encode(content).decode())
plain_values: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.one_of(
        texts.map(lambda text: {"S": text}),
        numbers.map(lambda number: {"N": number}),
        st.booleans().map(lambda truth: {"BOOL": truth}),
        st.just({"NULL": True}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda many: {"L": many}),
        st.dictionaries(texts.filter(bool), inner, max_size=3).map(lambda many: {"M": many}),
    ),
    max_leaves=10,
)


def set_of(kind: str, elements: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    unique = Decimal if kind == "NS" else str
    return st.lists(elements, min_size=1, max_size=3, unique_by=unique).map(lambda many: {kind: many})


typed_columns = {
    "blob": blobs.map(lambda content: {"B": content}),
    "texts": set_of("SS", texts),
    "numbers": set_of("NS", numbers),
    "blobs": set_of("BS", blobs),
    "map": plain_values.filter(lambda value: "M" in value),
    "list": plain_values.filter(lambda value: "L" in value),
    "flag": st.booleans().map(lambda truth: {"BOOL": truth}),
    "none": st.just({"NULL": True}),
    "count": numbers.map(lambda number: {"N": number}),
    "text": texts.map(lambda text: {"S": text}),
}
keys = {"id": texts.filter(bool).map(lambda text: {"S": text}), "line": numbers.map(lambda number: {"N": number})}
items = st.fixed_dictionaries(keys, optional={**typed_columns, "other": plain_values})
columns = st.fixed_dictionaries(keys, optional=typed_columns)


def to_plain(value: dict[str, Any]) -> str:
    """A value as plain JSON has it, numbers digit for digit."""
    ((kind, content),) = value.items()
    match kind:
        case "N":
            return str(Decimal(content)) if "E" not in str(Decimal(content)) else f"{Decimal(content):f}"
        case "NULL":
            return "null"
        case "M":
            return f"{{{','.join(f'{json.dumps(name)}:{to_plain(inner)}' for name, inner in content.items())}}}"
        case "L":
            return f"[{','.join(map(to_plain, content))}]"
        case "NS":
            return f"[{','.join(to_plain({'N': number}) for number in content)}]"
    return json.dumps(content)


def read(content: bytes, kind: Format, where: Table = TABLE) -> list[Record]:
    return list(records(ItemFile(io.BytesIO(content)), kind, where, START))


@given(st.lists(items, max_size=4))
def test_any_item_goes_through_dynamodb_json(many: list[dict[str, Any]]) -> None:
    for wrap in (lambda item: item, lambda item: {"Item": item}):
        text = "\n\n".join(json.dumps(wrap(item), ensure_ascii=False) for item in many)
        assert [record.item for record in read(text.encode(), "dynamodb")] == many


@given(items)
def test_any_item_goes_through_plain_json(item: dict[str, Any]) -> None:
    text = to_plain({"M": item})
    (record,) = read(text.encode(), "jsonl")
    assert record.item is not None
    assert same(record.item, item)
    plain = typed_item(parse_plain(text), special_types(TABLE.types))
    assert plain == record.item


def has_a_cell(value: dict[str, Any]) -> bool:
    """CSV can't tell an empty text from none; nor does csv keep NUL and bare carriage returns."""
    return value not in ({"S": ""}, {"B": ""})


@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.lists(columns, min_size=1, max_size=4))
def test_any_item_of_declared_columns_goes_through_csv(many: list[dict[str, Any]]) -> None:
    file = io.StringIO()
    names = [*keys, *typed_columns]
    writer = csv.writer(file)
    writer.writerow(names)
    wanted = [{name: value for name, value in item.items() if has_a_cell(value)} for item in many]
    for item in wanted:
        writer.writerow(
            [
                "" if name not in item else next(iter(item[name].values())) if name in ("id", "text", "blob")
                else to_plain(item[name])
                for name in names
            ]
        )  # fmt: skip
    for record, item in zip(read(file.getvalue().encode(), "csv"), wanted, strict=True):
        assert record.problem == ""
        assert record.item is not None
        assert same(record.item, item)


@given(items)
def test_boto_takes_and_gives_the_same(item: dict[str, Any]) -> None:
    assert json.loads(encoded(decoded(item))) == item
    assert TypeDeserializer().deserialize({"M": decoded({"id": item["id"]})}) == {"id": item["id"]["S"]}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ({"N": "3.30"}, {"N": "3.3"}, True),
        ({"N": "1e2"}, {"N": "100"}, True),
        ({"N": "1"}, {"S": "1"}, False),
        ({"SS": ["a", "b"]}, {"SS": ["b", "a"]}, True),
        ({"NS": ["1", "2.0"]}, {"NS": ["2", "1"]}, True),
        ({"L": [{"N": "1"}, {"N": "2"}]}, {"L": [{"N": "2"}, {"N": "1"}]}, False),
        ({"M": {"a": {"N": "1.0"}, "b": {"NULL": True}}}, {"M": {"b": {"NULL": True}, "a": {"N": "1"}}}, True),
    ],
)
def test_what_the_service_takes_for_one(one: dict[str, Any], other: dict[str, Any], equal: bool) -> None:
    assert same({"a": one}, {"a": other}) == equal
    if one.keys() <= {"S", "N", "B"}:
        assert (key_of({"a": one}, ("a",)) == key_of({"a": other}, ("a",))) == equal


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        ("jsonl", b"[1]\n", "a list, not an object; one item a line is expected"),
        ("jsonl", b'{"a": \n', "not JSON at character 8"),
        ("jsonl", b'{"a": NaN}\n', "NaN is not a number that DynamoDB holds"),
        ("jsonl", b'{"a": "\xff"}\n', "not UTF-8 at byte 8; save the file as UTF-8"),
        ("jsonl", b'{"a": ' + b"[" * 100_000 + b"\n", "recursion"),
        ("jsonl", b'{"id": "a", "id": "b"}\n', "the name 'id' stands twice in one object"),
        ("jsonl", b'{"id": "a", "map": {"x": 1, "x": 1}}\n', "the name 'x' stands twice in one object"),
        ("dynamodb", b'{"id": {"S": "a", "S": "b"}}\n', "the name 'S' stands twice in one object"),
        ("csv", b'id,map\na,"{""x"": 1, ""x"": 2}"\n', "column 'map': the name 'x' stands twice in one object"),
        ("csv", b"id,line\na\n", "1 cells, and the header names 2 columns"),
        ("csv", b"id,flag\na,maybe\n", "column 'flag': 'maybe' is neither true nor false"),
        ("csv", b"id,texts\na,{}\n", "column 'texts': '{}' is no JSON of type SS"),
    ],
)
def test_a_bad_record_tells_why_and_the_next_is_read(kind: Format, content: bytes, says: str) -> None:
    good = {"csv": b"b,\n", "dynamodb": b'{"id": {"S": "b"}}\n'}.get(kind, b'{"id": "b"}\n')
    bad, after = read(content + good, kind)
    assert bad.item is None
    assert says in bad.problem
    assert after.item == {"id": {"S": "b"}}
    assert after.end == len(content + good)


def test_a_line_too_long_is_one_bad_record() -> None:
    content = b'{"id": "' + b"x" * (9 * 1024 * 1024) + b'"}\n{"id": "b"}\n'
    bad, after = read(content, "jsonl")
    assert "longer than 8388608 bytes" in bad.problem
    assert len(bad.raw) <= 1000
    assert (after.line, after.end) == (2, len(content))


def test_half_a_character_is_a_bad_item(tmp_path: Path) -> None:
    (record,) = read(b'{"id": "\\ud800", "line": 1}', "jsonl")
    assert record.item is not None
    assert "not UTF-8" in problem_of(TABLE, record.item, 30)


@pytest.mark.parametrize(
    ("rows", "line", "says"),
    [
        (['b,"x'], 3, "a quote opens here, and none closes it; write a quote within a quoted text twice"),
        (["b,x", 'c,"y', "d,z"], 4, "a quote opens here, and none closes it"),
        (['b,"x', 'c,"y"'], 3, "text stands behind the one that closes it 1 lines below"),
        (['b,"x"y'], 3, "text stands behind the one that closes it on the same line"),
        (['"b","two', 'lines","x', "c,y"], 4, "a quote opens here, and none closes it"),
        (['"b ""quoted""","x'], 3, "a quote opens here, and none closes it"),
    ],
)
def test_a_stray_quote_is_named_by_the_line_that_it_opens_on(rows: list[str], line: int, says: str) -> None:
    content = "\n".join(["id,text", "a,one", *rows]).encode()
    found = read(content + b"\n", "csv")
    bad = next(record for record in found if record.problem)
    assert bad.shown_line == line
    assert says in bad.problem
    assert sum(record.raw.count(b"\n") for record in found) == content.count(b"\n"), "no line is lost"


@given(st.lists(st.text(st.sampled_from('ab,"\n'), max_size=12), min_size=1, max_size=4))
def test_csv_is_read_as_it_was_written_or_refused(lines: list[str]) -> None:
    content = "id,text\n" + "\n".join(lines)
    for record in read(content.encode(), "csv"):
        if record.problem:
            assert 2 <= record.shown_line <= record.line
            continue
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([(record.item or {}).get(name, {"S": ""})["S"] for name in ("id", "text")])
        (again,) = read(b"id,text\n" + file.getvalue().encode(), "csv") or [record]
        assert again.item == record.item


def test_a_stray_quote_in_the_header_is_one_message() -> None:
    with pytest.raises(SeedError) as error:
        read(b'id,"text\na,b\n', "csv")
    assert str(error.value).startswith("CSV header, line 1: a quote opens here, and none closes it; ")
