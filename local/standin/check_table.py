"""What DynamoDB refuses of a table and the emulator accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tablekit.model import limits as shared

from . import limits
from .checks import refuse
from .schema import Complaint
from .table_shape import attribute_types, is_provisioned, keys_of
from .values import UNKNOWN, Props, has_unknown

NAMES = "3 to 255 of a-z A-Z 0-9 _ . -"


def table(inputs: Props) -> Iterator[Complaint]:
    """All of it."""
    yield from _name("name", inputs.get("name"))
    for check in (_keys, _attributes, _index_counts, _projections, _capacity, _ttl, _recovery, _streams):
        yield from check(inputs)


def _indexes(inputs: Props) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in ("globalSecondaryIndexes", "localSecondaryIndexes"):
        given = inputs.get(name)
        for position, index in enumerate(given if isinstance(given, list) else []):
            if isinstance(index, Mapping):
                yield f"{name}[{position}]", index


def _name(path: str, value: Any) -> Iterator[Complaint]:
    if isinstance(value, str) and not shared.TABLE_NAME.fullmatch(value):
        yield refuse(path, value, NAMES, "Rename it.")


def _keys(inputs: Props) -> Iterator[Complaint]:
    if inputs.get("hashKey") is None:
        yield refuse("hashKey", None, "the name of one of attributes", "Every table has a hash key: name it.")
    if inputs.get("hashKey") not in (None, UNKNOWN) and inputs.get("hashKey") == inputs.get("rangeKey"):
        yield refuse("rangeKey", inputs["rangeKey"], "another attribute than hashKey", "Drop it, or name another.")
    for path, index in _indexes(inputs):
        yield from _name(f"{path}.name", index.get("name"))
        if path.startswith("local"):
            if inputs.get("rangeKey") is None:
                fix = "Give the table a rangeKey, or make the index a global one."
                yield refuse(path, index.get("name"), "local indexes only on a table with a rangeKey", fix)
            continue
        keys = keys_of(index)
        hashes = [attribute for attribute, kind in keys if kind == "HASH"]
        ranges = [attribute for attribute, kind in keys if kind == "RANGE"]
        if index.get("keySchemas") and (index.get("hashKey") or index.get("rangeKey")):
            yield refuse(path, "both keySchemas and hashKey/rangeKey", "one of the two forms", "Drop one.")
        elif not hashes:
            yield refuse(f"{path}.hashKey", None, "a hash key, here or in keySchemas", "Name it.")
        elif max(len(hashes), len(ranges)) > limits.MAX_INDEX_KEYS:
            found = f"{len(hashes)} hash and {len(ranges)} range keys"
            yield refuse(f"{path}.keySchemas", found, f"at most {limits.MAX_INDEX_KEYS} of each", "Join some.")


def _attributes(inputs: Props) -> Iterator[Complaint]:
    """The attributes listed are exactly those that the table and its indexes use."""
    given = inputs.get("attributes")
    if given is UNKNOWN or has_unknown([list(attribute_types(inputs))]):
        return
    entries = [entry for entry in given or [] if isinstance(entry, Mapping)]
    names = [str(entry.get("name")) for entry in entries]
    for position, entry in enumerate(entries):
        path = f"attributes[{position}]"
        if names.count(names[position]) > 1 and names.index(names[position]) != position:
            yield refuse(f"{path}.name", names[position], "each attribute once", "Drop one of the two.")
        kind = entry.get("type")
        if kind is not UNKNOWN and kind not in limits.KEY_TYPES:
            fix = "Only key attributes are declared, and keys are strings, numbers or binary."
            yield refuse(f"{path}.type", kind, ", ".join(limits.KEY_TYPES), fix)
        if len(names[position].encode()) not in range(1, shared.MAX_KEY_ATTRIBUTE_NAME_BYTES + 1):
            yield refuse(f"{path}.name", names[position], "1 to 255 bytes", "Shorten it.")
    owners = [("the table", inputs), *((str(index.get("name")), index) for _, index in _indexes(inputs))]
    if has_unknown([[index.get(k) for k in ("hashKey", "rangeKey", "keySchemas")] for _, index in owners]):
        return
    used: dict[str, str] = {}
    for owner, keys in owners:
        for attribute, _ in keys_of(keys):
            used.setdefault(attribute, owner)
    for attribute in sorted(set(used) - set(names)):
        allowed = "every key listed in attributes with its type"
        found = f"without {attribute!r}, a key of {used[attribute]}"
        yield refuse("attributes", found, allowed, f'Add {{"name": "{attribute}", "type": "S"}}.')
    for attribute in sorted(set(names) - set(used)):
        found = f"with {attribute!r}, which is no key of the table or of an index"
        yield refuse(
            "attributes", found, "all attributes must be indexed", "Drop it: other attributes aren't declared."
        )


def _index_counts(inputs: Props) -> Iterator[Complaint]:
    for name, most in (
        ("globalSecondaryIndexes", shared.MAX_GLOBAL_INDEXES),
        ("localSecondaryIndexes", shared.MAX_LOCAL_INDEXES),
    ):
        given = inputs.get(name)
        if isinstance(given, list) and len(given) > most:
            yield refuse(name, f"{len(given)} indexes", f"at most {most} a table", "Drop some.")
    seen: set[Any] = set()
    for path, index in _indexes(inputs):
        own = index.get("name")
        if own in seen and own is not UNKNOWN:
            yield refuse(f"{path}.name", own, "each index name once a table", "Rename one.")
        seen.add(own)


def _projections(inputs: Props) -> Iterator[Complaint]:
    total = 0
    for path, index in _indexes(inputs):
        kind, extra = index.get("projectionType"), index.get("nonKeyAttributes")
        if isinstance(kind, str) and kind not in limits.PROJECTIONS:
            yield refuse(f"{path}.projectionType", kind, ", ".join(limits.PROJECTIONS), "Take one of these.")
        if has_unknown([kind, extra]):
            continue
        where = f"{path}.nonKeyAttributes"
        if extra and kind != "INCLUDE":
            yield refuse(where, extra, "none unless projectionType is INCLUDE", "Drop them, or project INCLUDE.")
        if kind == "INCLUDE" and not extra:
            yield refuse(where, extra, "at least one, as projectionType is INCLUDE", "List them, or KEYS_ONLY.")
        if extra and len(extra) > shared.MAX_INDEX_NON_KEY_ATTRIBUTES:
            most = f"at most {shared.MAX_INDEX_NON_KEY_ATTRIBUTES} an index"
            yield refuse(where, f"{len(extra)} attributes", most, "Project ALL, or fewer.")
        total += len(extra or [])
    if total > shared.MAX_TABLE_NON_KEY_ATTRIBUTES:
        most = f"at most {shared.MAX_TABLE_NON_KEY_ATTRIBUTES} a table, counted once an index"
        yield refuse("globalSecondaryIndexes", f"{total} non-key attributes", most, "Project ALL, or fewer.")


def _capacity(inputs: Props) -> Iterator[Complaint]:
    mode = inputs.get("billingMode")
    if mode is UNKNOWN:
        return
    if mode is not None and mode not in limits.BILLING_MODES:
        yield refuse("billingMode", mode, ", ".join(limits.BILLING_MODES), "Take one of these.")
        return
    provisioned = is_provisioned(inputs)
    globals_ = [(path, index) for path, index in _indexes(inputs) if path.startswith("global")]
    for path, owner in [("", inputs), *globals_]:
        for unit in ("readCapacity", "writeCapacity"):
            value, where = owner.get(unit), f"{path}.{unit}" if path else unit
            if value is UNKNOWN:
                continue
            if provisioned and (value is None or value < 1):
                fix = "Give it, or set billingMode to PAY_PER_REQUEST."
                yield refuse(where, value, "1 or more, as billingMode is PROVISIONED (the default)", fix)
            if not provisioned and value:
                fix = "Drop it, or set billingMode to PROVISIONED."
                yield refuse(where, value, "nothing, as billingMode is PAY_PER_REQUEST", fix)
        if provisioned and owner.get("onDemandThroughput"):
            where = f"{path}.onDemandThroughput" if path else "onDemandThroughput"
            fix = "Drop it, or set billingMode to PAY_PER_REQUEST."
            yield refuse(where, owner["onDemandThroughput"], "nothing, as billingMode is PROVISIONED", fix)
    kind = inputs.get("tableClass")
    if kind not in (None, UNKNOWN) and kind not in limits.TABLE_CLASSES:
        yield refuse("tableClass", kind, ", ".join(limits.TABLE_CLASSES), "Take one of these.")


def _ttl(inputs: Props) -> Iterator[Complaint]:
    ttl = inputs.get("ttl")
    if not isinstance(ttl, Mapping) or has_unknown(ttl):
        return
    name = ttl.get("attributeName")
    if ttl.get("enabled", False) and not name:
        yield refuse("ttl.attributeName", name, "a name, as ttl is enabled", "Name the attribute.")
    elif name and len(name) not in shared.TTL_ATTRIBUTE_LENGTH:
        yield refuse("ttl.attributeName", name, f"1 to 255 characters, it has {len(name)}", "Shorten it.")


def _recovery(inputs: Props) -> Iterator[Complaint]:
    recovery = inputs.get("pointInTimeRecovery")
    days = recovery.get("recoveryPeriodInDays") if isinstance(recovery, Mapping) else None
    if isinstance(days, int) and days not in shared.PITR_DAYS:
        fix = "Take a number of days within it."
        yield refuse("pointInTimeRecovery.recoveryPeriodInDays", days, "1 to 35 days", fix)


def _streams(inputs: Props) -> Iterator[Complaint]:
    on, view = inputs.get("streamEnabled"), inputs.get("streamViewType")
    if has_unknown([on, view]):
        return
    if view and view not in shared.STREAM_VIEW_TYPES:
        yield refuse("streamViewType", view, ", ".join(shared.STREAM_VIEW_TYPES), "Take one of these.")
    if on and not view:
        fix = "Say what the stream shall carry."
        yield refuse("streamViewType", view, f"{', '.join(shared.STREAM_VIEW_TYPES)}, as streamEnabled is true", fix)
    if view and on is False:
        yield refuse("streamViewType", view, "nothing, as streamEnabled is false", "Drop it, or enable the stream.")
    regions = [r.get("regionName") for r in inputs.get("replicas") or [] if isinstance(r, Mapping)]
    if regions and not on and not has_unknown(regions):
        allowed = "true with NEW_AND_OLD_IMAGES, as the table has replicas"
        yield refuse("streamEnabled", on, allowed, "Enable the stream.")
