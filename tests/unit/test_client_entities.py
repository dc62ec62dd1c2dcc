"""`FamilyTables.put`: items of a table's entities, made of their fields."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tablekit.client import FamilyTables, ParameterError, connect, from_dynamodb
from tablekit.model import Attribute, Catalogue, Entity, batch_write, delete, one_of, put
from tablekit.model.templates import decompose
from tests.support import declare, tables
from tests.support.listener import Listener

ORDER = Entity(
    name="order",
    keys={"order_id": "{tenant}#{number:03}", "customer": "CUSTOMER#{customer_id}", "day": "{day}"},
    attributes=("number", "total", "status", "data"),
)
NOTE = Entity(name="note", keys={"order_id": "NOTE#{note_id}"})


def kinds(*entities: Entity) -> tuple[FamilyTables, Listener]:
    """Orders with these entities, an attribute of one of two types, and patterns that write."""
    of = "order" if entities else None
    attributes = {
        **dict.fromkeys(("ttl", "number", "total"), "N"),
        "status": one_of("open", "paid"),
        "data": Attribute(type="M", also=("S",)),
    }
    patterns = (
        put("place-order", "an order", condition="attribute_not_exists(order_id) OR total < :most",
            entity=of, example={"most": 1}),
        put("write", "anything"),
        batch_write("load-orders", "many", entity=of),
        delete("drop-order", "no order", key="order_id = :id", example={"id": "1"}),
    )  # fmt: skip
    family = declare.family(tables=(declare.table(attributes=attributes, entities=entities, patterns=patterns),))
    catalogue = Catalogue([family])
    listener = Listener()
    return connect(tables.outputs(catalogue, declare.stage("dev", catalogue)), listener).family("shop"), listener


FIELDS = {"tenant": "t", "number": 7, "customer_id": "c1", "day": "2026-01-01"}


def test_put_composes_the_keys_of_an_entity() -> None:
    client, listener = kinds(ORDER, NOTE)
    client.put("place-order", {**FIELDS, "status": "open", "data": {"a": 1}}, most=Decimal(5))
    client.put("write", {"note_id": "n", "data": "text"}, entity="note")
    client.put("load-orders", FIELDS, {**FIELDS, "number": Decimal("8.0"), "customer": "CUSTOMER#c1"})
    (_, placed), (_, written), (_, loaded) = listener.calls
    assert from_dynamodb(placed["Item"]) == {
        "order_id": "t#007", "customer": "CUSTOMER#c1", "day": "2026-01-01",
        "number": 7, "status": "open", "data": {"a": 1},
    }  # fmt: skip
    assert placed["ExpressionAttributeValues"] == {":v0": {"N": "5"}}
    assert from_dynamodb(written["Item"]) == {"order_id": "NOTE#n", "data": "text"}
    items = [from_dynamodb(each["PutRequest"]["Item"]) for each in loaded["RequestItems"]["dev-shop-orders"]]
    assert [item["order_id"] for item in items] == ["t#007", "t#008"]


def test_a_table_without_entities_takes_items_as_they_are() -> None:
    client, listener = kinds()
    client.put("write", {"order_id": "1", "anything": True})
    assert listener.calls[0][1]["Item"] == {"order_id": {"S": "1"}, "anything": {"BOOL": True}}


@pytest.mark.parametrize(
    ("name", "items", "entity", "says"),
    [
        ("place-order", [{**FIELDS, "totl": 1}], None, "order: no field 'totl'; did you mean 'total'?; it has"),
        ("place-order", [{**FIELDS, "ttl": 1}], None, "'total'?; it has customer_id, day, number, tenant, data,"),
        ("place-order", [{"tenant": "t"}], None, "order: field 'customer_id' is missing, which makes customer"),
        ("place-order", [{**FIELDS, "tenant": "t#1"}], None, "the values make 't#1#007' of '{tenant}#{number:03}'"),
        ("place-order", [{**FIELDS, "tenant": ""}], None, "field tenant is '', and '{tenant}#{number:03}' takes one"),
        ("place-order", [{**FIELDS, "number": 1000}], None, "number is 1000, and '{tenant}#{number:03}' takes a whole"),
        ("place-order", [{**FIELDS, "number": -1}], None, "takes a whole number of up to 3 digits of it"),
        ("place-order", [{**FIELDS, "number": "7"}], None, "field number='7' is not of type N; give int or Decimal"),
        ("place-order", [{**FIELDS, "data": 7}], None, "field data=7 is not of type M; give dict"),
        ("place-order", [{**FIELDS, "status": "lost"}], None, "status='lost' is not allowed; its values are open"),
        (
            "place-order", [{**FIELDS, "order_id": "t#008"}], None,
            "key order_id is 't#008', and the fields make 't#007' of it; leave it out",
        ),
        ("place-order", [FIELDS], "note", "no entity 'note'; it writes order"),
        ("place-order", [{1: 2}], None, "field 1 is a int; names of fields are str: quote it"),
        ("place-order", ["x"], None, "an item is a str; give a dict of its fields' names and values"),
        ("place-order", [], None, "a put of 0 items; a put takes one"),
        ("write", [FIELDS], None, "shop/write: it writes order, note; give entity, to say which"),
        ("load-orders", [], None, "parameter items is empty"),
        ("drop-order", [FIELDS], None, "a delete of 1 items; a put takes one, a batch-write any number"),
    ],
)  # fmt: skip
def test_an_item_that_is_none_of_its_entity_is_told_before_anything_is_sent(
    name: str, items: list[Any], entity: str | None, says: str
) -> None:
    client, listener = kinds(ORDER, NOTE)
    with pytest.raises(ParameterError) as error:
        client.put(name, *items, entity=entity, **({"most": 1} if name == "place-order" else {}))
    assert str(error.value).startswith(f"shop/{name}: ")
    assert says in str(error.value)
    assert listener.calls == []


TEXTS = st.text(min_size=1, max_size=8)


@given(tenant=TEXTS, number=st.integers(0, 1200), customer=TEXTS)
def test_what_is_composed_is_taken_apart_into_its_fields(tenant: str, number: int, customer: str) -> None:
    client, listener = kinds(ORDER)
    fields = {"tenant": tenant, "number": number, "customer_id": customer, "day": "d"}
    try:
        client.put("place-order", fields, most=1)
    except ParameterError:
        assert "#" in tenant or number > 999
        return
    item = from_dynamodb(listener.calls[0][1]["Item"])
    taken = decompose(ORDER.keys, item)
    assert taken is not None
    assert {**taken, "number": int(taken["number"])} == fields
