"""Rules on keys and replicas: nobody is locked out, nothing is lost in a hurry, what lies elsewhere is kept too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from policies.resource import NotKnownError, Resource
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.resources import ALARM, KEY, REPLICA, TABLE
from tablekit.resources.copies import DELETION_DAYS


@rule("key-rotation", KEY)
def rotation(key: Resource, run: Run) -> Iterator[str]:
    """A key is rotated: what one generation of it encrypts is then little, and old data stays readable."""
    if not key.get("enableKeyRotation", default=False):
        yield "enableKeyRotation is false; set it to true"


@rule("key-owner", KEY)
def owner(key: Resource, run: Run) -> Iterator[str]:
    """The key's policy leaves it to its account: without that, one mistake locks out everybody for good."""
    owners = [
        statement
        for statement in key.allowing()
        if [action.lower() for action in statement.action] == ["kms:*"] and not statement.condition
        for name in statement.principals
        if name.endswith(":root")
    ]
    if not owners:
        yield "its policy has no statement that allows kms:* to arn:aws:iam::<account>:root; add it"
    if key.get("bypassPolicyLockoutSafetyCheck", default=False):
        yield "bypassPolicyLockoutSafetyCheck is true; remove it"


@rule("key-kept", KEY, others="advisory")
def kept(key: Resource, run: Run) -> Iterator[str]:
    """A key's deletion waits as long as it can, and it is in use: what is under it, backups with it, goes with it."""
    days = key.get("deletionWindowInDays", default=DELETION_DAYS)
    if days < DELETION_DAYS:
        yield f"deletionWindowInDays is {days}; set it to {DELETION_DAYS}"
    if key.get("isEnabled", default=True) is False:
        yield "isEnabled is false, so that nobody reads what is under it; remove it"


@rule("replica-kept", REPLICA, others="disabled")
def replica_kept(replica: Resource, run: Run) -> Iterator[str]:
    """A replica has recovery and protection of its own: its table's say nothing of it."""
    if not replica.get("pointInTimeRecovery", default=False):
        yield "pointInTimeRecovery is false; set it to true"
    if not replica.get("deletionProtectionEnabled", default=False):
        yield f"deletionProtectionEnabled is false; set deletionProtection: true in Pulumi.{run.stage}.yaml"
    if not replica.protect:
        yield f"protect is false; set protect: true in Pulumi.{run.stage}.yaml"


def _table(replica: Resource) -> tuple[str, str]:
    """Its table's region and name."""
    parts = [*str(replica.get("globalTableArn", default="")).split(":"), *("",) * 6]
    return parts[3], parts[5].removeprefix("table/")


@rule("replica-key")
def replica_key(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """A replica is under a customer-managed key where its table is: else the data is less locked up elsewhere."""
    keys = {}
    for table in (each for each in resources if each.type == TABLE):
        with suppress(NotKnownError):
            keys[table.get("region"), table.physical] = table.get("serverSideEncryption", "kmsKeyArn")
    for replica in (each for each in resources if each.type == REPLICA):
        with suppress(NotKnownError):
            if keys.get(_table(replica)) and not replica.get("kmsKeyArn"):
                yield Finding(f"{replica.label}: has no kmsKeyArn, and its table has one; give it one", replica.urn)


@rule("replica-lag", others="advisory")
def replica_lag(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """An alarm is on what reaches a replica late: after a lost region, that much is missing in it."""
    watched = set()
    for alarm in (each for each in resources if each.type == ALARM):
        with suppress(NotKnownError):
            if alarm.get("metricName") == "ReplicationLatency" and alarm.get("namespace") == "AWS/DynamoDB":
                found = alarm.get("dimensions", default={})
                watched.add((alarm.get("region"), found.get("TableName"), found.get("ReceivingRegion")))
    for replica in (each for each in resources if each.type == REPLICA):
        with suppress(NotKnownError):
            (home, name), there = _table(replica), replica.get("region")
            if (home, name, there) not in watched:
                text = f"no alarm on ReplicationLatency to {there} in {home}; set alarms to tables or all"
                yield Finding(f"{replica.label}: {text}", replica.urn)
