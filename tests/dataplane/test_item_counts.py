"""What counts items, under AWS's own runtime client: on all tables of a stage, with DynamoDB Local as DynamoDB."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from families import catalogue
from policies.alarms import OURS
from tablekit.model.naming import METRICS
from tablekit.model.staged import Account, staged_families
from tablekit.resources import FUNCTION
from tablekit.resources.functions import item_counts, metrics_of
from tests.dataplane import stages
from tests.support import aws, declare, runtime_api, tables
from tests.support.proxy import proxy
from tests.support.samples import samples

STAGE = declare.stage("dev", catalogue(), itemCounts=True, growthLimits={"acs": {"gigabytes": 10}})
FAMILIES = staged_families(STAGE, catalogue())
Refused = Callable[[str], tuple[str, str] | None]
"""A table's name -> the code and the message with which it does not answer."""
LATER = {"N": "4102444800"}
"""When an item expires that DynamoDB Local is not to delete meanwhile."""
Metric = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def filled(dynamodb: str) -> str:
    """All tables with their sample items, in one DynamoDB."""
    for family in FAMILIES.values():
        client = aws.client(dynamodb, "dynamodb", family.region)
        for key, table in family.tables.items():
            tables.create(client, family.declared, table.declared, STAGE.stage)
            for item in samples(family.declared, key):
                kept = {name: LATER if name == table.declared.ttl else value for name, value in item.items()}
                client.put_item(TableName=table.name, Item=kept)
    return dynamodb


def code(region: str) -> dict[str, Any]:
    """The region's function, as it is deployed."""
    made = item_counts(STAGE, FAMILIES.values(), region, Account("123456789012"))
    return next(each.inputs for each in made if each.type == FUNCTION)


@dataclass
class Counted:
    """What one invocation left: its answer, what CloudWatch has, how often it was written to, and the log."""

    answer: runtime_api.Answer
    metrics: dict[Metric, float]
    puts: int
    log: str


