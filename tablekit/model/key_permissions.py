"""What KMS keys are used for: by roles, through the services that encrypt with them; a family's own key's policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tablekit.model.staged import Account, StagedFamily
from tablekit.model.statements import Policy, add_condition, allow, policy

KEY_USES = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
"""What DynamoDB does with a table's key for who uses the table."""


def through_dynamodb(regions: Sequence[str]) -> dict[str, Any]:
    """The condition that DynamoDB asks, in one of these regions."""
    services = [f"dynamodb.{region}.amazonaws.com" for region in regions]
    return {"StringEquals": {"kms:ViaService": services if len(services) > 1 else services[0]}}


def key_statement(keys: Iterable[str], regions: Sequence[str]) -> dict[str, Any]:
    """Use of KMS keys by DynamoDB in these regions, for who reads and writes tables that they encrypt."""
    return add_condition(allow("Key", KEY_USES, keys), through_dynamodb(regions))


def keyed(
    sid: str,
    actions: Iterable[str],
    family: StagedFamily,
    regions: Iterable[str],
    account: Account,
    condition: dict[str, Any] | None = None,
) -> Iterator[dict[str, Any]]:
    """These actions on the keys that the stage gives in the regions, and on those that the stack makes.

    Only AWS knows what a made key is called, so it is named by its alias, which is one key's in a region.
    """
    if given := family.role_keys(regions):
        yield add_condition(allow(sid, actions, given), condition or {})
    if family.key_alias:
        anywhere = [account.arn("kms", region, "key/*") for region in regions]
        own = add_condition(allow(f"Own{sid}", actions, anywhere), condition or {})
        yield add_condition(own, {"ForAnyValue:StringEquals": {"kms:ResourceAliases": family.key_alias}})


def key_policy(family: StagedFamily, account: Account) -> Policy:
    """A family's own key's, in the region it is looked at in: IAM says who of the account may use it, so that nobody
    is locked out; and the services that tell its topic something, or keep its events, encrypt these.

    They have no condition: one on the account keeps CloudWatch's messages from being sent, and who may not publish to
    the topic, which the topic's policy says, has nothing of the key.
    """
    owner = allow("Owner", ["kms:*"], ["*"]) | {"Principal": {"AWS": account.arn("iam", "", "root")}}
    told = [f"{name}.amazonaws.com" for name in ("cloudwatch", *family.tellers)]
    topic = allow("Topic", ["kms:Decrypt", "kms:GenerateDataKey*"], ["*"]) | {"Principal": {"Service": told}}
    kept = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "kms:ReEncrypt*"]
    bus = allow("Bus", kept, ["*"]) | {"Principal": {"Service": ["events.amazonaws.com"]}}
    return policy(owner, *([topic] if family.has_topic else []), *([bus] if family.bus else []))
