"""What a plan takes away of what is recorded, and whom it lets in: trails, buckets, and resources' own policies."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tablekit.model.audit import STREAM_READS, STREAMS, TABLES
from tablekit.ops.drift import statements
from tablekit.ops.guard.changes import Finding

Inputs = Mapping[str, Any]
_NAMES: Final = ("bucket", "name", "region")
_FIELDS: Final = {"eventCategory", "resources.type", "resources.ARN", "readOnly"}


def bucket(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Another name or region is another bucket."""
    for name in ("bucket", "region"):
        if before.get(name) != after.get(name):
            was, now = before.get(name), after.get(name)
            yield Finding("records-lost", f"{name}: {was} → {now}, which is another bucket; the old one's objects stay")


def part(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Any change of what keeps a bucket private, versioned and encrypted, but for a public access block that closes."""
    for name in sorted({*before, *after} - {*_NAMES}):
        was, now = before.get(name), after.get(name)
        if was != now and now is not True:
            yield Finding("records-loosened", f"{name}: {_said(was)} → {_said(now)}")


def lifecycle(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What goes sooner, overwritten versions too."""
    was, now = (_ends(inputs) for inputs in (before, after))
    for name, days in now.items():
        if days is not None and (was.get(name) is None or days < was[name]):
            yield Finding("records-loosened", f"{name}: kept for {was.get(name) or 'ever'} → {days} days")


def _ends(inputs: Inputs) -> dict[str, Any]:
    found = {}
    for rule in inputs.get("rules") or ():
        if days := (rule.get("expiration") or {}).get("days"):
            found[f"rule {rule.get('id')!r}"] = days
        if days := (rule.get("noncurrentVersionExpiration") or {}).get("noncurrentDays"):
            found[f"rule {rule.get('id')!r}, what was overwritten"] = days
    return found


def trail(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What is not recorded any more, or elsewhere, or can be forged."""
    if after.get("enableLogging") is False:
        yield Finding("records-loosened", "the trail is off")
    if before.get("enableLogFileValidation") and not after.get("enableLogFileValidation"):
        yield Finding("records-loosened", "its files are not validated any more")
    for name in ("name", "region", "s3BucketName", "s3KeyPrefix", "kmsKeyId"):
        if before.get(name) != after.get(name):
            yield Finding("records-loosened", f"{name}: {before.get(name)} → {after.get(name)}")
    was, now = (_selected(inputs) for inputs in (before, after))
    if gone := sorted(was - now):
        yield Finding("records-loosened", f"not recorded any more: {', '.join(gone)}")


def _selected(inputs: Inputs) -> set[str]:
    """Each ARN that is recorded, with its type and whether of reads too.

    What reads a table's stream is recorded with the table, unless the events' names leave it out.
    """
    found = set()
    for selector in inputs.get("advancedEventSelectors") or ():
        fields = {each.get("field"): each for each in selector.get("fieldSelectors") or ()}
        kinds = (fields.get("resources.type") or {}).get("equals") or ["everything"]
        arns = fields.get("resources.ARN") or {}
        wheres = [*(arns.get("equals") or ()), *(f"{arn}*" for arn in arns.get("startsWiths") or ())] or ["everywhere"]
        only = (fields.get("readOnly") or {}).get("equals") or ["false", "true"]
        does = {"false": "writes", "true": "reads"}
        names = fields.pop("eventName", {})
        apart = set(names.get("notEquals") or ())
        partly = names.keys() - {"field", "notEquals"} or apart - set(STREAM_READS) or fields.keys() - _FIELDS
        part = ", but a part alone" if partly else ""
        if "true" in only and TABLES in kinds and not apart >= set(STREAM_READS):
            kinds = [*kinds, STREAMS]
        for kind in kinds:
            which = ["true"] if kind == STREAMS else only
            found |= {f"{does.get(o, o)} of {kind} {where}{part}" for o in which for where in wheres}
    return found


def analyzer(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What it looks for, or where."""
    for name in ("type", "region", "configuration"):
        if before.get(name) != after.get(name):
            yield Finding("watch-loosened", f"{name}: {before.get(name)} → {after.get(name)}")


def insights(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Keys that were asked for most are not shown any more."""
    if before.get("mode") != after.get("mode") == "THROTTLED_KEYS":
        yield Finding("watch-loosened", "shown are the keys alone that were throttled")


def monitor(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """What it counts."""
    for name in ("monitorType", "monitorDimension", "monitorSpecification"):
        if before.get(name) != after.get(name):
            yield Finding("watch-loosened", f"{name}: {before.get(name)} → {after.get(name)}")


def subscription(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Who hears of less."""
    was, now = ({str(each.get("address")) for each in i.get("subscribers") or ()} for i in (before, after))
    if gone := sorted(was - now):
        yield Finding("watch-loosened", f"{', '.join(gone)} does not hear of it any more")
    for name in ("frequency", "thresholdExpression"):
        if before.get(name) != after.get(name):
            yield Finding("watch-loosened", f"{name}: {_said(before.get(name))} → {_said(after.get(name))}")


def policy(before: Inputs, after: Inputs) -> Iterator[Finding]:
    """Statement by statement: what is allowed more or denied less, and what is denied more."""
    was, now = (statements(json.loads(inputs.get("policy") or "{}")) for inputs in (before, after))
    for sid in sorted(was.keys() | now.keys()):
        old, new = was.get(sid), now.get(sid)
        if old == new:
            continue
        effect = (old or new or {}).get("Effect", ["?"])[0]
        wider, narrower = _moved(old or {}, new or {}) if old and new else ([], [])
        if old is None or new is None:
            wider, narrower = ([], ["all of it"]) if new is None else (["all of it"], [])
        if effect == "Deny":
            wider, narrower = narrower, wider
        for change, parts in (("access-loosened", wider), ("access-tightened", narrower)):
            if parts:
                verb = "comes" if old is None else "goes" if new is None else f"changes: {', '.join(parts)}"
                yield Finding(change, f"statement {sid!r} ({effect}) {verb}")


def _moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What makes a statement speak of more, and of less.

    A value more is more, but among those that a condition leaves out; a condition more is less. Anything else that
    differs may be either.
    """
    wider, narrower = [], []
    was, now = _parts(old), _parts(new)
    for path in sorted(was.keys() | now.keys()):
        gone, come = (
            sorted(was.get(path, set()) - now.get(path, set())),
            sorted(now.get(path, set()) - was.get(path, set())),
        )
        more, less = [f"{path} with {each}" for each in come], [f"{path} without {each}" for each in gone]
        new_or_gone = path not in was or path not in now
        if path.startswith("Condition") and (new_or_gone or "Not" in path):
            more, less = less, more
        wider += more
        narrower += less
    return wider, narrower


def _parts(statement: Mapping[str, Any], path: str = "") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, value in statement.items():
        place = f"{path} {name}".strip()
        if isinstance(value, Mapping):
            found |= _parts(value, place)
        else:
            found[place] = set(value)
    return found


def _said(value: Any) -> str:
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)
