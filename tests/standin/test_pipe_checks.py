"""Check refuses of pipes, buses and queues what AWS refuses: value, what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from local.standin.values import Props

from .harness import CATALOG_DATABASE, CATALOG_TABLE, EVENT_ARCHIVE, EVENT_BUS, PIPE, QUEUE, Plugin

STREAM = "arn:aws:dynamodb:eu-west-2:123456789012:table/dev-orders/stream/2026-01-31T10:00:00.000"
BUS_ARN = "arn:aws:events:eu-west-2:123456789012:event-bus/dev-shop"


CATALOGUED: Props = {
    "name": "expired",
    "databaseName": "dev_shop",
    "tableType": "EXTERNAL_TABLE",
    "parameters": {"projection.enabled": "true"},
    "partitionKeys": [{"name": "day", "type": "string"}],
    "storageDescriptor": {
        "location": "s3://b/",
        "columns": [{"name": "item", "type": "string"}],
        "serDeInfo": {"serializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
    },
}


def piped(filters: tuple[str, ...] = ('{"eventName": ["INSERT"]}',), **changed: Any) -> Props:
    """A stream as a pipe's source, this changed."""
    stream = {"startingPosition": "TRIM_HORIZON", "batchSize": 10, "maximumRecordAgeInSeconds": 3600, **changed}
    return {"dynamodbStreamParameters": stream, "filterCriteria": {"filters": [{"pattern": each} for each in filters]}}


PIPED: Props = {
    "name": "dev-shop-orders-events",
    "description": "x",
    "roleArn": "arn:aws:iam::123456789012:role/dev-app",
    "source": STREAM,
    "sourceParameters": piped(),
    "target": BUS_ARN,
    "targetParameters": {
        "eventbridgeEventBusParameters": {"source": "shop", "detailType": "orders changed"},
        "inputTemplate": '{"change": "<$.eventName>"}',
    },
}


WRONG: list[tuple[str, Props, str]] = [
    (CATALOG_DATABASE, {"name": "a" * 256}, "allowed: 1 to 255 characters, it has 256"),
    (CATALOG_TABLE, {**CATALOGUED, "tableType": "t" * 256}, "it has 256"),
    (EVENT_ARCHIVE, {"name": "a" * 49, "eventSourceArn": BUS_ARN}, "allowed: 1 to 48 characters, it has 49"),
    (EVENT_BUS, {"name": "a b"}, "name is 'a b'; allowed: what matches"),
    (PIPE, {**PIPED, "name": "a" * 65}, "allowed: 1 to 64 characters, it has 65"),
    (PIPE, {**PIPED, "sourceParameters": piped(batchSize=10_001)}, "atchSize is 10001; allowed: 1 to 10000"),
    (PIPE, {**PIPED, "sourceParameters": piped(startingPosition="NOW")}, "is 'NOW'; allowed: TRIM_HORIZON, LATEST"),
    (PIPE, {**PIPED, "sourceParameters": piped(maximumRecordAgeInSeconds=30)}, "is 30; allowed: -1, or 60 or more"),
    (PIPE, {**PIPED, "sourceParameters": piped(("{",))}, "filters[0].pattern is '{'; allowed: valid JSON"),
    (PIPE, {**PIPED, "sourceParameters": piped(('{"a": "b"}',))}, "an object whose values are lists, not empty"),
    (PIPE, {**PIPED, "sourceParameters": piped(('{"a": ["b"]}',) * 6)}, "filters is 6; allowed: 5 filters or fewer"),
    (PIPE, {**PIPED, "sourceParameters": {}}, "dynamodbStreamParameters is None; allowed: where it begins to read"),
    (QUEUE, {"name": "a", "policy": "{"}, "policy"),
]


@pytest.mark.parametrize(("token", "inputs", "words"), WRONG, ids=[words[:50] for _, _, words in WRONG])
def test_refused(plugin: Plugin, token: str, inputs: Props, words: str) -> None:
    assert words in plugin.reasons(token, inputs)


def test_accepted(plugin: Plugin) -> None:
    assert [plugin.reasons(PIPE, PIPED), plugin.reasons(CATALOG_TABLE, CATALOGUED)] == ["", ""]
