"""Text that is no stack's outputs: one message, whichever command reads it; and what a text may be beside its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.contract import ContractError, read_file, read_text
from tablekit.contract.document import read_document
from tablekit.model.documents import DocumentError, json_object
from tests.support.contracts import golden

READERS: list[Callable[[str | bytes, str], object]] = [read_text, read_document]
ENGINE = "not JSON that any program wrote; it is what pulumi stack output --json prints"


def nested(levels: int) -> str:
    """Outputs that are this many levels deep."""
    inside = f"{'[' * (levels - 1)}{']' * (levels - 1)}"
    return f'{{"contractVersion": "1.0", "stage": "dev", "families": {{}}, "more": {inside}}}'


WRONG: dict[str, tuple[str | bytes, str]] = {
    "very many levels": ("[" * 100_000, ENGINE),
    "more levels than can be walked": (nested(900), ENGINE),
    "one level too many": (nested(101), ENGINE),
    "a number of too many digits": (f'{{"contractVersion": {"9" * 5000}}}', ENGINE),
    "a first half alone": ('{"contractVersion": "1.0", "stage": "\\ud800", "families": {}}', ENGINE),
    "a second half alone": ('{"contractVersion": "1.0", "stage": "\\uDFFF", "families": {}}', ENGINE),
    "a half as a character": ('{"contractVersion": "1.0", "stage": "\ud800", "families": {}}', ENGINE),
    "a half in a name": ('{"contractVersion": "1.0", "stage": "dev", "families": {"\\udc00": {}}}', ENGINE),
    "nothing": ("", "empty; it is what pulumi stack output --json prints"),
    "a mark alone": ("\ufeff \n", "empty; it is what pulumi stack output --json prints"),
    "no JSON": ("{\n}}", "not JSON at line 2; it is what pulumi stack output --json prints"),
    "a name twice": (
        '{"contractVersion": "1.0", "stage": "dev", "families": {"a": {"region": "x", "region": "y"}}}',
        "the name 'region' stands twice in one object, and only one of the two can be meant; "
        "it is what pulumi stack output --json prints",
    ),
    "bytes of no text": (b"\xff", "not UTF-8; it is what pulumi stack output --json prints"),
    "a list": ("[]", "a JSON list, not an object; it is what pulumi stack output --json prints"),
}


@pytest.mark.parametrize("reads", READERS)
@pytest.mark.parametrize("case", WRONG)
def test_a_text_that_is_no_outputs_is_one_message(reads: Callable[[str | bytes, str], object], case: str) -> None:
    text, says = WRONG[case]
    with pytest.raises(ContractError) as error:
        reads(text, "out.json")
    assert str(error.value) == f"out.json: {says}"


def test_a_hundred_levels_and_a_pair_of_surrogates_are_read() -> None:
    assert read_text(nested(100), "out.json").stage == "dev"
    text = '{"contractVersion": "1.0", "stage": "\\ud83d\\ude00 \\u003cé\\\\ud800", "families": {}}'
    assert read_text(text, "out.json").stage == "😀 <é\\ud800"


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    file.write_text(json.dumps(golden()), encoding="utf-8-sig")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_file(file).model_dump(by_alias=True) == golden()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.text(min_size=1), VALUES, min_size=1), st.data())
def test_an_object_is_read_as_json_reads_it_and_a_name_twice_is_refused(
    content: dict[str, object], data: st.DataObject
) -> None:
    text = json.dumps(content)
    assert json_object(text) == json_object(text.encode("utf-8-sig")) == content
    again = json.dumps({data.draw(st.sampled_from(sorted(content))): None})
    with pytest.raises(DocumentError, match="stands twice in one object"):
        json_object(f'{{"inside": [{text[:-1]}, {again[1:]}]}}')


@given(st.text(st.sampled_from('{}[]",:\\u d8009eE+-.ntfalsr\ufeff\ud800'), max_size=30))
def test_any_text_is_outputs_or_one_message(text: str) -> None:
    for reads in READERS:
        with pytest.raises(ContractError, match=r"^out\.json: "):
            reads(text, "out.json")
