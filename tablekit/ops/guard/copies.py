"""What a plan does to keys and replicas: what of the data goes, or becomes unreadable, and what keeps it safe."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.ops.guard.changes import Finding
from tablekit.ops.guard.shape import hidden

Inputs = Mapping[str, Any]
_ANOTHER = "another, which the update knows first"


def replica(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """All but its safeguards and tags is given when it is made: the AWS plugin makes another in its place."""
    for name in ("globalTableArn", "region", "kmsKeyArn", "tableClassOverride"):
        if (was := before.get(name)) != (now := after.get(name)):
            text = f"{name}: {was} → {_ANOTHER if hidden(now) else now}: it would be made anew, and be empty until then"
            yield Finding("replica-replaced", text)
    for name, word in (("pointInTimeRecovery", "point-in-time recovery"), ("deletionProtectionEnabled", "protection")):
        if before.get(name) and not after.get(name):
            yield Finding("replica-loosened", f"{word} of the replica goes off")


def key(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What it is made of, whether it can be used, who may use it, and how long its deletion waits."""
    for name in ("region", "multiRegion", "keyUsage", "customerMasterKeySpec"):
        if (was := before.get(name) or None) != (now := after.get(name) or None):
            yield Finding("key-lost", f"{name}: {was} → {now}, which is another key")
    if after.get("isEnabled") is False:
        yield Finding("key-lost", "the key is disabled: nobody reads or writes what is under it")
    if before.get("enableKeyRotation") and not after.get("enableKeyRotation"):
        yield Finding("key-loosened", "the key is not rotated any more")
    old, new = before.get("deletionWindowInDays", 30), after.get("deletionWindowInDays", 30)
    if new < old:
        yield Finding("key-loosened", f"its deletion waits {old} → {new} days")
    if _meaning(before.get("policy")) != _meaning(after.get("policy")):
        yield Finding("key-loosened", "who may use the key is another")


def _meaning(policy: Any) -> Any:
    try:
        return json.loads(policy)
    except (TypeError, ValueError):
        return policy


def alias(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Roles name the key by it."""
    if (was := before.get("targetKeyId")) != (now := after.get("targetKeyId")):
        now = _ANOTHER if hidden(now) else now
        yield Finding("key-lost", f"the alias names {was} → {now}: roles lose the key that tables are under")
    if before.get("name") != after.get("name"):
        yield Finding("key-loosened", f"{before.get('name')} → {after.get('name')}")
