"""A family's own keys, and its replicas in other regions: what keeps its data elsewhere, or from others."""

from __future__ import annotations

from collections.abc import Iterator

from tablekit.model.key_permissions import key_policy
from tablekit.model.staged import Account, StagedFamily, StagedTable
from tablekit.resources.expected import KEY, KEY_ALIAS, REPLICA, Expected, document, given

DELETION_DAYS = 30
"""How long a key waits for its deletion, the longest that KMS takes."""


def keys(name: str, family: StagedFamily, account: Account) -> Iterator[Expected]:
    """The family's keys, one in each region that it needs one in, each with its alias; none where the stack makes none.

    name: what their resources' names begin with.
    """
    alias = family.key_alias
    for region in family.key_regions if alias else ():
        key = key_name(name, family, region)
        inputs = {
            "description": f"{alias} in {region}: tables, backups and messages of {family.declared.title}",
            "policy": document(key_policy(family.at(region), account)),
            "enableKeyRotation": True,
            "deletionWindowInDays": DELETION_DAYS,
            "region": region,
            "tags": family.tags,
        }
        yield Expected(KEY, key, inputs, {"policy": "policy"}, protect=family.stage.protect)
        target = {"targetKeyId": (KEY, key, "keyId")}
        yield Expected(KEY_ALIAS, key, {"name": alias, "targetKeyId": alias, "region": region}, of_aws=target)


def key_name(name: str, family: StagedFamily, region: str) -> str:
    """What the resource of the family's key in a region is called."""
    return f"{name}-key" if region == family.regions[0] else f"{name}-key-{region}"


def own_key(family: StagedFamily, region: str, path: str) -> dict[str, tuple[str, str, str]]:
    """That the input at a path is the ARN of the family's own key in a region; nothing where it has none.

    The key is called as in this project's own stacks.
    """
    return {path: (KEY, key_name(family.key, family, region), "arn")} if family.key_alias else {}


def replicas(name: str, family: StagedFamily, staged: StagedTable, account: Account) -> Iterator[Expected]:
    """A table's replicas, each in its region with its own key, recovery, protection and tags.

    name: the table's resource name. Their class is the table's, and follows it. The AWS plugin reads it as if it were
    given, and would make a replica anew for one that is not: it is ignored.
    """
    for region in family.replicas:
        inputs = given(
            globalTableArn=family.table_arn(account, staged.name),
            region=region,
            kmsKeyArn=family.key_in(region),
            pointInTimeRecovery=True,
            deletionProtectionEnabled=family.stage.deletion_protection,
            tags=staged.tags,
        )
        yield Expected(
            REPLICA,
            f"{name}-{region}",
            inputs,
            protect=family.stage.protect,
            of_aws=own_key(family, region, "kmsKeyArn"),
            ignored=("tableClassOverride",),
        )
