"""A private S3 bucket, as everything of a stage that keeps objects has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tablekit.model.naming import PROJECT
from tablekit.model.own_policies import bucket_policy
from tablekit.model.stage import StageConfig
from tablekit.model.staged import Account
from tablekit.resources.expected import (
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    Expected,
    document,
)

OVERWRITTEN_DAYS: Final = 30
"""How long an object that was overwritten or deleted can be brought back, days."""
_UPLOAD_DAYS: Final = 7
"""After how many days an upload that was never ended goes."""
_ALL_FOUR: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@dataclass(frozen=True)
class Lifecycle:
    """How long objects are kept. days: until they go; None: for ever. colder: days, and the storage class by then."""

    days: int | None
    colder: tuple[tuple[int, str], ...] = ()


def bucket_name(stage: StageConfig, purpose: str, region: str, account: Account) -> str:
    """A bucket's name, which all of AWS has once. purpose: `trail`; 63 characters hold one of 8."""
    return f"{PROJECT}-{stage.stage}-{purpose}-{account.id}-{region}"


def private_bucket(
    name: str,
    called: str,
    region: str,
    stage: StageConfig,
    account: Account,
    tags: dict[str, str],
    kept: Lifecycle,
    allowed: Iterable[dict[str, Any]] = (),
    key: str | None = None,
) -> Iterator[Expected]:
    """A bucket and its parts, each after what it needs: nobody outside gets in, nobody by plain HTTP.

    name: of its resources. called: on AWS. allowed: the statements of its policy that let somebody in. It is under the
    key, or the stage's of the region, where there is one, and protected as the stage's tables are.
    """
    where = {"bucket": called, "region": region}
    yield Expected(BUCKET, name, {**where, "tags": tags}, protect=stage.protect)
    yield Expected(BUCKET_ACCESS, name, {**where, **dict.fromkeys(_ALL_FOUR, True)})
    yield Expected(BUCKET_OWNERSHIP, name, {**where, "rule": {"objectOwnership": "BucketOwnerEnforced"}})
    key = key or stage.key_of(region)
    cipher = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key} if key else {"sseAlgorithm": "AES256"}
    encrypted = {"applyServerSideEncryptionByDefault": cipher, "bucketKeyEnabled": bool(key)}
    yield Expected(BUCKET_ENCRYPTION, name, {**where, "rules": [encrypted]})
    yield Expected(BUCKET_VERSIONING, name, {**where, "versioningConfiguration": {"status": "Enabled"}})
    yield Expected(BUCKET_LIFECYCLE, name, {**where, "rules": [*_ends(kept), _leftovers()]})
    policy = document(bucket_policy(f"arn:{account.partition}:s3:::{called}", allowed))
    yield Expected(BUCKET_POLICY, name, {**where, "policy": policy}, {"policy": "policy"})


def _ends(kept: Lifecycle) -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {}
    if kept.colder:
        found["transitions"] = [{"days": days, "storageClass": kind} for days, kind in kept.colder]
    if kept.days:
        found["expiration"] = {"days": kept.days}
    if found:
        yield {"id": "kept", "status": "Enabled", "filter": {"prefix": ""}, **found}


def _leftovers() -> dict[str, Any]:
    """What was overwritten or deleted, its marker when nothing is left of it, and uploads that were never ended."""
    return {
        "id": "leftovers",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"expiredObjectDeleteMarker": True},
        "noncurrentVersionExpiration": {"noncurrentDays": OVERWRITTEN_DAYS},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": _UPLOAD_DAYS},
    }
