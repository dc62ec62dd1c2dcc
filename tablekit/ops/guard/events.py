"""What a plan takes away of events: what becomes one, who gets it, how long it is tried and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.ops.guard.changes import Finding

Inputs = Mapping[str, Any]


def _another(before: Inputs, after: Inputs, word: str, *names: str) -> Iterator[Finding]:
    for name in names:
        if before.get(name) != after.get(name):
            yield Finding("delivery-lost", f"{name}: {before.get(name)} → {after.get(name)}, which is another {word}")


def _less(before: Inputs, after: Inputs, *names: str) -> Iterator[Finding]:
    """Numbers that are lower than before; 0 and -1 are without end."""
    for name in names:
        old, new = before.get(name), after.get(name)
        if isinstance(new, int | float) and new > 0 and (not old or old < 0 or new < old):
            yield Finding("delivery-loosened", f"{name}: {old if old and old > 0 else 'without end'} → {new}")


def _unlocked(before: Inputs, after: Inputs, name: str) -> Iterator[Finding]:
    """A key of the customer's that AWS's own takes the place of."""
    if before.get(name) and not after.get(name):
        yield Finding("delivery-loosened", f"{name}: {before[name]} → none, which is AWS's own key")


def queue(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What was given up is in it."""
    yield from _unlocked(before, after, "kmsMasterKeyId")
    yield from _another(before, after, "queue", "name", "region")
    yield from _less(before, after, "messageRetentionSeconds")
    if before.get("policy") != after.get("policy"):
        yield Finding("delivery-loosened", "the queue's policy is another")


def bus(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Consumers' rules are on it."""
    yield from _another(before, after, "bus", "name", "region")
    yield from _unlocked(before, after, "kmsKeyIdentifier")


def archive(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What can be delivered again."""
    yield from _another(before, after, "archive", "name", "region", "eventSourceArn")
    yield from _unlocked(before, after, "kmsKeyIdentifier")
    yield from _less(before, after, "retentionDays")
    if before.get("eventPattern") != after.get("eventPattern"):
        yield Finding("delivery-loosened", "the archive keeps other events")


def pipe(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What passes, where it goes, and how long that is tried."""
    was, now = (_stream(inputs) for inputs in (before, after))
    if after.get("desiredState") == "STOPPED" and before.get("desiredState") != "STOPPED":
        yield Finding("delivery-lost", "the pipe is stopped: after a day the stream has lost what it did not read")
    for name in ("target", "roleArn"):
        if before.get(name) != after.get(name):
            yield Finding("delivery-loosened", f"{name}: {before.get(name)} → {after.get(name)}")
    if _filters(before) != _filters(after):
        yield Finding("delivery-loosened", "the filters of the pipe let something else through")
    if before.get("targetParameters") != after.get("targetParameters"):
        yield Finding("delivery-loosened", "what the pipe's events say is something else")
    yield from _less(was, now, "maximumRecordAgeInSeconds", "maximumRetryAttempts")
    if was.get("deadLetterConfig") != now.get("deadLetterConfig"):
        yield Finding("delivery-loosened", "what the pipe gives up goes elsewhere, or nowhere")


def catalog(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Athena finds no object where the table does not look."""
    yield from _another(before, after, "place for Athena", "name", "databaseName", "region")
    (was, tables), (now, named) = (_projected(inputs) for inputs in (before, after))
    for gone in sorted(tables - named):
        yield Finding("delivery-loosened", f"Athena finds nothing of {gone} any more; its objects stay")
    for name in ("parameters", "partitionKeys", "storageDescriptor"):
        if was.get(name) != now.get(name):
            yield Finding("delivery-loosened", f"{name} of what Athena reads is another")


def made_anew(before: Inputs | None, after: Inputs | None) -> Iterator[Finding]:
    """A pipe on another stream: AWS takes no other source for one that is there."""
    if before and after and before.get("source") != after.get("source"):
        yield Finding(
            "delivery-anew",
            "its table has another stream: what the old one had and the pipe did not read is lost, and the new one is "
            "read from its beginning",
        )


def _projected(inputs: Inputs) -> tuple[Inputs, set[str]]:
    """The inputs without the names of the tables that Athena looks for, and these."""
    parameters = dict(inputs.get("parameters") or {})
    names = parameters.pop("projection.table_name.values", "")
    return {**inputs, "parameters": parameters}, set(filter(None, str(names).split(",")))


def _stream(inputs: Inputs) -> Inputs:
    found: Inputs = (inputs.get("sourceParameters") or {}).get("dynamodbStreamParameters") or {}
    return found


def _filters(inputs: Inputs) -> list[str]:
    criteria = (inputs.get("sourceParameters") or {}).get("filterCriteria") or {}
    return sorted(str(each.get("pattern")) for each in criteria.get("filters") or ())
