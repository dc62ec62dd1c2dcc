"""Events on AWS against what is derived: buses, their archives, pipes, and the queues of what was given up."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients
from tablekit.model.staged import Account
from tablekit.ops.live.copies import key_arn
from tablekit.resources import CATALOG_DATABASE, CATALOG_TABLE, EVENT_ARCHIVE, EVENT_BUS, PIPE, QUEUE, Expected

Rows = Iterator[tuple[str, Any, Any]]


def _bus(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("events", wanted["region"]).describe_event_bus(Name=wanted["name"])
    key = wanted.get("kmsKeyIdentifier")
    yield "key", found.get("KmsKeyIdentifier"), key and key_arn(clients, wanted["region"], key)


def _archive(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("events", wanted["region"]).describe_archive(ArchiveName=wanted["name"])
    yield "state", found.get("State"), "ENABLED"
    yield "bus", found.get("EventSourceArn"), wanted["eventSourceArn"]
    yield "days", found.get("RetentionDays"), wanted["retentionDays"]


def _queue(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("sqs", wanted["region"])
    url = client.get_queue_url(QueueName=wanted["name"])["QueueUrl"]
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    yield "seconds that it keeps a message", found.get("MessageRetentionPeriod"), str(wanted["messageRetentionSeconds"])
    yield "key", found.get("KmsMasterKeyId") or None, wanted.get("kmsMasterKeyId")
    yield "policy", json.loads(found.get("Policy") or "{}"), json.loads(wanted["policy"])


def _pipe(clients: Clients, expected: Expected, account: Account) -> Rows:
    """Its stream is compared with the one that the table has: a pipe of an earlier one reads nothing, silently."""
    wanted = expected.inputs
    found = clients.get("pipes", wanted["region"]).describe_pipe(Name=wanted["name"])
    yield "state", (found["DesiredState"], found["CurrentState"]), ("RUNNING", "RUNNING")
    yield "role", found["RoleArn"], wanted["roleArn"]
    yield "target", found["Target"], wanted["target"]
    source, asked = found.get("SourceParameters") or {}, wanted["sourceParameters"]
    filters = [each["Pattern"] for each in (source.get("FilterCriteria") or {}).get("Filters") or ()]
    patterns = [each["pattern"] for each in asked["filterCriteria"]["filters"]]
    yield "filters", [json.loads(each) for each in filters], [json.loads(each) for each in patterns]
    stream, given = source.get("DynamoDBStreamParameters") or {}, asked["dynamodbStreamParameters"]
    for name in ("maximumRecordAgeInSeconds", "maximumRetryAttempts", "batchSize", "onPartialBatchItemFailure"):
        yield name, stream.get(f"{name[0].upper()}{name[1:]}"), given.get(name)
    yield "queue", (stream.get("DeadLetterConfig") or {}).get("Arn"), given["deadLetterConfig"]["arn"]
    template = (found.get("TargetParameters") or {}).get("InputTemplate") or None
    yield "input", template, (wanted.get("targetParameters") or {}).get("inputTemplate")
    read = str(found["Source"])
    table = read.partition(":table/")[2].partition("/")[0]
    has = clients.get("dynamodb", wanted["region"]).describe_table(TableName=table)["Table"].get("LatestStreamArn")
    yield "stream", read, has


def _database(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    found = clients.get("glue", wanted["region"]).get_database(Name=wanted["name"])["Database"]
    yield "name", found["Name"], wanted["name"]


def _table(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client = clients.get("glue", wanted["region"])
    found = client.get_table(DatabaseName=wanted["databaseName"], Name=wanted["name"])["Table"]
    stored, asked = found.get("StorageDescriptor") or {}, wanted["storageDescriptor"]
    yield "location", stored.get("Location"), asked["location"]
    for name, some, more in (
        ("columns", stored.get("Columns"), asked["columns"]),
        ("partitions", found.get("PartitionKeys"), wanted["partitionKeys"]),
    ):
        yield name, [each["Name"] for each in some or ()], [each["name"] for each in more]
    parameters = found.get("Parameters") or {}
    yield "parameters", {each: parameters.get(each) for each in wanted["parameters"]}, wanted["parameters"]


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    EVENT_BUS: ("name", "events:DescribeEventBus", _bus),
    EVENT_ARCHIVE: ("name", "events:DescribeArchive", _archive),
    QUEUE: ("name", "sqs:GetQueueUrl and sqs:GetQueueAttributes", _queue),
    PIPE: ("name", "pipes:DescribePipe", _pipe),
    CATALOG_DATABASE: ("name", "glue:GetDatabase", _database),
    CATALOG_TABLE: ("databaseName", "glue:GetTable", _table),
}
"""As `backups.READ`."""
EMULATED: Final = (EVENT_BUS, EVENT_ARCHIVE, QUEUE, PIPE)
NOT_IMPORTED: Final = (QUEUE, CATALOG_DATABASE, CATALOG_TABLE)
"""SQS answers a creation with the queue that is there, where that is as it is wanted."""
