"""What a plan does to one table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tablekit.ops.guard import capacity
from tablekit.ops.guard.changes import CHANGES, Finding
from tablekit.ops.guard.index_steps import IndexStep, changed_indexes, ordered_steps
from tablekit.ops.guard.pairing import REPLACING, Pair
from tablekit.ops.guard.shape import Shape


def findings(pair: Pair, taken: str | None) -> tuple[Finding, ...]:
    """The table's changes, the gravest first; `none` where there are none. taken: who else has its physical name."""
    found = list(_changes(pair))
    if taken:
        assert pair.after is not None
        other = taken.rpartition("::")[2]
        found.append(Finding("name-taken", f"{_place(pair.after)} belongs to {taken if other == pair.name else other}"))
    if pair.pending:
        found.append(Finding("pending-operation", f"{pair.pending} was begun and not ended"))
    if not found:
        found = [Finding("none", "")]
    return tuple(sorted(found, key=lambda finding: (-finding.level, list(CHANGES).index(finding.change))))


def index_steps(pair: Pair, one: bool = False) -> tuple[IndexStep, ...]:
    """The single changes in order, where the table stays and has more than one, or loses its last index.

    one: give a single change too, which the AWS plugin can make by itself.
    """
    if not pair.before or not pair.after or _replaced(pair, pair.before, pair.after):
        return ()
    steps = ordered_steps(pair.before, pair.after)
    return steps if one or len(steps) > 1 or not pair.after.indexes else ()


def taken_names(pairs: Iterable[Pair]) -> dict[str, str]:
    """URN -> whoever else has the physical name that it comes to have: in the state, or by this plan."""
    pairs = list(pairs)
    holders: dict[str, list[tuple[Pair, Shape]]] = {}
    for pair in pairs:
        for shape in {id(shape): shape for shape in (pair.before, pair.after) if shape}.values():
            holders.setdefault(shape.name, []).append((pair, shape))
    found: dict[str, str] = {}
    for pair in pairs:
        if pair.after is None or not pair.after.name or "name" in pair.after.unknown:
            continue
        own = pair.before is not None and _same_place(pair.before, pair.after)
        for other, shape in holders[pair.after.name]:
            # Two that both hold it already are both told; one that was first is not told of a newcomer.
            theirs = other.before is not None and _same_place(other.before, pair.after)
            if other.urn != pair.urn and _same_place(shape, pair.after) and (not own or theirs):
                found[pair.urn] = other.urn
    return found


def _same_place(one: Shape, other: Shape) -> bool:
    """One name and region; a region that nobody names may be any."""
    return one.name == other.name and (one.region == other.region or not one.region or not other.region)


def _changes(pair: Pair) -> Iterator[Finding]:
    before, after = pair.before, pair.after
    if before and after:
        found = [
            *_structure(pair, before, after),
            *_safeguards(pair, before, after),
            *capacity.changes(before, after, pair.scaled),
            *_encryption(pair, before, after),
            *_unknown(pair, after),
        ]
        yield from found
        if "import" in pair.ops:
            yield Finding("adoption", _place(after))
        if not found and (pair.changed or "update" in pair.ops):
            yield Finding("in-place", ", ".join(dict.fromkeys(pair.changed)) or "settings")
        elif not found and (before.protect, before.retain) != (after.protect, after.retain):
            yield Finding("in-place", "protect or retainOnDelete comes on")
    elif after:
        known = sorted(after.unknown & {"name", "region"})
        if known:
            yield Finding("unknown", f"{', '.join(known)}: nobody can tell whether the table is another's")
        yield Finding("adoption" if "import" in pair.ops else "create", _place(after))
    elif before:
        yield _leaves(pair, before)


def _leaves(pair: Pair, before: Shape) -> Finding:
    leftover = ", left over by an earlier replacement," if pair.leftover else ""
    if before.retain or "discard" in pair.ops:
        return Finding("removal", f"{_place(before)}{leftover} leaves the stack and stays on AWS")
    guarded = "; AWS will refuse while its deletion protection is on" if before.deletion_protection else ""
    return Finding("deletion", f"{_place(before)}{leftover} is not retained{guarded}")


def _replaced(pair: Pair, before: Shape, after: Shape) -> bool:
    """By the engine's word, or because DynamoDB has no other way.

    A key's type, and what a local index of the same name is made of, are no reasons: the AWS plugin leaves them alone.
    """
    was, is_ = (
        (shape.name, [(key.attribute, key.kind) for key in shape.keys], shape.local_indexes.keys())
        for shape in (before, after)
    )
    return bool(pair.ops & REPLACING) or was != is_ or _moved(before, after)


def _moved(before: Shape, after: Shape) -> bool:
    return bool(before.region and after.region and before.region != after.region)


def _structure(pair: Pair, before: Shape, after: Shape) -> Iterator[Finding]:
    """What the table is made of."""
    replaced = _replaced(pair, before, after)
    if _moved(before, after):
        yield Finding("region", f"{before.region} → {after.region}")
    in_place = before.name == after.name and not _moved(before, after)
    if replaced:
        yield Finding("replacement", _replacement(pair, before, after), hopeless=in_place)
    for attribute, (was, is_) in sorted(_retyped(before, after).items()):
        yield Finding("key-type", f"{attribute}: {was} → {is_}", hopeless=True)
    if names := _different(before.local_indexes, after.local_indexes):
        yield Finding("local-index", ", ".join(names), hopeless=in_place)
    if not replaced:
        yield from _indexes(before, after)


