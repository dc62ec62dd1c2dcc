"""Changes of a table that the AWS plugin accepts and does not make: told as warnings, since its plan says nothing.

Each of these properties is "optional and computed" in the plugin: what is not given is what is there. The types of
attributes are not compared at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from .table_shape import attribute_types, index_identity, keys_of
from .values import UNKNOWN, Props, has_unknown


def unplanned(there: Props, wanted: Props) -> Iterator[str]:
    """What stays as it is though the program asks for something else; `there` is the state, `wanted` the inputs."""
    yield from _indexes(there, wanted)
    yield from _local_indexes(there, wanted)
    yield from _time_to_live(there, wanted)
    yield from _recovery(there, wanted)
    yield from _key_types(there, wanted)
    yield from _encryption(there, wanted)


def retyped(there: Props, wanted: Props) -> dict[str, tuple[str, str]]:
    """Key attributes of the table and of any index whose type differs: name → (type there, type wanted)."""
    if has_unknown(wanted.get("attributes")):
        return {}
    before, after = attribute_types(there), attribute_types(wanted)
    return {name: (before[name], kind) for name, kind in after.items() if before.get(name, kind) != kind}


def own_keys(values: Props) -> set[str]:
    """The attributes that are keys of the table or of a local index: fixed for the table's life."""
    return {attribute for attribute, _ in keys_of(values)} | {
        str(index.get("rangeKey")) for index in values.get("localSecondaryIndexes") or []
    }


def _indexes(there: Props, wanted: Props) -> Iterator[str]:
    names = [str(index["name"]) for index in there.get("globalSecondaryIndexes") or []]
    if names and not wanted.get("globalSecondaryIndexes"):
        yield (
            f"globalSecondaryIndexes are given no more, and the AWS plugin then deletes none. Left on AWS, and billed: "
            f"{', '.join(names)}. Delete them by UpdateTable, then run `pulumi refresh`."
        )


def _local_indexes(there: Props, wanted: Props) -> Iterator[str]:
    before = {index["name"]: index for index in there.get("localSecondaryIndexes") or []}
    given = wanted.get("localSecondaryIndexes") or []
    for index in [] if has_unknown(given) else given:
        name = index["name"]
        if name in before and index_identity(before[name]) != index_identity(index):
            yield (
                f"the local index {name!r} has other keys or another projection, and the AWS plugin leaves it as it "
                f"is: it tells local indexes apart by their names. Declare it as it was; under another name it would "
                f"be another table."
            )


def _time_to_live(there: Props, wanted: Props) -> Iterator[str]:
    ttl = there.get("ttl") or {}
    if ttl.get("enabled") and wanted.get("ttl") is None:
        yield (
            f"ttl is given no more, and the AWS plugin then leaves it on: items go on expiring by "
            f"{ttl['attributeName']!r}. Give it as off, with that name: "
            f'{{"attributeName": "{ttl["attributeName"]}", "enabled": false}}.'
        )


def _recovery(there: Props, wanted: Props) -> Iterator[str]:
    if (there.get("pointInTimeRecovery") or {}).get("enabled") and wanted.get("pointInTimeRecovery") is None:
        yield (
            "pointInTimeRecovery is given no more, and the AWS plugin then leaves it on, and billed. "
            'Give it as off: {"enabled": false}.'
        )


def _key_types(there: Props, wanted: Props) -> Iterator[str]:
    own = own_keys(there)
    for name, (before, after) in retyped(there, wanted).items():
        fix = (
            "A table's own key has its type for life: make a new table and copy the items, or declare the old type."
            if name in own
            else "Give the index another name, so that it is made anew, or declare the old type."
        )
        yield f"the type of the key {name!r} is {after}, and the AWS plugin leaves it at {before}. {fix}"


def _encryption(there: Props, wanted: Props) -> Iterator[str]:
    key = (there.get("serverSideEncryption") or {}).get("kmsKeyArn")
    asked = wanted.get("serverSideEncryption")
    if not key or asked is UNKNOWN or (asked and (asked.get("kmsKeyArn") or not asked.get("enabled"))):
        return
    yield (
        f"serverSideEncryption names no key any more, and the AWS plugin then leaves the table on {key}. "
        f"Change it by UpdateTable, then run `pulumi refresh`; until then whoever reads the table needs that key."
    )