@contextmanager
def described(dynamodb: str, refused: Refused) -> Iterator[str]:
    """DynamoDB, which refuses to describe some tables."""
    parts = urlsplit(dynamodb)

    def carry(operation: str, body: bytes) -> tuple[int, bytes]:
        if found := refused(json.loads(body)["TableName"]):
            code, message = found
            return 400, json.dumps({"__type": f"com.amazonaws#{code}", "message": message}).encode()
        headers = {"X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"}
        headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-2/dynamodb/aws4_request"
        with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)) as connection:
            connection.request("POST", "/", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    with proxy(carry, lambda operation: None) as front:
        yield front.endpoint


def count(dynamodb: str, folder: Path, region: str, refused: Refused = lambda table: None) -> Counted:
    """Run the region's function once."""
    function = code(region)
    with (
        stages.moto() as moto,
        described(dynamodb, refused) as front,
        proxy(moto, lambda operation: None) as cloudwatch,
        runtime_api.started(
            function["code"],
            function["handler"],
            folder,
            region,
            AWS_ENDPOINT_URL_DYNAMODB=front,
            AWS_ENDPOINT_URL_CLOUDWATCH=cloudwatch.endpoint,
        ) as runtime,
    ):
        answer = runtime.invoke({"source": "aws.events"})
        client = aws.client(moto, "cloudwatch", region)
        return Counted(answer, published(client), sum(cloudwatch.calls.values()), (folder / "log").read_text())


def published(client: Any) -> dict[Metric, float]:
    """What is in our namespace, and nothing is in another."""
    listed = [each for page in client.get_paginator("list_metrics").paginate() for each in page["Metrics"]]
    assert {each["Namespace"] for each in listed} == {METRICS}
    now = datetime.now(UTC)
    found = {}
    for each in listed:
        (point,) = client.get_metric_statistics(
            **each, StartTime=now - timedelta(hours=1), EndTime=now + timedelta(hours=1), Period=7200,
            Statistics=["Maximum"],
        )["Datapoints"]  # fmt: skip
        found[each["MetricName"], tuple((d["Name"], d["Value"]) for d in each["Dimensions"])] = point["Maximum"]
    return found


def held(dynamodb: str, region: str) -> dict[Metric, float]:
    """What the tables of a region hold: items by the samples, bytes by DynamoDB's own count."""
    found: dict[Metric, float] = {}
    for family in FAMILIES.values():
        for key, table in family.tables.items() if family.region == region else ():
            items = samples(family.declared, key)
            told = aws.client(dynamodb, "dynamodb", region).describe_table(TableName=table.name)["Table"]
            at: tuple[tuple[str, str], ...] = (("TableName", table.name),)
            found["Items", at], found["Bytes", at] = len(items), told["TableSizeBytes"]
            sizes = {
                index["IndexName"]: index["IndexSizeBytes"]
                for index in (*told.get("GlobalSecondaryIndexes", ()), *told.get("LocalSecondaryIndexes", ()))
            }
            for index in table.declared.indexes:
                there = [item for item in items if all(name.name in item for name in index.keys)]
                where = (*at, ("IndexName", index.name))
                found["Items", where], found["Bytes", where] = len(there), sizes[index.name]
    return found


def test_figures_of_every_table_and_index_are_published(filled: str, tmp_path: Path) -> None:
    """37 tables with their indexes, in three regions; one write a region."""
    regions = sorted({family.region for family in FAMILIES.values()})
    whole = 0
    for region in regions:
        (tmp_path / region).mkdir()
        found = count(filled, tmp_path / region, region)
        expected = held(filled, region) | {("TablesFailed", (("Stage", "dev"),)): 0}
        assert found.metrics == expected
        assert found.answer == runtime_api.Answer(
            "", {"tables": len(json.loads(code(region)["code"]["settings.json"])["tables"]), "metrics": len(expected)}
        )
        assert found.puts == 1
        whole += len(expected)
        assert all(frozenset(name for name, _ in at) in OURS[metric][0] for metric, at in found.metrics)
        assert sum(value for (metric, _), value in found.metrics.items() if metric == "Bytes") > 0
    assert sum(len(family.tables) for family in FAMILIES.values()) == 37
    assert whole == metrics_of(FAMILIES.values())


DENIED = "dev-pse-keyword-intelligence", "AccessDeniedException", "is not authorized to perform: dynamodb:DescribeTable"
SLOWED = "dev-FormBridgeData", "ThrottlingException", "Rate exceeded"
GONE = "acsd2p-dev-Users", "ResourceNotFoundException", "Requested resource not found"


def test_what_is_not_counted_is_reported_and_the_others_are_published(filled: str, tmp_path: Path) -> None:
    refused = (DENIED, SLOWED, GONE)
    by_table = {table: (code, message) for table, code, message in refused}
    found = count(filled, tmp_path, "eu-west-2", by_table.get)
    left = {
        metric: value
        for metric, value in held(filled, "eu-west-2").items()
        if dict(metric[1])["TableName"] not in by_table
    }
    assert found.metrics == left | {("TablesFailed", (("Stage", "dev"),)): len(refused)}
    assert found.answer.failed == "NotCountedError"
    total = len(json.loads(code("eu-west-2")["code"]["settings.json"])["tables"])
    assert found.answer.value.startswith(f"{len(refused)} of {total} tables are not counted: ")
    for table, kind, message in refused:
        assert table in found.answer.value
        assert f"{table} is not counted: An error occurred ({kind})" in found.log
        assert message in found.log


def test_nothing_is_published_that_an_alarm_would_take_for_figures_where_cloudwatch_refuses(
    filled: str, tmp_path: Path
) -> None:
    """Then no figure is there at all, which the alarm on a dead publisher notices."""
    function = code("us-east-1")
    with runtime_api.started(
        function["code"],
        function["handler"],
        tmp_path,
        "us-east-1",
        AWS_ENDPOINT_URL_DYNAMODB=filled,
        AWS_ENDPOINT_URL_CLOUDWATCH="http://127.0.0.1:9",
    ) as runtime:
        assert runtime.invoke({}).failed == "EndpointConnectionError"
