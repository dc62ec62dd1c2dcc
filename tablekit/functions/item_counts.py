"""Publishes how many items and bytes the stage's tables and their indexes hold, which CloudWatch does not know.

DynamoDB counts both about every six hours. A table that does not answer is logged and counted in `TablesFailed`, and so
is one that no time is left for; all others are published, and then the invocation fails, so that Lambda makes it again
and its `Errors` show it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

MOST_METRICS = 1000
"""Of one PutMetricData."""
TO_PUBLISH = 60_000
"""Milliseconds that are kept for publishing, after one more table that takes as long to answer as it may."""
_PATIENT = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_LOG = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


class NotCountedError(Exception):
    """Some tables were not counted; all others were published."""


def handler(event: object, context: Any) -> dict[str, int]:
    """Count and publish: gives how many tables there are and how many metrics went out. Raises NotCountedError."""
    settings = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))
    dynamodb = boto3.client("dynamodb", config=_PATIENT)
    metrics: list[dict[str, Any]] = []
    failed: list[str] = []
    for table in settings["tables"]:
        try:
            if context.get_remaining_time_in_millis() < TO_PUBLISH:
                raise NotCountedError("no time is left")
            metrics += _counted(dynamodb.describe_table(TableName=table)["Table"])
        except (BotoCoreError, ClientError, NotCountedError) as error:
            _LOG.error("%s is not counted: %s", table, error)
            failed.append(table)
    metrics.append(_metric("TablesFailed", len(failed), "Count", Stage=settings["stage"]))
    cloudwatch = boto3.client("cloudwatch", config=_PATIENT)
    for start in range(0, len(metrics), MOST_METRICS):
        some = metrics[start : start + MOST_METRICS]
        cloudwatch.put_metric_data(Namespace=settings["namespace"], MetricData=some)
    _LOG.info("%d tables, %d metrics, %d not counted", len(settings["tables"]), len(metrics), len(failed))
    if failed:
        raise NotCountedError(f"{len(failed)} of {len(settings['tables'])} tables are not counted: {', '.join(failed)}")
    return {"tables": len(settings["tables"]), "metrics": len(metrics)}


def _counted(table: dict[str, Any]) -> Iterator[dict[str, Any]]:
    name = table["TableName"]
    yield _metric("Items", table["ItemCount"], "Count", TableName=name)
    yield _metric("Bytes", table["TableSizeBytes"], "Bytes", TableName=name)
    for index in (*table.get("GlobalSecondaryIndexes", ()), *table.get("LocalSecondaryIndexes", ())):
        # One that is being built has neither yet.
        where = {"TableName": name, "IndexName": index["IndexName"]}
        yield _metric("Items", index.get("ItemCount", 0), "Count", **where)
        yield _metric("Bytes", index.get("IndexSizeBytes", 0), "Bytes", **where)


def _metric(name: str, value: int, unit: str, **dimensions: str) -> dict[str, Any]:
    named = [{"Name": key, "Value": each} for key, each in dimensions.items()]
    return {"MetricName": name, "Dimensions": named, "Value": value, "Unit": unit}
