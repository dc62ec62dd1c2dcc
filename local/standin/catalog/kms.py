"""KMS's types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from .. import checks
from ..codecs import POLICY, Codec, pairs
from ..spec import Op, Prop, ResourceType, Step, Tagging
from ..values import Props

GONE: Final = ("NotFoundException",)
_STEP: Final = {"KeyId": "{id}"}


KEY: Final = ResourceType(
    "aws:kms/key:Key",
    service="kms",
    id="{keyId}",
    props=(
        Prop("description", default=""),
        Prop("keyUsage", default="ENCRYPT_DECRYPT", replace=True),
        Prop("customerMasterKeySpec", "KeySpec", default="SYMMETRIC_DEFAULT", replace=True),
        Prop("policy", codec=POLICY, computed=True),
        Prop("multiRegion", default=False, replace=True),
        Prop("isEnabled", "Enabled", default=True),
        Prop("enableKeyRotation", "KeyRotationEnabled", default=False),
        Prop("rotationPeriodInDays", computed=True),
        Prop("deletionWindowInDays", kept=True),
        Prop("bypassPolicyLockoutSafetyCheck", kept=True, default=False),
        Prop("tags", default={}),
        Prop("arn", "Arn", output=True),
        Prop("keyId", output=True),
    ),
    create=Op(
        "create_key",
        sends=("description", "keyUsage", "customerMasterKeySpec", "policy", "multiRegion"),
        at="KeyMetadata",
    ),
    reads=(
        # A key waits for its deletion, and is gone for all that matters here.
        Op("describe_key", _STEP, at="KeyMetadata.KeyState != 'PendingDeletion' && KeyMetadata", gone=GONE),
        Op("get_key_rotation_status", _STEP, gone=GONE),
        Op("get_key_policy", {**_STEP, "PolicyName": "default"}, gone=GONE),
    ),
    steps=(
        Step(("description",), Op("update_key_description", _STEP, sends=("description",))),
        Step(("policy",), Op("put_key_policy", {**_STEP, "PolicyName": "default"}, sends=("policy",))),
        Step(
            ("enableKeyRotation", "rotationPeriodInDays"),
            Op("enable_key_rotation", _STEP, sends=("rotationPeriodInDays",)),
            unset=Op("disable_key_rotation", _STEP),
            at_creation=True,
        ),
        Step(("isEnabled",), Op("disable_key", _STEP), unset=Op("enable_key", _STEP), at_creation=True),
    ),
    tagging=Tagging(
        tag=Op("tag_resource", _STEP),
        untag=Op("untag_resource", {**_STEP, "TagKeys": "{keys}"}),
        listing=Op("list_resource_tags", _STEP, at="Tags"),
        codec=pairs("TagKey", "TagValue"),
    ),
    delete=Op("schedule_key_deletion", {**_STEP, "PendingWindowInDays": "{deletionWindowInDays}"}, gone=GONE),
    checks=(checks.deletion_window, checks.document("policy", 32 * 1024, "a key policy", with_spaces=True)),
)


@dataclass(frozen=True)
class KeyName(Codec):
    """A key by its id or by its ARN, which ends in the id."""

    def equal(self, wanted: Any, actual: Any) -> bool:
        return str(wanted).split("/")[-1] == str(actual).split("/")[-1]


def _target(actual: Props) -> Props:
    arn, target = str(actual.get("arn", "")), str(actual.get("targetKeyId", ""))
    return {**actual, "targetKeyArn": f"{arn.rpartition(':')[0]}:key/{target.split('/')[-1]}"}


ALIAS: Final = ResourceType(
    "aws:kms/alias:Alias",
    service="kms",
    named="name",
    name_prefix="alias/",
    id="{name}",
    props=(
        Prop("name", "AliasName", replace=True),
        Prop("targetKeyId", codec=KeyName()),
        Prop("arn", "AliasArn", output=True),
        Prop("targetKeyArn", output=True),
    ),
    create=Op("create_alias", sends=("name", "targetKeyId")),
    reads=(Op("list_aliases", at="Aliases[?AliasName=='{id}'] | [0]"),),
    update=Op("update_alias", sends=("name", "targetKeyId")),
    delete=Op("delete_alias", {"AliasName": "{id}"}, gone=GONE),
    tidy=_target,
)

TYPES: Final = (KEY, ALIAS)
