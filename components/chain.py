"""Derived resources that are registered one after the other: few, and nearly all need the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.resource import register
from tablekit.model.stage import StageConfig
from tablekit.resources import (
    BACKUP_PLAN,
    BACKUP_SELECTION,
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_ENCRYPTION,
    BUCKET_LIFECYCLE,
    BUCKET_OWNERSHIP,
    BUCKET_POLICY,
    BUCKET_VERSIONING,
    EVENT_RULE,
    EVENT_TARGET,
    ROLE,
    ROLE_POLICY,
    TRAIL,
    VAULT,
    VAULT_LOCK,
    Expected,
)

_MADE: Final[Mapping[str, str]] = {
    ROLE: "iam.Role",
    ROLE_POLICY: "iam.RolePolicy",
    VAULT: "backup.Vault",
    VAULT_LOCK: "backup.VaultLockConfiguration",
    BACKUP_PLAN: "backup.Plan",
    BACKUP_SELECTION: "backup.Selection",
    EVENT_RULE: "cloudwatch.EventRule",
    EVENT_TARGET: "cloudwatch.EventTarget",
    BUCKET: "s3.Bucket",
    BUCKET_ACCESS: "s3.BucketPublicAccessBlock",
    BUCKET_OWNERSHIP: "s3.BucketOwnershipControls",
    BUCKET_ENCRYPTION: "s3.BucketServerSideEncryptionConfiguration",
    BUCKET_VERSIONING: "s3.BucketVersioning",
    BUCKET_LIFECYCLE: "s3.BucketLifecycleConfiguration",
    BUCKET_POLICY: "s3.BucketPolicy",
    TRAIL: "cloudtrail.Trail",
}
"""Their classes in pulumi-aws, by name: a part of it is loaded when the first is made, and S3's takes its time."""
_RETAINED: Final = (
    VAULT,
    BUCKET,
    BUCKET_ACCESS,
    BUCKET_OWNERSHIP,
    BUCKET_ENCRYPTION,
    BUCKET_VERSIONING,
    BUCKET_LIFECYCLE,
    BUCKET_POLICY,
)
"""Retained as tables are, since they hold what outlives them; a bucket stays as private as it was."""
_OF_AWS: Final[Mapping[str, tuple[str, str, Callable[[Any], Any]]]] = {
    BACKUP_SELECTION: ("planId", BACKUP_PLAN, lambda plan: plan.id),
}
"""By type: the input that only AWS knows, which resource before it has it, and how it is read of that."""


def register_in_order(expected: Iterable[Expected], parent: pulumi.Resource, stage: StageConfig) -> None:
    """Register each after the one before it, with the protection and retention that its type has."""
    made: dict[str, pulumi.CustomResource] = {}
    before: list[pulumi.Resource] = []
    for each in expected:
        options: dict[str, Any] = {"protect": True} if each.protect else {}
        if each.type in _RETAINED:
            options["retain_on_delete"] = stage.retain_on_delete
        if each.type == VAULT_LOCK:
            # A changed one is put in the place of the old, whose deletion would then unlock the vault.
            options["retain_on_delete"] = True
        if each.type in _OF_AWS:
            name, source, of = _OF_AWS[each.type]
            each = replace(each, inputs={**each.inputs, name: of(made[source])})
        made[each.type] = register(attrgetter(_MADE[each.type])(aws), each, parent, depends_on=before, **options)
        before = [made[each.type]]