def _retyped(before: Shape, after: Shape) -> dict[str, tuple[str, str]]:
    """Attribute -> its types, of keys that are there before and after: the table's own, and those of one index."""
    pairs = [(before.fixed_keys, after.fixed_keys)]
    pairs += [
        ({key.attribute: key.type for key in index.keys}, {key.attribute: key.type for key in after.indexes[name].keys})
        for name, index in before.indexes.items()
        if name in after.indexes
    ]
    return {
        attribute: (was[attribute], is_[attribute])
        for was, is_ in pairs
        for attribute in was.keys() & is_.keys()
        if was[attribute] != is_[attribute]
    }


def _indexes(before: Shape, after: Shape) -> Iterator[Finding]:
    if before.indexes and not after.indexes:
        yield Finding("last-index", f"{', '.join(sorted(before.indexes))}: stays as it is", hopeless=True)
        return
    drop, build = changed_indexes(before.indexes, after.indexes)
    for name in sorted(drop):
        anew = ", to be built anew: it is missing until then" if name in build else ""
        yield Finding("index-drop", f"{name} ({before.indexes[name].text}){anew}")
    for name in sorted(build):
        yield Finding("index-build", f"{name} ({after.indexes[name].text})")
    if len(drop) + len(build) > 1:
        yield Finding("several-index-changes", f"{len(drop) + len(build)} in one update")


def _replacement(pair: Pair, before: Shape, after: Shape) -> str:
    why = ", ".join(pair.replaced_by) or "name, region, keys or local indexes"
    if before.name == after.name and not _moved(before, after):
        fate = f"the new {after.name!r} can't be made beside the old one of that name, so the update fails"
    elif before.retain:
        fate = f"{_place(after)} starts empty; {_place(before)} stays on AWS and leaves the stack"
    else:
        fate = f"{_place(after)} starts empty; {_place(before)} is deleted with its items"
    return f"by {why}: {fate}"


def _safeguards(pair: Pair, before: Shape, after: Shape) -> Iterator[Finding]:
    """What keeps data safe or lets it go."""
    if before.ttl and after.ttl is None and after.ttl_off is None:
        yield Finding("ttl-left-out", f"it stays on, with {before.ttl}", hopeless=True)
    elif before.ttl and (moved_to := after.ttl or after.ttl_off or "no name") != before.ttl:
        kept = "" if after.ttl else f"; off is given with {moved_to}, and TTL is on with {before.ttl}"
        yield Finding("ttl-attribute", f"{before.ttl} → {moved_to}{kept}", hopeless=True)
    elif before.ttl != after.ttl:
        yield Finding("ttl-switch", f"on, with {after.ttl}" if after.ttl else f"off; it was on with {before.ttl}")
    if before.stream and before.stream != after.stream:
        refused = "; AWS refuses that as long as the table has a replica" if pair.replicated else ""
        yield Finding("stream", f"{before.stream} → {after.stream or 'off'}{refused}", hopeless=bool(refused))
    if before.recovery_days and not after.recovery_days:
        yield Finding("recovery-lost", f"{before.recovery_days} days → off")
    elif (before.recovery_days or 0) > (after.recovery_days or 0):
        yield Finding("recovery-window", f"{before.recovery_days} → {after.recovery_days} days")
    lost = [
        text
        for text, was, is_ in (
            ("deletion protection", before.deletion_protection, after.deletion_protection),
            ("protect", before.protect, after.protect),
            ("encryption by a KMS key", before.encrypted, after.encrypted is not False),
        )
        if was and not is_
    ]
    if lost:
        yield Finding("protection-lost", " and ".join(lost))
    if before.retain and not after.retain:
        yield Finding("retention-lost", "retainOnDelete: true → false")
    if added := sorted(capacity.told(after.options, after, pair.scaled) - before.options):
        yield Finding("options-set", ", ".join(added))


def _encryption(pair: Pair, before: Shape, after: Shape) -> Iterator[Finding]:
    """The way from one KMS key to another."""
    hidden = "serverSideEncryption" in after.unknown
    if pair.key_losers:
        yield Finding("key-permission", f"{', '.join(pair.key_losers)}: loses {before.kms_key}")
    if before.kms_key and not after.kms_key and after.encrypted is not False and not hidden:
        if pair.customers_key:
            yield Finding(
                "managed-key",
                f"it stays on {before.kms_key}; the way: aws dynamodb update-table --table-name {before.name}"
                f"{f' --region {before.region}' if before.region else ''} --sse-specification Enabled=true,SSEType=KMS",
                hopeless=True,
            )
        elif pair.customers_key is None:
            yield Finding("unknown", f"serverSideEncryption: whether {before.kms_key} is the AWS-managed key")


def _unknown(pair: Pair, after: Shape) -> Iterator[Finding]:
    """Properties that nobody can compare, where the engine says that they change or does not say."""
    touched = {reason.partition(".")[0].partition("[")[0] for reason in pair.changed}
    hidden = sorted(after.unknown if pair.ops - {"same"} and not touched else after.unknown & touched)
    if hidden:
        yield Finding("unknown", ", ".join(hidden))


def _different(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _place(shape: Shape) -> str:
    return f"{shape.name!r} in {shape.region}" if shape.region else f"{shape.name!r}"
