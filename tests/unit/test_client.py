"""The client against a boto3 client that only listens: what it sends, what it refuses to send, what it gives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError as AwsError
from hypothesis import given
from hypothesis import strategies as st

from tablekit.client import (
    AccessDeniedError,
    ConditionFailedError,
    FamilyTables,
    NoCredentialsError,
    Options,
    ParameterError,
    PatternError,
    ResourceNotFoundError,
    ThrottledError,
    connect,
    from_dynamodb,
    to_dynamodb,
)
from tablekit.client.results import capacity
from tablekit.model import Catalogue, batch_write, delete, get, query, scan, update
from tests.support import declare, tables
from tests.support.listener import Listener


def refused(code: str, message: str) -> AwsError:
    return AwsError({"Error": {"Code": code, "Message": message}}, "Query")


def shop(*answers: Any) -> tuple[FamilyTables, Listener]:
    """The shop of `declare` in stage dev, with patterns of every kind."""
    patterns = (
        declare.pattern(filter="status <> :status AND paid = true", order="descending",
                        example={"customer": "c1", "since": "2026-01-01", "status": "open"}),
        declare.writing(),
        get("order", "one order",
                      key="order_id = '{tenant}#{number}'", projection=("status", "total"),
                      example={"tenant": "t", "number": "1"}),
        update("add-to-order", "a sum", key="order_id = :id",
                      condition="paid = false", update="SET total = total + :sum REMOVE token",
                      example={"id": "1", "sum": 1}),
        delete("drop-order", "no order", key="order_id = :id",
                      example={"id": "1"}),
        batch_write("load-orders", "many orders"),
        query("latest-orders", "the last three, but for expired ones", index="customer-day-index",
              key="customer = :customer", filter="ttl > :now", order="descending", limit=3,
              example={"customer": "c1", "now": 1}),
        scan("unpaid", "who owes", filter="paid = false",
                      scan_reason="once a year"),
    )  # fmt: skip
    family = declare.family(patterns=patterns)
    catalogue = Catalogue([family])
    listener = Listener(*answers)
    outputs = tables.outputs(catalogue, declare.stage("dev", catalogue)).model_dump(by_alias=True)
    return connect(outputs, listener).family("shop"), listener


QUERY = {"customer": "c1", "since": "2026-01-01", "status": "open"}


def test_a_query_is_sent_as_it_is_declared() -> None:
    client, listener = shop({"Items": [{"order_id": {"S": "1"}, "total": {"N": "2.50"}}], "ScannedCount": 4})
    result = client.run("orders-of-customer", Options(limit=3), **QUERY)
    assert result.items == ({"order_id": "1", "total": Decimal("2.50")},)
    assert (result.examined, result.pages, result.more) == (4, 1, None)
    assert listener.calls == [
        (
            "query",
            {
                "TableName": "dev-shop-orders",
                "IndexName": "customer-day-index",
                "KeyConditionExpression": "#n0 = :v0 AND #n1 >= :v1",
                "FilterExpression": "#n2 <> :v2 AND #n3 = :v3",
                "ExpressionAttributeNames": {"#n0": "customer", "#n1": "day", "#n2": "status", "#n3": "paid"},
                "ExpressionAttributeValues": {
                    ":v0": {"S": "c1"},
                    ":v1": {"S": "2026-01-01"},
                    ":v2": {"S": "open"},
                    ":v3": {"BOOL": True},
                },
                "ScanIndexForward": False,
                "ReturnConsumedCapacity": "INDEXES",
                "Limit": 3,
            },
        )
    ]


def test_writes_and_gets_are_sent_as_they_are_declared() -> None:
    client, listener = shop()
    assert client.run("order", tenant="t", number="1").item is None
    client.run("place-order", item={"order_id": "1", "total": 3})
    client.run("add-to-order", id="1", sum=Decimal("0.5"))
    client.run("drop-order", id="1")
    client.run("unpaid")
    names = [name for name, _ in listener.calls]
    assert names == ["get_item", "put_item", "update_item", "delete_item", "scan"]
    get, put, update, delete, _ = [request for _, request in listener.calls]
    assert get["Key"] == {"order_id": {"S": "t#1"}}
    assert get["ProjectionExpression"] == "#n0, #n1"
    assert get["ExpressionAttributeNames"] == {"#n0": "status", "#n1": "total"}
    assert put["Item"] == {"order_id": {"S": "1"}, "total": {"N": "3"}}
    assert put["ConditionExpression"] == "attribute_not_exists(#n0)"
    assert update["UpdateExpression"] == "SET #n1 = #n1 + :v1 REMOVE #n2"
    assert update["ConditionExpression"] == "#n0 = :v0"
    assert update["ReturnValues"] == "ALL_NEW"
    assert delete["Key"] == {"order_id": {"S": "1"}}
    assert "ExpressionAttributeNames" not in delete


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("orders-of-custmer", {}, "has no access pattern 'orders-of-custmer'; did you mean 'orders-of-customer'?"),
        ("drop-order", {}, "shop/drop-order: parameter 'id' is missing; it takes id (S)"),
        ("drop-order", {"id": "1", "idd": 2}, "no parameter 'idd'; did you mean 'id'?; it takes id (S)"),
        ("drop-order", {"id": 1}, "parameter id=1 is not of type S; give str"),
        ("add-to-order", {"id": "1", "sum": 0.5}, 'sum=0.5 is a float, which boto3 refuses; write Decimal("0.5")'),
        ("add-to-order", {"id": "1", "sum": True}, "parameter sum=True is not of type N; give int or Decimal"),
        ("order", {"tenant": "a#b", "number": "1"}, "make 'a#b#1' of '{tenant}#{number}', which could be read"),
        ("order", {"tenant": "", "number": "1"}, "tenant is '', and '{tenant}#{number}' takes one character"),
        ("place-order", {"item": {"orderid": "1"}}, "parameter item has no key 'order_id'; did you mean 'orderid'?"),
        ("place-order", {"item": {"order_id": 1}}, "parameter item: key order_id=1 is not of type S; give str"),
        ("place-order", {"item": {"order_id": "1", "customer": ""}}, "parameter item: key customer is empty"),
        ("place-order", {"item": {"order_id": "1", "a": {"b": 0.1}}}, "parameter item.a.b=0.1 is a float"),
        ("load-orders", {"items": []}, "parameter items is empty; give one item or more"),
        ("load-orders", {"items": [{"order_id": "1"}, "x"]}, "parameter items[1] is a str; an item is a dict"),
        ("orders-of-customer", {"options": Options(limit=0), **QUERY}, "limit is 0; it is 1 or more"),
        ("orders-of-customer", {"options": Options(consistent=True), **QUERY}, "an index has no consistent read"),
        ("drop-order", {"options": Options(limit=1), "id": "1"}, "a delete takes no such options"),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_sent(name: str, arguments: dict[str, Any], says: str) -> None:
    client, listener = shop()
    given_ = {key: value for key, value in arguments.items() if key != "options"}
    with pytest.raises((ParameterError, PatternError)) as error:
        client.run(name, arguments.get("options", Options()), **given_)
    assert says in str(error.value)
    assert listener.calls == []


def page(*ids: str, more: str | None = None) -> dict[str, Any]:
    answer: dict[str, Any] = {"Items": [{"order_id": {"S": name}} for name in ids], "ScannedCount": len(ids) + 1}
    return answer | ({"LastEvaluatedKey": {"order_id": {"S": more}}} if more else {})


def test_all_pages_are_fetched_up_to_the_limit() -> None:
    client, listener = shop(page("1", more="1"), page(more="x"), page("2", "3", more="3"))
    result = client.run("orders-of-customer", Options(limit=3), **QUERY)
    assert [item["order_id"] for item in result.items] == ["1", "2", "3"]
    assert (result.pages, result.examined, result.more) == (3, 6, {"order_id": "3"})
    assert [request["Limit"] for _, request in listener.calls] == [3, 2, 2]
    assert [request.get("ExclusiveStartKey") for _, request in listener.calls] == [
        None, {"order_id": {"S": "1"}}, {"order_id": {"S": "x"}},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "options", "ids", "limits", "more"),
    [
        ([page("1", "2", more="2")], Options(), ["1", "2"], [3], "2"),
        ([page("1", "2", more="3")], Options(limit=9, page_size=9), ["1", "2"], [3], "3"),
        ([page("1", more="1"), page(more="3")], Options(page_size=2), ["1"], [2, 1], "3"),
        ([page("1", more="1"), page("2", more="2")], Options(limit=2), ["1", "2"], [2, 1], "2"),
        ([page()], Options(), [], [3], None),
    ],
)
def test_a_patterns_limit_is_what_dynamodb_reads(
    answers: list[Any], options: Options, ids: list[str], limits: list[int], more: str | None
) -> None:
    """Each of these pages has one item that the filter left out: so many are read in all, and no call follows."""
    client, listener = shop(*answers, page("beyond"))
    result = client.run("latest-orders", options, customer="c1", now=1)
    assert [item["order_id"] for item in result.items] == ids
    assert [request["Limit"] for _, request in listener.calls] == limits
    assert result.more == ({"order_id": more} if more else None)


def test_pages_are_fetched_when_they_are_asked_for() -> None:
    client, listener = shop(page("1", more="1"), page("2"))
    pages = client.pages("unpaid", Options(page_size=1, after={"order_id": "0"}, consistent=True))
    assert listener.calls == []
    assert next(pages).more == {"order_id": "1"}
    assert len(listener.calls) == 1
    assert listener.calls[0][1]["ExclusiveStartKey"] == {"order_id": {"S": "0"}}
    assert listener.calls[0][1]["ConsistentRead"] is True
    assert [item for found in pages for item in found.items] == [{"order_id": "2"}]
    with pytest.raises(ParameterError, match="a delete has no pages; use run"):
        client.pages("drop-order", id="1")


def test_a_batch_goes_in_25s_and_what_is_unprocessed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    left = [{"PutRequest": {"Item": {"order_id": {"S": "7"}}}}]
    client, listener = shop({"UnprocessedItems": {"dev-shop-orders": left}})
    result = client.run("load-orders", items=[{"order_id": str(number)} for number in range(30)])
    assert [len(request["RequestItems"]["dev-shop-orders"]) for _, request in listener.calls] == [25, 1, 5]
    assert listener.calls[1][1]["RequestItems"]["dev-shop-orders"] == left
    assert result.pages == 3
    client, _ = shop(*[{"UnprocessedItems": {"dev-shop-orders": left}}] * 20)
    with pytest.raises(ThrottledError, match="1 of 2 items are unprocessed still, after 9 attempts"):
        client.run("load-orders", items=[{"order_id": "6"}, {"order_id": "7"}])


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (
            "ValidationException",
            ResourceNotFoundError,
            "it has no index 'customer-day-index', which the contract names",
        ),
        ("ResourceNotFoundException", ResourceNotFoundError, "Query: not there: no"),
        ("AccessDeniedException", AccessDeniedError, "access denied to Query: no"),
        ("ConditionalCheckFailedException", ConditionFailedError, "not as the condition asks"),
        ("ExpiredToken", NoCredentialsError, "the AWS credentials have expired (Query); log in again"),
        ("SignatureDoesNotMatch", NoCredentialsError, "AWS refused the signature of Query"),
        ("UnrecognizedClientException", NoCredentialsError, "AWS does not know these credentials (Query: "),
        ("Throttling", ThrottledError, "Query is throttled still, after 5 attempts; try later or more slowly"),
    ],
)
def test_what_aws_answers_is_one_tree_of_errors(code: str, kind: type[Exception], says: str) -> None:
    client, _ = shop(refused(code, "the specified index" if code == "ValidationException" else "no"))
    with pytest.raises(kind) as error:
        client.run("orders-of-customer", **QUERY)
    assert str(error.value).startswith("shop/orders-of-customer on table 'dev-shop-orders': ")
    assert says in str(error.value)


def test_capacity_is_added_up_by_index() -> None:
    one = {"ConsumedCapacity": {"CapacityUnits": 1.5, "Table": {"CapacityUnits": 1.0},
                                "GlobalSecondaryIndexes": {"a": {"CapacityUnits": 0.5}}}}  # fmt: skip
    many = {"ConsumedCapacity": [{"CapacityUnits": 2.0}]}
    found = capacity([one, many, {}])
    assert (found.table, dict(found.indexes), found.total, found.reported) == (3.0, {"a": 0.5}, 3.5, True)
    assert capacity([{}]).reported is False


TEXTS = st.text(min_size=1, max_size=8)


@given(tenant=TEXTS, number=TEXTS)
def test_a_composed_key_is_sent_only_if_it_can_be_taken_apart_again(tenant: str, number: str) -> None:
    client, listener = shop()
    try:
        client.run("order", tenant=tenant, number=number)
    except ParameterError:
        assert "#" in tenant + number
        return
    key = listener.calls[0][1]["Key"]["order_id"]["S"]
    assert tuple(key.split("#", 1)) == (tenant, number) or tenant.startswith("#")


NUMBERS = st.integers(-(10**37), 10**37) | st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20
)
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | st.binary() | st.sets(NUMBERS, min_size=1)
    | st.sets(st.text(), min_size=1) | st.sets(st.binary(), min_size=1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), PLAIN, max_size=4))
def test_values_come_back_as_they_went(item: dict[str, Any]) -> None:
    assert from_dynamodb(to_dynamodb(item)) == item
