"""Rules on events: what can't be delivered is seen, what a smoke test wrote never leaves, and events can return."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from policies.resource import Resource
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.model.naming import SMOKE_MARK
from tablekit.resources import EVENT_ARCHIVE, EVENT_BUS, PIPE, QUEUE

_UNMARKED = {SMOKE_MARK: {"S": [{"exists": False}]}}


def _stream(pipe: Resource) -> Mapping[str, Any]:
    found: Mapping[str, Any] = pipe.get("sourceParameters", default={}).get("dynamodbStreamParameters") or {}
    return found


@rule("pipe-queue", PIPE)
def queue(pipe: Resource, run: Run) -> Iterator[str]:
    """A pipe from a stream gives up in the end, and tells a queue what: else its shard waits, or records go unseen."""
    stream = _stream(pipe)
    if not (stream.get("deadLetterConfig") or {}).get("arn"):
        yield "sourceParameters.dynamodbStreamParameters has no deadLetterConfig; give it the family's queue"
    if stream.get("maximumRecordAgeInSeconds", -1) == -1 and stream.get("maximumRetryAttempts", -1) == -1:
        yield "it never gives up, so that one bad record holds its shard for a day; give it an age or retries"


@rule("pipe-smoke", PIPE)
def smoke(pipe: Resource, run: Run) -> Iterator[str]:
    """No filter lets through what a smoke test wrote: its items are nobody's, and consumers take them for real."""
    filters = (pipe.get("sourceParameters", default={}).get("filterCriteria") or {}).get("filters") or []
    if not filters:
        yield f"it has no filter; give it one that leaves out {SMOKE_MARK}"
    for place, each in enumerate(filters):
        if any(image != _UNMARKED for image in _images(each.get("pattern"))):
            yield f"filters[{place}] lets {SMOKE_MARK} through; ask of its images that the attribute does not exist"


def _images(text: Any) -> Iterator[Any]:
    """What a filter asks of the images of the changes that it lets through."""
    try:
        pattern = json.loads(text)
        changes, record = set(pattern.get("eventName") or ("INSERT", "REMOVE")), pattern["dynamodb"]
        yield from ([record.get("NewImage")] if changes - {"REMOVE"} else [])
        yield from ([record.get("OldImage")] if "REMOVE" in changes else [])
    except (ValueError, TypeError, KeyError, AttributeError):
        yield None


@rule("pipe-running", PIPE)
def running(pipe: Resource, run: Run) -> Iterator[str]:
    """A pipe runs: a stream forgets after a day what a stopped one did not read."""
    if pipe.get("desiredState", default="RUNNING") != "RUNNING":
        yield f"desiredState is {pipe.get('desiredState')!r}; make it RUNNING, or switch the setting off"


@rule("event-archive", prod="mandatory", others="advisory")
def archive(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each bus has an archive: without one, what a consumer lost is lost."""
    kept = {
        (str(each.get("eventSourceArn", default="")).rpartition("/")[2], each.get("region"))
        for each in resources
        if each.type == EVENT_ARCHIVE
    }
    for bus in resources:
        if bus.type == EVENT_BUS and (bus.get("name"), bus.get("region")) not in kept:
            yield Finding(f"{bus.label}: has no archive; give it one", bus.urn)


@rule("queue-encrypted", QUEUE)
def encrypted(queue: Resource, run: Run) -> Iterator[str]:
    """A queue is encrypted, by the stage's key or by SQS's own: who gets at its store reads nothing."""
    if not queue.get("kmsMasterKeyId") and queue.get("sqsManagedSseEnabled", default=True) is False:
        yield "sqsManagedSseEnabled is false, and it has no key; make it true"
