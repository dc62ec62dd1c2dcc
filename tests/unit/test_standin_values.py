"""The stand-in's pure parts: values on the wire, templates, comparisons."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from local.standin import codecs, spec
from local.standin.errors import StandInError
from local.standin.values import SECRET, SIGNATURE, UNKNOWN, from_struct, has_unknown, join, order_key, to_struct

LEAVES = st.booleans() | st.integers(-(2**50), 2**50) | st.text() | st.just(UNKNOWN) | st.sampled_from([0.5, -1.25])
PLAIN = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4))


@given(st.dictionaries(st.text(), PLAIN))
def test_values_survive_the_wire(values: dict[str, Any]) -> None:
    back = from_struct(to_struct(values))
    assert back == values
    assert order_key(back) == order_key(values)  # ints stay ints, booleans booleans
    assert has_unknown(values) is ("UNKNOWN" in repr(list(_leaves(values))))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value] if value is UNKNOWN else []


@given(st.dictionaries(st.text(), PLAIN))
def test_the_sdk_writes_the_same(values: dict[str, Any]) -> None:
    assert to_struct(values) == PropertyValue.marshal_map({key: _wire(value) for key, value in values.items()})


def _wire(value: Any) -> PropertyValue:
    if isinstance(value, dict):
        return PropertyValue({key: _wire(item) for key, item in value.items()})
    if isinstance(value, list):
        return PropertyValue([_wire(item) for item in value])
    if isinstance(value, int | float) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(rpc.UNKNOWN if value is UNKNOWN else value)


def test_null_is_absent_and_a_secret_is_its_value() -> None:
    secret = PropertyValue.marshal_map({"a": PropertyValue([PropertyValue("x").with_secret(True)])})
    assert from_struct(secret) == {"a": ["x"]}
    assert secret == to_struct({"a": [{SIGNATURE: SECRET, "value": "x"}]})
    assert from_struct(to_struct({"a": None, "b": {"c": None}})) == {"b": {}}


def test_what_a_file_stands_for_is_refused() -> None:
    with pytest.raises(StandInError, match="and no files, addresses or references to resources"):
        from_struct(to_struct({"a": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17"}}))


def test_a_template_alone_keeps_the_values_type_and_leaves_out_what_is_not_there() -> None:
    scope = {"days": 7, "keys": ["a"], "id": "x"}
    template = {"Days": "{days}", "Keys": "{keys}", "Ids": ["{id}"], "Text": "{id}-{days}", "Gone": "{none}"}
    assert spec.fill(template, scope) == {"Days": 7, "Keys": ["a"], "Ids": ["x"], "Text": "x-7"}


def test_an_id_of_another_form_gives_nothing() -> None:
    assert spec.unfill("{role}:{name}", "dev-app") == {}


def test_a_document_that_comes_percent_encoded_is_plain_text() -> None:
    assert codecs.POLICY.decode("%7B%22a%22%3A%201%7D") == '{"a": 1}'


@pytest.mark.parametrize(("key", "path"), [("a", "tags.a"), ("a-b", 'tags["a-b"]'), ("a_b", "tags.a_b")])
def test_paths_quote_what_is_no_word(key: str, path: str) -> None:
    assert join("tags", key) == path
