"""A family's own keys and replicas on AWS, against what is derived."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tablekit.client import Clients
from tablekit.model.staged import Account
from tablekit.ops.drift import statements
from tablekit.resources import KEY, KEY_ALIAS, REPLICA, RESOURCE_POLICY, Expected

Rows = Iterator[tuple[str, Any, Any]]


def key_arn(clients: Clients, region: str, key: str) -> str:
    """A key's ARN, where it may be named by the alias of one that the stack makes."""
    if key.startswith("arn:"):
        return key
    return str(clients.get("kms", region).describe_key(KeyId=key)["KeyMetadata"]["Arn"])


def _key(clients: Clients, expected: Expected, account: Account) -> Rows:
    """The key that the alias names: there is no other way to it."""
    wanted = expected.inputs
    client = clients.get("kms", wanted["region"])
    found = client.describe_key(KeyId=wanted["description"].partition(" ")[0])["KeyMetadata"]
    yield "state", found.get("KeyState"), "Enabled"
    named = {"KeyId": found["Arn"]}
    yield "rotation", client.get_key_rotation_status(**named).get("KeyRotationEnabled"), wanted["enableKeyRotation"]
    policy = client.get_key_policy(**named, PolicyName="default")["Policy"]
    yield "policy", json.loads(policy), json.loads(wanted["policy"])


def _replica(clients: Clients, expected: Expected, account: Account) -> Rows:
    wanted = expected.inputs
    client, name = clients.get("dynamodb", wanted["region"]), wanted["globalTableArn"].rpartition("/")[2]
    found = client.describe_table(TableName=name)["Table"]
    yield "status", found["TableStatus"], "ACTIVE"
    # A replica whose key or rights were taken for 20 hours is a table of its own from then on.
    home = wanted["globalTableArn"].split(":")[3]
    yield f"replicates with {home}", home in (each["RegionName"] for each in found.get("Replicas") or ()), True
    yield "deletion protection", found.get("DeletionProtectionEnabled", False), wanted["deletionProtectionEnabled"]
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = (backups.get("PointInTimeRecoveryDescription") or {}).get("PointInTimeRecoveryStatus") == "ENABLED"
    yield "point-in-time recovery", recovery, wanted["pointInTimeRecovery"]
    if key := wanted.get("kmsKeyArn"):
        yield "key", (found.get("SSEDescription") or {}).get("KMSMasterKeyArn"), key_arn(clients, wanted["region"], key)
    pages = clients.pages("dynamodb", wanted["region"], "list_tags_of_resource", ResourceArn=found["TableArn"])
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", ())}
    yield "tags", {name: tags.get(name) for name in wanted["tags"]}, wanted["tags"]


def _policy(clients: Clients, expected: Expected, account: Account) -> Rows:
    """A replica's own; a table's is looked at with its table."""
    client = clients.get("dynamodb", expected.inputs["region"])
    found = client.get_resource_policy(ResourceArn=expected.inputs["resourceArn"])["Policy"]
    yield "policy", statements(json.loads(found)), statements(json.loads(expected.inputs["policy"]))


READ: Final[Mapping[str, tuple[str, str, Callable[[Clients, Expected, Account], Rows]]]] = {
    KEY: ("description", "kms:DescribeKey, kms:GetKeyRotationStatus and kms:GetKeyPolicy", _key),
    REPLICA: ("globalTableArn region", "dynamodb:DescribeTable and its like on a replica", _replica),
    RESOURCE_POLICY: ("resourceArn", "dynamodb:GetResourcePolicy", _policy),
}
"""By type: the inputs that are its name on AWS, what a role needs to look at it, and what is compared."""
EMULATED: Final = (KEY,)
"""Those of them that an emulator has."""
NOT_IMPORTED: Final = (KEY, KEY_ALIAS, REPLICA)
"""Those that an adoption leaves where they are: only AWS knows a key's id."""
