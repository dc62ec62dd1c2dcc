"""The two ways from the wire to plain Python and back say the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from local.standin.values import UNKNOWN, from_struct, plain_map, to_struct, wire_map

LEAVES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES | st.just(UNKNOWN),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)
MAPS = st.dictionaries(st.text(min_size=1), VALUES, max_size=4)


@given(MAPS)
def test_both_ways_write_the_same(values: dict[str, Any]) -> None:
    assert to_struct(values) == PropertyValue.marshal_map(wire_map(values))


@given(MAPS)
def test_both_ways_read_the_same(values: dict[str, Any]) -> None:
    struct = PropertyValue.marshal_map(wire_map(values))
    assert from_struct(struct) == plain_map(PropertyValue.unmarshal_map(struct))


def test_what_the_sdk_wraps_is_read_by_the_sdk() -> None:
    secret = {
        "name": PropertyValue("x").with_secret(True),
        "list": PropertyValue([PropertyValue("y").with_secret(True)]),
    }
    assert from_struct(PropertyValue.marshal_map(secret)) == {"name": "x", "list": ["y"]}
    assert from_struct(PropertyValue.marshal_map({"name": PropertyValue(rpc.UNKNOWN)})) == {"name": UNKNOWN}
