"""Rules on what records the use of tables, and on buckets: that nobody outside gets in, and records can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policies.resource import Resource
from policies.rule import Finding, rule
from policies.run import Run
from tablekit.resources import BUCKET, BUCKET_ACCESS, BUCKET_POLICY, TRAIL

_ALL_FOUR: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@rule("bucket-private", others="advisory")
def private(resources: Sequence[Resource], run: Run) -> Iterator[Finding]:
    """Each bucket of the stack is closed to the public in all four ways, and to plain HTTP: what a table's items become
    in it is as secret as they are.
    """
    closed = {each.get("bucket") for each in resources if each.type == BUCKET_ACCESS and _closed(each)}
    by_tls = {each.get("bucket") for each in resources if each.type == BUCKET_POLICY and _by_tls_alone(each)}
    for each in resources:
        if each.type != BUCKET:
            continue
        name = each.get("bucket")
        if name not in closed:
            yield Finding(f"{each.label}: no public access block has all of {', '.join(_ALL_FOUR)}; add one", each.urn)
        if name not in by_tls:
            yield Finding(f"{each.label}: no bucket policy denies requests by plain HTTP; add one", each.urn)


def _closed(block: Resource) -> bool:
    return all(block.get(name, default=False) for name in _ALL_FOUR)


def _by_tls_alone(policy: Resource) -> bool:
    return any(
        each.effect == "Deny" and each.condition.get("Bool", {}).get("aws:SecureTransport") in (["false"], [False])
        for each in policy.statements()
    )


@rule("trail-trusted", TRAIL, others="advisory")
def trusted(trail: Resource, run: Run) -> Iterator[str]:
    """A trail is on, and its files are validated: without their digests nobody can tell a record that was removed from
    one that never was.
    """
    if not trail.get("enableLogFileValidation", default=False):
        yield "enableLogFileValidation is false; set it to true"
    if not trail.get("enableLogging", default=True):
        yield "enableLogging is false; remove it"
