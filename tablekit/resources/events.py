"""A family's events and archive: bus, pipes from its tables' streams, and the queue of what they gave up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from tablekit.model.events import Events, archive_filter, detail_type, event_filters, event_source, input_template
from tablekit.model.pipe_permissions import (
    archive_function_arn,
    bus_arn,
    pipe_policy,
    pipe_trust,
    queue_arn,
    queue_policy,
)
from tablekit.model.staged import Account, StagedFamily, StagedPipe
from tablekit.model.table import Table
from tablekit.resources import archive
from tablekit.resources.copies import own_key
from tablekit.resources.expected import (
    EVENT_ARCHIVE,
    EVENT_BUS,
    PIPE,
    QUEUE,
    ROLE,
    ROLE_POLICY,
    TABLE,
    Expected,
    document,
    given,
)

POLICY_NAME: Final = "pipe"
"""The one inline policy of a pipe's role."""
_ON_A_BUS: Final = 10
"""Events that one request puts on a bus (EventBridge API: PutEvents)."""
_IN_AN_OBJECT, _WINDOW_SECONDS = 1_000, 300
"""Expired items of an object of the archive at most, and how long a pipe gathers them, the longest that it does."""
_MESSAGE_BYTES: Final = 256 * 1024
"""Of a message of the queue, at most: it says a place in a stream, whatever the largest event is."""
_QUEUE_SECONDS: Final = 14 * 24 * 3600
"""How long the queue keeps a message: the longest that SQS has."""


def of_family(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """All that makes events of a family's changes, each after what it needs; nothing without pipes.

    name: what its resources' names begin with. Roles come first, as AWS makes no pipe whose role is still new to it.
    """
    if not family.pipes:
        return
    for pipe in family.pipes:
        yield from _role(f"{name}-{pipe.table}-{pipe.use}", family, pipe, account)
    yield _queue(name, family, account)
    if family.bus:
        yield from _bus(name, family, account)
    yield from archive.of_family(name, family, account)
    for pipe in family.pipes:
        yield _pipe(f"{name}-{pipe.table}-{pipe.use}", family, pipe, account)


def _queue(name: str, family: StagedFamily, account: Account) -> Expected:
    inputs = given(
        name=family.undelivered,
        messageRetentionSeconds=_QUEUE_SECONDS,
        maxMessageSize=_MESSAGE_BYTES,
        policy=document(queue_policy(family, account)),
        kmsMasterKeyId=family.kms_key,
        sqsManagedSseEnabled=None if family.kms_key else True,
        region=family.region,
        tags=family.tags,
    )
    return Expected(QUEUE, f"{name}-undelivered", inputs, {"policy": "policy"})


def _bus(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    what = f"of {family.declared.title}, in stage {family.stage.stage}"
    bus = given(
        name=family.bus,
        description=f"Changes of tables {what}",
        kmsKeyIdentifier=family.kms_key,
        region=family.region,
        tags=family.tags,
    )
    # EventBridge looks up which key an alias is of, so that it gets the key's ARN.
    key = own_key(family, family.region, "kmsKeyIdentifier")
    yield Expected(EVENT_BUS, f"{name}-events", bus, of_aws=key)
    replayed = given(
        name=family.bus,
        description=f"Events {what}, to be delivered again",
        eventSourceArn=bus_arn(family, account),
        retentionDays=family.stage.event_delivery.kept_days,
        kmsKeyIdentifier=family.kms_key,
        region=family.region,
    )
    yield Expected(EVENT_ARCHIVE, f"{name}-events", replayed, of_aws=key)


def _role(name: str, family: StagedFamily, pipe: StagedPipe, account: Account) -> Iterator[Expected]:
    inputs = given(
        name=pipe.role,
        description=f"The pipe {pipe.name} alone: reads one stream",
        assumeRolePolicy=document(pipe_trust(family, pipe, account)),
        permissionsBoundary=family.stage.permissions_boundary or None,
        tags=family.tags,
    )
    yield Expected(ROLE, name, inputs, {"assumeRolePolicy": "policy"})
    own = {"name": POLICY_NAME, "role": pipe.role, "policy": document(pipe_policy(family, pipe, account))}
    yield Expected(ROLE_POLICY, name, own, {"policy": "policy"})


def _pipe(name: str, family: StagedFamily, pipe: StagedPipe, account: Account) -> Expected:
    """From the oldest record on: what changes between the stream's beginning and the pipe's would be lost else.

    What goes to the archive is tried until its time is over: nothing in a record keeps it from being written.
    """
    table, delivery, archived = family.tables[pipe.table].declared, family.stage.event_delivery, pipe.use == "archive"
    filters = [archive_filter()] if archived or not table.events else event_filters(table.events, table)
    stream = {
        "startingPosition": "TRIM_HORIZON",
        "batchSize": _IN_AN_OBJECT if archived else _ON_A_BUS,
        **({"maximumBatchingWindowInSeconds": _WINDOW_SECONDS} if archived else {}),
        "maximumRecordAgeInSeconds": delivery.within_minutes * 60,
        "maximumRetryAttempts": -1 if archived else delivery.retries,
        "onPartialBatchItemFailure": "AUTOMATIC_BISECT",
        "parallelizationFactor": 1,
        "deadLetterConfig": {"arn": queue_arn(family, account)},
    }
    inputs = {
        "name": pipe.name,
        "description": f"{'Expired items' if archived else 'Events'} of {family.tables[pipe.table].name}",
        "desiredState": "RUNNING",
        "roleArn": account.arn("iam", "", f"role/{pipe.role}"),
        "sourceParameters": {
            "dynamodbStreamParameters": stream,
            "filterCriteria": {"filters": [{"pattern": json.dumps(each)} for each in filters]},
        },
        "target": archive_function_arn(family, account) if archived else bus_arn(family, account),
        "targetParameters": _invoked() if archived or not table.events else _put(family.key, table.events, table),
        "region": family.region,
        "tags": family.tags,
    }
    return Expected(PIPE, name, inputs, of_aws={"source": (TABLE, f"{family.key}-{pipe.table}", "streamArn")})


def _invoked() -> dict[str, Any]:
    """A batch that was not written is tried again, as the pipe waits for the function's answer."""
    return {"lambdaFunctionParameters": {"invocationType": "REQUEST_RESPONSE"}}


def _put(family: str, events: Events, table: Table) -> dict[str, Any]:
    bus = {"source": event_source(family), "detailType": detail_type(table.name)}
    return {"eventbridgeEventBusParameters": bus, "inputTemplate": input_template(events, table)}
